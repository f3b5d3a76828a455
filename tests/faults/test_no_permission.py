"""A file that may only be read, a folder in which nothing may be made: exit 15 in words, all as it was, and afterwards the same command succeeds.

Every command that writes is tried (``writing_commands``), in the short form every third at one such place, with FAULTS=long all at all.
"""

from __future__ import annotations

import importlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from .confined import NOBODY, as_nobody, forked
from .trials import Trial, trial
from .writing_commands import PROTOCOLS, WRITING

pytestmark = pytest.mark.plain_only
LONG = os.environ.get("FAULTS") == "long"
# Where something is not allowed, and the mode that says so.
LEDGER = {"file only to be read": ("practice/ledger.db", 0o400), "file closed": ("practice/ledger.db", 0)}
FOLDER = {"folder only to be read": ("practice", 0o500), "folder closed": ("practice", 0)}
LATE = ("reportlab.platypus", "reportlab.pdfgen.canvas", "reportlab.pdfbase.ttfonts", "reportlab.graphics.renderPDF", "jinja2")
OUTPUT = {"other folder only to be read": ("files", 0o500), "ledger closed": ("practice/ledger.db", 0)}
PLACES = {
    "init": FOLDER,
    **dict.fromkeys(
        ("export", "export, all", "export, fhir", "prep, on paper", "response, on paper", "visit note", "visit note, pdf", "visit aftercare"), OUTPUT
    ),
    "protocol map": {"other folder only to be read": ("files", 0o500)},
    "import all": FOLDER,
    "lot": OUTPUT,
    "protocol add": {"data folder only to be read": ("data", 0o500)},
    "ledger backup": {"other folder only to be read": ("files/usb", 0o500), **FOLDER},
    "ledger restore": FOLDER,
    "ledger encrypt": {**FOLDER, "file closed": ("practice/ledger.db", 0)},
    "ledger decrypt": FOLDER,
    "ledger rekey": FOLDER,
}


def cases() -> Iterator[tuple[str, str, int]]:
    for number, name in enumerate(WRITING if LONG else list(WRITING)[::3]):
        places = list(PLACES.get(name, LEDGER | FOLDER).values())
        yield from ((name, *place) for place in (places if LONG else [places[number % len(places)]]))


@pytest.fixture
def root(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that every user may look into."""
    folder = Path(tempfile.mkdtemp(prefix="permission-"))
    folder.chmod(0o755)
    monkeypatch.setenv("XDG_DATA_HOME", str(folder / "trial" / "data"))
    yield folder / "trial"
    shutil.rmtree(folder)


def given_away(one: Trial) -> None:
    """To the user who runs the commands: root would be allowed everything."""
    (one.root / "data").mkdir(exist_ok=True)
    if os.geteuid() == 0:
        for path in (one.root, *one.root.rglob("*")):
            os.chown(path, NOBODY, NOBODY)


def refuse_if_unreadable() -> None:
    """A user without rights must at least be able to read the program."""
    if os.geteuid() == 0 and not all(path.stat().st_mode & 0o005 == 0o005 for path in (PROTOCOLS, *PROTOCOLS.parents)):
        pytest.skip("the program stands in a folder that no other user may read")
    for name in LATE:  # whoever may not read Python's own folder gets them from here
        importlib.import_module(name)


def test_where_nothing_may_be_written(root: Path) -> None:
    refuse_if_unreadable()
    refused = 0
    for name, place, mode in cases():
        one = trial(name, root)
        given_away(one)
        before = one.standing_at_first()
        spot = one.root / place
        usual = spot.stat().st_mode
        spot.chmod(mode)
        said = forked(one.ledger, *one.words, confine=as_nobody)
        spot.chmod(usual)
        assert (said.code, said.in_words) == (15, True), f"{name}, {place} {mode:o}: {said}"
        assert one.standing() == before, f"{name}, {place} {mode:o}: {said}"
        again = forked(one.ledger, *one.words, confine=as_nobody)
        assert again.code == one.ends, f"{name}, allowed again: {again}"
        refused += 1
    print(f"\nno permission: {refused} runs of writing commands, each refused with exit 15 and all as it was")


@pytest.mark.parametrize(("place", "mode"), [LEDGER["file only to be read"], FOLDER["folder only to be read"]])
def test_what_may_be_read_is_read(root: Path, place: str, mode: int) -> None:
    """A ledger on a medium that may only be read can still be looked at."""
    refuse_if_unreadable()
    one = trial("session", root)
    given_away(one)
    (one.root / place).chmod(mode)
    for words in (["due"], ["chart", "P0001"], ["visit", "list"], ["ledger", "verify"]):
        said = forked(one.ledger, *words, confine=as_nobody)
        assert said.code == 0, f"{words}: {said}"
    (one.root / place).chmod(0o700)
