"""The head map on a real terminal: ``protocol map``, and ``visit show`` of a session with all five states. Whole screens, in ``screens/``.

``SCREENS=anew`` in the environment writes the kept screens anew; look at them.
"""

from __future__ import annotations

import os
import re
import sys
from datetime import date
from pathlib import Path

import pexpect
import pytest

from botoxcli import paths
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.records import Injection, NewVial, Session, VialUse
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.store.recorder import Recorder

from .conftest import NOW

SCREENS = Path(__file__).parent / "screens"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7]|38|4[0-7]|48)(?:;\d+)*m")
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
pytestmark = pytest.mark.plain_only


@pytest.fixture
def five_states(visited: Path) -> Path:
    """The ledger with visit 3: two sites given, one changed, one skipped, an extra, and the others left as planned."""
    loaded = load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml")
    done = Checklist(loaded.protocol).give(loaded.protocol.sites_in_order[7:9]).dose("temporalis-left-3", 250)
    done = done.skip("temporalis-left-4", "sore").extra("temporalis-left", 500)
    injections = tuple(
        Injection(
            site=one.site, muscle=one.muscle, side=one.side, planned_hundredths=one.planned_hundredths, hundredths=one.hundredths,
            state=one.state, reason=one.reason,
        )
        for one in done.in_order()
    )  # fmt: skip
    given = sum(one.hundredths for one in injections)
    recorder = Recorder(visited)
    with recorder.change(command="session", actor="Dr Example", at=NOW) as change:
        stock = NewVial(lot="C-5", product="onabotulinumtoxinA", hundredths=20_000, expires=date(2027, 3, 31))
        (vial,) = change.add_vials(stock, date(2026, 3, 2))
        session = Session(
            patient="P0001", date=date(2026, 3, 9), product="onabotulinumtoxinA", injections=injections, diluent_ul=4000, jurisdiction="us",
            vials=(VialUse(vial_id=vial, given_hundredths=given, wasted_hundredths=20_000 - given),),
        )  # fmt: skip
        change.record_session(session, change.pin_edition(loaded))
    return visited


def on_a_terminal(ledger: Path, command: str, columns: int, rows: int, **environment: str) -> str:
    """All that the command writes to a terminal of that size, escapes and all."""
    env = {name: value for name, value in os.environ.items() if not name.startswith(("BOTOX_", "NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES"))}
    env |= {
        "TERM": "xterm-256color",
        "COLORTERM": "",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "BOTOX_LEDGER": str(ledger),
        "BOTOX_TODAY": "2026-03-09",
    }
    child = pexpect.spawn(
        sys.executable, ["-m", "botoxcli", *command.split()], env=env | environment, encoding="utf-8", dimensions=(rows, columns), timeout=60
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return str(child.before).replace("\r\n", "\n")


def said(written: str) -> str:
    """What can be read of it."""
    return "".join(f"{line.rstrip()}\n" for line in ESCAPE.sub("", written).splitlines())


def compared(name: str, screen: str) -> None:
    file = SCREENS / f"{name}.txt"
    if os.environ.get("SCREENS") == "anew":
        file.parent.mkdir(exist_ok=True)
        file.write_text(screen, encoding="utf-8")
    assert screen == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (140, 40)])
def test_visit_show_tells_five_states_apart_by_their_signs(five_states: Path, columns: int, rows: int) -> None:
    coloured = on_a_terminal(five_states, "visit show 3", columns, rows)
    screen = said(coloured)
    compared(f"visit-show-{columns}x{rows}", screen)
    drawing = screen[screen.index("\nMap\n") :]
    assert {"12", "x8", "x9", "~10", "-11", "+32"} <= set(drawing.split())
    assert max(map(len, screen.splitlines())) <= columns
    assert len(drawing.splitlines()) <= rows
    assert COLOUR.search(coloured)
    plain = on_a_terminal(five_states, "visit show 3", columns, rows, NO_COLOR="1")
    assert not COLOUR.search(plain)
    assert said(plain) == screen


@pytest.mark.parametrize("rows", [24, 40])
def test_protocol_map_on_80_columns(ledger: Path, rows: int) -> None:
    written = on_a_terminal(ledger, "protocol map chronic-migraine", 80, rows)
    compared(f"protocol-map-80x{rows}", said(written))
    assert max(map(len, said(written).splitlines())) <= 80
    assert len(written.splitlines()) < rows
    assert said(on_a_terminal(ledger, "protocol map chronic-migraine", 80, rows, NO_COLOR="1")) == said(written)


def test_a_dumb_terminal_gets_no_drawing(five_states: Path) -> None:
    for command in ("visit show 3", "protocol map chronic-migraine"):
        written = on_a_terminal(five_states, command, 80, 24, TERM="dumb")
        assert "\x1b" not in written
        assert not re.search("[\u2800-\u28ff]", written)
