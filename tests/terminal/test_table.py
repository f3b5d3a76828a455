"""A table in a pipe and on a terminal: complete, never cut, safe to look at."""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.terminal.console import console, is_plain
from botoxcli.terminal.table import Column, Table, _draw, plain_lines, print_table, without_the_usual

SITES = [f"cervical-paraspinal-{side}-{number}" for side in ("left", "right") for number in (1, 2)]
LONG = "Upper third of the forehead, at least 1.5 cm above the corrugator site, never lower than that"
TABLE = Table(
    [Column("Site"), Column("Units", "right"), Column("Landmark", fold=True), Column("Expires")],
    [[site, "5", LONG, "2027-03-31"] for site in SITES],
    title="Sites",
    footer=["4 sites"],
)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


Draw = Callable[[Table], str]


@pytest.fixture(params=[40, 80, 140])
def draw(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Draw:
    """Draws a table on a terminal of that width, and says what came, without the colours."""
    monkeypatch.setenv("COLUMNS", str(request.param))
    monkeypatch.setenv("LINES", "50")

    def on_a_terminal(table: Table) -> str:
        screen = Terminal()
        with contextlib.redirect_stdout(screen):
            print_table(table)
        return re.sub(r"\x1b\[[0-9;]*m", "", screen.getvalue())

    return on_a_terminal


def test_plain_is_complete_and_aligned() -> None:
    table = Table([Column("Lot"), Column("Units", "right")], [["C-1", "5"], ["頭痛", "200"], ["é" * 6, "1"]], title="Stock", footer=["3 vials"])
    assert plain_lines(table) == ["Stock", "Lot     Units", "C-1         5", "頭痛      200", "éééééé      1", "3 vials"]


def test_a_pipe_gets_plain_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(TABLE)
    assert capsys.readouterr().out.splitlines() == plain_lines(TABLE)


def test_nothing_to_show(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(Table([Column("Lot")], [], empty="There is no vial."))
    print_table(Table([Column("Lot")], []))
    assert capsys.readouterr().out == "There is no vial.\nLot\n"


def test_a_terminal_folds_and_never_cuts(draw: Draw) -> None:
    said = draw(TABLE)
    assert "…" not in said
    for site in SITES:
        assert sum(site in line for line in said.splitlines()) == 1
    assert said.count("2027-03-31") == len(SITES)
    assert said.count("Upper") == len(SITES)
    assert said.count("never") == len(SITES)
    assert said.splitlines()[0].strip() == "Sites"
    assert said.splitlines()[-1] == "4 sites"


@pytest.mark.parametrize("draw", [80, 140], indirect=True)
def test_it_stays_within_the_width(draw: Draw, request: pytest.FixtureRequest) -> None:
    lines = draw(TABLE).splitlines()
    assert max(map(len, lines)) <= request.node.callspec.params["draw"]
    assert len(lines) > len(plain_lines(TABLE))


def test_too_narrow_for_the_ids_it_is_plain(draw: Draw, request: pytest.FixtureRequest) -> None:
    plain = draw(TABLE).splitlines() == plain_lines(TABLE)
    assert plain == (request.node.callspec.params["draw"] == 40)


@pytest.mark.parametrize(
    ("width", "left"), [(20, ["Site", "Units", "Expires"]), (33, ["Site"]), (45, ["Site", "Units"]), (60, ["Site", "Units", "Expires"])]
)
def test_a_narrow_screen_leaves_out_what_can_be_spared_and_says_so(monkeypatch: pytest.MonkeyPatch, width: int, left: list[str]) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setattr("sys.stdout", screen := Terminal())
    columns, row = [Column("Site"), Column("Units", "right"), Column("Expires")], ["cervical-paraspinal-right-2", "5.25", "2027-03-31"]
    print_table(Table(columns, [row] * 2, spare=("Expires", "Units")))
    headers, *lines = screen.getvalue().replace("\x1b[1m", "").replace("\x1b[0m", "").splitlines()
    assert headers.split() == left
    assert [line.split() for line in lines[:2]] == [row[: len(left)]] * 2
    said = [] if len(left) == 3 else [f"Not shown on so narrow a screen: {'Expires' if len(left) == 2 else 'Expires, Units'}"]
    assert " ".join(" ".join(lines[2:]).split()) == " ".join(said)


def test_a_pipe_keeps_every_column(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    print_table(TABLE._replace(spare=("Expires",)))
    assert capsys.readouterr().out.splitlines() == plain_lines(TABLE)
    assert without_the_usual(TABLE, {"Units": "5"}) == TABLE


def test_a_screen_leaves_out_the_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", Terminal())
    kept = without_the_usual(TABLE, {"Units": "5"})
    assert [column.header for column in kept.columns] == ["Site", "Expires"]
    assert list(kept.footer) == ["4 sites", f"All with landmark {LONG}"]


@pytest.mark.parametrize("hostile", ["[/]", "[bold]x", "\\[", "a\x1b[2Jb", "\u202eevil", "tail\\", ":smile:"])
def test_cells_are_text_not_markup(draw: Draw, hostile: str) -> None:
    said = draw(Table([Column("Name", fold=True), Column("N")], [[hostile, "1"]], title=hostile, footer=[hostile]))
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert said.count(hostile.replace("\x1b", "\\x1b").replace("\u202e", "\\u202e")) == 3


def test_a_dumb_terminal_gets_plain_text(draw: Draw, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "dumb")
    assert draw(TABLE).splitlines() == plain_lines(TABLE)


def test_no_color_is_obeyed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    assert console(Terminal()).no_color
    assert is_plain(io.StringIO())
    assert not is_plain(Terminal())


def _tables(size: int, cells: st.SearchStrategy[str]) -> st.SearchStrategy[Table]:
    columns = st.tuples(*[st.builds(Column, st.just("H"), st.sampled_from(["left", "right"]), st.booleans())] * size)
    rows = st.lists(st.tuples(*[cells] * size), min_size=1, max_size=5)
    return st.builds(Table, columns, rows, st.sampled_from(["", "Title"]), st.just(()), st.just(""))


tables = st.tuples(st.integers(1, 4), st.sampled_from(["ab Z-1", "ab Zé頭痛-1\u0301"])).flatmap(
    lambda made: _tables(made[0], st.text(st.sampled_from(made[1]), max_size=8).map(str.strip))
)


def on_a_wide_terminal(write: Callable[[Table], None], table: Table) -> list[str]:
    screen = Terminal()
    with pytest.MonkeyPatch.context() as patched, contextlib.redirect_stdout(screen):
        patched.setenv("COLUMNS", "100")
        patched.setenv("TERM", "xterm")
        write(table)
    return [re.sub(r"\x1b\[[0-9;]*m", "", line).rstrip() for line in screen.getvalue().split("\n")]


@given(table=tables)
def test_a_list_that_fits_looks_as_rich_would_draw_it(table: Table) -> None:
    assert on_a_wide_terminal(print_table, table) == on_a_wide_terminal(_draw, table)


def test_a_list_that_fits_is_drawn_without_rich_and_with_a_bold_header() -> None:
    script = """
import sys
from botoxcli.terminal.table import Column, Table, print_table
sys.stdout.isatty = lambda: True
for fold in (False, True):
    print_table(Table([Column("Lot"), Column("Note", fold=fold)], [["C-1", "word " * (fold * 30 + 1)]], footer=["1 vial"]))
    sys.stderr.write(f"{'rich' in sys.modules}\\n")
"""
    environment = {**os.environ, "COLUMNS": "60", "TERM": "xterm"}
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environment)
    assert done.stderr.split() == ["False", "True"]
    assert done.stdout.splitlines()[:3] == ["\x1b[1mLot  Note\x1b[0m", "C-1  word", "1 vial"]
