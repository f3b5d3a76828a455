"""Is it the same person? The same birth date and a similar name; twins are warned of and never refused."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.duplicates import duplicate_findings, name_key, similar
from botoxcli.clinic.known_patient import KnownPatient

BORN = date(1980, 2, 29)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ann Example", "Ann Example"),
        ("Ann Example", "ANN  example"),
        ("Ann Example", "Example, Ann"),
        ("Ann Example", "Ann Maria Example"),
        ("Ann Example", "Example"),
        ("Jan Müller", "Jan Muller"),
        ("Jan Müller", "Mueller, Jan"),
        ("Jan Müller", "Jan Mu\u0308ller"),
        ("Jon Smith", "John Smith"),
        ("Mary O'Brien", "Mary OBrien"),
        ("Mary O’Brien", "Mary O'Brien"),
        ("Ana De la Cruz", "Ana Delacruz"),
        ("Anna Baker", "Znna Baker"),
        ("Anne-Marie Roy", "Anne Marie Roy"),
        ("Weiß, Eva", "Eva Weiss"),
        ("李小龙", "李小龙"),
    ],
)
def test_these_may_be_the_same(one: str, other: str) -> None:
    assert similar(one, other) and similar(other, one)


@pytest.mark.parametrize(
    ("one", "other"), [("Ann Example", "Bob Muster"), ("Ann Li", "Bob Li"), ("Ann Example", "Ben Exner"), ("李小龙", "王芳"), ("Ann Example", "...")]
)
def test_these_are_others(one: str, other: str) -> None:
    assert not similar(one, other) and not similar(other, one)


def test_the_birth_date_must_be_the_same() -> None:
    patients = [
        KnownPatient(1, "P1", "Ann Example", BORN),
        KnownPatient(2, "P2", "Ann Example", date(1980, 3, 1)),
        KnownPatient(3, "P3", "Bob Muster", BORN),
        KnownPatient(4, "P4", None, None),
        KnownPatient(5, "P5", "Example Anne", BORN),
    ]
    (found,) = duplicate_findings(patients, name="Ann Example", born=BORN, level="warn")
    assert (found.id, found.level, found.because) == ("duplicate-patient", "warn", "same birth date and a similar name as P1, P5")
    assert "Ann" not in found.because
    assert duplicate_findings(patients, name="Carl Other", born=BORN, level="warn") == ()


@settings(max_examples=150, deadline=None)
@given(one=st.text(max_size=20), other=st.text(max_size=20))
def test_likeness_is_mutual_and_everyone_is_like_themselves(one: str, other: str) -> None:
    assert similar(one, one)
    assert name_key(name_key(one)) == name_key(one)
    assert similar(one, other) == similar(other, one)
