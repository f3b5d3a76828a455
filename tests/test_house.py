"""Who may import whom, function bodies included; no circle; no file that grew too long; no word that says nothing."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import botoxcli

HOUSE = Path(botoxcli.__file__).parent
FILES = sorted(HOUSE.rglob("*.py"))
ROOMS = ("cli", "clinic", "files", "store", "terminal", "workflow")
WORDS = {"utils", "util", "helpers", "helper", "manager", "managers", "service", "services", "common", "misc"}

# Room -> rooms and top modules of ours that it may import at run time.
OURS = {
    "errors": set(),
    "paths": set(),
    "clock": set(),
    "on_disk": set(),
    "clinic": {"clinic", "errors"},
    "workflow": {"workflow", "clinic", "errors"},
    "files": {"files", "clinic", "errors", "on_disk"},
    "store": {"store", "clinic", "errors", "on_disk", "__version__"},
    "terminal": {"terminal", "clinic", "errors"},
    "cli": {"cli", "workflow", "files", "store", "terminal", "clinic", "errors", "paths", "clock", "__version__"},
    "__main__": {"cli"},
    "__init__": set(),
}
# Room -> what of others it may import.
THEIRS = {
    "paths": {"platformdirs"},
    "clock": {"pendulum"},
    "clinic": {"pydantic", "pendulum"},
    "files": {"pydantic", "yaml", "icalendar", "reportlab", "jinja2", "markupsafe"},
    "store": {"sqlite3", "sqlcipher3", "sqlmodel", "sqlalchemy", "pydantic"},
    "terminal": {"rich"},
    "cli": {"typer", "keyring"},
}
ONLY_HERE = {
    "rich": "terminal", "sqlite3": "store", "sqlcipher3": "store", "sqlmodel": "store", "sqlalchemy": "store", "typer": "cli", "keyring": "cli",
    "icalendar": "files", "reportlab": "files", "jinja2": "files", "markupsafe": "files",
}  # fmt: skip


def room(file: Path) -> str:
    parts = file.relative_to(HOUSE).parts
    return parts[0] if len(parts) > 1 else file.stem


def imports(file: Path, *, of_types: bool = True) -> Iterator[tuple[str, bool]]:
    """Every imported name, whole, with whether it is for types only. ``from a import b`` is ``a.b``."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    for_types = {
        id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        typed = id(node) in for_types
        if typed and not of_types:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, typed) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: relative import"
            yield from ((f"{node.module}.{alias.name}", typed) for alias in node.names)


def own(file: Path, *, of_types: bool = True) -> Iterator[tuple[str, bool]]:
    """The imports from our own house, without its name."""
    return ((name.removeprefix("botoxcli."), typed) for name, typed in imports(file, of_types=of_types) if name.startswith("botoxcli."))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(HOUSE).as_posix())
def test_imports_only_what_its_room_may(file: Path) -> None:
    here = room(file)
    for name, typed in own(file):
        there = name.split(".")[0]
        if there == "store" and here == "workflow":
            assert typed, f"{file.name}: the store is only a type to a workflow"
        else:
            assert there in OURS[here], f"{file.name}: {here} may not import {name}"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(HOUSE).as_posix())
def test_imports_of_others_stand_in_their_room(file: Path) -> None:
    here = room(file)
    for name, _ in imports(file):
        top = name.split(".")[0]
        if top in ("botoxcli", "__future__"):
            continue
        assert ONLY_HERE.get(top, here) == here, f"{file.name}: only {ONLY_HERE[top]} may import {top}"
        assert top in sys.stdlib_module_names or top in THEIRS.get(here, set()), f"{file.name}: {here} may not import {top}"


def test_there_is_no_circle() -> None:
    """At run time, function bodies included, between files of one room too."""
    known = {".".join(file.relative_to(HOUSE).with_suffix("").parts): file for file in FILES}
    edges = {name: {_module(target, known) for target, _ in own(file, of_types=False)} & known.keys() for name, file in known.items()}
    left = dict(edges)
    while free := [name for name, targets in left.items() if not targets & left.keys()]:
        for name in free:
            del left[name]
    stuck = {name: sorted(targets & left.keys()) for name, targets in left.items()}
    assert not stuck


def _module(name: str, known: dict[str, Path]) -> str:
    return name if name in known else name.rpartition(".")[0]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(HOUSE).as_posix())
def test_a_file_holds_one_concept(file: Path) -> None:
    assert len(file.read_text(encoding="utf-8").splitlines()) <= 400
    assert not WORDS & set(file.stem.split("_"))


def test_the_rooms_are_these() -> None:
    assert tuple(sorted(path.name for path in HOUSE.iterdir() if path.is_dir() and list(path.glob("*.py")))) == ROOMS
