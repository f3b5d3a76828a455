"""Which records are incomplete: what a session may lack, and from which day what comes after it is lacking."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from botoxcli.clinic.audit import AuditedSession, ToldAt, UndecidedConsult, gaps, incomplete
from botoxcli.clinic.due_candidate import FollowUpRule

DAY = date(2026, 3, 9)  # the check is due on 2026-03-23, the next session on 2026-06-09
NEXT = date(2026, 6, 2)


@pytest.fixture
def whole(windows_of: Callable[[int], tuple[FollowUpRule, ...]]) -> AuditedSession:
    """A session that lacks nothing on its day."""
    return AuditedSession(
        visit=2, patient="P0001", on=DAY, protocol="chronic-migraine", imported=False, consent="yes", aftercare=None, vials=1, outside=(),
        hundredths=15_500, given_hundredths=15_500, unbalanced_vials=0, reconstituted=True, minutes=15, injector="Dr Example", next_session=None,
        rules=windows_of(1),
    )  # fmt: skip


def lacking(session: AuditedSession, today: date | str = DAY) -> list[str]:
    return [gap.what for gap in gaps([session], [], today if isinstance(today, date) else date.fromisoformat(today))]


def told(on: str, *, events: bool = True, outcome: bool = True) -> ToldAt:
    return ToldAt(3, date.fromisoformat(on), events, outcome)


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({}, []),
        ({"consent": "no"}, ["consent"]),
        ({"consent": "unknown"}, ["consent"]),
        ({"consent": None}, ["consent"]),
        ({"vials": 0, "given_hundredths": 0}, ["vial"]),
        ({"outside": ("X1", "X2")}, ["lot-outside-stock", "lot-outside-stock"]),
        ({"given_hundredths": 15_000}, ["balance"]),
        ({"unbalanced_vials": 1}, ["balance"]),
        ({"reconstituted": False}, ["reconstitution"]),
        ({"minutes": None}, ["minutes"]),
        ({"minutes": 0}, []),
        ({"injector": None}, ["injector"]),
        ({"aftercare": "no"}, ["aftercare"]),
        ({"aftercare": "yes"}, []),
        ({"aftercare": "unknown"}, []),
    ],
)
def test_what_a_session_lacks(whole: AuditedSession, changed: dict[str, Any], what: list[str]) -> None:
    assert lacking(whole._replace(**changed)) == what


@pytest.mark.parametrize(
    ("today", "next_session", "what"),
    [
        ("2026-03-09", None, []),
        ("2026-03-23", None, []),
        ("2026-03-24", None, ["event-answer"]),
        ("2026-06-09", None, ["event-answer"]),
        ("2026-06-10", None, ["event-answer", "outcome"]),
        ("2026-06-02", NEXT, ["event-answer", "outcome"]),
        ("2026-03-12", date(2026, 3, 12), ["event-answer", "outcome"]),
    ],
)
def test_what_comes_after_is_lacking_once_its_time_is_over(whole: AuditedSession, today: str, next_session: date | None, what: list[str]) -> None:
    assert lacking(whole._replace(next_session=next_session), today) == what


@pytest.mark.parametrize(
    ("follow_up", "what"),
    [
        (told("2026-03-09"), ["event-answer", "outcome"]),  # told on the session's own day: of the cycle before
        (told("2026-03-10"), []),
        (told("2026-06-02"), []),  # on the next session's day: still of this cycle
        (told("2026-06-03"), ["event-answer", "outcome"]),
        (told("2026-03-20", events=False), ["event-answer"]),
        (told("2026-03-20", outcome=False), ["outcome"]),
    ],
)
def test_a_follow_up_belongs_to_the_session_before_it(whole: AuditedSession, follow_up: ToldAt, what: list[str]) -> None:
    assert lacking(whole._replace(next_session=NEXT, told=(follow_up,)), "2026-12-01") == what


def test_a_diary_is_an_outcome(whole: AuditedSession) -> None:
    session = whole._replace(next_session=NEXT, told=(told("2026-03-20", outcome=False),))
    assert lacking(session._replace(diary=(DAY,)), NEXT) == ["outcome"]
    assert lacking(session._replace(diary=(date(2026, 3, 10),)), NEXT) == []


def test_an_imported_session_is_called_imported_and_not_unbalanced(whole: AuditedSession) -> None:
    imported = whole._replace(imported=True, consent=None, outside=("X1",), minutes=None, given_hundredths=0)
    found = gaps([imported], [], date(2030, 1, 1))
    assert [gap.what for gap in found] == ["imported"]
    assert not incomplete(found)
    assert incomplete((*found, *gaps([whole._replace(consent=None)], [], DAY)))


def test_gaps_stand_by_visit(whole: AuditedSession) -> None:
    sessions = [whole._replace(visit=5, minutes=None), whole._replace(visit=3, minutes=None, consent=None)]
    found = gaps(sessions, [UndecidedConsult(4, "P0001", DAY, "chronic-migraine")], DAY)
    assert [(gap.visit, gap.kind, gap.what) for gap in found] == [
        (3, "session", "consent"),
        (3, "session", "minutes"),
        (4, "consult", "decision"),
        (5, "session", "minutes"),
    ]
