"""A practice in which every field that takes free text is filled, and every screen and export on which such a text may come out."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from botoxcli.clinic import text

from .writing_commands import CONSULT, SESSION, TODAY

KINDS = ("visits", "answers", "injections", "vials", "outcomes", "events", "patients", "due")
FIELDS = 38
# The fields, by the order in which they are filled, that stand in no CSV of ours: an older spelling, a reason that its screen alone shows.
NOT_IN_CSV = frozenset({1, 3, 5, 8, 9, 11, 12, 13, 14, 17, 20, 32})


def entries(text: Callable[[], str], folder: Path) -> Iterator[tuple[str, ...]]:
    """The command lines that fill the practice; ``text`` gives the next text."""
    first, second, third = text(), text(), text()
    days = "".join(f"2025-12-{day:02d},{'yes' if day % 2 else 'no'}\n" for day in range(9, 32))
    for name, said in (("diary", days), ("other", days.replace("yes", "no"))):
        (folder / f"{name}.csv").write_text("Date,Headache\n" + said)
    yield ("init", f"--practice={text()}", f"--practitioner={text()}", *["--time-zone", "UTC", "--jurisdiction", "us", "--plaintext", "--no-input"])
    for lot in (first, second, third):
        yield ("vial", "add", *["--units", "200", "--expires", "2035-06", "--count", "3", "--on", "2025-11-01"], "--", lot)
    decided = ("--born", "1980-02-29", "--on", "2025-12-01", "--decide", "treat")
    yield ("consult", "P0001", f"--name={text()}", *decided, f"--reason={text()}", *CONSULT, "--no-input", f"--as={text()}", f"--key={text()}")
    yield (*SESSION, "P0001", "--on=2025-12-08", f"--vial={first}", f"--injector={text()}", f"--skip=procerus={text()}")
    yield (*SESSION, "P0001", "--on=2026-03-01", f"--vial={first}", f"--override=interval={text()}")
    yield (
        "follow-up",
        "P0001",
        *["--on", "2026-03-09", "--answer", "headache-days=11", "--answer", "diary-days=28", "--event", "other=mild"],
        f"--note={text()}",
    )
    yield ("patient", "toxin", "P0001", f"--product={text()}", *["--units", "100", "--on", "2026-02-01"], f"--note={text()}")
    yield ("patient", "edit", "P0001", f"--name={text()}", f"--reason={text()}")
    yield ("visit", "amend", "2", f"--injector={text()}", f"--reason={text()}", f"--skip=corrugator-left={text()}", f"--override=interval={text()}")
    yield ("consult", "P0002", f"--name={text()}", *["--born", "1975-06-01", "--on", "2026-03-02"], *CONSULT, "--no-input")
    for number, day in ((3, "1991-11-12"), (4, "1961-01-12"), (5, "1951-07-07"), (6, "1971-08-08")):
        yield ("patient", "add", f"P000{number}", f"--name={text()}", f"--born={day}", "--no-input")
    yield ("patient", "pause", "P0003", "--until=2030-06-01", f"--reason={text()}")
    yield ("patient", "archive", "P0004", "--reason=other", f"--note={text()}")
    for what in ("missed", "declined"):
        yield ("visit", what, "P0002", f"--on={TODAY}", f"--reason={text()}")
    yield ("visit", "moved", "P0001", f"--on={TODAY}", "--to=2026-06-10", f"--reason={text()}")
    yield ("diary", "import", "P0001", str(folder / "diary.csv"))
    yield ("diary", "import", "P0001", str(folder / "other.csv"), "--replace", f"--reason={text()}")
    yield ("vial", "discard", "--reason=broken", f"--note={text()}", f"--on={TODAY}", "--", second)
    yield ("vial", "amend", "--expires=2034-06", f"--reason={text()}", "--", third)
    yield ("vial", "amend", f"--lot={text()}", f"--reason={text()}", "--", second)
    yield ("vial", "recall", f"--reason={text()}", f"--on={TODAY}", "--", third)
    yield ("visit", "void", "4", f"--reason={text()}")


def views(lot: str) -> Iterator[tuple[str, ...]]:
    """Every screen of words."""
    yield from (("patient", "list"), ("visit", "list"), ("vial", "list"), ("due", "--explain", "--all"), ("audit",), ("ledger", "log"), ("settings",))
    yield from (("lot", "--", lot), ("undo", "--dry-run"), ("prep", "P0002", "--for=2026-03-20T09:30", "--identify"), ("response", "P0001"))
    yield from (("patient", "show", f"P000{number}") for number in range(1, 5))
    yield from (("visit", "show", str(number), "--history") for number in range(1, 5))
    yield from (("chart", "P0001"), ("chart", "P0002"), ("diary", "show", "P0001"), ("patient", "show", "P0001", "--history"))


def rows(form: str, lot: str) -> Iterator[tuple[str, ...]]:
    """Everything for scripts."""
    yield from (("export", kind, "--identify", f"--format={form}") for kind in KINDS)
    yield from ((*words, f"--format={form}") for words in (("ledger", "log"), ("vial", "list"), ("visit", "list"), ("patient", "list", "--identify")))
    yield ("lot", "--identify", f"--format={form}", "--", lot)
    if form == "json":
        yield from ((*words, "--format=json") for words in views(lot) if words[0] not in ("prep", "vial", "due", "lot", "diary", "audit"))
        yield from (("chart", f"P000{number}", "--format=json") for number in (3, 4))


SCREENS = (
    (("session", "P0002", "--on=2026-03-09"), "y\n" * 14),
    (("follow-up", "P0001", "--on=2026-03-09"), "11\n28\n"),
    (("consult", "P0005", "--on=2026-03-09"), "20\n10\n"),
    (("undo",), "n\n"),
)


class Screen(NamedTuple):
    """What came of a command."""

    code: int
    out: str
    talk: str


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def looked_at(ledger: Path, words: Sequence[str], *, terminal: bool, typed: str = "") -> Screen:
    """The whole command line in this process, at a terminal of 200 columns or in a pipe."""
    from botoxcli.cli.main import app

    kind = Terminal if terminal else io.StringIO
    out, talk = kind(), kind()
    with pytest.MonkeyPatch.context() as patch:
        for name, stream in (("stdin", kind(typed)), ("stdout", out), ("stderr", talk)):
            patch.setattr(sys, name, stream)
        patch.setenv("COLUMNS", "200")
        patch.setenv("COLORTERM", "truecolor")
        try:
            app(["--ledger", str(ledger), "--today", TODAY, *words], prog_name="botox")
            code = 0
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
    return Screen(code, out.getvalue(), talk.getvalue())


def without_a_door(patch: pytest.MonkeyPatch) -> None:
    """Nothing is refused any more for its characters, as if the ledger had been written by another hand."""
    patch.setattr(text, "bad_character", lambda *_given, **_options: None)
