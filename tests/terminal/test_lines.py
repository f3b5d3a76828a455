"""Lines and sheets."""

from __future__ import annotations

import pytest

from botoxcli.terminal.lines import Section, note, print_lines, print_sheet


def test_the_answer_goes_to_stdout_and_the_talk_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    print_lines(["one", "a\x1bb"])
    note("talk\x07")
    assert capsys.readouterr() == ("one\na\\x1bb\n", "talk\\x07\n")


def test_a_sheet(capsys: pytest.CaptureFixture[str]) -> None:
    long = "Do not rub or massage the sites for a whole day, and nothing strenuous for the rest of the day either."
    print_sheet(
        "Aftercare", [Section("", ("P0001",), ""), Section("Until tomorrow", (long, "Walk.")), Section("Order", (" 10. " + long,), "", hanging=5)]
    )
    assert (
        capsys.readouterr().out
        == """\
Aftercare
=========

P0001

Until tomorrow
- Do not rub or massage the sites for a whole day, and nothing strenuous for
  the rest of the day either.
- Walk.

Order
 10. Do not rub or massage the sites for a whole day, and nothing strenuous
     for the rest of the day either.
"""
    )
