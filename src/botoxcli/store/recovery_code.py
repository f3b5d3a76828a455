"""The recovery code: a raw key as a person can write it down and read it back.

Conventions. 32 bytes and a check of 3 (the beginning of their sha256), as base32 without I, L, O, U, in 14 groups of 4 letters. Case, spaces
and hyphens do not count, and an O is read as 0, an I or L as 1. A slip of the pen is found by the check, never taken for another key.
"""

from __future__ import annotations

import hashlib

RAW_BYTES = 32
GROUP = 4
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHECK_BYTES = 3
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1", "-": "", " ": ""})
LETTERS = (RAW_BYTES + _CHECK_BYTES) * 8 // 5


def recovery_code(raw: bytes) -> str:
    """The code of a raw key: ``7Q2M-...``, 14 groups of 4."""
    number = int.from_bytes(raw + _check(raw), "big")
    letters = "".join(_ALPHABET[(number >> 5 * place) & 31] for place in reversed(range(LETTERS)))
    return "-".join(groups(letters))


def groups(code: str) -> list[str]:
    """The groups of a code, in order."""
    letters = code.replace("-", "")
    return [letters[at : at + GROUP] for at in range(0, len(letters), GROUP)]


def same_group(typed: str, group: str) -> bool:
    """Whether what was typed is that group."""
    return _plain(typed) == group


def raw_of_code(text: str) -> bytes | None:
    """The raw key of a recovery code; None if the text is none, or a letter of it is wrong."""
    letters = _plain(text)
    if len(letters) != LETTERS or any(letter not in _ALPHABET for letter in letters):
        return None
    number = 0
    for letter in letters:
        number = number << 5 | _ALPHABET.index(letter)
    whole = number.to_bytes(RAW_BYTES + _CHECK_BYTES, "big")
    raw, check = whole[:RAW_BYTES], whole[RAW_BYTES:]
    return raw if check == _check(raw) else None


def _plain(text: str) -> str:
    return text.strip().upper().translate(_READ_AS)


def _check(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()[:_CHECK_BYTES]
