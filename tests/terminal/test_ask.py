"""Questions line by line."""

from __future__ import annotations

import io
import sys

import pytest

from botoxcli.errors import Interrupted, ValueRefused
from botoxcli.terminal.ask import ask_text, ask_value, can_ask, choose, confirm


def type_in(monkeypatch: pytest.MonkeyPatch, lines: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(lines))


def test_nobody_is_asked_in_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "x\n")
    assert not can_ask()


def test_text(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    type_in(monkeypatch, "\n  Ann  \n\n")
    assert ask_text("Name") == "Ann"
    assert ask_text("Zone", default="UTC") == "UTC"
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "Name: Please answer, or press Ctrl-C to leave.\nName: Zone [UTC]: "


def test_a_refused_value_is_asked_again(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def even(words: str) -> int:
        if int(words) % 2:
            raise ValueRefused("--n", "must be even")
        return int(words)

    type_in(monkeypatch, "3\n4\n")
    assert ask_value("N", even) == 4
    assert capsys.readouterr().err == "N: --n: must be even.\nN: "


def test_yes_or_no(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "\nmaybe\nYES\n\n\nn\n")
    assert confirm("Sure?") is True
    assert confirm("Sure?", default=True) is True
    assert confirm("Sure?", default=False) is False
    assert confirm("Sure?", default=True) is False


def test_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    type_in(monkeypatch, "x\neu\n\n")
    assert choose("Where", ("us", "eu-uk")) == "eu-uk"
    assert choose("Where", ("us", "eu-uk"), default="us") == "us"


@pytest.mark.parametrize(
    "ask", [lambda: ask_text("Name"), lambda: confirm("Sure?"), lambda: choose("Which", ("a", "b")), lambda: ask_value("N", int)]
)
def test_a_closed_input_interrupts(monkeypatch: pytest.MonkeyPatch, ask: object) -> None:
    type_in(monkeypatch, "")
    with pytest.raises(Interrupted):
        ask()  # type: ignore[operator]
