"""Every command that writes, each with arguments that it can follow in the practice below; and every command that does not.

A new command that stands in neither table makes a test fail.
"""

from __future__ import annotations

import contextlib
import io
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Literal

DATA = Path(__file__).parents[1] / "data"
PROTOCOLS = Path(__file__).parents[2] / "protocols"
TODAY = "2026-03-09"
CHAIR, CONSULT = ("--answers", str(DATA / "chair.yaml")), ("--answers", str(DATA / "consult.yaml"))
WHY = ("--reason", "mistyped")
INIT = (
    "init",
    "--practice",
    "Example Practice",
    "--practitioner",
    "Dr Example",
    "--time-zone",
    "UTC",
    "--jurisdiction",
    "us",
    "--plaintext",
    "--no-input",
)
LEAVING = ("export", "all", "--identify", "--output", "{folder}/everything")
KEY, NEW_KEY = ("--key-file", "{folder}/one.key"), frozenset({"files/new.key"})
SESSION = ("session", "--as-planned", *CHAIR, "--no-input")

# The practice in which the rows are tried: P0001 had two sessions, P0002 may be treated, P0003 is only known.
PRACTICE: tuple[tuple[str, ...], ...] = (
    INIT,
    ("vial", "add", "C1234", "--units", "200", "--expires", "2035-06", "--count", "6", "--on", "2025-11-01"),
    ("vial", "add", "D5", "--units", "200", "--expires", "2035-06", "--on", "2025-11-01"),
    ("consult", "P0001", "--name", "Ada Example", "--born", "1980-02-29", "--on", "2025-12-01", *CONSULT, "--no-input"),
    (*SESSION, "P0001", "--on", "2025-12-08", "--vial", "C1234"),
    (*SESSION, "P0001", "--on", "2026-03-02", "--vial", "C1234"),
    ("consult", "P0002", "--name", "Ben Example", "--born", "1975-06-01", "--on", "2026-03-01", *CONSULT, "--no-input"),
    ("patient", "add", "P0003", "--name", "Cleo Example", "--born", "1991-11-12", "--no-input"),
)


@dataclass(frozen=True)
class Writing:
    """A command with its arguments, where ``{folder}`` is a folder beside the ledger's.

    ``begins`` tells what it begins with: the practice in plain text, encrypted with ``one.key``, or no ledger at all.
    ``records``: it adds to the practice's record, by an entry and with nothing beside. ``ends`` is its usual exit code;
    ``small``: what it writes is less than a page. ``leaves`` are files that it may leave when it fails: a key that was made is never
    thrown away, and the same command takes it.
    """

    arguments: tuple[str, ...]
    begins: Literal["plain", "encrypted", "nothing"] = "plain"
    records: bool = True
    ends: int = 0
    small: bool = False
    leaves: frozenset[str] = frozenset()


# What follows a comma tells two rows of one command apart.
WRITING: dict[str, Writing] = {
    "init": Writing(INIT, begins="nothing", records=False),
    "settings": Writing(("settings", "--practice", "Another Example Practice")),
    "consult": Writing(("consult", "P0004", "--name", "Dan Example", "--born", "1968-03-03", "--on", "2026-03-08", *CONSULT, "--no-input")),
    "session": Writing((*SESSION, "P0002", "--on", "2026-03-09", "--vial", "C1234")),
    "follow-up": Writing(
        ("follow-up", "P0001", "--on", "2026-03-09", "--answer", "headache-days=11", "--answer", "diary-days=28", "--event", "neck-pain=mild")
    ),
    "diary import": Writing(("diary", "import", "P0001", "{folder}/diary.csv")),
    "patient add": Writing(("patient", "add", "P0005", "--name", "Eve Example", "--born", "1985-09-09", "--no-input")),
    "patient edit": Writing(("patient", "edit", "P0001", "--name", "Ada Specimen", *WHY)),
    "patient toxin": Writing(("patient", "toxin", "P0001", "--product", "onabotulinumtoxinA", "--units", "100", "--on", "2026-02-01")),
    "patient pause": Writing(("patient", "pause", "P0001", "--until", "2030-06-01", "--reason", "operation")),
    "patient archive": Writing(("patient", "archive", "P0001", "--reason", "moved-away", "--on", TODAY)),
    "patient forget": Writing(
        ("patient", "forget", "P0003", "--reason", "asked for on paper", "--retention-checked", "--keep-others", "--no-input"), records=False
    ),
    "vial add": Writing(("vial", "add", "E6", "--units", "200", "--expires", "2035-06", "--count", "20", "--on", "2026-03-01")),
    "vial amend": Writing(("vial", "amend", "D5", "--expires", "2034-06", *WHY)),
    "vial discard": Writing(("vial", "discard", "D5", "--reason", "broken", "--on", TODAY)),
    "vial recall": Writing(("vial", "recall", "D5", "--reason", "a letter came", "--on", TODAY)),
    "visit amend": Writing(("visit", "amend", "3", "--minutes", "20", *WHY)),
    "visit void": Writing(("visit", "void", "3", *WHY)),
    "visit missed": Writing(("visit", "missed", "P0001", "--on", TODAY, "--reason", "ill")),
    "visit declined": Writing(("visit", "declined", "P0001", "--on", TODAY, "--reason", "wants to wait")),
    "visit moved": Writing(("visit", "moved", "P0001", "--on", TODAY, "--to", "2026-06-10", "--reason", "snow")),
    "undo": Writing(("undo", "--yes")),
    "protocol add": Writing(("protocol", "add", "{folder}/own.yaml"), records=False),
    "export": Writing(("export", "injections", "--output", "{folder}/injections.csv"), records=False),
    "export, fhir": Writing(("export", "fhir", "--identify", "--output", "{folder}/record.json"), records=False),
    "export, all": Writing(("export", "all", "--identify", "--output", "{folder}/out"), records=False),
    "prep, on paper": Writing(
        ("prep", "P0001", "--for", "2026-06-01T10:00", "--format", "html", "--output", "{folder}/prep.html"), records=False, small=True
    ),
    "response, on paper": Writing(("response", "P0001", "--format", "html", "--output", "{folder}/response.html"), records=False),
    "visit note": Writing(("visit", "note", "2", "--output", "{folder}/note.txt"), records=False, small=True),
    "visit note, pdf": Writing(("visit", "note", "2", "--format", "pdf", "--output", "{folder}/note.pdf"), records=False),
    "visit aftercare": Writing(("visit", "aftercare", "2", "--output", "{folder}/after.txt"), records=False, small=True),
    # it ends with 3 when it found what it looked for
    "lot": Writing(("lot", "C1234", "--format", "csv", "--output", "{folder}/lot.csv"), records=False, ends=3, small=True),
    "protocol map": Writing(("protocol", "map", "--format", "svg", "--output", "{folder}/map.svg"), records=False),
    "import all": Writing(("import", "all", "{folder}/everything", "--plaintext", "--no-input"), begins="nothing", records=False),
    "import patients": Writing(("import", "patients", "{folder}/patients.csv")),
    "import visits": Writing(("import", "visits", "{folder}/sessions.csv", "--map", "lot=Charge", "--date-format", "DD.MM.YYYY")),
    "ledger backup": Writing(("ledger", "backup", "{folder}/usb"), records=False),
    "ledger restore": Writing(("ledger", "restore", "{folder}/backup.db", "--yes", "--no-input"), records=False),
    "ledger encrypt": Writing(("ledger", "encrypt", "--key-file", "{folder}/new.key", "--no-input"), records=False, leaves=NEW_KEY),
    "ledger decrypt": Writing(("ledger", "decrypt", *KEY, "--yes", "--no-input"), begins="encrypted", records=False),
    "ledger rekey": Writing(
        ("ledger", "rekey", *KEY, "--new-key-file", "{folder}/new.key", "--no-input"), begins="encrypted", records=False, leaves=NEW_KEY
    ),
}
READING = {
    "demo",  # it writes, but only into a folder of its own that nobody misses
    "prep", "due", "chart", "response", "audit", "diary show", "patient list", "patient show", "vial list", "visit list", "visit show",
    "protocol list", "protocol show", "protocol check", "protocol schema", "protocol diff", "ledger path",
    "ledger log", "ledger verify", "completion",
}  # fmt: skip


def all_commands() -> Iterator[str]:
    """The names of every command that there is."""
    from botoxcli.cli.main import COMMANDS, load_command

    for name in COMMANDS:
        members: dict[str, Any] = getattr(load_command(name), "commands", {})
        yield from (f"{name} {member}" for member in members) if members else (name,)


def furnish(folder: Path) -> None:
    """In ``folder`` the practice, plain and encrypted (``plain.db``, ``encrypted.db``), and in its ``files`` the files that the rows name."""
    files, plain, encrypted = folder / "files", folder / "plain.db", folder / "encrypted.db"
    (files / "usb").mkdir(parents=True)
    furnish_files(files)
    for arguments in PRACTICE:
        done(plain, files, arguments)
    shutil.copy(plain, encrypted)
    done(encrypted, files, ("ledger", "backup", "{folder}/backup.db"))
    done(encrypted, files, LEAVING)
    done(encrypted, files, ("ledger", "encrypt", *KEY, "--no-input"))


def furnish_files(folder: Path) -> None:
    """A diary, patients and sessions of somebody's spreadsheets, and a protocol of the practice's own."""
    days = [date(2025, 12, 9) + timedelta(days=number) for number in range(90)]
    (folder / "diary.csv").write_text("Date,Headache\n" + "".join(f"{day},{'yes' if day.day % 3 else 'no'}\n" for day in days))
    patients = (f"S{number:03};Person Example {number:03};19{50 + number % 50}-01-{1 + number // 50:02}\n" for number in range(60))
    (folder / "patients.csv").write_text("patient;name;born\n" + "".join(patients))
    told = (f"P000{1 + number % 3};{1 + number % 28:02}.{1 + number % 12:02}.{2018 + number // 12};152,5;C{number % 7}\n" for number in range(60))
    (folder / "sessions.csv").write_text("patient;date;units;Charge\n" + "".join(told))
    (folder / "own.yaml").write_text((PROTOCOLS / "chronic-migraine.yaml").read_text() + "\n# the practice's own\n")


def spelt(arguments: Sequence[str], folder: Path) -> list[str]:
    """The arguments with the folder filled in."""
    return [word.replace("{folder}", str(folder)) for word in arguments]


def done(ledger: Path, folder: Path, arguments: Sequence[str]) -> None:
    """Runs a command that must succeed."""
    code, told = run(ledger, *spelt(arguments, folder))
    assert code == 0, f"{arguments}: {told}"


def run(ledger: Path, *arguments: str) -> tuple[int, str]:
    """The whole command line in this process: its exit code, and what it said on either stream."""
    from botoxcli.cli.main import app

    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            app(["--ledger", str(ledger), "--today", TODAY, *arguments], prog_name="botox")
        except SystemExit as end:
            return (end.code if isinstance(end.code, int) else 1), said.getvalue()
    return 0, said.getvalue()
