"""The adverse events with scripted keys: the whole list at a width of 80, what is no answer, and an event from start to end."""

from __future__ import annotations

import contextlib
import io
import sys
from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar
from unittest import mock

import pytest

from botoxcli.clinic.due_candidate import PastEvent
from botoxcli.clinic.protocol import Protocol
from botoxcli.errors import Interrupted
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols
from botoxcli.terminal.event_prompts import ask_about, ask_ended, ask_what, ask_which

Value = TypeVar("Value")
DAY = date(2026, 3, 9)
LIST = """\

ADVERSE EVENTS
What has there been since the last visit? Type numbers or names with spaces
between them, or none. Enter alone is no answer.
Emergency   1 trouble-swallowing         2 trouble-speaking
            3 trouble-breathing          4 hoarseness
            5 weakness-all-over          6 vision-double-or-blurred
            7 bladder-control-loss       8 allergy
To review   9 eyelid-ptosis             10 brow-asymmetry
           11 neck-weakness             12 faint
           13 severe-migraine-hospital
Others     14 neck-pain                 15 headache
           16 worse-migraine            17 neck-stiffness
           18 muscular-weakness         19 facial-paresis
           20 myalgia                   21 musculoskeletal-pain
           22 injection-site-pain       23 muscle-spasms
           24 raised-blood-pressure     25 flu-like-illness
           26 other
    numbers, names or none > """


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


def run(lines: Sequence[str], ask: Callable[[], Value]) -> tuple[Value, str]:
    """What is asked with these lines typed, and the whole screen; the input ends after the last."""
    typed, shown = io.StringIO("".join(f"{line}\n" for line in lines)), io.StringIO()
    with mock.patch.object(sys, "stdin", typed), mock.patch.dict("os.environ", {"COLUMNS": "80"}), contextlib.redirect_stderr(shown):
        return ask(), shown.getvalue()


def which(protocol: Protocol, *lines: str) -> tuple[list[str], str]:
    events, screen = run(lines, lambda: ask_which(protocol))
    return [event.id for event in events], screen


def test_the_whole_list(protocol: Protocol) -> None:
    assert which(protocol, "none") == ([], LIST)


@pytest.mark.parametrize(
    ("line", "events"),
    [
        ("14", ["neck-pain"]),
        ("14 9", ["neck-pain", "eyelid-ptosis"]),
        ("neck-pain, eyelid", ["neck-pain", "eyelid-ptosis"]),
        ("9,9 eyelid-ptosis", ["eyelid-ptosis"]),
        ("FAINT", ["faint"]),
        ("headache", ["headache"]),
        ("None", []),
    ],
)
def test_events_are_named_by_number_or_name(protocol: Protocol, line: str, events: list[str]) -> None:
    assert which(protocol, line)[0] == events


@pytest.mark.parametrize("line", ["", "0", "27", "neck", "nothing", "none 3", "y", "1-3"])
def test_what_is_no_answer_is_asked_again(protocol: Protocol, line: str) -> None:
    events, screen = which(protocol, line, "14")
    assert events == ["neck-pain"]
    assert screen.count("numbers, names or none > ") == 2


def test_help_lists_them_again(protocol: Protocol) -> None:
    assert which(protocol, "?", "none")[1].count("26 other") == 2


def test_an_event_whole(protocol: Protocol) -> None:
    neck_pain = protocol.adverse_events[13]
    lines = ["", "x", "mo", "2026-03-10", "2026-03-01", "perhaps", "y", "2026-02-28", "2026-03-05"]
    told, screen = run(lines, lambda: ask_about(neck_pain, today=DAY, on=DAY))
    assert told.model_dump() == {
        "event": "neck-pain", "severity": "moderate", "onset": date(2026, 3, 1), "related": "yes", "escalate": None, "resolved_on": date(2026, 3, 5),
    }  # fmt: skip
    assert screen.count("how severe") == 3
    assert screen.count("since when") == 2
    told, _ = run(["u", "", "", ""], lambda: ask_about(neck_pain, today=DAY, on=DAY))
    assert (told.severity, told.onset, told.related, told.resolved_on) == (None, None, "unknown", None)


def test_every_prompt_explains_itself_and_an_onset_may_be_unknown(protocol: Protocol) -> None:
    neck_pain = protocol.adverse_events[13]
    told, screen = run(["?", "mild", "?", "u", "help", "n", "?", "n"], lambda: ask_about(neck_pain, today=DAY, on=DAY))
    assert (told.severity, told.onset, told.related, told.resolved_on) == ("mild", None, "no", None)
    assert screen == (
        "\nNeck pain (neck-pain)\n"
        "    how severe, mild/moderate/severe/unknown >     A word or its beginning; u: unknown. It has no default.\n"
        "    how severe, mild/moderate/severe/unknown > "
        "    since when (a date; Enter or u: not known) >     A date is 2026-03-09, yesterday or -3d (three days ago), up to the day of\n"
        "    this follow-up. Enter or u: nobody knows since when; it then counts from the\n"
        "    day of this follow-up.\n"
        "    since when (a date; Enter or u: not known) > "
        "    related to the treatment, yes/no/unknown [unknown] >     A word or its beginning. Enter: unknown.\n"
        "    related to the treatment, yes/no/unknown [unknown] > "
        "    ended on (a date; Enter: still there) >     A date is 2026-03-09, yesterday or -3d (three days ago), up to the day of\n"
        "    this follow-up. Enter or n: it is still there.\n"
        "    ended on (a date; Enter: still there) > "
    )
    (faint,) = [PastEvent(3, date(2026, 2, 3), "faint", "mild", None, resolved=False)]
    ended, screen = run(["?", "n"], lambda: ask_ended([faint], today=DAY, on=DAY, answered=[]))
    assert (ended, screen.count("n: it is still there.")) == ({"faint": None}, 1)


@pytest.mark.parametrize(("lines", "words"), [(["", "?", "A metallic taste"], "A metallic taste"), (["u"], None), (["Unknown"], None)])
def test_what_no_event_says_is_said_in_words(lines: list[str], words: str | None) -> None:
    said, screen = run(lines, ask_what)
    assert (said, screen.count("Say in a few words")) == (words, len(lines) - 1)


def test_what_was_still_there_is_asked_about_once(protocol: Protocol) -> None:
    open_events = [
        PastEvent(visit, date(2026, 2, visit), name, "mild", None, resolved=False) for visit, name in ((3, "faint"), (4, "faint"), (5, "other"))
    ]
    ended, screen = run(["", "2026-02-01", "2026-03-01"], lambda: ask_ended(open_events, today=DAY, on=DAY, answered=["other"]))
    assert ended == {"faint": date(2026, 3, 1)}
    assert screen.count("ended on") == 3
    assert run(["n"], lambda: ask_ended(open_events[2:], today=DAY, on=DAY, answered=[]))[0] == {"other": None}


def test_the_end_of_the_input_is_no_answer(protocol: Protocol) -> None:
    with pytest.raises(Interrupted):
        which(protocol)
