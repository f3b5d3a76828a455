"""The sheets keep what the protocol says: every rule once, with its words and its source. The hours stand in tests/spec/test_precare.py."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.care_sheet import aftercare, pre_care
from botoxcli.clinic.dates import Span
from botoxcli.clinic.protocol import AftercareRule, PreCareRule, Protocol
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols

ZONE = "America/New_York"
AT = datetime(2026, 3, 9, 10, 0, tzinfo=ZoneInfo(ZONE))
spans = st.builds(Span, st.integers(0, 60), st.sampled_from(["hours", "days", "weeks", "months"]))


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


def test_every_rule_is_on_its_sheet_as_it_is_written(protocol: Protocol) -> None:
    before, after = pre_care(protocol, AT), aftercare(protocol, on=AT.date(), at=AT, zone=ZONE)
    assert {(line.rule, line.action, line.what, line.why, line.source) for line in before} == {
        (rule.id, rule.action, rule.what, rule.why, rule.source) for rule in protocol.pre_care.rules
    }
    assert [(line.rule, line.what, line.source) for line in after] == [(rule.id, rule.what, rule.source) for rule in protocol.aftercare.rules]


@settings(max_examples=60, deadline=None)
@given(lasting=st.lists(spans, min_size=1, max_size=4))
def test_the_order_is_that_of_the_hours(protocol: Protocol, lasting: list[Span]) -> None:
    rules = tuple(
        PreCareRule(id=f"r{number}", what="x", before=span, action="avoid", why="y", source="practice") for number, span in enumerate(lasting)
    )
    own = protocol.model_copy(update={"pre_care": protocol.pre_care.model_copy(update={"rules": rules})})
    starts = [line.starts for line in pre_care(own, AT)]
    assert starts == sorted(starts) and all(start <= AT for start in starts) and len(starts) == len(lasting)


@settings(max_examples=60, deadline=None)
@given(lasts=spans | st.just("rest-of-day"))
def test_until_is_known_with_the_hour_and_a_day_without(protocol: Protocol, lasts: Span | str) -> None:
    rule = AftercareRule(id="r", what="x", lasts=lasts, source="practice")
    own = protocol.model_copy(update={"aftercare": protocol.aftercare.model_copy(update={"rules": (rule,)})})
    with_hour, without = (aftercare(own, on=date(2026, 3, 9), at=at, zone=ZONE)[0] for at in (AT, None))
    assert with_hour.until is not None and with_hour.until >= AT
    assert (without.until is None) == (lasts != "rest-of-day")
    assert without.until_words.startswith("for ")
