"""The table of exit codes: one clear sentence, one of what to do next, and the ledger as it was."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from botoxcli import errors

CODES = {
    "error": 1, "usage": 2, "missing": 2, "no-ledger": 10, "busy": 11, "not-our-ledger": 13, "newer-ledger": 13,
    "wrong-key": 12, "replaced": 11, "damaged": 14, "backup-differs": 14, "cannot-write": 15,
    "protocol-invalid": 20, "value-refused": 21, "not-found": 22, "ambiguous": 22, "stopped": 23, "import-refused": 24, "interrupted": 130,
}  # fmt: skip


def family(error: type[errors.BotoxError]) -> set[type[errors.BotoxError]]:
    return {error}.union(*(family(kind) for kind in error.__subclasses__()))


def test_every_error_owns_its_code() -> None:
    ours = {error.kind: error.exit_code for error in family(errors.BotoxError) if error.__module__ == "botoxcli.errors"}
    assert ours == CODES


def _zero(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("my notes\n")


def _other(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()


def _newer(path: Path) -> None:
    bytes_ = bytearray(path.read_bytes())
    bytes_[60:64] = (9999).to_bytes(4, "big")
    path.write_bytes(bytes_)


def _nothing(_: Path) -> None:
    pass


CASES: list[tuple[int, str, Callable[[Path], None], list[str]]] = [
    (0, "", _nothing, ["visit", "list"]),
    (2, "usage", _nothing, ["visit", "nonsense"]),
    (2, "missing", _nothing, ["patient", "add", "P9"]),
    (10, "no-ledger", Path.unlink, ["visit", "list"]),
    (13, "not-our-ledger", _zero, ["visit", "list"]),
    (13, "not-our-ledger", _text, ["visit", "list"]),
    (13, "not-our-ledger", _other, ["vial", "discard", "X", "--reason", "broken"]),
    (13, "newer-ledger", _newer, ["patient", "add", "P9", "--name", "N", "--born", "2000-01-01"]),
    (15, "cannot-write", _nothing, ["export", "visits", "--output", "/nowhere/at/all.csv"]),
    (20, "protocol-invalid", _nothing, ["protocol", "check", __file__]),
    (21, "value-refused", _nothing, ["patient", "add", "P0001", "--name", "N", "--born", "2000-01-01"]),
    (21, "value-refused", _nothing, ["visit", "list", "--since", "03/04/2026"]),
    (22, "not-found", _nothing, ["patient", "show", "nobody"]),
    (22, "not-found", _nothing, ["visit", "show", "99"]),
    (22, "not-found", _nothing, ["vial", "recall", "ZZZ", "--reason", "x"]),
    (22, "not-found", _nothing, ["protocol", "show", "other"]),
    (23, "stopped", _nothing, ["patient", "add", "P9", "--name", "Jane Example", "--born", "1980-02-29"]),
    (23, "stopped", _nothing, ["vial", "add", "c1234", "--units", "200", "--expires", "2027-03"]),
]


@pytest.mark.plain_only
@pytest.mark.parametrize(("code", "kind", "spoil", "args"), CASES, ids=[f"{case[0]}-{case[1]}-{' '.join(case[3])[:30]}" for case in CASES])
def test_each_code(botox: Any, visited: Path, code: int, kind: str, spoil: Callable[[Path], None], args: list[str]) -> None:
    if spoil is _other:
        visited.unlink()
    spoil(visited)
    before = visited.read_bytes() if visited.exists() else None
    plain = botox(*args)
    assert plain.exit_code == code
    if kind:
        assert plain.stdout == ""
        lines = plain.stderr.splitlines()
        assert lines[-2].startswith("Error: ")
        assert lines[-1]
        assert "Traceback" not in plain.stderr
    if kind and args[:2] != ["export", "visits"]:
        told = json.loads(botox(*args, "--format", "json").stderr)
        assert (told["schema"], told["error"], told["exit_code"]) == ("botoxcli/error/1", kind, code)
        assert told["message"]
        assert told["next"]
    assert (visited.read_bytes() if visited.exists() else None) == before
    assert sorted(path.name for path in visited.parent.iterdir()) == (["ledger.db"] if before is not None else [])
