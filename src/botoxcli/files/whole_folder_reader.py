"""A folder with a whole ledger, read back: is it all there and as it was written, and its rows.

Conventions. First every file is held against the manifest; of one that was changed the lines are looked at, to name those that cannot be right.
A problem names the file, the line and the column, never what stands there. ``layout`` is table -> its columns, as the version of the
manifest has them. Memory stays flat.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from botoxcli.errors import FolderRefused
from botoxcli.files.whole_manifest import NAME, PROTOCOLS, Part, WholeManifest, measured, opened

LONGEST_LINE = 1 << 26
MOST_OF_A_FILE = 10
# What systems leave in a folder that somebody looked at.
_LEFT_BY_SYSTEMS = (".DS_Store", "Thumbs.db", "desktop.ini")
_OURS = re.compile(r"[a-z_]{1,40}\.jsonl|protocols/[0-9]+-[a-z-]*[0-9.]*\.yaml")


class Column(Protocol):
    """A column: ``kind`` is ``str`` or ``int``."""

    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> type: ...
    @property
    def nullable(self) -> bool: ...


Layout = Mapping[str, Sequence[Column]]
Problem = dict[str, Any]
Line = tuple[int, tuple[Any, ...]]


def check_folder(folder: Path, manifest: WholeManifest, layout: Layout) -> None:
    """Holds every file against the manifest. Raises FolderRefused with all that is wrong."""
    named = {part.file for part in manifest.files}
    problems = [_problem(NAME, f"it does not name {table}.jsonl") for table in layout if table not in manifest.tables]
    problems += [_problem(part.file, "no table of this kind is in a ledger of that version") for part in manifest.files if _is_strange(part, layout)]
    problems += [_problem(file, why) for file, why in _strangers(folder, named)]
    for part in manifest.files:
        if not _is_strange(part, layout):
            problems += _part_problems(folder, part, layout)
    if problems:
        raise FolderRefused(problems)


def lines_of(folder: Path, part: Part, columns: Sequence[Column]) -> Iterator[Line]:
    """The rows of a table's file, each with the number of its line. Raises FolderRefused at the first that is none."""
    with opened(folder, part.file) as stream:
        number = 0
        while told := stream.readline(LONGEST_LINE):
            number += 1
            values, why, column = _values(told, columns)
            if values is None:
                raise FolderRefused.of(part.file, why, row=number, column=column)
            yield number, values


def _part_problems(folder: Path, part: Part, layout: Layout) -> list[Problem]:
    try:
        with opened(folder, part.file) as stream:
            length, summed, lines = measured(stream)
    except FileNotFoundError:
        return [_problem(part.file, "it is missing")]
    except FolderRefused as refused:
        return list(refused.problems)
    if (length, summed) == (part.bytes, part.sha256):
        return [] if part.rows in (None, lines) else [_problem(NAME, f"the lines of {part.file} are {lines}, not what it says")]
    named = _bad_lines(folder, part, layout[part.table]) if part.table is not None else []
    if part.rows is not None and lines != part.rows:
        named.insert(0, _problem(part.file, f"it has {lines} {'line' if lines == 1 else 'lines'}, and was exported with {part.rows}"))
    return named or [_problem(part.file, "it is not as it was exported: its sha256 is another")]


def _bad_lines(folder: Path, part: Part, columns: Sequence[Column]) -> list[Problem]:
    """The lines that cannot be right, as far as they tell it by themselves."""
    found: list[Problem] = []
    before: Any = None
    at = next((place for place, column in enumerate(columns) if column.name in ("entry_seq", "seq")), 0)
    with opened(folder, part.file) as stream:
        number = 0
        while len(found) < MOST_OF_A_FILE and (told := stream.readline(LONGEST_LINE)):
            number += 1
            values, why, column = _values(told, columns)
            if values is None:
                found.append(_problem(part.file, why, number, column))
                continue
            if before is not None and values[at] < before:
                found.append(_problem(part.file, "it is not in the order of the entries", number))
            before = values[at]
    return found


def _values(told: bytes, columns: Sequence[Column]) -> tuple[tuple[Any, ...] | None, str, str | None]:
    """A line's values in the columns' order; else why it is none, and the column that is at fault."""
    try:
        pairs = json.loads(told.decode(), object_pairs_hook=list)
    except UnicodeDecodeError:
        return None, "it is no UTF-8", None
    except (ValueError, RecursionError):
        return None, "it is no JSON", None
    if not told.endswith(b"\n"):
        return None, "its end is cut off", None
    if not isinstance(pairs, list) or not all(isinstance(pair, tuple) for pair in pairs):
        return None, "it is no JSON object", None
    if len(pairs) != len(columns) or any(pair[0] != column.name for pair, column in zip(pairs, columns, strict=True)):
        return None, "its columns are not those of the table", None
    for (_, value), column in zip(pairs, columns, strict=True):
        if value is None:
            if not column.nullable:
                return None, "there is nothing", column.name
        elif type(value) is not column.kind:
            return None, f"must be {'a whole number' if column.kind is int else 'text'}", column.name
    return tuple(value for _, value in pairs), "", None


def _strangers(folder: Path, named: set[str]) -> Iterator[tuple[str, str]]:
    """What the manifest does not name. Only a name like ours is repeated: any other may be a patient's."""
    inner = {Path(name).parent.as_posix() for name in named} | {PROTOCOLS}
    found = [path.relative_to(folder).as_posix() for path in folder.rglob("*") if not _is_harmless(path, folder, inner)]
    found = sorted(name for name in found if name not in named and name != NAME)
    ours = [name for name in found if _OURS.fullmatch(name)]
    yield from ((name, "the manifest does not name it") for name in ours)
    if count := len(found) - len(ours):
        yield "the folder", f"it holds {count} {'thing' if count == 1 else 'things'} that the manifest does not name"


def _is_harmless(path: Path, folder: Path, inner: set[str]) -> bool:
    if path.name in _LEFT_BY_SYSTEMS or path.name.startswith("._"):
        return True
    return path.is_dir() and not path.is_symlink() and path.relative_to(folder).as_posix() in inner


def _is_strange(part: Part, layout: Layout) -> bool:
    return part.table is not None and part.table not in layout


def _problem(file: str, why: str, row: int | None = None, column: str | None = None) -> Problem:
    return {"file": file, "row": row, "column": column, "why": why}
