"""Text as it may be shown: characters that could deceive a reader or steer a terminal are made visible.

Whatever stands in a ledger or a file, no control, escape, bidi or invisible character leaves for the screen as itself.
"""

from __future__ import annotations

import unicodedata

from botoxcli.clinic.text import is_strange


def shown(text: str) -> str:
    """``text`` with ``\\x1b``, ``\\u202e`` and the like in the place of such characters. One line stays one line."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_spelt(ord(sign)) if is_strange(text, place) else sign for place, sign in enumerate(text))


def _spelt(code: int) -> str:
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    if text.isascii():
        return len(text)
    return sum(map(_columns, text))


def _columns(sign: str) -> int:
    if unicodedata.category(sign) in ("Mn", "Me", "Cf"):  # marks that stand on the letter before, and joiners
        return 0
    return 2 if unicodedata.east_asian_width(sign) in "WF" else 1


def padded(text: str, columns: int, *, right: bool = False) -> str:
    """The text with spaces up to so many columns."""
    space = " " * (columns - width(text))
    return space + text if right else text + space
