"""A visit that is recorded after a later one: accepted on its real date, and named. What was recorded after it is no surprise to it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from botoxcli.clinic.findings import Finding
from botoxcli.clinic.history import PatientHistory, VisitKind


def later_visits(history: PatientHistory, on: date) -> tuple[tuple[date, int, VisitKind], ...]:
    """Day, number and kind of the visits after a day, the next one first."""
    visits: list[tuple[date, int, VisitKind]] = [(one.date, one.visit, "consult") for one in history.consults]
    visits += [(one.date, one.visit, "session") for one in history.sessions]
    visits += [(day, visit, "follow-up") for visit, day in history.follow_ups]
    return tuple(sorted(visit for visit in visits if visit[0] > on))


def out_of_order(history: PatientHistory, on: date, *, visit: int | None = None) -> Iterator[Finding]:
    """A note that names the next of the later visits and counts the others. ``visit`` is the number of one that is being corrected."""
    later = [one for one in later_visits(history, on) if visit is None or one[1] < visit]
    if later:
        day, number, kind = later[0]
        more = f", and {len(later) - 1} more after it" if len(later) > 1 else ""
        because = f"a {kind} on {day.isoformat()} (visit {number}) stands already and is later than {on.isoformat()}{more}"
        yield Finding("out-of-order", "note", because, "practice")
