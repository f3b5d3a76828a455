"""Diaries in and out: whole or not at all, twice is once, and the windows as scripts read them. The session is on 2026-01-06, today 2026-03-09."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

SESSION = date(2026, 1, 6)


def a_file(path: Path, first: int = -28, last: int = 61, ill: Callable[[int], bool] = lambda number: number < 0 or number % 4 == 0) -> str:
    """A diary from day ``first`` to ``last`` of the session: by default headache every day before it, and each fourth after."""
    lines = [f"{SESSION + timedelta(days=number)},{'yes' if ill(number) else 'no'}" for number in range(first, last + 1)]
    path.write_text("Date,Headache\n" + "\n".join(lines) + "\n")
    return str(path)


def entries(ledger: Path) -> int:
    with sqlite3.connect(ledger) as connection:
        return int(connection.execute("SELECT count(*) FROM entry").fetchone()[0])


def windows(botox: Any) -> list[dict[str, Any]]:
    said = json.loads(botox("diary", "show", "P0001", "--format", "json").stdout)
    assert said["schema"] == "botoxcli/diary/1"
    items: list[dict[str, Any]] = said["items"]
    return items


def test_import_and_show(botox: Any, visited: Path, tmp_path: Path) -> None:
    file = a_file(tmp_path / "diary.csv")
    done = botox("diary", "import", "P0001", file)
    assert (done.exit_code, done.stdout) == (0, "P0001: 90 diary days from 2025-12-09 to 2026-03-08; 90 diary days added.\n")
    assert done.stderr == "Read: date from column Date, headache from column Headache.\n"
    assert botox("diary", "show", "P0001").stdout == (
        "From        To          After session  Headache  In 28  Note\n"
        "2025-12-09  2026-01-05  before         28 of 28     28\n"
        "2026-01-06  2026-02-02  2026-01-06      7 of 28      7\n"
        "2026-02-03  2026-03-02  2026-01-06      7 of 28      7\n"
        "2026-03-03  2026-03-30  2026-01-06       2 of 6   9.33  incomplete, not over\n"
        "Headache days of diary days. Incomplete: fewer than 20 diary days. A missing day is not a headache-free day.\n"
    )
    shown = windows(botox)
    assert [(one["start"], one["end"], one["diary_days"], one["headache_days"], one["scaled_headache_days"], one["incomplete"]) for one in shown] == [
        ("2025-12-09", "2026-01-05", 28, 28, 28, False),
        ("2026-01-06", "2026-02-02", 28, 7, 7, False),
        ("2026-02-03", "2026-03-02", 28, 7, 7, False),
        ("2026-03-03", "2026-03-30", 6, 2, 9.33, True),
    ]
    assert botox("diary", "show", "P0001", "--format", "csv").stdout.splitlines()[:2] == [
        "start,end,diary_days,headache_days,scaled_headache_days,incomplete,session,over,headache_hours,migraine_days,acute_days",
        "2025-12-09,2026-01-05,28,28,28,no,,yes,,,",
    ]


@pytest.mark.plain_only
def test_the_same_file_again_changes_nothing(botox: Any, visited: Path, tmp_path: Path) -> None:
    file = a_file(tmp_path / "diary.csv")
    botox("diary", "import", "P0001", file)
    before, count = visited.read_bytes(), entries(visited)
    again = botox("diary", "import", "P0001", file)
    assert (again.exit_code, again.stdout) == (
        0,
        "P0001: 90 diary days from 2025-12-09 to 2026-03-08 stand in the ledger already; nothing was changed.\n",
    )
    assert (visited.read_bytes(), entries(visited)) == (before, count)
    longer = botox("diary", "import", "P0001", a_file(tmp_path / "more.csv", first=0, last=62), "--format", "json")
    (item,) = json.loads(longer.stdout)["items"]
    assert (item["days"], item["added"], item["standing"], item["replaced"], item["recorded"]) == (63, 1, 62, 0, True)
    assert entries(visited) == count + 1


def test_a_rehearsal_writes_nothing(botox: Any, visited: Path, tmp_path: Path) -> None:
    before = visited.read_bytes()
    done = botox("diary", "import", "P0001", a_file(tmp_path / "diary.csv"), "--dry-run", "--no-input")
    assert done.stdout == "P0001: 90 diary days from 2025-12-09 to 2026-03-08; 90 diary days would be added; nothing was recorded.\n"
    assert visited.read_bytes() == before
    assert botox("diary", "show", "P0001").stdout == "There is no diary of P0001: `botox diary import P0001 FILE` takes one in.\n"
    assert windows(botox) == []


def test_columns_day_numbers_and_doubles(botox: Any, visited: Path, tmp_path: Path) -> None:
    file = tmp_path / "diary.csv"
    file.write_text("﻿App;3\n\nDay;HA;Note\n1;1;a, b\n2;0;\n2;0;\n3;;\n", encoding="utf-8")
    done = botox("diary", "import", "P0001", str(file), "--map", "date=Day,headache=HA", "--start", "2026-01-06")
    assert done.stdout == "P0001: 2 diary days from 2026-01-06 to 2026-01-07; 2 diary days added.\n"
    assert done.stderr.splitlines() == [
        "Read: date from column Day, headache from column HA.",
        "1 row tells a day again, just so: taken once.",
        "1 row has no headache answer: missing days, not headache-free ones.",
    ]
    (window,) = windows(botox)
    assert (window["diary_days"], window["headache_days"], window["scaled_headache_days"], window["incomplete"]) == (2, 1, 14, True)


def test_from_standard_input(botox: Any, visited: Path) -> None:
    assert botox("diary", "import", "jane", "-", input="date,headache\n2026-01-06,y\n").exit_code == 0
    assert windows(botox)[0]["headache_days"] == 1


def test_all_or_nothing(botox: Any, visited: Path, tmp_path: Path) -> None:
    file = tmp_path / "diary.csv"
    file.write_text("date,headache\n2026-01-06,yes\n03/04/2026,yes\n2026-01-08,SECRET\n2026-01-06,no\n1979-01-01,no\n")
    before = visited.read_bytes()
    said = botox("diary", "import", "P0001", str(file))
    assert (said.exit_code, said.stdout) == (24, "")
    assert said.stderr == (
        "row 3, column date: must be a date as YYYY-MM-DD; one such as 03/04/2026 can be read in two ways\n"
        "row 4, column headache: must be yes or no, 1 or 0, true or false\n"
        "row 5: tells the day of row 2 otherwise\n"
        "Error: The file is refused for 3 problems; nothing was recorded.\n"
        "Mend the file and import it again: it is taken whole or not at all.\n"
    )
    told = json.loads(botox("diary", "import", "P0001", str(file), "--format", "json").stderr)
    assert (told["error"], told["exit_code"]) == ("import-refused", 24)
    assert told["problems"][1] == {"row": 4, "column": "headache", "why": "must be yes or no, 1 or 0, true or false"}
    assert visited.read_bytes() == before
    file.write_text("date,headache\n2026-01-06,yes\n1979-01-01,no\n")
    assert "row 3: lies before the patient's birth" in botox("diary", "import", "P0001", str(file)).stderr


def test_what_the_ledger_says_otherwise(botox: Any, visited: Path, tmp_path: Path) -> None:
    botox("diary", "import", "P0001", a_file(tmp_path / "diary.csv"))
    other = tmp_path / "other.csv"
    other.write_text("date,headache\n2026-01-06,no\n2026-01-07,no\n2026-03-09,no\n")
    said = botox("diary", "import", "P0001", str(other))
    assert said.exit_code == 24
    assert said.stderr.startswith("row 2: contradicts what the ledger has for this day; --replace with --reason")
    assert botox("diary", "import", "P0001", str(other), "--replace", "--no-input").exit_code == 2
    assert botox("diary", "import", "P0001", str(other), "--reason", "why").exit_code == 2
    done = botox("diary", "import", "P0001", str(other), "--replace", "--reason", "typing mistake")
    assert done.stdout == "P0001: 3 diary days from 2026-01-06 to 2026-03-09, 1 of them stood already; 1 replaced; 1 diary day added.\n"
    assert windows(botox)[1]["headache_days"] == 6


REFUSED: list[tuple[int, tuple[str, ...]]] = [
    (22, ("nobody", "none.csv")),
    (21, ("P0001", "none.csv")),
    (21, ("P0001", "diary.csv", "--start", "06/01/2026")),
    (2, ("P0001", "diary.csv", "--map", "date")),
    (2, ("P0001", "diary.csv", "--map", "pain=Headache")),
    (24, ("P0001", "diary.csv", "--map", "headache=HA")),
    (24, ("P0001", "diary.csv", "--start", "2026-01-06")),
]


@pytest.mark.parametrize(("code", "args"), REFUSED)
def test_what_is_refused(botox: Any, visited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int, args: tuple[str, ...]) -> None:
    a_file(tmp_path / "diary.csv")
    monkeypatch.chdir(tmp_path)
    said = botox("diary", "import", *args)
    assert (said.exit_code, said.stdout) == (code, "")


def test_a_diary_without_a_session(botox: Any, ledger: Path, tmp_path: Path) -> None:
    botox("patient", "add", "P9", "--name", "N N", "--born", "1980-01-01")
    botox("diary", "import", "P9", a_file(tmp_path / "diary.csv"))
    said = botox("diary", "show", "P9")
    assert said.stdout.splitlines()[-1] == "There is no session under chronic-migraine: the windows end with the last diary day."
    assert said.stdout.splitlines()[-3].split()[:2] == ["2026-02-09", "2026-03-08"]


def test_the_undo_of_an_import_takes_it_back(botox: Any, visited: Path, tmp_path: Path) -> None:
    file = a_file(tmp_path / "diary.csv")
    botox("diary", "import", "P0001", file)
    before = windows(botox)
    assert botox("undo", "--yes").exit_code == 0
    assert windows(botox) == []
    assert botox("undo", "--yes").exit_code == 0
    assert windows(botox) == before


def test_day_numbers_need_a_start_and_a_column_may_hold_a_comma(botox: Any, visited: Path, tmp_path: Path) -> None:
    file = tmp_path / "numbers.csv"
    file.write_text('Day;"Pain, yes or no"\n1;yes\n2;no\n')
    mapped = ("--map", "date=Day,headache=Pain, yes or no", "--format", "json")
    said = botox("diary", "import", "P0001", str(file), *mapped)
    assert (said.exit_code, json.loads(said.stderr)["next"]) == (24, "Give the day that the day numbers count from: --start DATE.")
    (item,) = json.loads(botox("diary", "import", "P0001", str(file), *mapped, "--start", "2026-02-01").stdout)["items"]
    assert (item["first"], item["last"], item["columns"]) == ("2026-02-01", "2026-02-02", {"date": "Day", "headache": "Pain, yes or no"})
    assert botox("diary", "import", "P0001", str(file), "--map", "Day").stderr.startswith("Error: --map needs FIELD=COLUMN.\n")
