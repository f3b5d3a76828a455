"""The checklist where there is a choice: ranges, optional sites, doses per kg."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.planned_dose import SiteUnits, SiteUnitsPerKg
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.session_draft import SessionDraft, from_json
from botoxcli.errors import ValueRefused
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols

SHIPPED = load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


def site_with(site: str, **changes: Any) -> Protocol:
    sites = tuple(one.model_copy(update=changes) if one.id == site else one for one in SHIPPED.sites)
    return SHIPPED.model_copy(update={"sites": sites})


RANGED = site_with("procerus", units=SiteUnits.model_validate({"from": 2.5, "to": 7.5, "usual": 5}))
OPTIONAL = site_with("procerus", optional=True)
WEIGHED = site_with("procerus", units=None, per_kg=SiteUnitsPerKg.model_validate({"from": 0.1, "to": 0.2}))


@pytest.mark.parametrize(("units", "state", "planned"), [(2.5, "given", 250), (7.5, "given", 750), (2.49, "changed", 500), (7.51, "changed", 500)])
def test_a_dose_within_its_range_is_its_own_plan(units: float, state: str, planned: int) -> None:
    tick = Checklist(RANGED).dose("procerus", round(units * 100)).ticks["procerus"]
    assert (tick.state, tick.planned_hundredths) == (state, planned)
    assert Checklist(RANGED).give_rest().ticks["procerus"].hundredths == 500


def test_an_optional_site_is_given_only_when_it_is_named() -> None:
    checklist = Checklist(OPTIONAL)
    assert "procerus" not in {site.id for site in checklist.open_sites()}
    assert "procerus" not in checklist.give_rest().ticks and "procerus" not in checklist.end_here("faint").ticks
    named = checklist.dose("procerus", 500).give_rest()
    assert (named.hundredths, named.deviations(), named.planned_hundredths) == (15_500, (), 15_000)
    assert [tick.site for tick in named.chosen()] == ["procerus"]


def test_a_muscle_with_optional_sites_is_gone_through_once() -> None:
    checklist = Checklist(OPTIONAL)
    assert "procerus" in checklist.open_muscles()
    passed = checklist.give_muscle("procerus")
    assert "procerus" not in passed.open_muscles() and passed.ticks == {}
    assert "procerus" in passed.reopen("procerus").open_muscles()
    assert checklist.give_rest().open_muscles() == ()
    back, lost = from_json(SessionDraft(date(2026, 3, 9), passed).as_json(), OPTIONAL)
    assert (back.checklist, lost) == (passed, ())


def test_a_dose_per_kg_needs_the_weight() -> None:
    bare = Checklist(WEIGHED)
    assert [site.id for site in bare.give_rest().open_sites()] == ["procerus"]
    assert bare.planned_hundredths == 15_000
    with pytest.raises(ValueRefused):
        bare.skip("procerus", "bruised")
    with pytest.raises(ValueRefused):
        bare.extra("procerus", 500)
    weighed = bare.at_weight(50_000)
    assert (weighed.give_rest().hundredths, weighed.give_rest().open_sites(), weighed.planned_hundredths) == (15_500, (), 15_500)


def test_what_was_ticked_is_compared_anew_when_the_weight_is_known() -> None:
    unknown = Checklist(WEIGHED).dose("procerus", 1_100)
    assert unknown.ticks["procerus"].state == "given"
    assert (unknown.at_weight(50_000).ticks["procerus"].state, unknown.at_weight(60_000).ticks["procerus"].state) == ("changed", "given")


@settings(max_examples=60, deadline=None)
@given(grams=st.integers(3_000, 120_000), units=st.integers(1, 3_000))
def test_a_draft_with_a_weight_comes_back_as_it_was(grams: int, units: int) -> None:
    checklist = Checklist(WEIGHED).at_weight(grams).dose("procerus", units)
    draft = SessionDraft(date(2026, 3, 9), checklist, answers={"weight": f"{grams / 1000:.3f}"})
    back, lost = from_json(draft.as_json(), WEIGHED)
    assert (back, lost) == (draft, ())
