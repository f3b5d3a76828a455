"""The rows of the table: what is measured, beside what, and the goal for the ratio of the two."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from . import peers
from .measuring import Contestant
from .practices import STOCK, TODAY, Practices, command, due_count

CHAIR, CONSULT = (Path(__file__).parents[1] / "data" / name for name in ("chair.yaml", "consult.yaml"))
Beside = tuple[Contestant | None, str]
_SAME = "at most 1.3 x"


@dataclass(frozen=True)
class Row:
    """A line of the table. ``beside`` has the others with the goal against each; ``goal`` is that of a row that stands alone."""

    what: str
    ours: Contestant
    beside: tuple[Beside, ...] = ()
    goal: str = ""
    runs: int = 0


def rows(practices: Practices) -> Iterator[Row]:
    """Every row, in the order of the goals."""
    yield from _lists(practices)
    yield from _light(practices)
    yield from _writing(practices)
    yield from _history(practices)
    yield from _yearly(practices)
    yield from _asking(practices)


def _ours(name: str, ledger: Path, *arguments: str, terminal: bool = False, codes: tuple[int, ...] = (0,)) -> Contestant:
    environment = {"BOTOX_LEDGER": str(ledger), "BOTOX_TODAY": TODAY, "TERM": "xterm-256color"}
    return Contestant(name, lambda _: command(*arguments), environment, terminal, codes)


def _lists(practices: Practices) -> Iterator[Row]:
    for form in ("table", "csv", "json"):
        empty = peers.empty_typer(practices.folder)
        yield Row(f"due in a pipe, {form}, usual", _ours("due", practices.ledger("usual"), "due", "--format", form), ((empty, "at most 1.6 x"),))
    for name in ("usual", "full"):
        ledger = practices.ledger(name)
        others = ((peers.one_query(ledger), "at most 6 x"), (peers.todoman(practices.folder, due_count(ledger)), "at most 0.45 x"))
        yield Row(f"due on a terminal, {name}", _ours("due", ledger, "due", terminal=True), others)
    ledger = practices.ledger("10,000 in care")
    count = due_count(ledger)
    many = ((peers.taskwarrior(practices.folder, count), "at most 0.7 x"), (peers.todoman(practices.folder, count), "at most 0.3 x"))
    yield Row("due on a terminal, 10,000 in care", _ours("due", ledger, "due", terminal=True), many)


def _light(practices: Practices) -> Iterator[Row]:
    version = ((peers.todo_version(), "at most 0.6 x"),)
    ledger = practices.ledger("usual")
    yield Row("--help", _ours("help", ledger, "--help"), version)
    typed = Contestant(
        "completion",
        lambda _: command(),
        {"BOTOX_LEDGER": str(ledger), "_BOTOX_COMPLETE": "complete_bash", "COMP_WORDS": "botox chart P00", "COMP_CWORD": "2"},
    )
    yield Row("completion of a patient's code", typed, version)


def _writing(practices: Practices) -> Iterator[Row]:
    """A new patient and their first session each time; the vials are in stock."""
    ledger = practices.written
    environment = {"BOTOX_LEDGER": str(ledger)}
    run = os.getpid()

    def consult(number: int) -> list[str]:
        who = (f"N{run}-{number}", "--name", f"Example{number} Person{run}", "--born", f"19{50 + number % 40}-03-{1 + number % 28:02}")
        return [*command("consult", *who, "--answers", str(CONSULT), "--no-input", "--accept", "duplicate-patient")]

    def session(number: int) -> list[str]:
        lot = f"BENCH{1 + number // STOCK}"
        return [*command("session", f"N{run}-{number}", "--answers", str(CHAIR), "--vial", lot, "--as-planned", "--no-input")]

    one_row = peers.one_row(practices.folder)
    yield Row("consult, recorded", Contestant("consult", consult, environment), ((one_row, "at most 1.4 x"),))
    yield Row("session --as-planned, recorded", Contestant("session", session, environment), ((one_row, "at most 1.4 x"),))


_IN_CARE = "SELECT patient FROM last_session JOIN patient_now USING (patient_id) WHERE NOT archived ORDER BY date DESC, patient LIMIT 1"


def _history(practices: Practices) -> Iterator[Row]:
    long, short = practices.ledger("usual"), practices.ledger("three years")
    for name, arguments in (("due", ("due",)), ("chart", ("chart",)), ("session --dry-run", ("session",))):
        told = []
        for ledger, practice in ((long, "usual"), (short, "three years")):
            patient = () if name == "due" else tuple(practices.asked(_IN_CARE, practice))
            more = ("--on", TODAY, "--answers", str(CHAIR), "--no-input", "--dry-run") if name.startswith("session") else ()
            codes = (0, 2, 23) if more else (0,)
            told.append(_ours(f"the same after {practice}", ledger, *arguments, *patient, *more, codes=codes))
        yield Row(f"{name}, thirty years of history", told[0], ((told[1], _SAME),))


def _yearly(practices: Practices) -> Iterator[Row]:
    ledger = practices.ledger("usual")
    export = _ours("export injections", ledger, "export", "injections", "--format", "csv")
    yield Row("export injections --format csv", export, ((peers.sqlite_csv(ledger), "at most 4 x; under 100 MB"),), runs=3)
    yield Row("ledger verify", _ours("verify", ledger, "ledger", "verify"), goal="at most 12 s; memory flat", runs=1)

    def imported(number: int) -> list[str]:
        place = practices.folder / "imported.db"
        place.unlink(missing_ok=True)
        shutil.copyfile(_empty(practices), place)
        return [*command("import", "visits", str(practices.spreadsheet), "--new-patients", "--accept", "duplicate-patient", "--ledger", str(place))]

    yield Row("import of 30,000 sessions", Contestant("import", imported, {}), goal="at most 60 s, one change", runs=1)


def _empty(practices: Practices) -> Path:
    from .practices import botox

    place = practices.folder / "empty.db"
    if not place.exists():
        botox("init", "--no-input", "--practice", "Example Practice", "--practitioner", "Dr Example", "--plaintext", "--ledger", str(place))
    return place


def _asking(practices: Practices) -> Iterator[Row]:
    ledger = practices.ledger("usual")
    (patient,) = practices.asked(_IN_CARE)
    (lot,) = practices.asked("SELECT lot FROM vial_use_line ORDER BY date DESC LIMIT 1")
    due = _ours("due in a pipe", ledger, "due")
    for name, arguments, codes in (
        ("lot", ("lot", lot), (0, 3)),
        ("audit", ("audit", "--since", "2026-08-24"), (0, 3)),
        ("audit, all of it", ("audit",), (0, 3)),
        ("response", ("response", patient), (0,)),
        ("chart", ("chart", patient), (0,)),
    ):
        yield Row(name, _ours(name, ledger, *arguments, codes=codes), ((due, "at most 2 x"),))
