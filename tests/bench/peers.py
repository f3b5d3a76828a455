"""The programs that ours is measured beside, with as many open things to do as ours has: those that are found, and how to get the others."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from .measuring import Contestant

HOW = {
    "todo": "pip install todoman (it comes with the tests' own packages)",
    "task": "apt install taskwarrior",
    "sqlite3": "apt install sqlite3",
}
TYPER = """\
import typer

app = typer.Typer(add_completion=False)


@app.command()
def main() -> None:
    pass


app()
"""
ONE_QUERY = "import sqlite3, sys; print(len(sqlite3.connect(sys.argv[1]).execute('SELECT * FROM last_session LIMIT 500').fetchall()))"
ONE_ROW = """\
import sys
from sqlmodel import Field, Session, SQLModel, create_engine


class Row(SQLModel, table=True):
    number: int | None = Field(default=None, primary_key=True)
    text: str


engine = create_engine(f"sqlite:///{sys.argv[1]}")
SQLModel.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Row(text="one"))
    session.commit()
"""


def found(name: str) -> str | None:
    """Where a peer's program is: beside this Python, or on the path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name)


def empty_typer(folder: Path) -> Contestant:
    """A command that does nothing at all, of the Typer that is installed."""
    (folder / "empty.py").write_text(TYPER)
    return _always("an empty Typer command", [sys.executable, str(folder / "empty.py")])


def one_query(ledger: Path) -> Contestant:
    """A Python that opens the file, asks it one thing and says how much it was."""
    return _always("a Python with one query", [sys.executable, "-c", ONE_QUERY, str(ledger)])


def one_row(folder: Path) -> Contestant:
    """A Python that commits a row through SQLModel."""
    (folder / "row.py").write_text(ONE_ROW)
    return _always("a Python that commits one row by SQLModel", [sys.executable, str(folder / "row.py"), str(folder / "row.db")])


def todoman(folder: Path, count: int) -> Contestant | None:
    """``todo list`` with so many open to-dos; None where it is not installed."""
    program = found("todo")
    if program is None:
        return None
    place = folder / f"todo-{count}" / "list"
    if not place.exists():
        with _whole(place.parent) as making:
            (making / "list").mkdir()
            for number in range(count):
                (making / "list" / f"{number}.ics").write_text(_todo(number))
            (making / "config.py").write_text(
                f'path = "{place}"\ndate_format = "%Y-%m-%d"\ntime_format = ""\ndefault_list = "list"\ncache_path = "{place.parent / "cache.db"}"\n'
            )
    return _always(f"todo list ({count:,})", [program, "--config", str(place.parent / "config.py"), "list"], terminal=True)


def taskwarrior(folder: Path, count: int) -> Contestant | None:
    """``task list`` with so many pending tasks; None where it is not installed."""
    program = found("task")
    if program is None:
        return None
    place = folder / f"task-{count}"
    environment = {"TASKRC": str(place / "taskrc"), "TASKDATA": str(place / "data")}
    if not place.exists():
        with _whole(place) as making:
            (making / "data").mkdir()
            (making / "taskrc").write_text("confirmation=no\nhooks=off\nverbose=nothing\ngc=on\n")
            tasks = [{"description": f"P{number:05} session", "due": f"{_day(number):%Y%m%dT000000Z}"} for number in range(count)]
            (making / "tasks.json").write_text(json.dumps(tasks))
            there = {**os.environ, "TASKRC": str(making / "taskrc"), "TASKDATA": str(making / "data")}
            subprocess.run([program, "import", str(making / "tasks.json")], check=True, capture_output=True, env=there)
    return Contestant(f"task list ({count:,})", lambda _: [program, "list"], environment, terminal=True)


def todo_version() -> Contestant | None:
    """``todo --version``."""
    program = found("todo")
    return _always("todo --version", [program, "--version"]) if program else None


def sqlite_csv(ledger: Path) -> Contestant | None:
    """SQLite's own shell writing the same view as CSV."""
    program = found("sqlite3")
    return _always("sqlite3 -csv", [program, "-csv", "-header", str(ledger), "SELECT * FROM injection_line"]) if program else None


@contextmanager
def _whole(place: Path) -> Iterator[Path]:
    """A folder to fill, that gets its name when it is whole: one that was left half-way is made anew."""
    making = place.with_name(f"{place.name}.new")
    shutil.rmtree(making, ignore_errors=True)
    making.mkdir(parents=True)
    yield making
    making.rename(place)


def _always(name: str, command: Sequence[str], *, terminal: bool = False) -> Contestant:
    return Contestant(name, lambda _: command, {}, terminal=terminal)


def _day(number: int) -> date:
    return date(2026, 11, 24) + timedelta(days=number % 90)


def _todo(number: int) -> str:
    lines = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN", "BEGIN:VTODO", f"UID:{number}@bench", "DTSTAMP:20260101T000000Z",
             f"SUMMARY:P{number:05} session", f"DUE;VALUE=DATE:{_day(number):%Y%m%d}", "END:VTODO", "END:VCALENDAR")  # fmt: skip
    return "\r\n".join(lines) + "\r\n"
