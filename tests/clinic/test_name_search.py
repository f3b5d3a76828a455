"""What may name a patient: too much rather than too little."""

from __future__ import annotations

from datetime import date

import pytest

from botoxcli.clinic.name_search import NameSearch

ADA = NameSearch.of(["Ada Exämple-Møller", "Ada Nguyễn"], [date(1980, 2, 9)], ["Lovey"])


@pytest.mark.parametrize(
    "text",
    [
        "ADA came", "Ada's mother", "adas Mutter", "Frau Exampleová", "Exaemple", "EXÄMPLE", "Moller", "Moeller", "Nguyen", "lovey", "(Ada)",
        "ada-1980", "born 1980-02-09", "9.2.1980", "09/02/80", "2/9/1980", "1980 2 9", "19800209", "09021980", "9 Feb 1980", "9th of February 1980",
        "9. Februar 1980", "February 9, 1980", "Feb. 9 1980", "A\u200dda", "１９８０-02-09",
    ],
)  # fmt: skip
def test_it_may(text: str) -> None:
    assert ADA.names(text)


@pytest.mark.parametrize("text", ["adapted", "Canada", "bruise", "1980", "19 February 1980", "2980-02-09", "9.2.1981", "", "the headache of 1980"])
def test_it_does_not(text: str) -> None:
    assert not ADA.names(text)


@pytest.mark.parametrize(
    ("name", "text"), [("Mueller", "Müller"), ("Müller", "Mueller"), ("José Ñuño", "JOSE"), ("李 四", "李四来了"), ("Łukasz", "lukasz")]
)
def test_spellings_of_one_name(name: str, text: str) -> None:
    assert NameSearch.of([name], []).names(text)


def test_without_a_name_nothing_is_named() -> None:
    assert not NameSearch.of([], []).names("anything")
