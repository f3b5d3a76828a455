"""The key of an encrypted ledger: 32 raw bytes, or a passphrase from which SQLCipher's own derivation makes them.

Conventions. The raw key is PBKDF2-HMAC-SHA512 of the passphrase (Unicode NFC, UTF-8) with the file's first 16 bytes as salt, 256,000
rounds: SQLCipher 4's own, fixed here, so that the file opens with any program that knows SQLCipher 4. A backup keeps the
salt of its ledger, so passphrase and recovery code open both. A key is shown by nobody: neither ``repr`` nor an error holds it.
"""

from __future__ import annotations

import hashlib
import os
import re
import unicodedata
from dataclasses import dataclass, field

from botoxcli.store.recovery_code import RAW_BYTES, raw_of_code

ROUNDS = 256_000
_HEX = re.compile(r"[0-9A-Fa-f]{64}")


@dataclass(frozen=True, slots=True, repr=False)
class Key:
    """One of the two ways to a raw key. ``Key.of_passphrase`` and ``Key.of_raw`` make it."""

    _raw: bytes | None
    _passphrase: bytes | None = None
    _derived: dict[bytes, bytes] = field(default_factory=dict, compare=False)

    @classmethod
    def of_raw(cls, raw: bytes) -> Key:
        """The 32 bytes themselves, as a key file or a recovery code has them. Raises ValueError for another length."""
        if len(raw) != RAW_BYTES:
            raise ValueError("a raw key has 32 bytes")
        return cls(raw)

    @classmethod
    def of_passphrase(cls, passphrase: str) -> Key:
        """A passphrase, as it was typed. Raises ValueError for an empty one."""
        if not passphrase:
            raise ValueError("a passphrase is not empty")
        return cls(None, unicodedata.normalize("NFC", passphrase).encode())

    @classmethod
    def of_text(cls, text: str) -> Key:
        """What a person typed or a key file holds: a recovery code, a raw key as 64 hex digits, else a passphrase. Raises ValueError."""
        if raw := raw_of_code(text):
            return cls(raw)
        if _HEX.fullmatch(text.strip()):
            return cls(bytes.fromhex(text.strip()))
        return cls.of_passphrase(text)

    @classmethod
    def new(cls) -> Key:
        """A raw key that nobody has."""
        return cls(os.urandom(RAW_BYTES))

    @property
    def is_raw(self) -> bool:
        """Whether it is the raw key itself."""
        return self._raw is not None

    def raw(self, salt: bytes) -> bytes:
        """The raw key for a file with this salt. A passphrase's takes a tenth of a second the first time."""
        if self._raw is not None:
            return self._raw
        if salt not in self._derived:
            self._derived[salt] = hashlib.pbkdf2_hmac("sha512", self._passphrase or b"", salt, ROUNDS, RAW_BYTES)
        return self._derived[salt]

    def __repr__(self) -> str:
        return "Key(...)"
