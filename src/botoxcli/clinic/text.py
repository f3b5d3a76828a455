"""Text from people and files: normalised (NFC), trimmed, and refused when it holds characters that can deceive a reader or a terminal.

Refused are controls, bidi and other format marks, tags, private and unassigned characters, halves of surrogate pairs, letters that look
empty. Kept are the joiners that scripts without capitals spell with (Persian, Hindi), after a letter or mark of theirs, and one variation selector
after a sign that is seen (an emoji's colour, a kanji's form in a name). Emoji joined by a joiner, and joiners in Latin, Greek or Cyrillic, are
refused: two names that look alike would not be equal.
"""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"
_JOINED = ("Lo", "Mn", "Mc")
_SELECTORS = range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0), range(0x180B, 0x180E), range(0x180F, 0x1810)
_BLANK = set("\u115f\u1160\u3164\uffa0\u2800\u034f\u17b4\u17b5")  # fillers and marks: a name of them looks empty
_STRANGE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")


def is_strange(text: str, index: int) -> bool:
    """Whether the character there is none that a reader sees, where it stands."""
    sign, before = text[index], text[index - 1] if index else ""
    if sign.isascii():
        return not sign.isprintable()
    if sign in _JOINERS:
        return not before or unicodedata.category(before) not in _JOINED or index + 1 == len(text)
    if _is_selector(sign):
        return not before or before.isspace() or _is_selector(before) or is_strange(text, index - 1)
    return sign in _BLANK or unicodedata.category(sign) in _STRANGE


def _is_selector(sign: str) -> bool:
    return any(ord(sign) in some for some in _SELECTORS)


def bad_character(text: str, *, lines: bool = False) -> int | None:
    """Where (from 1) the first character stands that is refused; None when the text is clean. With ``lines`` it may have line ends."""
    if text.isascii() and text.isprintable():
        return None
    return next((place for place, sign in enumerate(text, start=1) if not (lines and sign == "\n") and is_strange(text, place - 1)), None)


def clean(text: str) -> str:
    """The text as it is kept. Raises ValueError naming a refused character and its place as it was given, never the text."""
    normal, lead = unicodedata.normalize("NFC", text).strip(), len(text) - len(text.lstrip())
    for kept, before in ((text.strip(), lead), (normal, 0)):
        if place := bad_character(kept):
            raise ValueError(f"character {place + before} (U+{ord(kept[place - 1]):04X}) is a control or invisible character")
    return normal
