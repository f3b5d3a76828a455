"""What a ledger holds, as one text to compare, and whether it is whole by itself."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from pathlib import Path

import pytest

from botoxcli.store import engine, integrity, schema_text
from botoxcli.store.place import Place

_expected_schema = functools.cache(schema_text.expected)  # made once, not for each of thousands of ledgers


def state_of(place: Path | Place, *, but: tuple[str, ...] = ()) -> str:
    """A digest of every row of every table but some. A ledger of an older schema is not brought up to date by it."""
    with contextlib.closing(engine.connect(place)) as connection:
        names = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").fetchall()
        rows = {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for (name,) in names if name not in but}
    return hashlib.sha256(repr({name: found for name, found in rows.items() if found}).encode()).hexdigest()


def is_whole(place: Path | Place) -> bool:
    """Verification finds nothing: pages, references, schema, the chain recomputed from the rows."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema_text, "expected", _expected_schema)
        return integrity.verify(place).whole
