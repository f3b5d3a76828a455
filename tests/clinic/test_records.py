"""What a record is: well-formed or not made at all, and silent about what it refused."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from botoxcli.clinic.records import AdverseEventTold, Consult, Injection, NewPatient, NewVial, Session, VialUse
from botoxcli.errors import ValueRefused

BORN = date(1980, 2, 29)


def an_injection(**given: Any) -> Injection:
    values = {"site": "procerus", "muscle": "procerus", "side": "midline", "planned_hundredths": 500, "hundredths": 500, "state": "given"}
    return Injection(**{**values, **given})


def a_session(**given: Any) -> Session:
    values = {
        "patient": "P0001", "date": date(2026, 3, 9), "product": "onabotulinumtoxinA", "jurisdiction": "us", "injections": (an_injection(),),
        "vials": (VialUse(vial_id=1, given_hundredths=500, wasted_hundredths=19_500),),
    }  # fmt: skip
    return Session(**{**values, **given})


@pytest.mark.parametrize("code", ["P0001", "p", "A-b_9", "-", "1" * 20])
def test_a_code_is_taken_as_given(code: str) -> None:
    assert NewPatient(code=code, name="Ann Example", born=BORN).code == code


@pytest.mark.parametrize("code", ["", " P1", "P 1", "P1\n", "Pé", "P٣", "P.1", "1" * 21, "=1+1", "P1/2"])
def test_what_is_no_code(code: str) -> None:
    with pytest.raises(ValidationError, match="a patient's code is 1 to 20 of letters, digits, - and _"):
        NewPatient(code=code, name="Ann Example", born=BORN)


# state -> planned and given that agree with it
AGREE = {
    "given": [(500, 500)],
    "changed": [(500, 250), (500, 750)],
    "skipped": [(500, 0)],
    "extra": [(0, 500)],
    "imported": [(0, 15_500), (500, 500), (500, 250)],
}
DOSES = [(500, 500), (500, 250), (500, 750), (500, 0), (0, 500), (0, 0), (0, 15_500)]


@pytest.mark.parametrize("state", AGREE)
@pytest.mark.parametrize(("planned", "given_"), DOSES)
def test_the_state_of_a_site_and_its_dose_agree(state: str, planned: int, given_: int) -> None:
    values = {"state": state, "planned_hundredths": planned, "hundredths": given_}
    agrees = (planned, given_) in AGREE[state] or (state, given_ > 0) == ("imported", True) or (state, planned, given_ > 0) == ("extra", 0, True)
    if agrees:
        assert an_injection(**values).state == state
    else:
        with pytest.raises(ValidationError, match="the state and the units contradict each other"):
            an_injection(**values)


@pytest.mark.parametrize("dose", [-1, 200_001, 500.0, "500", True])
def test_a_dose_is_a_whole_number_of_hundredths(dose: Any) -> None:
    with pytest.raises(ValidationError):
        an_injection(planned_hundredths=500, hundredths=dose, state="changed")


@pytest.mark.parametrize(
    ("use", "fits"),
    [
        ({"vial_id": 1, "wasted_hundredths": 0}, True),
        ({"lot": "OLD1"}, True),
        ({"vial_id": 1}, False),
        ({"lot": "OLD1", "wasted_hundredths": 0}, False),
        ({"vial_id": 1, "lot": "OLD1", "wasted_hundredths": 0}, False),
        ({}, False),
    ],
)
def test_a_vial_of_the_stock_or_a_lot_without(use: dict[str, Any], fits: bool) -> None:
    if fits:
        assert VialUse(given_hundredths=500, **use).given_hundredths == 500
    else:
        with pytest.raises(ValidationError, match="needs a vial of the stock with what was wasted, or a lot without"):
            VialUse(given_hundredths=500, **use)


@settings(max_examples=80, deadline=None)
@given(doses=st.lists(st.integers(1, 5_000), min_size=1, max_size=6), off=st.integers(-3, 3))
def test_what_was_injected_is_what_the_vials_gave(doses: list[int], off: int) -> None:
    injections = tuple(an_injection(site=f"s-{number}", planned_hundredths=dose, hundredths=dose) for number, dose in enumerate(doses))
    gave = sum(doses) + off
    if gave < 0:
        return
    vials = (VialUse(vial_id=1, given_hundredths=gave, wasted_hundredths=0),)
    if off:
        with pytest.raises(ValidationError, match="what was injected is not what the vials gave"):
            a_session(injections=injections, vials=vials)
        assert a_session(injections=injections, vials=vials, imported=True).imported
    else:
        assert a_session(injections=injections, vials=vials).hundredths == sum(doses)


def test_a_session_has_injections() -> None:
    with pytest.raises(ValidationError):
        a_session(injections=(), vials=())


def test_a_record_is_frozen_and_closed() -> None:
    with pytest.raises(ValidationError):
        NewPatient(code="P1", name="Ann", born=BORN, phone="1")  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        NewPatient(code="P1", name="Ann", born=BORN).name = "Bea"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("fields", "where", "why"),
    [
        ({"code": "P 1", "name": "Ann", "born": BORN}, "PATIENT", "a patient's code is"),
        ({"code": "P1", "name": "A\u202enn", "born": BORN}, "--name", "character 2 (U+202E) is a control or invisible character"),
        ({"code": "P1", "name": "   ", "born": BORN}, "--name", "must have 1 to 200 characters"),
        ({"code": "P1", "name": "x" * 201, "born": BORN}, "--name", "must have 1 to 200 characters"),
        ({"code": "P1", "name": "Ann", "born": "1980-13-40"}, "--born", ""),
        ({"code": "P1", "name": "Ann"}, "--born", "field required"),
    ],
)
def test_a_refusal_names_the_flag_and_never_the_value(fields: dict[str, Any], where: str, why: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        NewPatient.checked({"code": "PATIENT", "name": "--name", "born": "--born"}, **fields)
    assert refused.value.where == where and why in refused.value.sentence
    for value in fields.values():
        assert str(value) == "   " or str(value) not in refused.value.sentence.removeprefix(where)


@pytest.mark.parametrize(
    "make",
    [
        lambda: NewVial(lot="C1", product="onabotulinumtoxinA", hundredths=0, expires=BORN),
        lambda: NewVial(lot="C1", product="onabotulinumtoxinA", hundredths=20_000, expires=BORN, count=0),
        lambda: NewVial(lot="C1", product="onabotulinumtoxinA", hundredths=20_000, expires=BORN, count=501),
        lambda: NewVial(lot=" ", product="onabotulinumtoxinA", hundredths=20_000, expires=BORN),
        lambda: a_session(minutes=-1),
        lambda: a_session(diluent_ul=0),
        lambda: Consult(patient="P1", date=BORN, decision="maybe", jurisdiction="us"),
        lambda: AdverseEventTold(event="neck-pain", severity="terrible"),
    ],
)
def test_what_cannot_be_is_not_made(make: Any) -> None:
    with pytest.raises(ValidationError):
        make()
