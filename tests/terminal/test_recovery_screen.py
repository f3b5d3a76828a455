"""The recovery code on the screen: its groups by number, within 80 columns, and wiped off when it was written down."""

from __future__ import annotations

import os

import pyte
import pytest

from botoxcli.store.recovery_code import groups, recovery_code
from botoxcli.terminal import recovery_screen

CODE = recovery_code(bytes(range(32)))


@pytest.fixture
def enter(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """Presses Enter; what stood on stderr until then."""
    stood: list[str] = []

    def press(prompt: str) -> None:
        stood.append(capsys.readouterr().err + prompt + " ")

    monkeypatch.setattr(recovery_screen, "wait_for_enter", press)
    return stood


@pytest.mark.parametrize("columns", [80, 40])
def test_it_is_shown_and_then_gone(enter: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], columns: int) -> None:
    monkeypatch.setattr(recovery_screen, "is_plain", lambda _stream: False)
    monkeypatch.setattr("shutil.get_terminal_size", lambda: os.terminal_size((columns, 30)))
    recovery_screen.show_once(CODE)
    screen = pyte.Screen(columns, 30)
    stream = pyte.Stream(screen)
    stream.feed("New passphrase:\r\n" + enter[0].replace("\n", "\r\n") + "\r\n")
    shown = [line.rstrip() for line in screen.display]
    if columns == 80:
        assert "  1      2      3      4      5      6      7" in shown
        assert "  " + "   ".join(groups(CODE)[:7]) in shown
        assert "  " + "   ".join(groups(CODE)[7:]) in shown
    stream.feed(capsys.readouterr().err)
    assert [line.rstrip() for line in screen.display if line.strip()] == ["New passphrase:"]


def test_a_terminal_that_cannot_be_drawn_on_keeps_it(enter: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    recovery_screen.show_once(CODE)
    assert enter[0].splitlines()[5:10] == [
        "  1      2      3      4      5      6      7",
        "  " + "   ".join(groups(CODE)[:7]),
        "",
        "  8      9      10     11     12     13     14",
        "  " + "   ".join(groups(CODE)[7:]),
    ]
    assert capsys.readouterr().err == ""
