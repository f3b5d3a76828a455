"""CSV: safe in a spreadsheet, equal when it comes back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.files.csv_rows import cell_text, guarded, unguarded, write_csv

CSV_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+49 30", "'+49 30"),
        ("-5", "'-5"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("\nx", "'\nx"),
        ("  =1", "'  =1"),
        ("\u00a0=1", "'\u00a0=1"),
        ("\uff1d1", "'\uff1d1"),
        ("'quoted'", "''quoted'"),
        ("a=b", "a=b"),
        ("O'Brien", "O'Brien"),
    ],
)
def test_guard(text: str, written: str) -> None:
    assert guarded(text) == written
    assert unguarded(written) == text


def test_a_mark_that_guards_nothing_is_left_alone() -> None:
    assert unguarded("'tis") == "'tis"
    assert unguarded("'") == "'"


@given(CSV_TEXT)
def test_it_comes_back_as_it_left(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).lstrip().startswith(("=", "+", "-", "@"))


@given(st.lists(st.tuples(CSV_TEXT, CSV_TEXT), max_size=5))
def test_export_then_parse_gives_the_rows(rows: list[tuple[str, str]]) -> None:
    stream = io.StringIO(newline="")
    write_csv(("a", "b"), rows, stream)
    stream.seek(0)
    read = list(csv.reader(stream))
    assert read[0] == ["a", "b"]
    assert [tuple(map(unguarded, row)) for row in read[1:]] == rows


def test_numbers_stay_numbers() -> None:
    cells = (None, -5, 2.5, Decimal("1.25"), True, False, date(2026, 3, 9))
    assert [cell_text(cell) for cell in cells] == ["", "-5", "2.5", "1.25", "yes", "no", "2026-03-09"]


def test_rows_are_written_as_they_come() -> None:
    stream, seen = io.StringIO(newline=""), []

    def rows() -> Iterator[tuple[int]]:
        for number in range(3):
            seen.append(stream.getvalue())
            yield (number,)

    write_csv(("n",), rows(), stream)
    assert seen == ["n\n", "n\n0\n", "n\n0\n1\n"]
    assert stream.getvalue() == "n\n0\n1\n2\n"
