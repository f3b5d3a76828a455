"""The due list: read the candidates, derive, keep what is asked for. Nothing is stored, so a back-dated visit moves it by itself."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from botoxcli.clinic.dates import Span
from botoxcli.clinic.interruptions import stops_in_view
from botoxcli.clinic.quiet_course import Quiet
from botoxcli.clinic.schedule import DueItem, Rules, Window, as_on, horizon, latest_first, next_dates, shown

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader


def rules_of(reader: Reader) -> Rules:
    """The windows of the pinned editions."""
    return Rules(reader.follow_up_rules)


def due_list(
    reader: Reader, day: date, *, within: Span | None = None, overdue: bool = False, kind: str | None = None, everything: bool = False
) -> tuple[DueItem, ...]:
    """Who is due on a day, the latest first."""
    if everything:
        items = as_on(reader.due_candidates(), rules_of(reader), day)
    else:
        until, every_rule = horizon(day, within), reader.every_follow_up_rule()
        candidates = reader.due_candidates(stopped_since=stops_in_view(every_rule, day), quiet=Quiet(every_rule, day, until))
        items = as_on(candidates, rules_of(reader), day, until=until)
    return latest_first(shown(items, day, within=within, overdue=overdue, kind=kind, everything=everything))


def dates_after_session(reader: Reader, patient: str, protocol: str, day: date) -> tuple[Window, ...]:
    """The next dates of one patient (by code) under one protocol, as the ledger has them now."""
    rules = rules_of(reader)
    return tuple(
        window
        for candidate in reader.due_candidates(reader.find_patient(patient).patient_id)
        if candidate.protocol == protocol
        for window in next_dates(candidate, rules, day)
    )
