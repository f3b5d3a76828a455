"""Text from people and files: normalised (NFC), trimmed, and refused when it holds characters that can deceive a reader or a terminal."""

from __future__ import annotations

import unicodedata

_ALLOWED_FORMAT = {"\u200c", "\u200d"}  # zero-width joiners that Persian, Hindi and other scripts spell with

_BLANK_LETTERS = {"\u115f", "\u1160", "\u3164", "\uffa0", "\u2800"}  # fillers: a name of them looks empty


def bad_character(text: str, *, lines: bool = False) -> int | None:
    """Where (from 1) the first control, bidi, invisible, private or unassigned character stands; None when the text is clean."""
    for place, sign in enumerate(text, start=1):
        if lines and sign == "\n":
            continue
        if sign in _ALLOWED_FORMAT and 1 < place < len(text) and unicodedata.category(text[place - 2])[0] in "LM":
            continue
        if sign in _BLANK_LETTERS or unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            return place
    return None


def clean(text: str) -> str:
    """The text as it is kept. Raises ValueError naming the place of a character that is refused, never the text."""
    normal = unicodedata.normalize("NFC", text).strip()
    if place := bad_character(normal):
        raise ValueError(f"character {place} is a control or invisible character")
    return normal
