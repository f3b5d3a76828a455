"""Record -> rows -> record: what was recorded is what is read, whatever it is."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botoxcli.clinic.past_visit import WholeVisit
from botoxcli.clinic.records import (
    AdverseEventTold,
    AnswerGiven,
    Consult,
    EventResolved,
    FindingRecorded,
    FollowUpVisit,
    Injection,
    NewPatient,
    NewVial,
    Session,
    VialUse,
)
from botoxcli.clinic.text import bad_character
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Recorder, create_ledger

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
words = (
    st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=30)
    .map(lambda text: unicodedata.normalize("NFC", text).strip())
    .filter(lambda text: bool(text) and bad_character(text) is None)
)
maybe_words = st.none() | words
answers = st.lists(st.builds(AnswerGiven, question=words, value=words), max_size=4).map(tuple)
jurisdictions = st.sampled_from(["us", "eu-uk"])


@st.composite
def findings(draw: st.DrawFn) -> tuple[FindingRecorded, ...]:
    made = []
    for name in draw(st.lists(words, max_size=3, unique=True)):
        resolution = draw(st.sampled_from([None, "accepted", "overridden"]))
        made.append(
            FindingRecorded(
                id=name,
                level=draw(st.sampled_from(["note", "warn", "stop"])),
                because=draw(words),
                source=draw(words | st.just("")),
                met=draw(st.sampled_from([None, True, False])),
                resolution=resolution,
                reason=draw(words) if resolution == "overridden" else None,
            )
        )
    return tuple(made)


@st.composite
def injections(draw: st.DrawFn) -> tuple[Injection, ...]:
    made = []
    for site in draw(st.lists(words, min_size=1, max_size=6, unique=True)):
        state = draw(st.sampled_from(["given", "changed", "skipped", "extra"]))
        planned = 0 if state == "extra" else draw(st.integers(1, 5_000))
        dose = {"given": planned, "skipped": 0}.get(state)
        if dose is None:
            dose = draw(st.integers(1, 5_000))
            dose += dose == planned
        made.append(
            Injection(
                site=site,
                muscle=draw(words),
                side=draw(st.sampled_from(["left", "right", "midline"])),
                planned_hundredths=planned,
                hundredths=dose,
                state=state,
                reason=draw(maybe_words),
            )
        )
    return tuple(made)


consults = st.builds(
    lambda **given: given, date=days, answers=answers, findings=findings(), jurisdiction=jurisdictions,
    decision=st.sampled_from(["eligible", "not-eligible", "needs-review"]),
    decided=st.sampled_from([None, "treat", "defer", "decline"]), reason=maybe_words,
)  # fmt: skip
sessions = st.builds(
    lambda **given: given, date=days, answers=answers, findings=findings(), jurisdiction=jurisdictions, product=words, injections=injections(),
    diluent_ul=st.none() | st.integers(1, 1_000_000), minutes=st.none() | st.integers(0, 600), injector=maybe_words, ended_early=st.booleans(),
    reconstituted_at=st.none() | st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1)).map(lambda at: at.replace(microsecond=0, tzinfo=UTC)),  # noqa: DTZ001
)  # fmt: skip
follow_ups = st.builds(
    lambda **given: given, date=days, answers=answers, findings=findings(),
    events=st.lists(
        st.builds(
            AdverseEventTold, event=words, severity=st.sampled_from([None, "mild", "moderate", "severe"]), onset=st.none() | days,
            related=st.sampled_from([None, "yes", "no", "unknown"]), escalate=st.sampled_from([None, "emergency", "review"]),
            resolved_on=st.none() | days,
        ),
        max_size=3,
    ).map(tuple),
    resolved=st.lists(st.builds(EventResolved, event=words, resolved_on=days), max_size=3).map(tuple), note=maybe_words,
)  # fmt: skip
steadily = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
numbers = count(1)


class Practice:
    """One ledger for all examples, each with a patient of its own."""

    def __init__(self, path: Path, make: Any) -> None:
        self.path, self.make, self.recorder = path, make, Recorder(path)
        create_ledger(path, settings={"practice": "X"}, actor="me", at=AT)

    def change(self) -> Any:
        return self.recorder.change(command="test", actor="me", at=AT)

    def patient(self, change: Any) -> str:
        code = f"P{next(numbers)}"
        change.add_patient(NewPatient(code=code, name="Ann Example", born=date(1980, 1, 1)))
        return code

    def read(self, visit: int) -> WholeVisit:
        with open_ledger(self.path) as reader:
            return reader.visit(visit)


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory, make: Any) -> Iterator[Practice]:
    yield Practice(tmp_path_factory.mktemp("round") / "ledger.db", make)


def common(whole: WholeVisit) -> dict[str, Any]:
    return {
        "patient": whole.head.patient,
        "date": whole.head.date,
        "answers": tuple(AnswerGiven(question=question, value=value) for question, value in whole.answers),
        "findings": tuple(
            FindingRecorded(
                id=one.id, level=one.level, because=one.because, source=one.source, met=one.met, resolution=one.resolution, reason=one.reason
            )
            for one in whole.findings
        ),
    }


@steadily
@given(values=consults)
def test_a_consult_comes_back(practice: Practice, values: dict[str, Any]) -> None:
    with practice.change() as change:
        consult = Consult(patient=practice.patient(change), **values)
        visit = change.record_consult(consult, change.pin_edition(practice.make.loaded))
    whole = practice.read(visit)
    assert whole.head.kind == "consult"
    again = Consult(**common(whole), decision=whole.head.decision, decided=whole.head.decided, reason=whole.reason, jurisdiction=whole.jurisdiction)
    assert again == consult


@steadily
@given(values=sessions, spare=st.integers(0, 500))
def test_a_session_comes_back_and_its_vial_is_balanced(practice: Practice, values: dict[str, Any], spare: int) -> None:
    total = sum(injection.hundredths for injection in values["injections"])
    with practice.change() as change:
        stock = NewVial(lot="L", product="x", hundredths=total + spare + 1, expires=date(2030, 1, 1))
        (vial_id,) = change.add_vials(stock, date(2026, 1, 1))
        uses = (VialUse(vial_id=vial_id, given_hundredths=total, wasted_hundredths=spare + 1),)
        session = Session(patient=practice.patient(change), vials=uses, **values)
        visit = change.record_session(session, change.pin_edition(practice.make.loaded))
    whole = practice.read(visit)
    again = Session(
        **common(whole),
        product=whole.product,
        injections=tuple(
            Injection(
                site=one.site,
                muscle=one.muscle,
                side=one.side,
                planned_hundredths=one.planned_hundredths,
                hundredths=one.hundredths,
                state=one.state,
                reason=one.reason,
            )
            for one in whole.injections
        ),
        vials=tuple(
            VialUse(vial_id=one.vial_id, given_hundredths=one.given_hundredths, wasted_hundredths=one.wasted_hundredths) for one in whole.vials
        ),
        diluent_ul=whole.diluent_ul,
        reconstituted_at=whole.reconstituted_at,
        minutes=whole.minutes,
        injector=whole.injector,
        jurisdiction=whole.jurisdiction,
        ended_early=whole.head.ended_early,
    )
    assert again == session
    assert whole.head.hundredths == total
    assert sum(one.given_hundredths + (one.wasted_hundredths or 0) for one in whole.vials) == sum(one.drawn_hundredths or 0 for one in whole.vials)


@steadily
@given(values=follow_ups)
def test_a_follow_up_comes_back(practice: Practice, values: dict[str, Any]) -> None:
    with practice.change() as change:
        follow_up = FollowUpVisit(patient=practice.patient(change), **values)
        visit = change.record_follow_up(follow_up, change.pin_edition(practice.make.loaded))
    whole = practice.read(visit)
    events = tuple(
        AdverseEventTold(
            event=one.event, severity=one.severity, onset=one.onset, related=one.related, escalate=one.escalate, resolved_on=one.resolved_on
        )
        for one in whole.events
    )
    resolved = tuple(EventResolved(event=event, resolved_on=on) for event, on in whole.resolved)
    assert FollowUpVisit(**common(whole), events=events, resolved=resolved, note=whole.note) == follow_up


def test_an_imported_session_comes_back(practice: Practice) -> None:
    with practice.change() as change:
        session = practice.make.session(practice.patient(change), AT.date() - timedelta(days=900))
        visit = change.record_session(session, change.pin_edition(practice.make.loaded))
    whole = practice.read(visit)
    assert whole.head.state == "imported"
    assert [(one.vial_id, one.lot, one.drawn_hundredths, one.given_hundredths, one.wasted_hundredths) for one in whole.vials] == [
        (None, "OLD 1", None, 500, None)
    ]
