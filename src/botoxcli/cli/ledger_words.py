"""A ledger and a backup of it in words: how many entries, the last of when, and what one has that the other has not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botoxcli.store.lineage import Line
    from botoxcli.store.restore import Ready

HEAD = 12
_OTHER_CODE = {True: "The backup is encrypted; what stands now is not.", False: "The backup is not encrypted; what stands now is."}


def entries_words(count: int) -> str:
    """``1 entry``, ``12 entries``."""
    return f"{count} {'entry' if count == 1 else 'entries'}"


def shown_time(instant: str) -> str:
    """An entry's instant as it is read: ``2026-03-09 10:00 UTC``."""
    return f"{instant[:10]} {instant[11:16]} UTC"


def by_command(lines: Sequence[Line]) -> str:
    """What the entries are, the most frequent first: ``2 session, 1 vial add``."""
    return ", ".join(f"{count} {command}" for command, count in Counter(line.command for line in lines).most_common())


def ready_words(ready: Ready) -> tuple[str, ...]:
    """What the backup has, what stands now, and what would be lost."""
    return (*_backup_words(ready), *_standing_words(ready))


def kept_words(ready: Ready) -> tuple[str, ...]:
    """What becomes of what stands."""
    return ("What stands now is kept beside, under another name.",) if ready.glimpse is not None else ()


def _backup_words(ready: Ready) -> Iterator[str]:
    from botoxcli.store.schema_version import CURRENT

    found = ready.found
    yield f"The backup: {entries_words(found.entries)} up to {shown_time(found.last_at)}, head {found.head[:HEAD]}, verified."
    if ready.manifest is None:
        yield "It has no manifest beside it: only its own chain speaks for it."
    if found.schema_version < CURRENT:
        yield f"It is of schema version {found.schema_version}; the restored ledger is brought up to date, to version {CURRENT}."


def _standing_words(ready: Ready) -> Iterator[str]:
    seen = ready.standing
    if seen.standing:
        last = seen.standing[-1]
        yield f"Stands now: {entries_words(len(seen.standing))} up to {shown_time(last.at)}, head {last.hash[:HEAD]}."
    yield _kinship_words(ready)
    if ready.stands_encrypted is not None and ready.stands_encrypted != ready.encrypted:
        yield _OTHER_CODE[ready.encrypted]


def _kinship_words(ready: Ready) -> str:
    seen = ready.standing
    lost = f"Would be lost: {entries_words(len(seen.lost))} ({by_command(seen.lost)})."
    return {
        "same": "Both hold the same entries: nothing would be lost.",
        "older": lost,
        "newer": f"Nothing would be lost; the backup has {entries_words(len(seen.gained))} more ({by_command(seen.gained)}).",
        "parted": f"They parted after entry {len(seen.standing) - len(seen.lost)}; the backup has {len(seen.gained)} of its own. {lost}",
        "other": f"THIS IS NOT THE SAME LEDGER: their first entries differ. {lost}",
        "foreign": f"THIS IS NOT THE SAME LEDGER at {ready.path}: {seen.why}.",
        "unreadable": f"What stands at {ready.path} cannot be compared: {seen.why}.",
        "missing": f"Nothing stands at {ready.path}.",
    }[seen.kinship]
