"""The schema's own text: what a ledger of a version must hold, and where one differs.

Conventions. A difference is one clause that names the table, index, trigger or view. The views of an older version are no longer known as
text, only by their digest; a migration makes them anew.
"""

from __future__ import annotations

import functools
import hashlib
import sqlite3

from botoxcli.store.schema_version import CURRENT
from botoxcli.store.steps import STEPS
from botoxcli.store.views import VIEWS

Texts = dict[tuple[str, str], tuple[str, str | None]]

# Version -> the digest of its views, for the versions before today's.
VIEWS_WERE = {
    1: "f70f69dfb6c9e1c684447801bdb5d698c84f5276abf813c4e6eef1752c9d5680",
    2: "959c236ba8e382c83c4ca90e292ab7bf89bbe5d6706987a408409678ddbf4025",
    3: "8bc6d4e63c68c3f780c9956fe45de0e4104f41e4cf80dc134fbca8605876a7f1",
}


def differences(connection: sqlite3.Connection, version: int, *, views: bool = True) -> list[str]:
    """Where the schema of an open ledger is not the one of this version, tables first; without ``views`` those are not looked at."""
    found, made = texts(connection), expected(version)
    told = [said for key in sorted(found.keys() | made.keys(), key=_gravity) if key[0] != "view" and (said := _difference(key, found, made))]
    return told + (_view_differences(found, version) if views else [])


def texts(connection: sqlite3.Connection) -> Texts:
    """By kind and name: the table that it belongs to, and its text as SQLite keeps it."""
    return {(kind, name): (table, sql) for kind, name, table, sql in connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_schema")}


@functools.cache
def expected(version: int) -> Texts:
    """The same, of a new ledger of that version, but for its views. It is made once, and is to be looked at only."""
    new = sqlite3.connect(":memory:", isolation_level=None)
    try:
        for step in STEPS[:version]:
            for statement in step:
                new.execute(statement)
        return texts(new)
    finally:
        new.close()


def digest_of_views(found: Texts) -> str:
    """One digest for the text of all views."""
    told = sorted(f"{name}\n{sql}\n" for (kind, name), (_, sql) in found.items() if kind == "view")
    return hashlib.sha256("".join(told).encode("utf-8", "surrogateescape")).hexdigest()


def _view_differences(found: Texts, version: int) -> list[str]:
    if version < CURRENT:
        return [] if digest_of_views(found) == VIEWS_WERE.get(version) else [f"its views are not those of version {version}"]
    made: Texts = {("view", name): (name, f"CREATE VIEW {name} AS {select}") for name, select in VIEWS.items()}
    views = {key: value for key, value in found.items() if key[0] == "view"}
    return [said for key in sorted(views.keys() | made.keys()) if (said := _difference(key, views, made))]


def _difference(key: tuple[str, str], found: Texts, made: Texts) -> str:
    kind, name = key
    if key not in made:
        return f"it holds {'an index' if kind == 'index' else f'a {kind}'} that is not of this program"
    if key not in found:
        return f"the {kind} {name} is gone"
    return "" if found[key] == made[key] else f"the {kind} {name} is not as this program makes it"


def _gravity(key: tuple[str, str]) -> tuple[int, str]:
    return ("table", "trigger", "index", "view").index(key[0]) if key[0] in ("table", "trigger", "index", "view") else 4, key[1]
