"""What a crash at the chair must not lose: a draft goes into JSON and comes back as it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.planned_dose import SiteUnits
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.session_draft import SessionDraft, from_json
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols

PROTOCOL = load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol
SITES = [site.id for site in PROTOCOL.sites_in_order]
words = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12)
instants = st.none() | st.integers(0, 4_000_000_000).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@st.composite
def checklists(draw: st.DrawFn) -> Checklist:
    checklist = Checklist(PROTOCOL)
    for site in draw(st.lists(st.sampled_from(SITES), max_size=6)):
        checklist = (
            checklist.skip(site, draw(words)) if draw(st.booleans()) else checklist.dose(site, draw(st.integers(1, 1_500)), draw(st.none() | words))
        )
    for place in draw(st.lists(st.sampled_from(["temporalis-left", "procerus", "trapezius-right"]), max_size=3)):
        checklist = checklist.extra(place, 500 * draw(st.integers(1, 3)))
    end = draw(st.sampled_from(["open", "given", "ended"]))
    return checklist if end == "open" else checklist.give_rest() if end == "given" else checklist.end_here(draw(words))


drafts = st.builds(
    SessionDraft,
    on=st.dates(),
    checklist=checklists(),
    answers=st.dictionaries(words, words, max_size=4),
    lots=st.lists(words, max_size=3).map(tuple),
    diluent_ul=st.none() | st.integers(1, 10_000),
    reconstituted_at=instants,
    made_up=st.booleans(),
    accepted=st.frozensets(words, max_size=3),
    overridden=st.dictionaries(words, words, max_size=3),
    begun_at=instants,
)


@settings(max_examples=120, deadline=None)
@given(draft=drafts)
def test_a_draft_comes_back_as_it_was(draft: SessionDraft) -> None:
    back, lost = from_json(json.loads(json.dumps(draft.as_json())), PROTOCOL)
    assert lost == () and back == draft
    assert back.as_json() == draft.as_json()


def test_every_field_of_a_draft_is_kept() -> None:
    kept = set(SessionDraft(date(2026, 3, 9), Checklist(PROTOCOL)).as_json())
    assert kept == {field for field in SessionDraft.__dataclass_fields__ if field != "checklist"} | {"ticks", "ended_early", "passed", "protocol"}


def changed(sites: dict[str, Any]) -> Protocol:
    """The protocol with other doses; None takes a site out of it."""
    kept = tuple(
        site.model_copy(update={"units": SiteUnits(lowest=dose, highest=dose)}) if (dose := sites.get(site.id)) else site
        for site in PROTOCOL.sites
        if sites.get(site.id, 1) is not None
    )
    return PROTOCOL.model_copy(update={"sites": kept})


@pytest.mark.parametrize(
    ("protocol", "lost"),
    [(changed({}), ()), (changed({"procerus": 2.5}), ("procerus",)), (changed({"procerus": None}), ("procerus", "procerus-2"))],
    ids=["the same", "another dose", "a muscle gone"],
)
def test_a_tick_that_no_longer_fits_is_told_and_open_again(protocol: Protocol, lost: tuple[str, ...]) -> None:
    checklist = Checklist(PROTOCOL).give_rest().extra("procerus", 500)
    draft = SessionDraft(date(2026, 3, 9), checklist)
    back, told = from_json(draft.as_json(), protocol)
    assert told == lost
    assert set(back.checklist.ticks) == set(checklist.ticks) - set(lost)
    assert {site.id for site in back.checklist.open_sites()} == {site for site in lost if protocol.site(site)}


def test_an_extra_never_takes_the_place_of_a_site_that_is_new() -> None:
    fifth = PROTOCOL.sites_in_order[10].model_copy(update={"id": "temporalis-left-5", "order": 99})
    grown = PROTOCOL.model_copy(update={"sites": (*PROTOCOL.sites, fifth)})
    draft = SessionDraft(date(2026, 3, 9), Checklist(PROTOCOL).give_rest().extra("temporalis-left", 500))
    back, lost = from_json(draft.as_json(), grown)
    assert lost == ("temporalis-left-5",)
    assert [site.id for site in back.checklist.open_sites()] == ["temporalis-left-5"]


def test_extras_are_numbered_on_when_the_protocol_has_fewer_sites_now() -> None:
    draft = SessionDraft(date(2026, 3, 9), Checklist(PROTOCOL).extra("temporalis-left", 1_000))
    back, _ = from_json(draft.as_json(), changed({"temporalis-left-4": None}))
    more = back.checklist.extra("temporalis-left", 500)
    assert [tick.site for tick in more.extras()] == ["temporalis-left-5", "temporalis-left-6", "temporalis-left-7"]
    assert more.hundredths == 1_500


def test_with_a_checklist_only_the_checklist_changes() -> None:
    draft = SessionDraft(date(2026, 3, 9), Checklist(PROTOCOL), answers={"alcohol": "no"})
    checklist = draft.checklist.give_rest()
    assert draft.with_checklist(checklist) == replace(draft, checklist=checklist)
