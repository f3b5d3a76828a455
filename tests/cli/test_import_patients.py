"""``botox import patients``: all or nothing, twice is once, and what was exported comes back as it left."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from .conftest import Botox

DATA = Path(__file__).parents[1] / "data"
PATIENTS = (
    "import", "patients", str(DATA / "past-patients.csv"), "--map", "patient=Patient Nr.,name=Name,born=Geboren", "--date-format", "DD.MM.YYYY",
)  # fmt: skip


def sheet(folder: Path, text: str) -> str:
    (folder / "sheet.csv").write_text(text)
    return str(folder / "sheet.csv")


def test_twice_is_once(botox: Botox, ledger: Path) -> None:
    rehearsed = botox(*PATIENTS, "--dry-run")
    assert rehearsed.exit_code == 0
    assert rehearsed.stdout == "".join(f"row {one + 1}: P{one:04}\n" for one in range(1, 13)) + "12 patients would be added; nothing was recorded.\n"
    assert botox("patient", "list", "--format", "csv").stdout.count("\n") == 1
    done = botox(*PATIENTS)
    assert (done.exit_code, done.stdout) == (0, "12 patients added.\n")
    assert done.stderr == "Read: patient from column Patient Nr., name from column Name, born from column Geboren.\n"
    before = botox("ledger", "log", "--format", "csv").stdout
    again = botox(*PATIENTS)
    assert (again.exit_code, again.stdout) == (0, "12 patients in the file, and all of them stand in the ledger already; nothing was changed.\n")
    assert botox("ledger", "log", "--format", "csv").stdout == before
    assert botox("undo", "--yes").exit_code == 0
    assert botox("patient", "list", "--format", "csv").stdout.count("\n") == 1
    assert botox("undo", "--yes").exit_code == 0
    assert botox("patient", "list", "--format", "csv").stdout.count("\n") == 13


def test_an_export_comes_back_as_it_left(botox: Botox, visited: Path, tmp_path: Path) -> None:
    for code, name in (("P0002", '=Ben; "Example", \'Jr'), ("P0003", "'Cleo Specimen")):
        assert botox("patient", "add", code, "--name", name, "--born", "1975-06-01", "--no-input").exit_code == 0
    assert botox("patient", "archive", "P0003", "--reason", "stopped").exit_code == 0
    left, visits = tmp_path / "patients.csv", tmp_path / "visits.csv"
    assert botox("export", "patients", "--identify", "--output", str(left)).exit_code == 0
    assert botox("export", "visits", "--output", str(visits)).exit_code == 0
    other = ("--ledger", str(tmp_path / "other" / "ledger.db"))
    assert botox(*other, "init", "--practice", "X", "--practitioner", "Dr Example", "--plaintext", "--no-input").exit_code == 0
    assert botox(*other, "import", "patients", str(left)).stdout == "3 patients added.\n"
    assert botox(*other, "import", "visits", str(visits)).stdout == "1 session added, visit 1.\n"
    back = botox(*other, "export", "patients", "--identify").stdout
    assert back == left.read_text().replace("2026-01-05,2026-01-06", "2026-01-06,2026-01-06")  # the consult is no session
    assert botox(*other, "export", "visits").stdout.splitlines()[1].startswith("1,P0001,session,2026-01-06,chronic-migraine,1,imported,7.5,C-1234,,")
    assert botox("import", "patients", str(left)).stdout.startswith("3 patients in the file, and all of them stand")
    assert botox("import", "visits", str(visits)).stdout.startswith("1 session in the file, and all of them stand")


REFUSED = {
    "another name": ("P0001,Other Person,1980-02-29", 2, "patient", "stands in the ledger with another name or birth date"),
    "alike": ("P0009,Jane Exampel,1980-02-29", 2, "name", "same birth date and a similar name as P0001; --accept duplicate-patient"),
    "nameless": ("P0009,,", 2, "name", "is empty: a new patient needs a name and a birth date"),
}


@pytest.mark.parametrize(("row", "number", "column", "why"), REFUSED.values(), ids=REFUSED)
def test_what_the_ledger_stands_against(botox: Botox, visited: Path, tmp_path: Path, row: str, number: int, column: str, why: str) -> None:
    said = botox("import", "patients", sheet(tmp_path, f"patient,name,born\n{row}\nP0010,Quite Another,1990-01-01\n"))
    assert (said.exit_code, said.stdout) == (24, "")
    assert said.stderr.startswith(f"row {number}, column {column}: {why}")
    assert "Person" not in said.stderr
    assert "Jane" not in said.stderr
    assert botox("patient", "list", "--format", "csv").stdout.count("\n") == 2


def test_a_likely_duplicate_is_taken_once_accepted(botox: Botox, visited: Path, tmp_path: Path) -> None:
    file = sheet(tmp_path, "patient,name,born\nP0009,Jane Exampel,1980-02-29\n")
    assert botox("import", "patients", file, "--accept", "duplicate-patient").stdout == "1 patient added.\n"


def test_a_patient_who_was_forgotten_is_not_made_again(botox: Botox, visited: Path, tmp_path: Path) -> None:
    told = "patient,name,born\nP0001,Jane Example,1980-02-29\n"
    assert botox("patient", "forget", "P0001", "--reason", "asked", "--retention-checked", "--keep-others", "--no-input").exit_code == 0
    said = botox("import", "patients", sheet(tmp_path, told))
    assert (said.exit_code, said.stderr.splitlines()[0]) == (24, "row 2, column patient: was forgotten; for anything new give the person a new code")
    assert botox("import", "patients", sheet(tmp_path, "patient,name,born\nP0001,,\n")).exit_code == 0


def test_a_rehearsal_shows_every_problem_and_json_has_them_as_data(botox: Botox, ledger: Path, tmp_path: Path) -> None:
    file = sheet(tmp_path, "patient,name,born\n" + "".join(f"P{one},Person Example,01/02/1980\n" for one in range(70)))
    assert len(botox("import", "patients", file).stderr.splitlines()) == 51 + 2
    shown = botox("import", "patients", file, "--dry-run")
    assert shown.stderr.splitlines()[69] == "row 71, column born: can be read in two ways; --date-format says how"
    problems = json.loads(botox("import", "patients", file, "--format", "json").stderr)["problems"]
    assert (len(problems), problems[0]["row"], problems[0]["column"]) == (70, 2, "born")
