"""Text from the command line as it is kept: clean, and neither empty nor endless."""

from __future__ import annotations

from botoxcli.clinic.text import clean
from botoxcli.errors import ValueRefused


def clean_text(where: str, words: str, *, longest: int = 2_000) -> str:
    """Free text of 1 to ``longest`` characters. Raises ValueRefused naming the flag and a refused character's place."""
    try:
        text = clean(words)
    except ValueError as refused:
        raise ValueRefused(where, str(refused)) from None
    if not 0 < len(text) <= longest:
        raise ValueRefused(where, f"must be 1 to {longest} characters")
    return text
