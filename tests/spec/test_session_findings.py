"""Every finding of a session at its border, and not one step before: RULES.md's table of levels, row by row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.history import PastArchive, PastPause
from botoxcli.clinic.instants import end_of_day
from botoxcli.clinic.protocol import DoseLimit, Protocol
from botoxcli.clinic.session_rules import RULES, VialChoice, findings
from botoxcli.clinic.stock import choose_vials

BERLIN = ZoneInfo("Europe/Berlin")
OTHER = "abobotulinumtoxinA"


def test_at_a_session_as_planned_nothing_is_found(chair: Any) -> None:
    assert chair.found() == {}


def test_each_finding_of_the_session_is_raised_by_a_rule_or_a_question(chair: Any, protocol: Protocol) -> None:
    assert len(set(RULES)) == len(RULES)
    asked = {question.raises.finding for question in protocol.chair}
    assert asked == {"consent", "infection", "pregnancy", "changed", "weakness", "alcohol", "nsaids", "blood-thinners"}


# The consult


def test_without_a_consult_it_stops(chair: Any) -> None:
    assert chair.level("consult", consults=[]) == "stop"


@pytest.mark.parametrize(
    ("first", "second", "level"),
    [("eligible", "not-eligible", "stop"), ("eligible", "needs-review", "stop"), ("not-eligible", "eligible", None)],
)
def test_the_last_consult_stands(chair: Any, first: str, second: str, level: str | None) -> None:
    consults = [chair.consult("2026-01-05", first, visit=1), chair.consult("2026-02-05", second, visit=2)]
    assert chair.level("consult", consults=consults) == level


def test_of_one_day_the_later_consult_stands(chair: Any) -> None:
    consults = [chair.consult("2026-01-05", "not-eligible", visit=1), chair.consult("2026-01-05", "eligible", visit=2)]
    assert chair.level("consult", consults=consults) is None


def test_a_consult_counts_from_its_own_day_on(chair: Any) -> None:
    assert chair.level("consult", on="2026-01-05") is None
    assert chair.level("consult", on="2026-01-04") == "stop"


def test_a_consult_under_another_protocol_does_not_count(chair: Any) -> None:
    assert chair.level("consult", consults=[chair.consult(protocol="cervical-dystonia")]) == "stop"


# when the consult was, when the emergency event was told (visit 3), level
EMERGENCY = [
    ("2026-01-05", 1, "2026-02-01", "stop"),
    ("2026-02-01", 1, "2026-02-01", "stop"),
    ("2026-02-01", 4, "2026-02-01", None),
    ("2026-02-02", 4, "2026-02-01", None),
    ("2026-02-02", 2, "2026-02-01", None),
    ("2026-01-31", 4, "2026-02-01", "stop"),
]


@pytest.mark.parametrize(
    ("consulted", "visit", "told", "level"),
    EMERGENCY,
    ids=["told after the consult", "told later the same day", "consult later the same day", "a newer consult", "told before, entered after",
         "an older consult, entered after"],
)  # fmt: skip
def test_an_emergency_event_asks_for_a_new_consult(chair: Any, consulted: str, visit: int, told: str, level: str | None) -> None:
    told_on = date.fromisoformat(told)
    event = chair.event("trouble-swallowing", told_on, escalate="emergency", resolved=True)
    assert chair.level("consult", consults=[chair.consult(consulted, visit=visit)], events=[event], follow_ups=[(3, told_on)]) == level


def test_it_counts_when_the_emergency_was_told_not_when_it_began(chair: Any) -> None:
    event = chair.event("trouble-swallowing", "2026-01-20", escalate="emergency", resolved=True)
    told = [(3, date(2026, 2, 10))]
    assert chair.level("consult", consults=[chair.consult("2026-02-01")], events=[event], follow_ups=told) == "stop"


def test_it_names_the_event_that_makes_it_an_emergency(chair: Any) -> None:
    """Ptosis is to be reviewed; beside trouble swallowing, told at the same follow-up, it counts as an emergency."""
    told = [("eyelid-ptosis", "2026-01-18"), ("trouble-breathing", "2026-01-19"), ("trouble-swallowing", "2026-01-20")]
    events = [chair.event(name, day, escalate="emergency") for name, day in told]
    because = chair.found(events=events, follow_ups=[(3, date(2026, 2, 1))])["consult"].because
    assert because == "an emergency event (trouble-breathing, trouble-swallowing, visit 3) came after the last consult"
    alone = chair.found(events=events[:1], follow_ups=[(3, date(2026, 2, 1))])["consult"].because
    assert "(eyelid-ptosis, visit 3)" in alone, "what no longer stands beside it"


# A patient who is archived or paused: said, from the first day to the last. Today is 2026-03-09
STATUS = [
    ([PastArchive(True, date(2026, 3, 9), "died")], [], {"archived": "the patient is archived since 2026-03-09 (died)"}),
    ([PastArchive(True, date(2026, 3, 10), "died")], [], {}),
    ([PastArchive(True, date(2026, 3, 1), "other"), PastArchive(False, None, None)], [], {}),
    ([], [PastPause(date(2026, 3, 9), date(2026, 3, 10))], {"paused": "the patient is paused from 2026-03-09 until 2026-03-10"}),
    ([], [PastPause(date(2026, 3, 10), date(2026, 6, 1))], {}),
    ([], [PastPause(date(2026, 2, 1), date(2026, 3, 9))], {}),
]


@pytest.mark.parametrize(
    ("archives", "pauses", "said"), STATUS, ids=["archived", "archived later", "taken back", "paused", "paused later", "paused no more"]
)
def test_an_archived_or_paused_patient_is_noted(chair: Any, archives: Any, pauses: Any, said: dict[str, str]) -> None:
    facts = chair.facts()
    history = facts.history._replace(archives=tuple(archives), pauses=tuple(pauses))
    found = findings(replace(facts, history=history))
    assert {one.id: one.because for one in found} == said
    assert {one.level for one in found} <= {"note"}


@pytest.mark.parametrize("escalate", [None, "review"])
def test_a_lesser_event_asks_for_no_new_consult(chair: Any, escalate: str | None) -> None:
    event = chair.event("eyelid-ptosis", "2026-02-01", escalate=escalate, resolved=True)
    assert chair.level("consult", events=[event], follow_ups=[(3, date(2026, 2, 1))]) is None


@pytest.mark.parametrize(
    ("consulted", "on", "level"),
    [
        ("2025-03-09", "2026-03-09", None),
        ("2025-03-09", "2026-03-10", "warn"),
        ("2024-02-29", "2025-02-28", None),
        ("2024-02-29", "2025-03-01", "warn"),
    ],
    ids=["12 months to the day", "a day more", "29 Feb, 12 months clipped", "29 Feb, a day more"],
)
def test_a_consult_grows_old(chair: Any, consulted: str, on: str, level: str | None) -> None:
    assert chair.level("consult-old", on, consults=[chair.consult(consulted)]) == level


# The chair: question, its finding, the levels of yes, no, unknown and no answer at all
CHAIR = [
    ("consent", "consent", None, "stop", "stop"),
    ("infection-at-site", "infection", "stop", None, "stop"),
    ("alcohol", "alcohol", "warn", None, "warn"),
    ("nsaids", "nsaids", "warn", None, "warn"),
    ("blood-thinners", "blood-thinners", "note", None, "note"),
    ("pregnant-or-breastfeeding", "pregnancy", "stop", None, "stop"),
    ("new-illness-or-medicine", "changed", "warn", None, "warn"),
    ("other-toxin-since", "changed", "warn", None, "warn"),
    ("trouble-since-last", "changed", "warn", None, "warn"),
    ("weakness-or-ptosis-now", "weakness", "warn", None, "warn"),
]


def test_the_table_holds_every_question_of_the_chair(protocol: Protocol) -> None:
    assert [(row[0], row[1]) for row in CHAIR] == [(question.id, question.raises.finding) for question in protocol.chair]


@pytest.mark.parametrize(("question", "finding", "yes", "no", "unknown"), CHAIR, ids=[row[0] for row in CHAIR])
def test_a_chair_answer(chair: Any, question: str, finding: str, yes: str | None, no: str | None, unknown: str) -> None:
    for answer, level in (("yes", yes), ("no", no), ("unknown", unknown), (None, unknown)):
        found = chair.found(answers={question: answer})
        assert {name: one.level for name, one in found.items()} == ({finding: level} if level else {})


def test_pregnancy_not_applicable_at_the_chair(chair: Any) -> None:
    assert chair.found(answers={"pregnant-or-breastfeeding": "not-applicable"}) == {}


def test_several_changes_are_one_finding(chair: Any) -> None:
    found = chair.found(answers={"new-illness-or-medicine": "yes", "other-toxin-since": "unknown", "trouble-since-last": "no"})
    assert list(found) == ["changed"]
    said = found["changed"].because
    assert said.startswith("new-illness-or-medicine: ") and "; other-toxin-since: " in said and "trouble-since-last" not in said


def test_weakness_names_the_muscles_to_think_of(chair: Any) -> None:
    because = chair.found(answers={"weakness-or-ptosis-now": "yes"})["weakness"].because
    assert all(muscle in because for muscle in ("frontalis", "corrugator", "procerus", "trapezius", "cervical paraspinal"))


# Events of the last cycle: the sessions were on 2025-09-01 and 2025-12-01; today is 2026-03-09
@pytest.mark.parametrize(
    ("began", "resolved", "level"),
    [
        ("2025-12-01", False, "warn"),
        ("2025-11-30", False, None),
        ("2026-03-09", False, "warn"),
        ("2026-03-10", False, None),
        ("2026-01-10", True, None),
        ("2025-09-15", False, None),
    ],
    ids=["on the day of the last session", "the day before it", "today", "after today", "resolved", "of the cycle before"],
)
def test_an_event_of_the_last_cycle(chair: Any, began: str, resolved: bool, level: str | None) -> None:
    sessions = [chair.session("2025-09-01", visit=2), chair.session("2025-12-01", visit=4)]
    events = [chair.event("neck-pain", began, resolved=resolved)]
    assert chair.level("last-event", sessions=sessions, events=events) == level


def test_an_event_without_any_session_counts_too(chair: Any) -> None:
    assert chair.level("last-event", events=[chair.event("neck-pain", "2025-12-24")]) == "warn"


# The interval: the other session is on 2026-03-09
@pytest.mark.parametrize(
    ("on", "level"),
    [("2026-05-31", "stop"), ("2026-06-01", None), ("2026-06-02", None), ("2025-12-16", "stop"), ("2025-12-15", None), ("2026-03-09", "stop")],
    ids=["83 days after", "84 days after", "85 days after", "83 days before, entered late", "84 days before, entered late", "the same day"],
)
def test_the_minimum_interval(chair: Any, on: str, level: str | None) -> None:
    consults = [chair.consult("2025-12-01")]
    assert chair.level("interval", on, sessions=[chair.session("2026-03-09")], consults=consults) == level


def test_the_interval_names_days_visit_and_least(chair: Any) -> None:
    sessions = [chair.session("2026-01-10", visit=2), chair.session("2026-05-01", visit=3)]
    found = chair.found("2026-03-09", sessions=sessions, consults=[chair.consult("2025-12-01")])["interval"]
    assert found.because == (
        "58 days after the session of 2026-01-10 (visit 2), at least 84; 53 days before the session of 2026-05-01 (visit 3), at least 84"
    )
    assert found.source == "US label; EU/UK product text"


@pytest.mark.parametrize(
    ("last", "on", "level"),
    [
        ("2026-03-09", "2026-09-09", None),
        ("2026-03-09", "2026-09-10", "note"),
        ("2025-08-31", "2026-02-28", None),
        ("2025-08-31", "2026-03-01", "note"),
    ],
    ids=["on the latest day", "the day after", "latest day clipped to 28 Feb", "the day after that"],
)
def test_a_long_interval(chair: Any, last: str, on: str, level: str | None) -> None:
    assert chair.level("interval-long", on, sessions=[chair.session(last)]) == level


def test_a_long_interval_looks_at_the_last_session_before_the_day(chair: Any) -> None:
    sessions = [chair.session("2025-01-10", visit=2), chair.session("2026-06-10", visit=3)]
    assert chair.level("interval-long", "2026-01-10", sessions=sessions) == "note"


def test_a_second_session_on_one_day(chair: Any) -> None:
    assert chair.level("duplicate-visit", sessions=[chair.session("2026-03-09")]) == "warn"
    assert chair.level("duplicate-visit", sessions=[chair.session("2026-03-08")]) is None


# Doses. Units at the procerus, planned 5
@pytest.mark.parametrize(
    ("units", "level"), [(5, None), (2.5, "warn"), (5.01, "warn"), (10, "warn"), (10.01, "stop")], ids=["5 U", "2.5 U", "5.01 U", "10 U", "10.01 U"]
)
def test_the_dose_at_a_site(chair: Any, protocol: Protocol, units: float, level: str | None) -> None:
    checklist = Checklist(protocol).dose("procerus", round(units * 100)).give_rest()
    assert chair.level("site-dose", checklist=checklist) == level


def test_a_skipped_site_is_no_other_dose(chair: Any, protocol: Protocol) -> None:
    assert chair.found(checklist=Checklist(protocol).skip("procerus", "asked to").give_rest()) == {}


def test_the_practice_may_make_the_sites_limit_a_warning(chair: Any, protocol: Protocol) -> None:
    limit = protocol.limits.site.model_copy(update={"level": "warn"})
    own = protocol.model_copy(update={"limits": protocol.limits.model_copy(update={"site": limit})})
    checklist = Checklist(own).dose("procerus", 1_200).give_rest()
    assert chair.level("site-dose", checklist=checklist, protocol=own) == "warn"


# units of the whole session, us, eu-uk
@pytest.mark.parametrize(
    ("total", "us", "eu_uk"),
    [(155, None, None), (155.01, "warn", None), (195, "warn", None), (195.01, "stop", "stop")],
    ids=["155 U", "155.01 U", "195 U", "195.01 U"],
)
def test_the_dose_of_a_session(chair: Any, protocol: Protocol, total: float, us: str | None, eu_uk: str | None) -> None:
    more = round(total * 100) - 15_500
    checklist = Checklist(protocol).give_rest()
    for site in protocol.sites_in_order[:8]:
        checklist = checklist.dose(site.id, 500 + min(more, 500)) if more > 0 else checklist
        more -= min(more, 500)
    rest = protocol.sites_in_order[8]
    checklist = checklist.dose(rest.id, 500 + more) if more > 0 else checklist
    assert checklist.hundredths == round(total * 100)
    assert chair.level("session-dose", checklist=checklist, jurisdiction="us") == us
    assert chair.level("session-dose", checklist=checklist, jurisdiction="eu-uk") == eu_uk


def test_of_two_limits_that_are_passed_the_sterner_speaks(chair: Any, protocol: Protocol) -> None:
    limits = tuple(
        DoseLimit.model_validate({"source": "practice", **limit})
        for limit in ({"units": 100, "level": "stop"}, {"units": 150, "level": "warn", "jurisdiction": "us"})
    )
    own = protocol.model_copy(update={"limits": protocol.limits.model_copy(update={"session": limits})})
    found = chair.found(checklist=Checklist(own).give_rest(), protocol=own)["session-dose"]
    assert (found.level, found.because) == ("stop", "155 U, over 100 U")


@pytest.mark.parametrize(
    ("extras", "level"),
    [
        ([("temporalis-left", 10)], None),
        ([("temporalis-left", 5), ("temporalis-right", 5)], None),
        ([("temporalis-left", 15)], "stop"),
        ([("temporalis-left", 10), ("temporalis-right", 5)], "stop"),
        ([("occipitalis-right", 10)], None),
        ([("occipitalis-right", 10), ("occipitalis-left", 5)], "stop"),
        ([("trapezius-left", 20)], None),
        ([("trapezius-left", 10), ("trapezius-right", 10)], None),
        ([("trapezius-left", 10), ("trapezius-right", 15)], "stop"),
        ([("temporalis-left", 10), ("occipitalis-left", 10), ("trapezius-left", 20)], None),
        ([("frontalis-left", 5)], "stop"),
        ([("procerus", 5)], "stop"),
        ([("cervical-paraspinal-left", 5)], "stop"),
    ],
    ids=lambda value: " + ".join(f"{place} {units}" for place, units in value) if isinstance(value, list) else None,
)
def test_follow_the_pain_both_sides_together(chair: Any, protocol: Protocol, extras: list[tuple[str, int]], level: str | None) -> None:
    checklist = Checklist(protocol).give_rest()
    for place, units in extras:
        checklist = checklist.extra(place, units * 100)
    assert chair.level("extra-allowance", checklist=checklist, jurisdiction="eu-uk") == level


def test_a_muscle_without_allowance_is_named(chair: Any, protocol: Protocol) -> None:
    checklist = Checklist(protocol).give_rest().extra("frontalis-left", 500)
    assert chair.found(checklist=checklist)["extra-allowance"].because == "frontalis 5 U, none allowed"


# The cumulative window: 155 U on 2026-05-31 and another dose of the same product (by whatever clinic) earlier or later
@pytest.mark.parametrize(
    ("day", "units", "level"),
    [
        ("2026-03-01", 245, None),
        ("2026-03-01", 245.01, "stop"),
        ("2026-02-28", 245.01, None),
        ("2026-05-31", 245.01, "stop"),
        ("2026-08-30", 245.01, "stop"),
        ("2026-08-31", 245.01, None),
        ("2026-08-30", 245, None),
    ],
    ids=["400 U", "400.01 U", "on D minus 3 months (clipped): outside", "the same day", "a later one within reach", "a later one out of reach",
         "later, 400 U"],
)  # fmt: skip
def test_the_cumulative_dose(chair: Any, day: str, units: float, level: str | None) -> None:
    sessions = [chair.session(day, units, protocol="cervical-dystonia")]
    assert chair.level("cumulative-dose", "2026-05-31", sessions=sessions) == level


def test_the_cumulative_dose_adds_every_session_of_the_window(chair: Any) -> None:
    sessions = [chair.session("2026-04-01", 122.5, visit=2), chair.session("2026-05-01", 122.51, visit=3)]
    found = chair.found("2026-05-31", sessions=sessions)["cumulative-dose"]
    assert found.because == "400.01 U of onabotulinumtoxinA in the 3 months to 2026-05-31, over 400 U"


def test_two_windows_that_overlap_are_not_added(chair: Any) -> None:
    """Before and after are 4 months apart: no window holds both."""
    sessions = [chair.session("2026-03-20", 200, visit=2), chair.session("2026-07-20", 200, visit=3)]
    assert chair.level("cumulative-dose", "2026-05-31", sessions=sessions) is None


@pytest.mark.parametrize(
    ("day", "level"),
    [("2026-03-09", "warn"), ("2025-11-10", "warn"), ("2025-11-09", None), ("2026-03-10", None)],
    ids=["today", "the window's first day", "4 months ago to the day", "after today"],
)
def test_another_product_is_shown_and_never_added(chair: Any, day: str, level: str | None) -> None:
    found = chair.found(sessions=[chair.session(day, 500, product=OTHER)])
    assert "cumulative-dose" not in found
    assert (found["other-product"].level if "other-product" in found else None) == level
    if level:
        assert found["other-product"].because == f"500 U of {OTHER} on {day}; units of different products are not added"


# Vials


def test_a_lot_that_was_corrected_is_the_same_vial_with_a_note(chair: Any) -> None:
    found = chair.found(vials=choose_vials([chair.vial(lot="C1235", former=("C1234",))], ["c-1234"]))
    assert (found["lot-corrected"].level, found["lot-corrected"].because) == ("note", "c-1234 was corrected to C1235")
    assert "vial-unknown" not in found and "lot-corrected" not in chair.found(vials=choose_vials([chair.vial(lot="C1235")], ["c-1235"]))


def test_a_lot_that_nobody_knows_shows_the_near_ones(chair: Any) -> None:
    stock = [chair.vial(lot="C1234"), chair.vial(lot="X9999", vial_id=2)]
    found = chair.found(vials=choose_vials(stock, ["C1243"]))["vial-unknown"]
    assert (found.level, found.because) == ("stop", "no vial of lot C1243 is in the stock; near ones: C1234")


def test_a_lot_of_which_none_is_left(chair: Any) -> None:
    stock = [chair.vial(state="used")]
    assert chair.level("vial-used", vials=choose_vials(stock, ["C1234"])) == "stop"
    assert chair.level("vial-used", vials=choose_vials([*stock, chair.vial(vial_id=2)], ["c-1234"])) is None
    assert chair.level("vial-used", vials=choose_vials([*stock, chair.vial(vial_id=2)], ["C1234", "C 1234"])) == "stop"
    assert chair.level("vial-used", vials=choose_vials([chair.vial(state="discarded")], ["C1234"])) == "stop"


@pytest.mark.parametrize(
    ("finding", "label"),
    [("vial-recalled", {"recalled": True}), ("product", {"product": OTHER})],
)
def test_a_vial_that_must_not_be_used(chair: Any, finding: str, label: dict[str, Any]) -> None:
    assert {name: one.level for name, one in chair.found(vials=choose_vials([chair.vial(**label)], ["C1234"])).items()} == {finding: "stop"}


@pytest.mark.parametrize(("expires", "level"), [("2026-03-09", None), ("2026-03-08", "stop")], ids=["the expiry day itself", "the day after it"])
def test_expiry_is_judged_on_the_sessions_date(chair: Any, expires: str, level: str | None) -> None:
    assert chair.level("vial-expired", "2026-03-09", vials=choose_vials([chair.vial(expires=expires)], ["C1234"])) == level


def test_two_vials_of_one_bad_lot_are_named_once(chair: Any) -> None:
    stock = [chair.vial(100, expires="2026-01-31"), chair.vial(100, expires="2026-01-31", vial_id=2)]
    found = chair.found(vials=choose_vials(stock, ["C1234", "C1234"]))
    assert found["vial-expired"].because == "lot C1234 expired after 2026-01-31"


# vials' units, diluent mL
@pytest.mark.parametrize(
    ("vials", "ml", "level", "says"),
    [
        ((200,), 4, None, ""),
        ((100,), 2, None, ""),
        ((100, 100), 4, None, ""),
        ((200,), 2, "stop", "200 U in 2 mL is 100 U/mL, the protocol's is 50 U/mL (2 times)"),
        ((100,), 2.5, "stop", "100 U in 2.5 mL is 40 U/mL, the protocol's is 50 U/mL (0.8 times)"),
        ((200,), 4.001, "stop", "200 U in 4.001 mL is 49.9875 U/mL, the protocol's is 50 U/mL (1 times)"),
        ((100, 100), 2, "stop", "200 U in 2 mL is 100 U/mL, the protocol's is 50 U/mL (2 times)"),
    ],
)
def test_the_dilution(chair: Any, vials: tuple[int, ...], ml: float, level: str | None, says: str) -> None:
    named = tuple(VialChoice("C1234", chair.vial(units, vial_id=number)) for number, units in enumerate(vials, start=1))
    found = chair.found(vials=named, diluent_ul=round(ml * 1000))
    assert (found["dilution"].level, found["dilution"].because) == (level, says) if level else "dilution" not in found


def test_without_a_vials_size_nothing_is_said_of_its_strength(chair: Any) -> None:
    assert chair.level("dilution", vials=(VialChoice("X1", None, "vial-unknown"),), diluent_ul=2_000) is None
    assert chair.level("dilution", diluent_ul=None) is None


# Reconstitution. The session is on Monday 2026-03-09 at 10:00 in Berlin, or its hour is not known
AT = datetime(2026, 3, 9, 10, 0, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("made_up", "level"),
    [(AT, None), (AT - timedelta(hours=24), None), (AT - timedelta(hours=24, minutes=1), "stop")],
    ids=["just now", "24 hours", "24 hours and a minute"],
)
def test_used_within_24_hours(chair: Any, made_up: datetime, level: str | None) -> None:
    facts = {"at": AT, "day_ends_at": end_of_day(AT.date(), "Europe/Berlin")}
    assert chair.level("reconstituted-24h", reconstituted_at=made_up, **facts) == level
    assert chair.level("reconstituted-24h", reconstituted_at=made_up.astimezone(UTC), **facts) == level


@pytest.mark.parametrize(
    ("made_up", "level"),
    [
        (datetime(2026, 3, 9, 0, 0, tzinfo=BERLIN), None),
        (datetime(2026, 3, 8, 23, 59, tzinfo=BERLIN), None),
        (datetime(2026, 3, 8, 23, 58, tzinfo=BERLIN), "stop"),
    ],
    ids=["the same day", "the last minute of the day before", "a minute earlier"],
)
def test_of_an_unknown_hour_the_latest_counts(chair: Any, made_up: datetime, level: str | None) -> None:
    found = chair.found(reconstituted_at=made_up, at=None, day_ends_at=end_of_day(date(2026, 3, 9), "Europe/Berlin"))
    assert (found["reconstituted-24h"].level if found else None) == level
    if level:
        says = "used up to 24 h 1 min after reconstitution, at most 24 hours; the session's hour is not known"
        assert found["reconstituted-24h"].because == says


# Across the change of clocks: what has passed, not what the clock shows
@pytest.mark.parametrize(
    ("made_up", "used", "level"),
    [
        ("2026-03-28T10:00", "2026-03-29T11:00", None),
        ("2026-03-28T10:00", "2026-03-29T11:01", "stop"),
        ("2026-10-24T10:00", "2026-10-25T09:00", None),
        ("2026-10-24T10:00", "2026-10-25T09:01", "stop"),
    ],
    ids=["spring: 25 h on the clock are 24", "spring: a minute more", "autumn: 23 h on the clock are 24", "autumn: a minute more"],
)
def test_24_hours_across_the_change_of_clocks(chair: Any, made_up: str, used: str, level: str | None) -> None:
    at = datetime.fromisoformat(used).replace(tzinfo=BERLIN)
    mixed = datetime.fromisoformat(made_up).replace(tzinfo=BERLIN)
    assert chair.level("reconstituted-24h", at.date(), reconstituted_at=mixed, at=at) == level


def test_a_limit_of_weeks_is_weeks(chair: Any, protocol: Protocol) -> None:
    dilution = protocol.product.dilution.model_copy(update={"use_within": type(protocol.limits.minimum_interval.span)(1, "weeks")})
    own = protocol.model_copy(update={"product": protocol.product.model_copy(update={"dilution": dilution})})
    facts = {"protocol": own, "checklist": Checklist(own).give_rest(), "at": AT}
    assert chair.level("reconstituted-24h", reconstituted_at=AT.astimezone(UTC) - timedelta(days=7), **facts) is None
    assert chair.level("reconstituted-24h", reconstituted_at=AT.astimezone(UTC) - timedelta(days=7, minutes=1), **facts) == "stop"


def test_the_time_of_reconstitution_is_optional(chair: Any) -> None:
    assert chair.level("reconstituted-24h", reconstituted_at=None, at=AT) is None
    assert chair.level("reconstituted-24h", reconstituted_at=AT - timedelta(days=9), at=None, day_ends_at=None) is None


@pytest.mark.parametrize(
    "raise_it",
    [
        lambda chair: {"consults": []},
        lambda chair: {"answers": {"alcohol": "yes"}},
        lambda chair: {"sessions": [chair.session("2026-03-08", 500)]},
        lambda chair: {"checklist": chair.as_planned().extra("frontalis-left", 3_000).dose("procerus", 2_000)},
        lambda chair: {"vials": (VialChoice("C1234", chair.vial(expires="2020-01-31", recalled=True, product=OTHER)),), "diluent_ul": 1_000},
    ],
)
def test_every_finding_names_its_source(chair: Any, raise_it: Callable[[Any], dict[str, Any]]) -> None:
    found = chair.found(**raise_it(chair))
    assert found and all(finding.source and finding.because for finding in found.values())
