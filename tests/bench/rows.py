"""The rows of the table: what is measured, beside what, and the goal for the ratio of the two."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from subprocess import CalledProcessError

from . import peers
from .measuring import Contestant
from .practices import STOCK, TODAY, Practices, botox, command, due_count, in_care

CHAIR, CONSULT = (Path(__file__).parents[1] / "data" / name for name in ("chair.yaml", "consult.yaml"))


@dataclass(frozen=True)
class Sides:
    """Who runs: ours, and the others with the goal against each (None: not installed). ``goal`` is that of ours when it runs alone."""

    ours: Contestant
    beside: Sequence[tuple[Contestant | None, str]] = ()
    goal: str = ""


@dataclass(frozen=True)
class Row:
    """A line of the table; its practices are made when it is measured. ``runs`` is for what takes too long to run as often as the others."""

    what: str
    sides: Callable[[], Sides]
    runs: int = 0


def rows(practices: Practices) -> Iterator[Row]:
    """Every row, in the order of the goals."""
    for form in ("table", "csv", "json"):
        yield Row(f"due in a pipe, {form}, usual", partial(_due_in_a_pipe, practices, form))
    for name in ("usual", "full"):
        yield Row(f"due on a terminal, {name}", partial(_due_on_a_terminal, practices, name))
    yield Row("due on a terminal, 10,000 in care", partial(_due_of_many, practices, due_count))
    yield Row("due on a terminal, 10,000 in care; the others with a to-do for each of them", partial(_due_of_many, practices, in_care))
    yield Row("--help", partial(_help, practices))
    yield Row("completion of a patient's code", partial(_completion, practices))
    yield Row("consult, recorded", partial(_consult, practices))
    yield Row("session --as-planned, recorded", partial(_session, practices))
    for name in ("due", "chart", "session --dry-run"):
        yield Row(f"{name}, thirty years of history", partial(_history, practices, name))
    yield Row("export injections --format csv", partial(_export, practices), runs=3)
    yield Row("ledger verify", partial(_verify, practices), runs=1)
    yield Row("import of 30,000 sessions", partial(_import, practices), runs=1)
    for name in ("lot", "audit", "audit, all of it", "response", "chart"):
        yield Row(name, partial(_asking, practices, name))


def _ours(name: str, ledger: Path, *arguments: str, terminal: bool = False, codes: tuple[int, ...] = (0,)) -> Contestant:
    environment = {"BOTOX_LEDGER": str(ledger), "BOTOX_TODAY": TODAY, "TERM": "xterm-256color"}
    return Contestant(name, lambda _: command(*arguments), environment, terminal, codes)


def _due_in_a_pipe(practices: Practices, form: str) -> Sides:
    ours = _ours("due", practices.ledger("usual"), "due", "--format", form)
    return Sides(ours, [(peers.empty_typer(practices.folder), "at most 1.6 x")])


def _due_on_a_terminal(practices: Practices, name: str) -> Sides:
    ledger = practices.ledger(name)
    others = [(peers.one_query(ledger), "at most 6 x"), (peers.todoman(practices.folder, due_count(ledger)), "at most 0.45 x")]
    return Sides(_ours("due", ledger, "due", terminal=True), others)


def _due_of_many(practices: Practices, counted: Callable[[Path], int]) -> Sides:
    ledger = practices.ledger("10,000 in care")
    count = counted(ledger)
    others = [(peers.taskwarrior(practices.folder, count), "at most 0.7 x"), (peers.todoman(practices.folder, count), "at most 0.3 x")]
    return Sides(_ours("due", ledger, "due", terminal=True), others)


def _help(practices: Practices) -> Sides:
    return Sides(_ours("help", practices.ledger("usual"), "--help"), [(peers.todo_version(), "at most 0.6 x")])


def _completion(practices: Practices) -> Sides:
    asked = {"_BOTOX_COMPLETE": "complete_bash", "COMP_WORDS": "botox chart P00", "COMP_CWORD": "2"}
    ours = Contestant("completion", lambda _: command(), {"BOTOX_LEDGER": str(practices.ledger("usual")), **asked})
    return Sides(ours, [(peers.todo_version(), "at most 0.6 x")])


def _new_patient(code: str, number: int) -> tuple[str, ...]:
    """A consult that allows treatment, of somebody who was not there before."""
    who = (code, "--name", f"Example{number} {code}", "--born", f"19{50 + number % 40}-03-{1 + number % 28:02}")
    return ("consult", *who, "--answers", str(CONSULT), "--no-input", "--accept", "duplicate-patient")


def _consult(practices: Practices) -> Sides:
    run = os.getpid()
    ours = Contestant("consult", lambda number: command(*_new_patient(f"N{run}-{number}", number)), {"BOTOX_LEDGER": str(practices.written)})
    return Sides(ours, [(peers.one_row(practices.folder), "at most 1.4 x")])


def _session(practices: Practices) -> Sides:
    """The first session of a new patient each time, whose consult is not measured; the vials are in stock."""
    run, ledger = os.getpid(), practices.written

    def session(number: int) -> Sequence[str]:
        code = f"S{run}-{number}"
        botox(*_new_patient(code, number), "--ledger", str(ledger))
        lot = f"BENCH{1 + number // STOCK}"
        return command("session", code, "--answers", str(CHAIR), "--vial", lot, "--as-planned", "--no-input")

    ours = Contestant("session", session, {"BOTOX_LEDGER": str(ledger)})
    return Sides(ours, [(peers.one_row(practices.folder), "at most 1.4 x")])


# Who is in care, the one with most sessions first.
_IN_CARE = """
SELECT p.code FROM patient_now p JOIN visit_now v USING (patient_id) WHERE NOT p.archived AND v.kind = 'session'
GROUP BY p.patient_id ORDER BY count(*) DESC, p.code"""
_TRIED = 60  # patients
_GOOD_LOT = f"SELECT lot FROM vial_line WHERE state = 'unused' AND NOT recalled AND expires >= '{TODAY}' ORDER BY expires DESC LIMIT 1"


def _history(practices: Practices, name: str) -> Sides:
    told = []
    for practice in ("usual", "three years"):
        ledger = practices.ledger(practice)
        if name.startswith("session"):
            command_line = _session_that_may_be(practices, practice)
        else:
            command_line = (name, *(practices.asked(_IN_CARE, practice)[:1] if name == "chart" else ()))
        told.append(_ours(f"the same after {practice}", ledger, *command_line, codes=(0, 23)))
    return Sides(told[0], [(told[1], "at most 1.3 x")])


def _session_that_may_be(practices: Practices, practice: str) -> tuple[str, ...]:
    """Of the one with the longest history whom no rule stops on the day; in a little practice there may be nobody, nor a vial."""
    ledger, lots = practices.ledger(practice), practices.asked(_GOOD_LOT, practice) or ["NONE"]
    chair = ("--on", TODAY, "--answers", str(CHAIR), "--vial", *lots, "--as-planned", "--no-input", "--dry-run")
    lines = [("session", patient, *chair) for patient in practices.asked(_IN_CARE, practice)]
    for line in lines[:_TRIED]:
        with suppress(CalledProcessError):
            botox(*line, "--ledger", str(ledger), "--today", TODAY)
            return line
    return lines[0]


def _export(practices: Practices) -> Sides:
    ledger = practices.ledger("usual")
    ours = _ours("export injections", ledger, "export", "injections", "--format", "csv")
    return Sides(ours, [(peers.sqlite_csv(ledger), "at most 4 x; under 100 MB")])


def _verify(practices: Practices) -> Sides:
    return Sides(_ours("verify", practices.ledger("usual"), "ledger", "verify"), goal="at most 12 s; memory flat")


def _import(practices: Practices) -> Sides:
    place, empty = practices.folder / "imported.db", practices.folder / "empty.db"
    if not empty.exists():
        botox("init", "--no-input", "--practice", "Example Practice", "--practitioner", "Dr Example", "--plaintext", "--ledger", str(empty))

    def imported(_number: int) -> list[str]:
        place.unlink(missing_ok=True)
        shutil.copyfile(empty, place)
        return [*command("import", "visits", str(practices.spreadsheet), "--new-patients", "--accept", "duplicate-patient", "--ledger", str(place))]

    return Sides(Contestant("import", imported, {}), goal="at most 60 s, one change")


def _asking(practices: Practices, name: str) -> Sides:
    ledger = practices.ledger("usual")
    if name == "lot":
        more = practices.asked("SELECT lot FROM vial_use_line ORDER BY date DESC LIMIT 1")
    elif name.startswith("audit"):
        more = [] if name.endswith("all of it") else ["--since", "2026-08-24"]
    else:
        more = practices.asked(_IN_CARE)[:1]
    ours = _ours(name, ledger, name.partition(",")[0], *more, codes=(0, 3))
    return Sides(ours, [(_ours("due in a pipe", ledger, "due"), "at most 2 x")])
