"""WRITES, through SQLModel: one transaction a change, with its entry in the audit chain.

Conventions. A change begins with ``BEGIN IMMEDIATE``, so what its reader sees holds until it is committed: the rules are checked
again inside. Leaving the block without an error commits; any error leaves the ledger as it was. A change that wrote nothing has no
entry. The time is given, aware. What can be added stands with the kind of change: ``visit_changes``, ``patient_changes``, ``stock_changes``.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import cast

from sqlmodel import Session as Transaction

from botoxcli.errors import ValueRefused
from botoxcli.store.engine import create, open_writer, translated
from botoxcli.store.erasure_changes import ErasureChanges
from botoxcli.store.import_changes import ImportChanges
from botoxcli.store.patient_changes import PatientChanges
from botoxcli.store.place import Place
from botoxcli.store.stock_changes import StockChanges
from botoxcli.store.tables import ReversalRow, Row, SettingRow
from botoxcli.store.visit_changes import VisitChanges

SETTINGS = ("practice", "practitioner", "time-zone", "jurisdiction", "backup-limit")


class OneTransaction:
    """A change's own transaction, through SQLModel."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction
        self.raw = cast("sqlite3.Connection", transaction.connection().connection.driver_connection)

    def insert(self, rows: Sequence[Row]) -> None:
        self._transaction.add_all(rows)
        self._transaction.flush()

    def salt(self) -> str:
        return secrets.token_hex(32)


class Recorder:
    """Changes a ledger that exists."""

    def __init__(self, place: Path | Place) -> None:
        self._place = Place.of(place)

    @contextmanager
    def change(self, *, command: str, actor: str, at: datetime, key: str | None = None) -> Iterator[Change]:
        """One change. ``command`` is the command's name, never its arguments; ``key`` makes a retry find what stands."""
        with translated(self._place.path):
            engine = open_writer(self._place)
            try:
                with Transaction(engine) as transaction:
                    change = Change(OneTransaction(transaction), self._place.path, command=command, actor=actor, at=at, key=key)
                    yield change
                    change.close()
                    transaction.commit()
            finally:
                engine.dispose()


def create_ledger(
    place: Path | Place,
    *,
    settings: Mapping[str, str],
    actor: str,
    at: datetime,
    salt: bytes | None = None,
    furnish: Callable[[Place], None] | None = None,
) -> bool:
    """``init``: a new ledger that holds the settings as its first entry; encrypted if the place has a key, under this ``salt`` or a new one.

    ``furnish`` writes more into it before it has its name. Returns whether its folder, older than it, lets others in.
    """

    def first_entry(beside: Place) -> None:
        with Recorder(beside).change(command="init", actor=actor, at=at) as change:
            change.set_settings(settings)
        if furnish:
            furnish(beside)

    return create(place, first_entry, salt=salt)


class Change(VisitChanges, PatientChanges, StockChanges, ErasureChanges, ImportChanges):
    """One change while it is being made: all that can be added, and what is about no patient, visit or vial."""

    def set_settings(self, settings: Mapping[str, str]) -> None:
        """Adds the settings that are not so already."""
        now = self.reader.settings()
        for name, value in settings.items():
            if name not in SETTINGS:
                raise ValueRefused(name, "there is no such setting", f"The settings are {', '.join(SETTINGS)}.")
            if now.get(name) != value:
                self._add(SettingRow(setting_id=self._next(SettingRow.setting_id), entry_seq=self.seq, name=name, value=value))

    def reverse(self, target_seq: int, *, stands: bool) -> None:
        """Takes the last change back (``stands`` False), or lets what was taken back stand again. Raises ValueRefused when it cannot be."""
        last = self.reader.last_change()
        if last is None or last.target_seq != target_seq or last.stands_now == stands:
            raise ValueRefused("undo", "another change was made in between", "Look again at what the last change is; nothing was recorded.")
        if not last.reversible:
            raise ValueRefused("undo", f"`{last.command}` cannot be taken back")
        self._add(ReversalRow(reversal_id=self._next(ReversalRow.reversal_id), entry_seq=self.seq, target_seq=target_seq, stands=int(stands)))
