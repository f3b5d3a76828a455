"""What a person says to a finding: a warning is accepted, a stop overridden with a reason, and nothing else passes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.findings import Finding, reopened, require_settled, resolve, unsettled
from botoxcli.errors import StoppedByRule, ValueRefused

IDS = ["interval", "alcohol", "changed", "blood-thinners"]
findings = st.lists(st.builds(Finding, id=st.sampled_from(IDS), level=st.sampled_from(["note", "warn", "stop"]), because=st.just("x")), max_size=6)
accepted = st.frozensets(st.sampled_from(IDS))
overridden = st.dictionaries(st.sampled_from(IDS), st.just("because"))


# level, what is said -> how it is kept
@pytest.mark.parametrize(
    ("level", "said", "kept"),
    [
        ("note", "", None),
        ("note", "accept", None),
        ("note", "override", None),
        ("warn", "", None),
        ("warn", "accept", "accepted"),
        ("warn", "override", "overridden"),
        ("stop", "", None),
        ("stop", "accept", None),
        ("stop", "override", "overridden"),
    ],
)
def test_what_passes_a_finding(level: str, said: str, kept: str | None) -> None:
    finding = Finding("interval", level, "x")  # type: ignore[arg-type]
    settled = resolve([finding], ["interval"] if said == "accept" else [], {"interval": "urgent"} if said == "override" else {})
    assert settled[0].resolution == kept
    assert bool(unsettled(settled)) == (level != "note" and kept is None)


@pytest.mark.parametrize("reason", ["", "  ", "\t"])
def test_an_override_needs_a_written_reason(reason: str) -> None:
    with pytest.raises(ValueRefused, match="--override interval: an override needs a written reason"):
        resolve([], [], {"interval": reason})


def test_what_is_open_stops_and_names_each_finding_with_its_flag() -> None:
    with pytest.raises(StoppedByRule) as stopped:
        require_settled([Finding("interval", "stop", "83 days"), Finding("alcohol", "warn", "yes"), Finding("blood-thinners", "note", "press")])
    assert stopped.value.exit_code == 23
    assert [finding[0] for finding in stopped.value.findings] == ["interval", "alcohol"]
    assert stopped.value.next_step.endswith("--override interval=REASON --accept alcohol")
    require_settled([Finding("blood-thinners", "note", "press")])


@settings(max_examples=200, deadline=None)
@given(found=findings, accepted=accepted, overridden=overridden)
def test_the_laws_of_settling(found: list[Finding], accepted: frozenset[str], overridden: dict[str, str]) -> None:
    settled = resolve(found, accepted, overridden)
    assert [(one.id, one.level) for one in settled] == [(one.id, one.level) for one in found], "nothing is lost, nothing moves"
    assert resolve(settled, accepted, overridden) == settled, "twice is once"
    assert resolve(settled, [], {}) == settled, "what was said stays said"
    still_open = unsettled(settled)
    assert unsettled(still_open) == still_open
    assert set(still_open) == {one for one in settled if one.level != "note" and one.resolution is None}
    assert not any(one.id in overridden for one in still_open)
    assert not any(one.level == "warn" and one.id in accepted for one in still_open)
    assert {one.id for one in still_open} >= {one.id for one in found if one.level == "stop" and one.id not in overridden}
    more = resolve(found, accepted | {"alcohol"}, {**overridden, "interval": "urgent"})
    assert len(unsettled(more)) <= len(still_open), "saying more opens nothing"


def test_what_says_something_else_than_when_it_was_settled_is_asked_again() -> None:
    found = [Finding("interval", "stop", "1 day"), Finding("alcohol", "warn", "yes"), Finding("site-dose", "warn", "other than planned: a 5 U")]
    assert reopened(found, {"interval": ("83 days",), "alcohol": ("unknown", "yes"), "consult": ("old",)}) == {"interval"}
    assert reopened(found, {}) == frozenset()


def test_a_finding_as_json_values() -> None:
    assert Finding("alcohol", "warn", "yes", "practice", None, "accepted").as_dict() == {
        "id": "alcohol", "level": "warn", "met": None, "because": "yes", "source": "practice", "resolution": "accepted",
    }  # fmt: skip
