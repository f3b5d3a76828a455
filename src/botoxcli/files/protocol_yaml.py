"""Protocol files: found, read without trust, checked whole, refused with all that is wrong at once.

A protocol is one YAML document of at most MAX_BYTES in a regular file. Nothing that stands in it raises anything but
ProtocolInvalid; its report reads like a compiler's. ``text`` is kept as it stands in the file, so that its sha256 is the
one that ``sha256sum`` prints.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.protocol_check import contradictions
from botoxcli.errors import NotFound, ProtocolInvalid
from botoxcli.files import protocol_words
from botoxcli.files.yaml_strict import MAX_PROBLEMS, Document, Place, Problem, read_document

MAX_BYTES = 256 * 1024
SUFFIX = ".yaml"
_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class LoadedProtocol:
    """A protocol with the text that it came from; ``sha256`` is over the text's UTF-8 bytes, in hex."""

    protocol: Protocol
    text: str
    sha256: str


def load_protocol(path: Path) -> LoadedProtocol:
    """The protocol in the file at ``path``. Raises NotFound when there is no file, else ProtocolInvalid when it is refused."""
    return read_protocol(read_bytes(path), path.name)


def read_protocol(text: str | bytes, name: str) -> LoadedProtocol:
    """The protocol in ``text``; ``name`` is how its problems call it. Raises ProtocolInvalid."""
    return _read(*_decoded(text, name), name)


@lru_cache(maxsize=8)  # a command reads one text more than once, and what comes of it is frozen
def _read(text: str, raw: bytes, name: str) -> LoadedProtocol:
    document = read_document(text)
    protocol, faults = _validated(document)
    problems = [*document.problems, *faults]
    if protocol is not None and not problems:
        problems = [Problem(protocol_words.nearest(document, path), path, said) for path, said in contradictions(protocol)]
        problems = [_at_its_value(problem, document) for problem in problems]
    if problems or protocol is None:
        raise _invalid(name, problems, text)
    return LoadedProtocol(protocol, text, sha256_of(raw))


def protocol_ids(folder: Path) -> tuple[str, ...]:
    """The ids of the protocol files in a folder, in order; none when there is no such folder."""
    try:
        names = [file.name for file in folder.iterdir()]
    except OSError:
        return ()
    return tuple(sorted(name.removesuffix(SUFFIX) for name in names if name.endswith(SUFFIX) and _ID.match(name.removesuffix(SUFFIX))))


def find_protocol(protocol_id: str, folder: Path) -> Path:
    """The file of a protocol in a folder. Raises NotFound."""
    known = protocol_ids(folder)
    if protocol_id not in known:
        raise NotFound("protocol", f"There is {', '.join(known)}." if known else "")
    return folder / f"{protocol_id}{SUFFIX}"


def protocol_schema() -> dict[str, Any]:
    """The JSON Schema of a protocol file, for editors."""
    schema = Protocol.model_json_schema(by_alias=True, mode="validation")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "title": "botoxcli treatment protocol"}


def _validated(document: Document) -> tuple[Protocol | None, list[Problem]]:
    if not document.whole:
        return None, []
    try:
        return Protocol.model_validate(document.value, by_alias=True, by_name=False), []
    except ValidationError as refused:
        faults = refused.errors(include_input=False, include_url=False)[: MAX_PROBLEMS * 2]
        return None, list(protocol_words.worded(faults, document, Protocol))


def _at_its_value(problem: Problem, document: Document) -> Problem:
    """A contradiction points at the value that it names, where there is one."""
    return Problem(document.values.get(problem.path, problem.place), problem.path, problem.message)


def _decoded(text: str | bytes, name: str) -> tuple[str, bytes]:
    """The text and its UTF-8 bytes, or ProtocolInvalid."""
    try:
        raw = text.encode("utf-8") if isinstance(text, str) else text
    except UnicodeEncodeError:
        raise _invalid(name, [Problem(None, (), "is no text that UTF-8 can hold")]) from None
    if len(raw) > MAX_BYTES:
        raise _invalid(name, [Problem(None, (), _too_big())])
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _invalid(name, [Problem(None, (), "is UTF-16; save it as UTF-8")])
    try:
        return raw.decode("utf-8"), raw
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        column = fault.start - (raw.rfind(b"\n", 0, fault.start) + 1) + 1
        said = f"is not UTF-8: byte {fault.start + 1} of the file; save it as UTF-8"
        raise _invalid(name, [Problem(Place(line, column), (), said)]) from None


def _too_big() -> str:
    return f"is over {MAX_BYTES // 1024} KB; a protocol is smaller"


def sha256_of(raw: bytes) -> str:
    """The sha256 by which an edition is known, in hex."""
    return hashlib.sha256(raw).hexdigest()


def read_bytes(path: Path) -> bytes:
    """The file's bytes, when it is a regular file of a sensible size. A FIFO or a device is never opened to be read."""
    try:
        _require_regular(path.stat(), path.name)
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(handle, "rb") as file:
            _require_regular(os.fstat(file.fileno()), path.name)
            return file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        raise NotFound("protocol file") from None
    except (OSError, ValueError) as fault:
        why = (fault.strerror or "").lower() if isinstance(fault, OSError) else ""
        raise _invalid(path.name, [Problem(None, (), f"cannot be read: {why or 'this is no file name'}")]) from None


def _require_regular(found: os.stat_result, name: str) -> None:
    if stat.S_ISDIR(found.st_mode):
        raise _invalid(name, [Problem(None, (), "is a folder, not a protocol file")])
    if not stat.S_ISREG(found.st_mode):
        raise _invalid(name, [Problem(None, (), "is no regular file")])
    if found.st_size > MAX_BYTES:
        raise _invalid(name, [Problem(None, (), _too_big())])


def _invalid(name: str, problems: Iterable[Problem], text: str = "") -> ProtocolInvalid:
    every = sorted(problems, key=lambda problem: (problem.place.line, problem.place.column) if problem.place else (0, 0))
    kept = every[:MAX_PROBLEMS]
    name = protocol_words.visible(name)
    report = protocol_words.report(name, kept, text)
    if len(every) > len(kept):
        report += f"\n{name}: and more; only the first {MAX_PROBLEMS} are shown"
    return ProtocolInvalid(name, [_as_data(name, problem) for problem in kept], report)


def _as_data(name: str, problem: Problem) -> dict[str, Any]:
    place = problem.place
    return {
        "file": name,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "path": protocol_words.shown_path(problem.path),
        "message": problem.message,
    }
