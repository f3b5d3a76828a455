"""Two ledgers held against each other by their entries: is one the other's past, and what has one that the other has not?

Pure but for ``entries_of``. An entry's hash stands for all that came before it, so equal hashes at one number mean equal pasts.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from botoxcli.errors import LedgerDamaged, NewerLedger, NoLedger, NotOurLedger, WrongKey
from botoxcli.store import engine
from botoxcli.store.place import Place

_NEEDED = {"seq", "at", "command", "hash"}


class Kinship(StrEnum):
    """What stands now, seen from a backup."""

    SAME = "same"  # the same entries
    OLDER = "older"  # the backup is its past
    NEWER = "newer"  # it is the backup's past
    PARTED = "parted"  # both went on from one entry
    OTHER = "other"  # another first entry: another ledger
    FOREIGN = "foreign"  # a file that is no ledger of ours
    UNREADABLE = "unreadable"  # damaged, or under another key
    MISSING = "missing"  # nothing


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as far as it matters here."""

    seq: int
    at: str
    command: str
    hash: str


@dataclass(frozen=True, slots=True)
class Compared:
    """``lost`` are the entries that only the standing ledger has, ``gained`` those that only the backup has; ``why`` what could not be read."""

    kinship: Kinship
    standing: tuple[Line, ...] = ()
    lost: tuple[Line, ...] = ()
    gained: tuple[Line, ...] = ()
    why: str = ""

    @property
    def is_another(self) -> bool:
        """Whether it is something that no backup of this ledger should take the place of without a second thought."""
        return self.kinship in (Kinship.OTHER, Kinship.FOREIGN)


def entries_of(place: Path | Place) -> tuple[Line, ...]:
    """The entries of a ledger of any version, which is not brought up to date for it. Raises what opening it raises."""
    place = Place.of(place)
    engine.salt_or_refuse(place.path)
    with engine.translated(place.path):
        connection = engine.connect(place)
        try:
            connection.execute("PRAGMA query_only = ON")
            engine.version_or_refuse(place.path, connection)
            there = {name for (name,) in connection.execute("SELECT name FROM pragma_table_info('entry')")}
            if not there.issuperset(_NEEDED):
                raise LedgerDamaged(str(place.path), "its table of entries is not there")
            return tuple(Line(*row) for row in connection.execute("SELECT seq, at, command, hash FROM entry ORDER BY seq"))
        finally:
            connection.close()


def compared(place: Path | Place, backup: tuple[Line, ...]) -> Compared:
    """What stands at the place against a backup's entries. Raises only what is no answer: LedgerBusy, CannotWrite, NotOurLedger for a folder."""
    path = Place.of(place).path
    try:
        return of_entries(entries_of(place), backup)
    except NoLedger:
        return Compared(Kinship.MISSING)
    except WrongKey:
        return Compared(Kinship.UNREADABLE, why="this key does not open it")
    except LedgerDamaged:
        return Compared(Kinship.UNREADABLE, why="it is damaged")
    except NewerLedger:
        return Compared(Kinship.UNREADABLE, why="a newer botoxcli wrote it")
    except NotOurLedger:
        if not path.is_file():
            raise
        return Compared(Kinship.FOREIGN, why="it is no ledger of botoxcli, or damaged at its beginning")


def of_entries(standing: tuple[Line, ...], backup: tuple[Line, ...]) -> Compared:
    """The same for two lists of entries, each in order."""
    common = sum(1 for _ in itertools.takewhile(lambda pair: pair[0].hash == pair[1].hash, zip(standing, backup, strict=False)))
    lost, gained = standing[common:], backup[common:]
    if not common:
        kinship = Kinship.OTHER
    elif lost and gained:
        kinship = Kinship.PARTED
    else:
        kinship = Kinship.OLDER if lost else Kinship.NEWER if gained else Kinship.SAME
    return Compared(kinship, standing, lost, gained)
