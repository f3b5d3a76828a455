"""How rows leave: as a table, JSON or CSV, to stdout or into a file. The column names are the contract that scripts rely on."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any

FORMAT_HELP = "table or json."
ROWS_HELP = "table, json or csv."


class Form(StrEnum):
    """The forms of an answer."""

    TABLE = "table"
    JSON = "json"


class RowForm(StrEnum):
    """The forms of a list."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"


def write_rows(kind: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], *, form: str, output: Path | None = None) -> None:
    """The rows as JSON or CSV, each as it comes. ``kind`` names the schema: ``due`` is ``botoxcli/due/1``."""
    from botoxcli.files.output import output as opened

    to_screen = output is None and sys.stdout.isatty()
    with opened(output) as stream:
        if form == RowForm.CSV:
            from botoxcli.files.csv_rows import write_csv

            write_csv(columns, ([_seen(row[column]) if to_screen else row[column] for column in columns] for row in rows), stream)
        else:
            from botoxcli.files.json_rows import write_json

            write_json(f"botoxcli/{kind}/1", ({column: row[column] for column in columns} for row in rows), stream)


def _seen(cell: Any) -> Any:
    """A cell for a terminal, which no character of it may steer; a pipe and a file get it as it is."""
    from botoxcli.terminal.clean import shown

    return shown(cell) if isinstance(cell, str) else cell


def write_item(kind: str, item: Mapping[str, Any]) -> None:
    """One thing as JSON, in the same frame as a list of one."""
    write_rows(kind, tuple(item), [item], form=Form.JSON)
