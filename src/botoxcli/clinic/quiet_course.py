"""Which courses are quiet: told by the days of the last visits alone, nothing of theirs can stand in the list, so nothing need be made of them.

Conventions. Days are ISO text, as the ledger has them: they compare like dates. It errs to one side only: who is not quiet may have nothing in
the list either. It is for a course without a pause, an event to be weighed, a declined session or a stop: whoever has one is not asked about.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import NamedTuple

from botoxcli.clinic.dates import Span, after, before
from botoxcli.clinic.decisions import is_undecided
from botoxcli.clinic.due_candidate import FollowUpRule

_CLIPPED = timedelta(days=3)  # as far as the ends of months may move a sum
_ALWAYS, _NEVER = "", "~"  # sort before every day, and after every one


class _Check(NamedTuple):
    """An onset check: after a session before ``gone`` it is past, after one behind ``fresh`` it is still to come; ``closes`` is the rule's."""

    gone: str
    fresh: str
    closes: Span | None


class Quiet:
    """Tells it for the list of ``day`` that looks ahead to ``until``, by the windows of every edition that may hold."""

    def __init__(self, rules: Iterable[FollowUpRule], day: date, until: date) -> None:
        by_kind: dict[tuple[str, str], list[FollowUpRule]] = {}
        for rule in rules:
            by_kind.setdefault((rule.kind, rule.anchor), []).append(rule)
        # The last days of a session whose next one may be listed or have lapsed, and of a consult that may be looked at again.
        self._session = max((_last_opening(until, rule, rule.latest) for rule in by_kind.get(("session", "session"), ())), default=_ALWAYS)
        self._consult = max((_last_opening(until, rule) for rule in by_kind.get(("consult-review", "consult"), ())), default=_ALWAYS)
        checks = by_kind.get(("onset-check", "session"), ())
        self._checks = [_Check(_first_anchor(day, rule.latest), _last_opening(until, rule), rule.closes) for rule in checks]
        self._closed: dict[tuple[str, Span], str] = {}

    def is_so(self, session: str | None, follow_up: str | None, consult: str | None, decision: str | None, decided: str | None) -> bool:
        """Of a course whose last visits were on these days; the decisions are the consult's."""
        if session is None or session <= self._session:
            return False
        if consult is not None and (consult <= self._consult or is_undecided(decision, decided)):
            return False
        for check in self._checks:  # noqa: SIM110 - asked of every course: a loop costs half of what a generator does
            if check.gone <= session <= check.fresh and not self._closes(check, session, follow_up):
                return False
        return True

    def _closes(self, check: _Check, session: str, follow_up: str | None) -> bool:
        """Whether the last follow-up closes the check of that session."""
        if check.closes is None or follow_up is None:
            return False
        key = session, check.closes
        if key not in self._closed:
            self._closed[key] = after(date.fromisoformat(session), check.closes).isoformat()
        return follow_up >= self._closed[key]


def _last_opening(day: date, rule: FollowUpRule, *more: Span | None) -> str:
    """From every day after it, each span of the rule's window leads beyond ``day``."""
    return max(_last_anchor(day, span) for span in (rule.earliest, rule.due, *more) if span)


def _last_anchor(day: date, span: Span) -> str:
    """From every day after it, ``span`` leads beyond ``day``."""
    try:
        return (before(day, span) + _CLIPPED).isoformat()
    except OverflowError:  # the calendar ends before
        return _NEVER


def _first_anchor(day: date, span: Span | None) -> str:
    """From every day before it, ``span`` ends before ``day``; without a span from none."""
    return (before(day, span) - _CLIPPED).isoformat() if span else _ALWAYS
