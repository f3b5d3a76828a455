"""Diaries as people and apps write them: what is taken, what is refused, and that a refusal never repeats a cell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.diary import DiaryDay
from botoxcli.errors import ImportRefused, ValueRefused
from botoxcli.files import diary_csv
from botoxcli.files.diary_csv import DiaryFile, parse_diary, read_diary

TODAY = date(2026, 3, 9)
ONE, TWO, THREE = date(2026, 3, 1), date(2026, 3, 2), date(2026, 3, 3)


def parsed(text: str, *, mapped: Mapping[str, str] | None = None, start: date | None = None) -> DiaryFile:
    return parse_diary(text, mapped=mapped or {}, start=start, today=TODAY)


def days(text: str, **given: object) -> list[DiaryDay]:
    return [one.told for one in parsed(text, **given).rows]  # type: ignore[arg-type]


def refused(text: str, **given: object) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(ImportRefused) as error:
        parsed(text, **given)  # type: ignore[arg-type]
    assert error.value.exit_code == 24
    return [(one["row"], one["column"], one["why"]) for one in error.value.problems]


FLAGS = [("yes", "no"), ("YES", "No"), ("1", "0"), ("true", "false"), ("y", "n"), ("True", "FALSE"), ("1.0", "0.0"), ("ja", "nein")]


@pytest.mark.parametrize(("yes", "no"), FLAGS)
def test_the_flags(yes: str, no: str) -> None:
    text = f"date,headache\n2026-03-01,{yes}\n2026-03-02,{no}\n2026-03-03,\n"
    assert parsed(text).rows[0].row == 2
    assert days(text) == [DiaryDay(ONE, True), DiaryDay(TWO, False)]
    assert parsed(text).unanswered == 1


TABLES = {
    "semicolons": "date;headache\n2026-03-01;yes\n",
    "tabs": "date\theadache\n2026-03-01\tyes\n",
    "a BOM, and Windows line ends": "\ufeffDate,Headache\r\n2026-03-01,yes\r\n",
    "old Mac line ends": "date,headache\r2026-03-01,yes\r",
    "a first small table": "Report;2026\nMade;2026-03-05\n\nNotes;Date;Headache (yes/no)\n\"a, b; c\nd\";2026-03-01;yes\n",
    "a first table with the same separator and more columns": "a,b,c,d\n1,2,3,4\n,,,\ndate,headache\n2026-03-01,yes\n",
    "a first small table with the same words": "Date;Headache;Days\n2026-03;1;28\n\nDate;Headache;Severity\n2026-03-01;yes;\n",
    "a word about the separator": "sep=;\ndate;headache\n2026-03-01;1\n",
    "a blank line among the days": "date,headache\n\n2026-03-01,yes\n,\n",
    "a time of the day behind the date": "date,headache\n2026-03-01T08:00:00Z,yes\n",
    "columns that end empty": "date,headache,\n2026-03-01,yes,\n",
    "quotes around all": '"date","headache"\n"2026-03-01","yes"\n',
    "commas in cells between semicolons": "date;headache;note\n2026-03-01;yes;left, then right\n",
    "German": "Datum;Kopfschmerzen\n2026-03-01;ja\n",
    "spaces": " Date , Headache\n 2026-03-01 , yes \n",
}  # fmt: skip


@pytest.mark.parametrize("text", TABLES.values(), ids=TABLES)
def test_tables_as_they_come(text: str, tmp_path: Path) -> None:
    file = tmp_path / "diary.csv"
    file.write_bytes(text.encode())
    assert [one.told for one in read_diary(str(file), mapped={}, start=None, today=TODAY).rows] == [DiaryDay(ONE, True)]


def test_all_columns() -> None:
    text = "Date,Headache,Hours,Migraine,Severity,Acute medication\n2026-03-01,yes,3.5,yes,7,no\n2026-03-02,no,0,no,0,no\n2026-03-03,yes,0,,,2\n"
    assert days(text) == [
        DiaryDay(ONE, True, 350, True, 7, False),
        DiaryDay(TWO, False, None, False, 0, False),
        DiaryDay(THREE, True, None, None, None, True),
    ]


# What stands in the headache column, and what is read: whether, and hundredths of an hour
HOURS = [
    (["6", "0"], [(True, 600), (False, None)]),
    (["3.5", "0"], [(True, 350), (False, None)]),
    (["1", "24"], [(True, 100), (True, 2400)]),
    (["0.25", "0.0"], [(True, 25), (False, None)]),
    (["1", "0"], [(True, None), (False, None)]),
]


@pytest.mark.parametrize(("cells", "expected"), HOURS)
def test_hours_in_the_headache_column(cells: list[str], expected: list[tuple[bool, int | None]]) -> None:
    text = "date,headache\n" + "".join(f"2026-03-0{number},{cell}\n" for number, cell in enumerate(cells, start=1))
    assert [(one.headache, one.hours_hundredths) for one in days(text)] == expected


def test_hours_alone_say_whether() -> None:
    text = "date;hours\n2026-03-01;3,5\n2026-03-02;0\n2026-03-03;1:30\n2026-03-04;\n"
    assert [(one.headache, one.hours_hundredths) for one in days(text)] == [(True, 350), (False, None), (True, 150)]


# An app's export: a BOM, a small table, an empty line, then the diary with day numbers and hours, decimal commas between semicolons
APP = "\ufeffMonth;Headache;Days\r\n2026-03;2;3\r\n\r\nDay;Headache (h);Pain (0-10);Migraine\r\n1;4,5;6;1\r\n2;0;0;0\r\n3;;;\r\n4;12;8;1\r\n"


@pytest.mark.parametrize("mapped", [{}, {"date": "Day", "hours": "Headache (h)"}, {"headache": "headache (H)", "severity": "Pain (0-10)"}])
def test_an_apps_export_with_day_numbers(mapped: dict[str, str]) -> None:
    told = parsed(APP, mapped=mapped, start=ONE)
    assert [one.told for one in told.rows] == [
        DiaryDay(ONE, True, 450, True, 6), DiaryDay(TWO, False, None, False, 0), DiaryDay(date(2026, 3, 4), True, 1200, True, 8),
    ]  # fmt: skip
    assert (told.rows[0].row, told.unanswered) == (5, 1)


def test_a_second_table_of_days_is_never_passed_over() -> None:
    assert refused("date,headache\n2026-02-01,yes\n\ndate,headache\n2026-03-01,yes\n")[0][0] == 4


def test_columns_are_mapped() -> None:
    text = "Day,HA,Headache\n2026-03-01,yes,no\n"
    assert days(text, mapped={"date": "day", "headache": "HA"}) == [DiaryDay(ONE, True)]
    assert days(text) == [DiaryDay(ONE, False)]
    ((row, column, why),) = refused(text, mapped={"date": "Tag"})
    assert (row, column, why) == (None, None, "no header has the columns that --map names for date, and a date and a headache column")


def test_a_column_is_left_out() -> None:
    text = "date,headache,severity\n2026-03-01,yes,bad\n"
    assert refused(text) == [(2, "severity", "must be a whole number from 0 to 10; --map severity= leaves the column out")]
    assert days(text, mapped={"severity": ""}) == [DiaryDay(ONE, True)]


def test_day_numbers() -> None:
    assert days("day,headache\n1,yes\n3,no\n", start=ONE) == [DiaryDay(ONE, True), DiaryDay(THREE, False)]
    assert days("day,headache\n0,yes\n2,no\n", start=ONE) == [DiaryDay(ONE, True), DiaryDay(THREE, False)]
    assert refused("day,headache\n1,yes\n") == [(2, "day", "is a day number: give the day that it counts from with --start DATE")]
    ((_, _, why),) = refused("day,headache\n2026-03-01,yes\n", start=ONE)
    assert why == "must be a day number: with --start the column holds 1, 2, 3 and so on"
    assert refused("day,headache\n99999,yes\n", start=ONE)[0][2] == "lies after today"


def test_equal_doubles_count_once_and_others_are_refused() -> None:
    twice = parsed("date,headache\n2026-03-01,yes\n2026-03-01,1\n2026-03-02,no\n")
    assert ([one.told.day for one in twice.rows], twice.doubles) == ([ONE, TWO], 1)
    assert refused("date,headache\n2026-03-01,yes\n2026-03-02,no\n2026-03-01,no\n") == [(4, None, "tells the day of row 2 otherwise")]


# A row under date,headache,hours,migraine,severity,acute: the column and a word of why
ROWS = {
    "03/04/2026,yes,,,,": ("date", "two ways"),
    "2026-3-1,yes,,,,": ("date", "YYYY-MM-DD"),
    "2026-02-30,yes,,,,": ("date", "no such day"),
    "2026-03-10,yes,,,,": ("date", "lies after today"),
    "２０２６-03-01,yes,,,,": ("date", "YYYY-MM-DD"),
    ",yes,,,,": ("date", "is empty"),
    "2026-03-01,x,,,,": ("headache", "must be yes or no"),
    "2026-03-01,maybe,,,,": ("headache", "must be yes or no"),
    "2026-03-01,yes,25,,,": ("hours", "0 to 24"),
    "2026-03-01,yes,-1,,,": ("hours", "0 to 24"),
    "2026-03-01,yes,1e1,,,": ("hours", "0 to 24"),
    "2026-03-01,yes,,perhaps,,": ("migraine", "must be yes or no"),
    "2026-03-01,yes,,,11,": ("severity", "0 to 10"),
    "2026-03-01,yes,,,,pills": ("acute", "number of doses"),
    "2026-03-01,no,2,,,": ("headache", "no headache, and column hours tells of one"),
    "2026-03-01,no,,yes,,": ("headache", "no headache, and column migraine tells of one"),
    "2026-03-01,no,,,3,": ("headache", "no headache, and column severity tells of one"),
    "2026-03-01,,,yes,,": ("headache", "does not say whether there was a headache"),
    "2026-03-01,yes": (None, "2 cells where the header has 6"),
    "2026-03-01,yes,,,,,more": (None, "7 cells where the header has 6"),
}


@pytest.mark.parametrize("row", ROWS)
def test_a_row_that_cannot_be(row: str) -> None:
    column, why = ROWS[row]
    found = refused(f"date,headache,hours,migraine,severity,acute\n2026-03-03,no,,,,\n{row}\n")
    assert [(number, named) for number, named, _ in found] == [(3, column)]
    assert why in found[0][2]


def test_all_problems_at_once_and_never_a_cell() -> None:
    text = "date,headache,severity\n2026-03-01,SECRET,99\nSECRET,yes,\n2026-03-02,yes,3\n"
    with pytest.raises(ImportRefused) as error:
        parsed(text)
    said = f"{error.value.as_dict()}{error.value.report}{error.value}"
    assert [one["row"] for one in error.value.problems] == [2, 2, 3]
    assert "SECRET" not in said
    assert "99" not in said
    assert error.value.report.splitlines()[0] == "row 2, column headache: must be yes or no, 1 or 0, true or false"


FILES = {
    "": "no header names",
    "2026-03-01,yes\n2026-03-02,no\n": "no header names",
    "date,headache\n": "no row below the header",
    "date,headache\n2026-03-01,\n": "no row below the header",
    "date,headache,HEADACHE\n2026-03-01,yes,no\n": "stands in the header twice",
    'date,headache\n"2026-03-01,yes\n': "quotation marks",
    "date,headache\n2026-03-01,yes\n\ndate,headache\n2026-03-02,no\n": "YYYY-MM-DD",
}


@pytest.mark.parametrize("text", FILES)
def test_a_file_that_cannot_be(text: str) -> None:
    assert any(FILES[text] in why for _, _, why in refused(text))


def test_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "diary.csv"
    for raw, why in ((b"date,headache\n2026-03-01,j\xe4\n", "UTF-8"), (b"x" * (diary_csv.MAX_BYTES + 1), "2 MB")):
        file.write_bytes(raw)
        with pytest.raises(ImportRefused) as error:
            read_diary(str(file), mapped={}, start=None, today=TODAY)
        assert why in error.value.report
    monkeypatch.setattr(diary_csv, "MAX_ROWS", 3)
    assert "3 rows" in refused("date,headache\n" + "2026-03-01,yes\n" * 3)[0][2]
    for wrong in (tmp_path, tmp_path / "none.csv"):
        with pytest.raises(ValueRefused):
            read_diary(str(wrong), mapped={}, start=None, today=TODAY)


def test_the_guard_against_formulas_is_taken_off() -> None:
    assert days("date,headache,'=note\n2026-03-01,yes,x\n", mapped={"acute": ""}) == [DiaryDay(ONE, True)]
    assert days("date,'+HA\n2026-03-01,yes\n", mapped={"headache": "+HA"}) == [DiaryDay(ONE, True)]


a_day = st.builds(
    lambda back, headache, hours, migraine, severity, acute: DiaryDay(
        TODAY - timedelta(days=back), headache, hours if headache else None, migraine and headache, severity if headache else 0, acute
    ),
    st.integers(0, 400), st.booleans(), st.none() | st.integers(1, 2400), st.booleans(), st.integers(0, 10), st.booleans(),
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(st.lists(a_day, min_size=1, max_size=30, unique_by=lambda one: one.day), st.sampled_from([";", ",", "\t"]), st.permutations(range(6)))
def test_any_diary_comes_back(told: list[DiaryDay], separator: str, order: list[int]) -> None:
    def cell(value: object) -> str:
        return "" if value is None else str(value).lower()

    header = ["date", "headache", "hours", "migraine", "severity", "acute"]
    rows = [
        [one.day, one.headache, None if one.hours_hundredths is None else one.hours_hundredths / 100, one.migraine, one.severity, one.acute]
        for one in told
    ]
    lines = [separator.join(header[place] for place in order), *(separator.join(cell(row[place]) for place in order) for row in rows)]
    assert days("\n".join(lines)) == told


def test_a_bom_is_no_part_of_a_mapped_name(tmp_path: Path) -> None:
    file = tmp_path / "diary.csv"
    file.write_bytes(b"\xef\xbb\xbfDay,HA\n2026-03-01,yes\n")
    told = read_diary(str(file), mapped={"date": "Day", "headache": "HA"}, start=None, today=TODAY)
    assert (told.columns, [one.told for one in told.rows]) == ((("date", "Day"), ("headache", "HA")), [DiaryDay(ONE, True)])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=8) | st.sampled_from(["2026-03-01", "yes", "no", "3"]), min_size=1, max_size=4), max_size=6), st.booleans())
def test_no_text_does_worse_than_being_refused(rows: list[list[str]], numbered: bool) -> None:
    text = "date,headache\n" + "\n".join(",".join(row) for row in rows)
    try:
        found = parsed(text, start=ONE if numbered else None)
    except ImportRefused as refused:
        assert refused.problems
    else:
        assert found.rows
