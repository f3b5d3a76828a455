"""A table as a value, and its two forms: plain and complete for a pipe, Rich for a terminal. Neither ever cuts a cell."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from shutil import get_terminal_size
from typing import Any, Literal, NamedTuple

from botoxcli.terminal.clean import padded, shown, width
from botoxcli.terminal.console import console, is_plain
from botoxcli.terminal.lines import print_lines, print_text

NARROWEST_FOLD = 12


class Column(NamedTuple):
    """A column. Ids, dates and numbers stay whole; only ``fold`` allows a cell to run over several lines on a narrow screen."""

    header: str
    align: Literal["left", "right"] = "left"
    fold: bool = False


class Table(NamedTuple):
    """What is printed: cells are text as it stands, never markup. ``footer`` lines follow; ``empty`` is said when there are no rows.

    ``spare`` are headers: a screen too narrow for all columns does without these, the first of them first, and says so. A pipe keeps all.
    """

    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    title: str = ""
    footer: Sequence[str] = ()
    empty: str = ""
    spare: Sequence[str] = ()

    def without(self, header: str) -> Table:
        """The table without that column."""
        place = [column.header for column in self.columns].index(header)

        def left(cells: Sequence[Any]) -> list[Any]:
            return [*cells[:place], *cells[place + 1 :]]

        return self._replace(columns=left(self.columns), rows=[left(row) for row in self.rows])


def print_table(table: Table) -> None:
    """To stdout, in the form that fits it. A terminal too narrow for the whole ids gets the plain form.

    Rich lays out what has to fold, and is loaded for that alone: a long list whose lines fit the screen needs it as little as a pipe does.
    """
    if not table.rows and table.empty:
        print_lines([table.empty, *table.footer])
        return
    grid = _Grid(table) if is_plain() else _grid_for_a_screen(table)
    if is_plain() or not grid.fits(folded=True):
        grid.write()
    elif grid.fits() and os.name == "posix":
        grid.write(bold=True)
    else:
        _draw(grid.table)


def plain_lines(table: Table) -> list[str]:
    """Title, header, rows and footer, aligned with two spaces between the columns, no cell cut."""
    return [*_Grid(table).lines(), *map(shown, table.footer)]


class _Grid:
    """The cells of a table as they are shown, a column at a time, with the width of each column."""

    def __init__(self, table: Table) -> None:
        self.table = table
        headers = [column.header for column in table.columns]
        self._ascii = True
        self._columns = [self._shown([header, *cells]) for header, *cells in zip(headers, *table.rows, strict=True)]
        self._widths = [max(map(len if self._ascii else width, cells)) for cells in self._columns]

    def _shown(self, cells: list[str]) -> list[str]:
        whole = "".join(cells)
        if whole.isascii() and whole.isprintable():  # then each of them is
            return cells
        self._ascii = False
        return [shown(cell) for cell in cells]

    def fits(self, *, folded: bool = False) -> bool:
        """Whether the screen is wide enough for all cells whole, or with those folded that may be."""
        least = [min(size, NARROWEST_FOLD) if folded and column.fold else size for size, column in zip(self._widths, self.table.columns, strict=True)]
        return sum(least) + 2 * (len(least) - 1) <= get_terminal_size().columns

    def lines(self, *, bold: bool = False) -> list[str]:
        """Title, header and rows as text, line by line; ``bold`` has a terminal show the title and the header in bold."""
        rights = [column.align == "right" for column in self.table.columns]
        rows = zip(*self._columns, strict=True)
        if self._ascii:
            form = "  ".join(f"{{:{'>' if right else '<'}{size}}}" for size, right in zip(self._widths, rights, strict=True)).format
            aligned = [form(*cells).rstrip() for cells in rows]
        else:
            sizes = list(zip(self._widths, rights, strict=True))
            fitted = ([padded(cell, size, right=right) for cell, (size, right) in zip(cells, sizes, strict=True)] for cells in rows)
            aligned = ["  ".join(cells).rstrip() for cells in fitted]
        heads = [*([shown(self.table.title)] if self.table.title else []), *aligned[:1]]
        return [*(f"\x1b[1m{head}\x1b[0m" if bold and head else head for head in heads), *aligned[1:]]

    def write(self, *, bold: bool = False) -> None:
        """To stdout; a line of the footer is broken between words where it is too long for a screen that can be drawn on."""
        sys.stdout.write("".join(f"{line}\n" for line in self.lines(bold=bold)))
        (print_text if bold else print_lines)(self.table.footer)


def without_the_usual(table: Table, usual: Mapping[str, str]) -> Table:
    """On a screen: without the columns that say the usual thing in every row, and with one line that says so instead of a column all alike.

    A pipe keeps every column: a script counts on them.
    """
    if is_plain() or not table.rows:
        return table
    alike = {place: {row[place] for row in table.rows} for place in range(len(table.columns))}
    dropped = {place for place, column in enumerate(table.columns) if alike[place] == {usual.get(column.header)} and column.header in usual}
    told = {place for place, column in enumerate(table.columns) if column.fold and len(alike[place]) == 1}
    said = [f"{table.columns[place].header.lower()} {value}" for place in sorted(told) for value in alike[place] if value]
    kept = [place for place in range(len(table.columns)) if place not in dropped | told]
    return table._replace(
        columns=[table.columns[place] for place in kept],
        rows=[[row[place] for place in kept] for row in table.rows],
        footer=[*table.footer, *([f"All with {', '.join(said)}"] if said else [])],
    )


def _grid_for_a_screen(table: Table) -> _Grid:
    """Without the spare columns that do not fit; with all of them where the others would not fit either, for then every line runs on."""
    grid, left_out = _Grid(table), list[str]()
    for header in table.spare:
        if grid.fits(folded=True):
            break
        grid = _Grid(grid.table.without(header))
        left_out.append(header)
    if not grid.fits(folded=True):
        return _Grid(table)
    if left_out:
        grid.table = grid.table._replace(footer=[*table.footer, f"Not shown on so narrow a screen: {', '.join(left_out)}"])
    return grid


def _draw(table: Table) -> None:
    from rich.table import Table as RichTable
    from rich.text import Text

    drawn = RichTable(box=None, pad_edge=False, padding=(0, 2, 0, 0), title=None, header_style="bold")
    for column in table.columns:
        drawn.add_column(Text(column.header), justify=column.align, no_wrap=not column.fold, overflow="fold")
    for row in table.rows:
        drawn.add_row(*(Text(shown(cell)) for cell in row))
    screen = console()
    if table.title:
        screen.print(Text(shown(table.title), style="bold"))
    screen.print(drawn)
    for line in table.footer:
        screen.print(Text(shown(line)))
