"""The practices that are measured: made by ``botox demo`` from one seed, once, and copied where something is written."""

from __future__ import annotations

import csv
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from .measuring import surroundings

TODAY = "2026-11-24"
# name -> patients ever, in care, years; and the same little
SIZES = {
    "usual": ((2_000, 500, 30), (5, 2, 1)),
    "full": ((2_000, 2_000, 30), (5, 5, 1)),
    "three years": ((2_000, 500, 3), (5, 2, 1)),
    "10,000 in care": ((10_000, 10_000, 12), (6, 6, 1)),
}
IMPORTED = (30_000, 100)  # sessions of a spreadsheet
STOCK = 60  # vials of each of four lots, for the sessions that are measured
_SCRIPT = Path(sys.executable).parent / "botox"
BOTOX = (str(_SCRIPT),) if _SCRIPT.exists() else (sys.executable, "-m", "botoxcli")


class Practices:
    """A folder of ledgers by name."""

    def __init__(self, folder: Path, *, small: bool) -> None:
        self.folder, self.small = folder, small
        folder.mkdir(parents=True, exist_ok=True)

    def ledger(self, name: str) -> Path:
        """The practice, made if it is not there yet."""
        patients, in_care, years = SIZES[name][self.small]
        path = self.folder / f"{name.replace(' ', '-').replace(',', '')}-{patients}-{years}.db"
        if not path.exists():
            print(f"making the practice '{name}': {patients:,} patients, {in_care:,} in care, {years} years")
            size = ("--patients", str(patients), "--in-care", str(in_care), "--years", str(years), "--seed", "1")
            botox("demo", "--ledger", str(path), "--today", TODAY, *size)
        return path

    @cached_property
    def written(self) -> Path:
        """A copy of the usual practice with vials in stock, to be written to."""
        path = self.folder / "written.db"
        shutil.copyfile(self.ledger("usual"), path)
        for lot in ("BENCH1", "BENCH2", "BENCH3", "BENCH4"):
            botox("vial", "add", lot, "--units", "200", "--expires", "+96w", "--count", str(STOCK), "--ledger", str(path))
        return path

    @cached_property
    def spreadsheet(self) -> Path:
        """Sessions of the past as a spreadsheet has them."""
        path = self.folder / "sessions.csv"
        first = date(1996, 1, 8)
        with path.open("w", newline="") as file:
            table = csv.writer(file)
            table.writerow(("patient", "date", "units", "lot", "name", "born"))
            for number in range(IMPORTED[self.small]):
                cycle, patient = divmod(number, 1_000)
                day = first + timedelta(days=cycle * 91 + patient % 60)
                table.writerow((f"X{patient:04}", day, 155, f"L{cycle:03}", f"Example{patient:04} Person{patient:04}", "1970-01-01"))
        return path

    def asked(self, sql: str, name: str = "usual") -> list[str]:
        """The first column of what a practice answers."""
        with sqlite3.connect(self.ledger(name)) as connection:
            return [str(row[0]) for row in connection.execute(sql)]


def botox(*arguments: str) -> str:
    """What the command says. Raises CalledProcessError when it fails."""
    command = [*BOTOX, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, stdin=subprocess.DEVNULL, env=surroundings()).stdout


def due_count(ledger: Path) -> int:
    """How many items the list has."""
    return len(botox("due", "--today", TODAY, "--format", "csv", "--ledger", str(ledger)).splitlines()) - 1


def in_care(ledger: Path) -> int:
    """How many patients are in care: a program for to-dos has to hold one for each, also while it is not open yet."""
    with sqlite3.connect(ledger) as connection:
        return int(connection.execute("SELECT count(*) FROM patient_now WHERE NOT archived").fetchone()[0])


def command(*arguments: str) -> Sequence[str]:
    """A run of ours."""
    return [*BOTOX, *arguments]
