"""Adverse events: how they are read, what is refused, how they escalate together, and what ends them."""

from __future__ import annotations

from datetime import date

import pytest

from botoxcli.clinic.adverse_events import escalated, read_event, read_events, read_resolved, still_open, what_to_do
from botoxcli.clinic.due_candidate import PastEvent
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.records import AdverseEventTold, EventResolved
from botoxcli.errors import ValueRefused
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols

TODAY = date(2026, 3, 9)
DAY = date(2026, 3, 6)


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


def read(protocol: Protocol, words: str) -> AdverseEventTold:
    return read_event(protocol, words, today=TODAY, on=DAY)


def an_event(event: str, on: str, *, resolved: bool = False, visit: int = 3) -> PastEvent:
    return PastEvent(visit, date.fromisoformat(on), event, "mild", None, resolved)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("neck-pain", {}),
        ("neck-pain=mild", {"severity": "mild"}),
        ("neck-pain=SEV", {"severity": "severe"}),
        ("neck-pain=unknown", {}),
        (" neck-pain = mild , onset = 2026-03-01 ", {"severity": "mild", "onset": date(2026, 3, 1)}),
        ("neck-pain=mild,related=y", {"severity": "mild", "related": "yes"}),
        ("neck-pain=mild,onset=-4d", {"severity": "mild", "onset": date(2026, 3, 5)}),
        ("neck-pain,resolved=2026-03-06,onset=2026-03-06", {"onset": DAY, "resolved_on": DAY}),
    ],
)
def test_an_event_is_read(protocol: Protocol, words: str, told: dict[str, object]) -> None:
    assert read(protocol, words) == AdverseEventTold.model_validate({"event": "neck-pain", **told})


@pytest.mark.parametrize(
    "words",
    [
        "", "=mild", "Jane Example=mild", "neck-pain=", "neck-pain=m", "neck-pain=mild,onset", "neck-pain=mild,onset=",
        "neck-pain=mild,onset=2026-03-07",
        "neck-pain=mild,related=", "neck-pain=mild,onset=2026-03-01,onset=2026-03-01", "neck-pain=mild,,", "none=mild",
    ],
)  # fmt: skip
def test_what_is_no_event_is_refused_without_repeating_it(protocol: Protocol, words: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        read(protocol, words)
    assert "Jane" not in f"{refused.value.sentence} {refused.value.next_step}"


def test_none_is_told_alone(protocol: Protocol) -> None:
    assert read_events(protocol, (), today=TODAY, on=DAY) is None
    assert read_events(protocol, ("none", "none"), today=TODAY, on=DAY) == ()
    with pytest.raises(ValueRefused):
        read_events(protocol, ("neck-pain=mild", "none"), today=TODAY, on=DAY)


def test_every_event_of_the_protocol_can_be_told(protocol: Protocol) -> None:
    told = [read(protocol, event.id) for event in protocol.adverse_events]
    assert [one.escalate for one in told] == [event.escalate for event in protocol.adverse_events]


@pytest.mark.parametrize(
    ("events", "weights", "level"),
    [
        (("neck-pain",), [None], None),
        (("faint",), ["review"], "review"),
        (("allergy",), ["emergency"], "emergency"),
        (("faint", "allergy", "neck-pain"), ["emergency", "emergency", None], "emergency"),
        (("faint", "neck-weakness"), ["review", "review"], "review"),
    ],
)
def test_a_review_together_with_an_emergency_is_one(
    protocol: Protocol, events: tuple[str, ...], weights: list[str | None], level: str | None
) -> None:
    told = read_events(protocol, events, today=TODAY, on=DAY)
    assert told is not None
    assert [one.escalate for one in told] == weights
    assert escalated(told) == told
    to_do = what_to_do(protocol, told)
    assert (to_do.escalate if to_do else None) == level
    if to_do:
        assert to_do.events == tuple(one.event for one in told if one.escalate)
        assert to_do.tell == (protocol.aftercare.warning if level == "emergency" else protocol.aftercare.call_us)


def test_what_is_still_open_had_begun_and_has_not_ended() -> None:
    events = [an_event("faint", "2026-03-06"), an_event("allergy", "2026-03-07"), an_event("neck-pain", "2026-03-01", resolved=True)]
    assert [event.event for event in still_open(events, DAY)] == ["faint"]


@pytest.mark.parametrize(
    ("given", "resolved"),
    [
        ({}, ()),
        ({"faint": "2026-02-01"}, (EventResolved(event="faint", resolved_on=date(2026, 2, 1)),)),
        ({"faint": "2026-03-06"}, (EventResolved(event="faint", resolved_on=DAY),)),
    ],
)
def test_an_earlier_event_ends(given: dict[str, str], resolved: tuple[EventResolved, ...]) -> None:
    earlier = [an_event("faint", "2026-02-01"), an_event("faint", "2026-03-01", visit=4)]
    assert read_resolved(given, earlier, (), today=TODAY, on=DAY) == (resolved, ())


@pytest.mark.parametrize(
    "given", [{"faint": "2026-01-31"}, {"faint": "2026-03-07"}, {"allergy": "2026-03-01"}, {"Jane Example": "2026-03-01"}, {"faint": "soon"}]
)
def test_an_end_that_cannot_be_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ValueRefused) as refused:
        read_resolved(given, [an_event("faint", "2026-02-01")], (), today=TODAY, on=DAY)
    assert "Jane" not in f"{refused.value.sentence} {refused.value.next_step}"


def test_an_event_that_is_told_now_can_end_now(protocol: Protocol) -> None:
    told = read(protocol, "faint=mild,onset=2026-03-04")
    resolved, now = read_resolved({"faint": "2026-03-05"}, [], [told], today=TODAY, on=DAY)
    assert (resolved, [one.resolved_on for one in now]) == ((), [date(2026, 3, 5)])
    for words in ("2026-03-03", "2026-03-07"):
        with pytest.raises(ValueRefused):
            read_resolved({"faint": words}, [], [told], today=TODAY, on=DAY)
    ended = read(protocol, "faint=mild,resolved=2026-03-05")
    with pytest.raises(ValueRefused):
        read_resolved({"faint": "2026-03-04"}, [], [ended], today=TODAY, on=DAY)
