"""A ledger's file built anew from what stands in it, so that no page keeps a trace of what was blanked.

SQLite overwrites what it deletes (``secure_delete``), but a page that it re-arranges may keep old bytes between its cells. Nothing that stands is
changed: not a row, not a hash, not the key. The disk under the file is beyond us: what it once wrote elsewhere it may still hold.
"""

from __future__ import annotations

from pathlib import Path

from botoxcli.store.engine import open_plain_writer, translated
from botoxcli.store.place import Place


def sweep(place: Path | Place) -> None:
    """Whole or not at all, like any change. Raises LedgerBusy, CannotWrite and their kin."""
    place = Place.of(place)
    with translated(place.path):
        connection = open_plain_writer(place)
        try:
            connection.execute("VACUUM")
        finally:
            connection.close()
