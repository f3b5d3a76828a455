"""A ledger of an older schema, killed while it is brought up to date: it is wholly old or wholly new, and the backup of before is there.

The short form kills at some statements; the long one, some minutes, at every SQL statement and before every change of a file:

    FAULTS=long pytest tests/faults/test_migrations_killed.py -s -n auto
"""

from __future__ import annotations

import os
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest

from botoxcli.store import engine, schema_version

from .killed_processes import By, Ended, Processes, processes
from .ledger_state import is_whole, state_of

pytestmark = [
    pytest.mark.plain_only,  # the frozen ledgers are in plain text
    pytest.mark.skipif(sys.platform != "linux", reason="processes are followed as Linux lets them be"),
]
LONG = os.environ.get("FAULTS") == "long"
FROZEN = Path(__file__).resolve().parents[1] / "schemas"
VERSIONS = sorted(int(one.stem[1:]) for one in FROZEN.glob("v*.db"))
FEW = 4
SHARES = 8 if LONG else 1


@pytest.fixture(scope="module")
def programs() -> Iterator[Processes]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder, processes(Path(folder)) as made:
        yield made


@dataclass
class Migration:
    """A frozen ledger, in a folder of its own each time, that any command brings up to date."""

    processes: Processes
    version: int
    folder: Path

    @property
    def ledger(self) -> Path:
        return self.folder / "practice" / "ledger.db"

    def begins(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.ledger.parent.mkdir(parents=True)
        shutil.copy(FROZEN / f"v{self.version}.db", self.ledger)

    def runs(self, *, by: By | None = None, at: int | None = None) -> Ended:
        return self.processes.run(["--ledger", str(self.ledger), "patient", "list"], by=by, at=at)

    def found(self) -> int:
        """The ledger's version as it stands."""
        with closing(engine.connect(self.ledger)) as connection:
            return schema_version.version(connection)

    def backups(self) -> list[Path]:
        return sorted(self.ledger.parent.glob("*.bak"))

    def faults(self, old: str, new: str, seen: Counter[str]) -> Iterator[str]:
        """What is not as promised, right after a kill and after the next command."""
        version = self.found()
        seen[f"version {version}"] += 1
        if version not in (self.version, schema_version.CURRENT) or not is_whole(self.ledger):
            yield f"neither old nor new: version {version}, {'whole' if is_whole(self.ledger) else 'not whole'}"
        elif state_of(self.ledger) != (old if version == self.version else new):
            yield "its rows are neither the old ones nor the new ones"
        yield from self._backup_faults(old, needed=version != self.version)
        ended = self.runs()
        if ended.code != 0 or self.found() != schema_version.CURRENT or not is_whole(self.ledger) or state_of(self.ledger) != new:
            yield f"opened again, it is not brought up to date: {ended}"
        yield from self._backup_faults(old, needed=True)

    def _backup_faults(self, old: str, *, needed: bool) -> Iterator[str]:
        backups = self.backups()
        yield from (f"half a backup: {one.name}" for one in backups if _state_if_whole(one) != old)
        if needed and not backups:
            yield "the backup of before is not there"


def _state_if_whole(path: Path) -> str | None:
    try:
        return state_of(path) if is_whole(path) else None
    except Exception:
        return None


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("by", ["statements", "changes"])
@pytest.mark.parametrize("share", range(SHARES))
def test_a_migration_that_is_killed_leaves_the_old_ledger_or_the_new_one(
    programs: Processes, tmp_path: Path, version: int, by: By, share: int
) -> None:
    if by == "changes" and not programs.changes_can_be_counted():
        pytest.skip("this system lets no process be followed")
    migration = Migration(programs, version, tmp_path / "tried")
    migration.begins()
    old = state_of(migration.ledger)
    whole_run = migration.runs(by=by)
    assert whole_run.code == 0, whole_run
    new, points = state_of(migration.ledger), getattr(whole_run, by)
    seen, found = Counter[str](), []
    for at in _instants(points, random.Random(version))[share::SHARES]:
        migration.begins()
        ended = migration.runs(by=by, at=at)
        found += [f"{by} {at}: {fault}" for fault in migration.faults(old, new, seen)]
        assert ended.code is None
    told = f"killed at {seen.total()} of {points} {by} ({dict(seen)})"
    print(f"\nfrom version {version}, {told}: neither old nor new, or without its backup: {len(found)}", file=sys.stderr)
    assert found == []


def _instants(points: int, chance: random.Random) -> list[int]:
    """Every one; in the short form some, the last among them."""
    return list(range(1, points + 1)) if LONG else [*sorted(chance.sample(range(1, points), FEW)), points]
