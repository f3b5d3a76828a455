"""The response's verdicts and figures against the same reckoned a second time in plain Python, over courses as chance makes them."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli import paths
from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.response import ResponseFacts, ToldConsult, ToldFollowUp, course_of
from botoxcli.clinic.response_rules import judge
from botoxcli.files.protocol_yaml import load_protocol

from .plain_response import Told, verdicts

FIRST = date(2025, 1, 6)
DAYS = st.integers(0, 70).map(lambda weeks: 7 * weeks) | st.sampled_from((0, 84, 168, 252))
SESSIONS = st.sampled_from(([0], [0, 84], [0, 84, 168], [0, 91, 175, 260], [0, 182, 270], [0, 220, 304])) | st.lists(DAYS, max_size=4, unique=True)
COUNTS = st.sampled_from(((20, 28), (16, 28), (15, 28), (14, 28), (10, 28), (9, 28), (14, 20), (7, 20), (10, 19), (0, 28)))
FOLLOW_UP = st.tuples(st.integers(-2, 50), st.sampled_from((-1, 0, 0, 1)), COUNTS, st.sampled_from((None, None, 0, 100, 200)))
CONSULT = st.tuples(st.integers(-60, 330) | st.sampled_from((181, 182)), st.sampled_from((24, 20, 16, None)))
STRETCH = st.tuples(
    st.sampled_from((-28, 0, 28, 56, 84, 112, 140, 168)), st.sampled_from((19, 20, 28, 56, 84)), st.sampled_from((0, 9, 10, 14, 15, 20, 28))
)


@st.composite
def courses(draw: st.DrawFn) -> Told:
    """Sessions, mostly as they are in a practice; stretches of diary with so many headaches in each 28 days; follow-ups and consults."""

    def day(number: int) -> date:
        return FIRST + timedelta(days=number)

    diary = {day(start + one): one % 28 < ill for start, days, ill in draw(st.lists(STRETCH, max_size=4)) for one in range(days)}
    checks = [(day(7 * weeks + off), ill, of, hours) for weeks, off, (ill, of), hours in draw(st.lists(FOLLOW_UP, max_size=7))]
    return Told(
        today=day(draw(st.sampled_from((60, 84, 168, 200, 400)))),
        sessions=[day(number) for number in draw(SESSIONS)],
        consults=[(day(on), number, days) for number, (on, days) in enumerate(draw(st.lists(CONSULT, max_size=3)))],
        follow_ups=[(on, 10 + number, ill, of, hours) for number, (on, ill, of, hours) in enumerate(checks)],
        diary=diary,
    )


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml").protocol


@settings(max_examples=600)
@given(told=courses())
def test_both_say_the_same(protocol: Protocol, told: Told) -> None:
    course = course_of(
        ResponseFacts(
            today=told.today,
            sessions=tuple(told.sessions),
            consults=tuple(ToldConsult(number, on, None if days is None else Fraction(days)) for on, number, days in told.consults),
            follow_ups=tuple(
                ToldFollowUp(number, on, ill, of, None if hours is None else hours * 100) for on, number, ill, of, hours in told.follow_ups
            ),
            diary=tuple(DiaryDay(on, ill) for on, ill in sorted(told.diary.items())),
        )
    )
    found = {}
    for rule in protocol.response_rules:
        said = judge(rule, course)
        reasons = {part.because for part in said.parts if part.holds and rule.stop_when}
        found[rule.id] = (said.verdict, reasons, said.baseline, course.baseline.source, said.latest, said.change_percent)
    assert found == verdicts(told)
