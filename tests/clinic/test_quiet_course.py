"""A quiet course has nothing in the list, whatever the rules are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.dates import Span, add_months, after, before
from botoxcli.clinic.due_candidate import DueCandidate, FollowUpRule, LastVisit
from botoxcli.clinic.quiet_course import Quiet
from botoxcli.clinic.schedule import Rules, as_on, due_on, horizon, latest_first, shown

DAY = date(2026, 2, 28)
ANCHORS = {
    "onset-check": ["session"],
    "session": ["session", "eligible-consult"],
    "consult-review": ["consult", "needs-review", "lapse", "declined", "pause-end"],
}
spans = st.builds(Span, st.integers(0, 14), st.sampled_from(["days", "weeks", "months"]))
kinds = st.sampled_from([(kind, anchor) for kind, anchors in ANCHORS.items() for anchor in anchors])
rules = st.lists(
    st.builds(
        lambda kind, earliest, due, latest, closes: FollowUpRule(kind[0], kind[1], earliest, due, latest, closes),
        kinds, spans, spans, st.none() | spans, st.none() | spans,
    ),
    max_size=8,
)  # fmt: skip
# Near the ends of months, where the sums of months clip, and anywhere.
near = st.builds(lambda months, days: add_months(DAY, -months) + timedelta(days=days), st.integers(-1, 14), st.integers(-3, 3))
days = near | st.integers(-430, 30).map(lambda days: DAY + timedelta(days=days))
edition_ids = st.sampled_from([1, 2])
visits = st.builds(LastVisit, st.integers(1, 9), days, edition_ids)
consults = st.builds(
    LastVisit, st.integers(1, 9), days, edition_ids, st.sampled_from(["eligible", "not-eligible", "needs-review"]),
    st.sampled_from([None, "treat", "defer", "decline"]),
)  # fmt: skip
courses = st.builds(
    DueCandidate, st.just("P0001"), st.just(1), st.just("p"), session=st.none() | visits, consult=st.none() | consults, follow_up=st.none() | visits,
    events=st.just(()), appointments=st.just(()), paused_until=st.none(), stopped_on=st.none(), edition_in_use=st.none() | edition_ids,
)  # fmt: skip


def is_quiet(quiet: Quiet, course: DueCandidate) -> bool:
    session, follow_up, consult = (one and one.date.isoformat() for one in (course.session, course.follow_up, course.consult))
    decision, decided = (course.consult.decision, course.consult.decided) if course.consult else (None, None)
    return quiet.is_so(session, follow_up, consult, decision, decided)


@settings(max_examples=600, deadline=None)
@given(course=courses, first=rules, second=rules, within=st.integers(0, 60))
def test_a_quiet_course_has_nothing_in_the_list(course: DueCandidate, first: list[FollowUpRule], second: list[FollowUpRule], within: int) -> None:
    """Nor has what is left out early: also where a rule is due before it opens, which no check lets pass any more."""
    editions, span = {1: first, 2: second}, Span(within, "days")
    until = horizon(DAY, span)
    listed = shown(due_on([course], Rules(editions.__getitem__), DAY), DAY, within=span)
    assert latest_first(shown(as_on([course], Rules(editions.__getitem__), DAY, until=until), DAY, within=span)) == listed
    if is_quiet(Quiet([*first, *second], DAY, until), course):
        assert listed == ()


@pytest.mark.parametrize("months", range(15))
def test_the_ends_of_months_hide_nothing(months: int) -> None:
    """Whatever day a month's end is clipped to: quiet is only a session whose window opens later, or a check that is past."""
    span, far = Span(months, "months"), Span(99, "months")
    for day in (date(2027, 12, 1) + timedelta(days=days) for days in range(120)):
        for session in (before(day, span) + timedelta(days=days) for days in range(-5, 6)):
            opens = Quiet([FollowUpRule("session", "session", span, span, None, None)], day, day)
            ends = Quiet([FollowUpRule("onset-check", "session", Span(0, "days"), span, span, None)], day, after(day, far))
            assert not opens.is_so(session.isoformat(), None, None, None, None) or after(session, span) > day
            assert not ends.is_so(session.isoformat(), None, None, None, None) or after(session, span) < day


def test_at_the_calendars_end_nobody_is_quiet() -> None:
    nothing, end = Span(0, "days"), date.max.isoformat()
    for kind, anchor, consult in (("session", "session", None), ("onset-check", "session", None), ("consult-review", "consult", end)):
        rule = FollowUpRule(kind, anchor, nothing, nothing, nothing, None)
        assert not Quiet([rule], date.max, date.max).is_so(end, None, consult, None, None)
