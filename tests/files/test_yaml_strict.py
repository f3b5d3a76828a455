"""The strict reading of YAML: what a plain value is taken for, which numbers are refused, and where things stand."""

from __future__ import annotations

import pytest

from botoxcli.files.yaml_strict import Place, read_document


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("no", "no"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("on", "on"),
        ("True", "True"),
        ("true", True),
        ("false", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("'null'", "null"),
        ("12", 12),
        ("-3", -3),
        ("'12'", "12"),
        ("12:30", "12:30"),
        ("2026-01-05", "2026-01-05"),
        ("1.2.3", "1.2.3"),
        ("! 12", 12),
    ],
)
def test_a_plain_value(written: str, value: object) -> None:
    document = read_document(f"a: {written}")
    assert (document.value, document.problems) == ({"a": value}, [])
    assert type(document.value["a"]) is type(value)


def test_a_decimal_is_exact() -> None:
    assert str(read_document("a: 0.10").value["a"]) == "0.10"


@pytest.mark.parametrize("written", ["1e3", "0x10", "0o17", "010", "1_000", ".5", "5.", ".inf", "-.nan", "9" * 16, "0b1"])
def test_a_number_is_written_plainly(written: str) -> None:
    (problem,) = read_document(f"a: {written}").problems
    assert problem.message == "write a number plainly, such as 12 or 0.5; put it in quotes if it is text"
    assert problem.place == Place(1, 4)


def test_places_are_of_keys_and_values() -> None:
    document = read_document("a:\n  - b: 1\n    'c' : [x,  y]\n")
    assert document.keys["a", 0, "c"] == Place(3, 5)
    assert document.values["a", 0, "c", 1] == Place(3, 16)
    assert document.values["a", 0] == Place(2, 5)
