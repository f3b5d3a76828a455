"""A glance at a ledger, to complete a word on the command line: codes, lots, numbers and ids, never a name.

Conventions. The file is opened so that SQLite cannot write: no journal is rolled back, no step of the schema is taken, nobody is waited for. What
is no ledger of today's version raises, and whoever glances takes any error for an empty answer. A query that goes on too long is cut off.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import Any

from botoxcli.errors import NotOurLedger
from botoxcli.store import cipher, schema_version
from botoxcli.store.engine import salt_or_refuse
from botoxcli.store.place import Place

_STEPS = 5_000_000  # of SQLite's machine: about a tenth of a second, where the largest of these queries takes a fiftieth
_VISITS = 100

# The patients of whom somebody was forgotten are left out: their code stands in the record, and nobody is to come back to it by accident.
_PATIENTS = """SELECT code FROM patient WHERE patient_id IN (SELECT patient_id FROM patient_now)
    AND patient_id NOT IN (SELECT patient_id FROM erasure_line) ORDER BY code"""
_UNUSED = "SELECT DISTINCT lot FROM vial_line WHERE state = 'unused' AND NOT recalled ORDER BY expires, lot"
_LOTS = "SELECT lot FROM vial_line UNION SELECT lot FROM vial_spelling UNION SELECT lot FROM lot_line ORDER BY 1"
_NEWEST = f"SELECT visit, date, kind, patient FROM current_visit WHERE CAST(visit AS TEXT) LIKE ? || '%' ORDER BY visit DESC LIMIT {_VISITS}"  # noqa: S608
_SITES = "SELECT site, muscle, side FROM edition_site WHERE edition_id = ? ORDER BY position"
_OF_VISIT = "SELECT site, muscle, side FROM injection_line WHERE visit = ? ORDER BY position"
_EDITION = "SELECT max(edition_id) FROM edition WHERE ? IN ('', protocol)"
_FOLLOWED = """SELECT edition_id FROM visit_now WHERE kind = 'session'
    AND patient_id = (SELECT patient_id FROM patient WHERE code = ?) ORDER BY date DESC, visit DESC LIMIT 1"""
_ANSWERED = """SELECT question, value FROM answer WHERE visit_version_id = (
    SELECT visit_version_id FROM visit_version WHERE ? IN ('', kind) ORDER BY visit_version_id DESC LIMIT 1) ORDER BY position"""


class Glance:
    """An open ledger, for a moment. Close it, or use it in ``contextlib.closing``."""

    def __init__(self, place: Place) -> None:
        """Raises NotOurLedger for another version, WrongKey, what opening a ledger raises, and what SQLite says."""
        salt = salt_or_refuse(place.path)
        opening = cipher.module() if salt else sqlite3
        self._connection: sqlite3.Connection = opening.connect(f"{place.path.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, timeout=0)
        try:
            if salt:
                cipher.unlock(self._connection, place, salt, new=False)
            self._connection.execute("PRAGMA query_only = ON").fetchall()
            self._connection.execute("PRAGMA trusted_schema = OFF").fetchall()
            self._connection.set_progress_handler(lambda: 1, _STEPS)
            if schema_version.version(self._connection) != schema_version.CURRENT:
                raise NotOurLedger(str(place.path), "it is of another version")
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def patients(self) -> list[str]:
        """The codes of the patients who were not forgotten."""
        return [row[0] for row in self._rows(_PATIENTS)]

    def lots(self, *, unused: bool) -> list[str]:
        """The lots that can still be given, the first to expire first; else every lot under every spelling."""
        return [row[0] for row in self._rows(_UNUSED if unused else _LOTS)]

    def visits(self, begins: str) -> list[tuple[str, str]]:
        """The numbers that begin so of the visits that stand, the newest first, each with its day, kind and patient's code."""
        return [(str(visit), f"{date} {kind} {patient}") for visit, date, kind, patient in self._rows(_NEWEST, begins)]

    def protocols(self) -> list[str]:
        """The ids of the protocols that were ever followed here."""
        return [row[0] for row in self._rows("SELECT DISTINCT protocol FROM edition ORDER BY protocol")]

    def sites(self, *, protocol: str | None = None, patient: str | None = None, visit: str | None = None) -> list[tuple[str, str, str]]:
        """Site, muscle and side: of a visit; else of the protocol that is named, that the patient follows, or that was pinned last."""
        if visit:
            return list(self._rows(_OF_VISIT, visit))
        edition = None if protocol or not patient else self._first(_FOLLOWED, patient)
        edition = edition or self._first(_EDITION, protocol or "")
        return list(self._rows(_SITES, edition))

    def answers(self, kind: str) -> list[tuple[str, str]]:
        """The questions of the last visit of a kind (of any kind when it is empty), in their order, with what was answered."""
        return list(self._rows(_ANSWERED, kind))

    def _rows(self, sql: str, *values: object) -> sqlite3.Cursor:
        return self._connection.execute(sql, values)

    def _first(self, sql: str, *values: object) -> Any:
        with closing(self._rows(sql, *values)) as rows:
            row = rows.fetchone()
        return row[0] if row else None
