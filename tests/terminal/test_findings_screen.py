"""Findings on the screen: stops first, each level told by its word; a warning is accepted, a stop needs a written reason."""

from __future__ import annotations

import contextlib
import io
import sys
import textwrap
from collections.abc import Mapping, Sequence
from unittest import mock

import pytest

from botoxcli.clinic.findings import Finding
from botoxcli.errors import Interrupted, StoppedByRule
from botoxcli.terminal.findings_screen import settle, show_findings

NOTE = Finding("blood-thinners", "note", "blood-thinners yes: press longer", "practice")
WARN = Finding("alcohol", "warn", "alcohol yes: within the last 24 hours", "practice")
OTHER = Finding("nsaids", "warn", "nsaids unknown")
STOP = Finding("interval", "stop", "80 days after the session of 2026-01-01 (visit 3), at least 84", "US label")
ALL = (NOTE, WARN, STOP, OTHER)


class Screen:
    def __init__(self) -> None:
        self.text = ""

    def settle(
        self, lines: Sequence[str], findings: Sequence[Finding], accepted: set[str] | None = None, overridden: Mapping[str, str] | None = None
    ) -> tuple[set[str], dict[str, str]]:
        typed, shown = io.StringIO("".join(f"{line}\n" for line in lines)), io.StringIO()
        with mock.patch.object(sys, "stdin", typed), mock.patch.dict("os.environ", {"COLUMNS": "80"}), contextlib.redirect_stderr(shown):
            try:
                return settle(findings, accepted or set(), overridden or {}, saved="It is saved.")
            finally:
                self.text = shown.getvalue()


@pytest.fixture
def screen() -> Screen:
    return Screen()


def test_the_whole_screen(screen: Screen) -> None:
    assert screen.settle(["agreed with the patient", "y", "", "y"], ALL) == ({"alcohol", "nsaids"}, {"interval": "agreed with the patient"})
    assert screen.text == textwrap.dedent(
        """\
        STOP interval: 80 days after the session of 2026-01-01 (visit 3), at least 84
             (source: US label)
        WARN alcohol: alcohol yes: within the last 24 hours (source: practice)
        WARN nsaids: nsaids unknown
        note blood-thinners: blood-thinners yes: press longer (source: practice)
        Override STOP interval? Write the reason, or Enter to stop here > Accept WARN alcohol? [y/n]: Accept WARN nsaids? [y/n]: Please answer y or n.
        Accept WARN nsaids? [y/n]: """
    )


def test_what_was_settled_before_is_shown_so_and_not_asked(screen: Screen) -> None:
    settled = screen.settle([], (WARN, STOP), {"alcohol"}, {"interval": "[b]holiday\x1b[/b]"})
    assert settled == ({"alcohol"}, {"interval": "[b]holiday\x1b[/b]"})
    assert "(source: practice)\n     [accepted]" in screen.text
    assert "[overridden: [b]holiday\\x1b[/b]]" in screen.text


def test_a_stop_without_a_reason_stops_and_names_all_that_is_open(screen: Screen) -> None:
    with pytest.raises(StoppedByRule) as stopped:
        screen.settle([""], ALL)
    assert [name for name, _, _ in stopped.value.findings] == ["alcohol", "interval", "nsaids"]
    assert "Accept" not in screen.text


def test_a_warning_that_is_not_accepted_stops(screen: Screen) -> None:
    with pytest.raises(StoppedByRule) as stopped:
        screen.settle(["y", "n"], (WARN, OTHER))
    assert [name for name, _, _ in stopped.value.findings] == ["nsaids"]


def test_an_acceptance_does_not_pass_a_stop(screen: Screen) -> None:
    with pytest.raises(StoppedByRule):
        screen.settle([""], (STOP,), {"interval"})


def test_notes_ask_nothing(screen: Screen) -> None:
    assert screen.settle([], (NOTE,)) == (set(), {})


def test_the_end_of_the_input_interrupts(screen: Screen) -> None:
    for lines in ([], ["a reason"]):
        with pytest.raises(Interrupted) as interrupted:
            screen.settle(lines, ALL)
        assert interrupted.value.next_step == "It is saved."


def test_the_given_collections_stay_as_they_are(screen: Screen) -> None:
    accepted: set[str] = set()
    overridden: dict[str, str] = {}
    screen.settle(["reason", "y"], (STOP, WARN), accepted, overridden)
    assert (accepted, overridden) == (set(), {})


def test_findings_can_be_shown_without_asking(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    show_findings((WARN, STOP))
    shown = capsys.readouterr()
    assert [line[:4] for line in shown.err.splitlines() if line[:4].strip()] == ["STOP", "WARN"]
    assert shown.out == ""
