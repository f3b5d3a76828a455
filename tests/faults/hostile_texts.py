"""Texts that try to deceive a reader, a terminal, a spreadsheet or a database; and plain ones of the same shape to compare with.

Each ends in a number of its own, so that lots and names differ.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Iterator

from botoxcli.terminal.clean import shown, width

# Each stands in the middle of a text and makes it one that is refused.
REFUSED = (
    "\x1b[31m", "\x1b[2J\x1b[H", "\x1b]8;;http://example.invalid\x07here\x1b]8;;\x07", "\x1b]52;c;ZXhhbXBsZQ==\x1b\\", "\x1b]0;title\x07",
    "\x1bP+q\x1b\\", "\x1b(0", "\x9b31m", "\x9d52;c;ZQ==\x9c", "\x85", "\x07", "\x08\x08\x08", "\x0e", "\x7f", "\r", "\n", "\t", "\v", "\f",
    "\u202e", "\u202d", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u200d", "\u200c",
    "\u2028", "\u2029", "\u3164", "\u115f", "\u2800", "\u034f", "\ue000", "\U000e0041\U000e007f", "\U0001f468\u200d\U0001f469", "\ufff9",
    "\ufe0f\ufe0f", "\u0378", "\U0010ffff",
)  # fmt: skip
NO_TEXT = ("\ud800", "\udfff")  # halves of pairs: they cannot even be stored
# These may stand in a text.
KEPT = (
    "[red]", "[/]", "[bold]x[/bold]", "[link=http://example.invalid]x[/link]", "[[", ":warning:", "%s{0}{name}", "${HOME}$(id)`id`",
    "'; DROP TABLE patient; --", '" OR 1=1 --', "../../x", "..\\..\\x", "C:\\x\\", "/dev/null", "<script>x</script>", "&lt;&amp;", "<!--", "]]>",
    "=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(x)", "'", "''=1", "\uff1d1", ",;|", '"', '""x"', "\\", "\\x1b[31m", "\\u202e", "null", "NaN", "yes",
    "Mu\u0308ller", "A\u030angstro\u0308m", "\uac01\u11a8", "e\u0301\u0327", "a\u0300\u0301\u0302\u0303\u0304\u0305", "\U0001f600", "\u2764\ufe0f",
    "\U0001f1e9\U0001f1ea", "\u05e9\u05dc\u05d5\u05dd", "\u0645\u0631\u062d\u0628\u0627", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "\u0915\u094d\u200d\u0937", "\u845b\U000e0100\u57ce", "\u4f8b\u5b50", "\uff21\uff22", "\u212bngstr", "ﬁ", "x" * 60, "\u4f8b" * 30,
)  # fmt: skip
_ALONE = ("=", "+", "-", "@", "'", " '", "\uff1d", "[/]", "\\", "--", "#", "")  # that a text may begin with
_WORDS = ("Ada", "Example", "Specimen", "neck", "left", "mild")
SGR = re.compile(r"\x1b\[[0-9;]*m")
# All that no terminal may get but by our own hand, spelt out anew: not asked of the program.
_RAW = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ue000-\uf8ff"
    "\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def texts(count: int, seed: int) -> Iterator[tuple[str, bool]]:
    """So many texts, every other one with what is refused in it, and whether it has."""
    chance = random.Random(seed)
    for number in range(count):
        refused = number % 2 == 1
        wild = f"{chance.choice(_WORDS)}{REFUSED[(seed + number // 2) % len(REFUSED)]}{chance.choice(_WORDS)}"
        tame = f"{chance.choice(_WORDS)} {KEPT[(seed + number // 2) % len(KEPT)]}"
        parts = [chance.choice(_ALONE) + chance.choice(_WORDS), wild if refused else tame, chance.choice(KEPT)[:20].rstrip("\u200d\u200c")]
        yield f"{' '.join(parts)} {seed % 1000:03d}{number:04d}{chance.choice(('', '', chr(92), ' [/]'))}", refused


def kept(text: str) -> str:
    """The text as it must come back."""
    return unicodedata.normalize("NFC", text).strip()


def plain(text: str) -> str:
    """A harmless text that takes the same columns and breaks at the same places, with the same number at its end."""
    body, number = re.fullmatch(r"(.*?)(\d{7}\D*)", shown(kept(text)), re.DOTALL).groups()  # type: ignore[union-attr]
    return " ".join("x" * width(word) for word in body.split(" ")) + re.sub(r"[^\d ]", "x", number)


def raw_in(screen: str) -> str | None:
    """What of a screen is no text and none of our own colours: the first such character, by its number."""
    found = _RAW.search(SGR.sub("", screen))
    return f"U+{ord(found[0]):04X}" if found else None
