"""The fonts of a printed page: the packed one for Latin, Greek and Cyrillic, one of the machine's for any other character, or none: then no page.

What reportlab sets is one glyph after the other, from left to right. A script that is read from right to left, whose letters join or change places,
or that stacks its marks would come out wrong with any font, so it is refused here; a browser sets it rightly. Raises PaperRefused, which never
repeats a text.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from xml.sax.saxutils import escape  # it writes; nothing is parsed

from botoxcli.errors import ValueRefused
from botoxcli.files.font_characters import covers

PLAIN, STRONG, OTHER = "BotoxSans", "BotoxSans-Strong", "BotoxSans-Other"
_PACKED = Path(__file__).parent / "fonts"
# The first word of a letter's name in Unicode, for the scripts whose letters stand one after the other, each in one shape.
_SIMPLE = frozenset({
    "LATIN", "GREEK", "CYRILLIC", "ARMENIAN", "GEORGIAN", "CHEROKEE", "ETHIOPIC", "CJK", "HIRAGANA", "KATAKANA", "HALFWIDTH", "FULLWIDTH",
    "KATAKANA-HIRAGANA", "IDEOGRAPHIC", "BOPOMOFO", "YI", "VAI", "LISU", "OGHAM", "RUNIC", "GOTHIC", "DESERET", "MODIFIER", "FEMININE",
    "MASCULINE", "MICRO", "KELVIN", "ANGSTROM", "OHM", "CANADIAN", "TIFINAGH",
})  # fmt: skip
_ACCENTS = range(0x300, 0x370)
_JOINING = (*range(0x1F1E6, 0x1F200), *range(0x1F3FB, 0x1F400))  # two letters that make a flag, a colour of the sign before it


class PaperRefused(ValueRefused):
    """The text has characters that no font here sets rightly. ``why`` is one clause without any of them."""

    kind = "paper-refused"

    def __init__(self, why: str) -> None:
        super().__init__("--format pdf", why, "Take --format html and print it from a browser, which sets every script. Nothing was written.")


@dataclass(frozen=True, slots=True)
class PageFonts:
    """The fonts of one page. ``packed`` are the characters of the packed font; a text's others are set in ``other``, the name of a font."""

    packed: frozenset[int]
    other: str = PLAIN

    def marked_up(self, text: str) -> str:
        """The text for a Paragraph: escaped, with the characters that the packed font lacks in the other one."""
        return "".join(f'<font name="{self.other}">{escape(part)}</font>' if other else escape(part) for part, other in self.runs(text))

    def runs(self, text: str) -> Iterator[tuple[str, bool]]:
        """The text in pieces, letters and their accents put together, each with whether it needs the other font."""
        text, start = composed(text), 0
        for place in range(1, len(text) + 1):
            if place == len(text) or self._lacks(text[place]) != self._lacks(text[start]):
                yield text[start:place], self._lacks(text[start])
                start = place

    def _lacks(self, sign: str) -> bool:
        return ord(sign) not in self.packed


def composed(text: str) -> str:
    """The text with each letter and its accents as one sign, where there is one: an accent that is set by itself would not sit on its letter."""
    return unicodedata.normalize("NFC", text)


def fonts_for(texts: Iterable[str], folders: Sequence[Path]) -> PageFonts:
    """Registers with reportlab what these texts need, looking into ``folders`` for what the packed font lacks. Raises PaperRefused."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    plain = TTFont(PLAIN, str(_PACKED / "DejaVuSansCondensed.ttf"))
    strong = TTFont(STRONG, str(_PACKED / "DejaVuSansCondensed-Bold.ttf"))
    for font in (plain, strong):
        pdfmetrics.registerFont(font)
    pdfmetrics.registerFontFamily(PLAIN, normal=PLAIN, bold=STRONG, italic=PLAIN, boldItalic=STRONG)
    packed = frozenset(plain.face.charToGlyph) & frozenset(strong.face.charToGlyph)
    texts = tuple(texts)
    signs = {sign for text in texts for sign in composed(text)}
    if any(not _set_one_by_one(sign) for sign in signs):
        raise PaperRefused("the text has a script whose letters join, stack or run from right to left, and a PDF made here cannot set it")
    lacking = {ord(sign) for sign in signs} - packed
    if any(ord(sign) in _ACCENTS and ord(letter) in lacking for text in texts for letter, sign in pairwise(composed(text))):
        raise PaperRefused("the text has an accent on a letter that has none of its own, and a PDF made here cannot set it")
    return PageFonts(packed, _other(lacking, folders)) if lacking else PageFonts(packed)


def _set_one_by_one(sign: str) -> bool:
    """Whether the sign stands for itself, wherever it is: no shaping, no stacking, no direction of its own."""
    if unicodedata.bidirectional(sign) in ("R", "AL", "AN") or ord(sign) in _JOINING:
        return False
    kind = unicodedata.category(sign)
    if kind.startswith("M"):
        return ord(sign) in _ACCENTS
    if not kind.startswith("L"):
        return kind[0] in "NPSZ"
    name = unicodedata.name(sign, "")
    return name.split(" ")[0] in _SIMPLE or name.startswith("HANGUL SYLLABLE")


def _other(lacking: set[int], folders: Sequence[Path]) -> str:
    """Registers the first font on the machine that has all of them, as TrueType outlines that can be embedded. Raises PaperRefused."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    for path in _font_files(folders):
        if not covers(path, lacking):
            continue
        try:
            name = f"{OTHER}-{sha256(path.read_bytes()).hexdigest()[:12]}"  # reportlab keeps the first font of a name, which may be an earlier page's
            font = TTFont(name, str(path))
        except (TTFError, OSError, ValueError, KeyError, IndexError, AssertionError):  # what reportlab says of a font that it cannot take
            continue
        if _draws(font, lacking):
            font.face.name = name.encode() if isinstance(font.face.name, bytes) else name  # and takes fonts of one inner name for one
            pdfmetrics.registerFont(font)
            return name
    raise PaperRefused("no TrueType font on this machine has all characters of the text")


def _draws(font: object, lacking: set[int]) -> bool:
    """Whether the chosen font, as reportlab has read it, has an outline for each: a blank would be a name with a hole."""
    face = font.face  # type: ignore[attr-defined]
    glyphs = [face.charToGlyph.get(code, 0) for code in sorted(lacking)]
    return all(glyphs) and all(face.glyphPos[glyph + 1] > face.glyphPos[glyph] for glyph in glyphs)


def _font_files(folders: Sequence[Path]) -> Iterator[Path]:
    """The font files below the folders, upright ones of usual weight first, each folder's in the order of their names."""
    for folder in folders:
        files = [path for path in folder.rglob("*") if path.suffix.lower() in (".ttf", ".ttc", ".otf")] if folder.is_dir() else []
        yield from sorted(files, key=lambda path: ("regular" not in path.stem.lower(), path.as_posix()))
