"""A command tried on a copy of the practice of its own, and all that stands there before and after."""

from __future__ import annotations

import atexit
import functools
import hashlib
import importlib
import pkgutil
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import botoxcli
from botoxcli.errors import WrongKey
from botoxcli.store.key import Key
from botoxcli.store.place import Place

from .ledger_state import is_whole, state_of
from .writing_commands import WRITING, furnish, spelt

FILLER = "filler"
_AT_FIRST: dict[tuple[str, frozenset[str]], dict[str, object]] = {}


@functools.cache
def furnished() -> Path:
    """The practice, plain and encrypted, and the files that the rows name; and all of the program loaded, for the forks."""
    for module in pkgutil.walk_packages(botoxcli.__path__, "botoxcli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    folder = Path(tempfile.mkdtemp(prefix="furnished-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    furnish(folder)
    return folder


@dataclass(frozen=True)
class Trial:
    """A command's own copy of the practice, in a folder of its own."""

    name: str
    root: Path

    @property
    def ledger(self) -> Path:
        return self.root / "practice" / "ledger.db"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def words(self) -> list[str]:
        return spelt(WRITING[self.name].arguments, self.files)

    @property
    def ends(self) -> int:
        return WRITING[self.name].ends

    def standing_at_first(self) -> dict[str, object]:
        """The same of a fresh copy: it is looked at once for all of its kind."""
        kind = WRITING[self.name].begins, WRITING[self.name].leaves
        if kind not in _AT_FIRST:
            _AT_FIRST[kind] = self.standing()
        return _AT_FIRST[kind]

    def standing(self) -> dict[str, object]:
        """All files by their names, with what they hold; of a ledger all its rows, once it is found whole, by the key that opens it."""
        held: dict[str, object] = {}
        if self.ledger.exists():  # first: opening it, as any command does, finishes what a disk stopped half-way
            keys = [path.read_text().strip() for path in sorted(self.files.glob("*.key")) if path.stat().st_size]
            held["ledger"] = next(filter(None, (self._rows_by(text) for text in keys)))
        there = {str(path.relative_to(self.root)): path for path in sorted(self.root.rglob("*")) if path.is_file()}
        kept = {name: path for name, path in there.items() if name not in WRITING[self.name].leaves and path.name != FILLER}
        return held | {name: path == self.ledger or hashlib.sha256(path.read_bytes()).hexdigest() for name, path in kept.items()}

    def _rows_by(self, key: str) -> str | None:
        place = Place(self.ledger, functools.partial(Key.of_text, key))
        try:
            assert is_whole(place)
        except WrongKey:
            return None
        return state_of(place)


def trial(name: str, root: Path) -> Trial:
    """The practice as the row wants it."""
    one = Trial(name, root)
    for old in root.iterdir() if root.exists() else ():
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    one.ledger.parent.mkdir(parents=True, mode=0o700)
    shutil.copytree(furnished() / "files", one.files)
    if (begins := WRITING[name].begins) != "nothing":
        shutil.copy(furnished() / f"{begins}.db", one.ledger)
    return one
