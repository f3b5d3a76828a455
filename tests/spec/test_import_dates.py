"""How the dates of a spreadsheet are read: ISO always, anything else only as the person said, and never by guessing."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.clinic.date_format import DateFormat, read_day

# format, cell, what it is read as
READ = [
    (None, "2026-03-04", "2026-03-04"),
    (None, "2026-03-04 00:00:00", "2026-03-04"),
    (None, "2026-03-04T10:30Z", "2026-03-04"),
    ("DD/MM/YYYY", "2026-03-04", "2026-03-04"),
    ("DD/MM/YYYY", "04/03/2026", "2026-03-04"),
    ("DD/MM/YYYY", "4/3/2026", "2026-03-04"),
    ("MM/DD/YYYY", "04/03/2026", "2026-04-03"),
    ("DD.MM.YYYY", "31.12.2025", "2025-12-31"),
    ("YYYY.MM.DD", "2025.12.31", "2025-12-31"),
    ("DD-MM-YYYY", "31-12-2025", "2025-12-31"),
    ("DD MM YYYY", "31 12 2025", "2025-12-31"),
    ("YYYYMMDD", "20251231", "2025-12-31"),
    ("DDMMYYYY", "31122025", "2025-12-31"),
]

# format, cell, why it is not read
REFUSED = [
    (None, "03/04/2026", "may be read as 2026-04-03 or as 2026-03-04; --date-format says how"),
    (None, "3.4.2026", "may be read as 2026-04-03 or as 2026-03-04; --date-format says how"),
    (None, "13/04/2026", "may be read as 2026-04-13; --date-format says how"),
    (None, "04/04/2026", "may be read as 2026-04-04; --date-format says how"),
    (None, "99/99/2026", "must be a date as YYYY-MM-DD, or as --date-format says"),
    (None, "03/04/26", "must be a date as YYYY-MM-DD, or as --date-format says"),
    (None, "4 March 2026", "must be a date as YYYY-MM-DD, or as --date-format says"),
    (None, "46085", "must be a date as YYYY-MM-DD, or as --date-format says"),
    (None, "today", "must be a date as YYYY-MM-DD, or as --date-format says"),
    (None, "2026-02-30", "there is no such day in the calendar"),
    (None, "２０２６-03-04", "must be a date as YYYY-MM-DD, or as --date-format says"),
    ("DD/MM/YYYY", "04.03.2026", "must be a date as DD/MM/YYYY or YYYY-MM-DD"),
    ("DD/MM/YYYY", "04/03/26", "must be a date as DD/MM/YYYY or YYYY-MM-DD"),
    ("DD/MM/YYYY", "12/31/2025", "there is no such day in the calendar"),
    ("DD/MM/YYYY", "29/02/2025", "there is no such day in the calendar"),
    ("DD/MM/YYYY", "01/01/1899", "lies outside the years 1900 to 2199"),
    ("DDMMYYYY", "4032026", "must be a date as DDMMYYYY or YYYY-MM-DD"),
]


@pytest.mark.parametrize(("form", "cell", "day"), READ)
def test_what_is_read(form: str | None, cell: str, day: str) -> None:
    assert read_day(cell, DateFormat.parse(form) if form else None, is_open=True).isoformat() == day


@pytest.mark.parametrize(("form", "cell", "why"), REFUSED)
def test_what_is_refused_and_why(form: str | None, cell: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(why)}$"):
        read_day(cell, DateFormat.parse(form) if form else None, is_open=True)


@pytest.mark.parametrize(("cell", "why"), [("03/04/1980", "can be read in two ways"), ("29/02/1980", "can be read only by guessing")])
def test_a_birth_date_is_never_shown(cell: str, why: str) -> None:
    with pytest.raises(ValueError, match=f"^{why}; --date-format says how$"):
        read_day(cell, None, is_open=False)


@pytest.mark.parametrize("words", ["", "DD/MM/YY", "DD/MM", "DD/DD/YYYY", "dd/mm/yyyy", "DD/MM-YYYY", "%d/%m/%Y", "YYYY-DD-MM", "DD/MM/YYYY HH"])
def test_a_format_that_cannot_be(words: str) -> None:
    with pytest.raises(ValueError, match=r"must have DD, MM and YYYY|cannot be"):
        DateFormat.parse(words)


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.permutations(["DD", "MM", "YYYY"]), st.sampled_from(["/", ".", " ", ""]))
def test_what_a_format_writes_it_reads(day: date, order: list[str], between: str) -> None:
    form = DateFormat.parse(between.join(order))
    cell = between.join({"DD": f"{day.day:02}", "MM": f"{day.month:02}", "YYYY": f"{day.year:04}"}[one] for one in order)
    assert read_day(cell, form, is_open=True) == day
    assert read_day(day.isoformat(), form, is_open=True) == day
