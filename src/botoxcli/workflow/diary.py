"""The diary: days out of a file into the ledger, whole or not at all; and its windows around the sessions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from botoxcli.clinic.diary import DiaryRow, DiaryWindow, days_in_no_window, diary_windows
from botoxcli.errors import ImportRefused
from botoxcli.workflow.recording import refuse_forgotten

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

_AT_ONCE = 250  # days that go in between two words about how far it has come


@dataclass(frozen=True, slots=True)
class DiaryImport:
    """What an import did, or would do: how many days the file told, from which to which, how many of them were new."""

    patient: str
    first: date
    last: date
    days: int
    added: int
    replaced: int = 0

    @property
    def standing(self) -> int:
        """How many of its days stood in the ledger already, just so."""
        return self.days - self.added - self.replaced


def import_diary(
    recorder: Recorder,
    patient: str,
    rows: Sequence[DiaryRow],
    *,
    actor: str,
    now: datetime,
    replace: str | None = None,
    dry_run: bool = False,
    told: Callable[[int, int], None] | None = None,
) -> DiaryImport:
    """Records the days that are new, as one change; with none there is no entry. ``rows`` tell each day once, at least one.

    ``replace`` is the written reason for which the file's word is taken where the ledger says otherwise. Without it such a row is refused.
    ``told`` hears how many of how many days went in.

    Raises ImportRefused naming every row that is, or that lies before the patient's birth; NotFound for the patient.
    """
    with recorder.change(command="diary import", actor=actor, at=now) as change:
        known = change.reader.find_patient(patient)
        refuse_forgotten(change.reader, known)
        standing = {one.day: one for one in change.reader.diary(known.patient_id)}
        other = [one for one in rows if standing.get(one.told.day, one.told) != one.told]
        if problems := list(_problems(rows, set() if replace else set(other), known.born)):
            raise ImportRefused(problems)
        new = [one.told for one in rows if one.told.day not in standing]
        if (new or other) and not dry_run:
            days_in = [*new, *(one.told for one in other)]
            for first in range(0, len(days_in), _AT_ONCE):
                change.add_diary(known.patient_id, days_in[first : first + _AT_ONCE])
                if told:
                    told(min(first + _AT_ONCE, len(days_in)), len(days_in))
            if other and replace:
                change.reason(replace, known.patient_id)
    days = [one.told.day for one in rows]
    return DiaryImport(known.code, min(days), max(days), len(days), len(new), len(other))


def _problems(rows: Sequence[DiaryRow], refused: set[DiaryRow], born: date | None) -> Iterator[dict[str, Any]]:
    for one in rows:
        if born and one.told.day < born:
            yield {"row": one.row, "column": None, "why": "lies before the patient's birth"}
        elif one in refused:
            why = "contradicts what the ledger has for this day; --replace with --reason takes the file's word"
            yield {"row": one.row, "column": None, "why": why}


@dataclass(frozen=True, slots=True)
class DiaryShown:
    """A patient's windows. ``protocol`` is the one whose sessions they restart at; ``in_none`` counts the diary days that no window holds."""

    patient: str
    protocol: str
    windows: tuple[DiaryWindow, ...]
    sessions: tuple[date, ...]
    in_none: int


def show_diary(reader: Reader, patient_id: int, protocol: str, *, complete_from: int, today: date) -> DiaryShown:
    """The diary in windows of 28 days around the sessions under a protocol."""
    history = reader.patient_history(patient_id)
    sessions = tuple(one.date for one in history.sessions if one.protocol == protocol)
    days = reader.diary(patient_id)
    windows = diary_windows(days, sessions, complete_from=complete_from, today=today)
    return DiaryShown(history.patient.code, protocol, windows, sessions, days_in_no_window(days, windows))
