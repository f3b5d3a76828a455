"""``botox follow-up``: outcomes and adverse events, what is asked for at once, and how an escalating one is met again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import Botox, Result

DATA = Path(__file__).parents[1] / "data"
OUTCOMES = ("--answer", "headache-days=11", "--answer", "diary-days=28")
NONE = ("--event", "none")


@pytest.fixture
def treated(botox: Botox, ledger: Path) -> Botox:
    """P0001 with an eligible consult on 2025-12-01 (visit 1), a session on 2025-12-02 (visit 2), and stock for the next."""
    assert botox("vial", "add", "C1234", "--units", "200", "--expires", "2027-06", "--count", "3").exit_code == 0
    who = ("P0001", "--name", "Ada Example", "--born", "1980-02-29", "--on", "2025-12-01")
    assert botox("consult", *who, "--answers", str(DATA / "consult.yaml"), "--no-input").exit_code == 0
    result = session(botox, "--on", "2025-12-02")
    assert result.exit_code == 0, result.stderr
    return botox


def session(botox: Botox, *flags: str) -> Result:
    return botox("session", "P0001", "--answers", str(DATA / "chair.yaml"), "--vial", "C1234", "--as-planned", "--no-input", *flags)


def follow_up(botox: Botox, *flags: str, patient: str = "P0001", on: str = "2025-12-20") -> Result:
    return botox("follow-up", patient, "--on", on, "--no-input", *flags)


def item(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["schema"] == "botoxcli/follow-up/1"
    (only,) = document["items"]
    return dict(only)


def due(botox: Botox, day: str, *flags: str) -> set[str]:
    said = json.loads(botox("due", "--today", day, "--format", "json", *flags).stdout)
    return {row["kind"] for row in said["items"]}


def test_the_whole_output(treated: Botox) -> None:
    said = follow_up(
        treated, "--answer", "headache-days=11", "--answer", "diary-days=25", "--answer", "hit-6=58", "--answer", "pgic=6",
        "--answer", "pgic-direction=high-is-better", "--answer", "wear-off-day=70",
        "--event", "neck-pain=mild,onset=2025-12-04,related=yes,resolved=2025-12-08",
        on="2026-03-01",
    )  # fmt: skip
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout == (
        "Recorded: visit 3, follow-up of P0001 on 2026-03-01, chronic-migraine edition 1\n"
        "Day 89 after the session of 2025-12-02 (visit 2)\n"
        "Counts of 2026-02-01 to 2026-02-28, diary days 25\n"
        "  headache-days: 11 days, 12.3 in 28\n"
        "  hit-6: 58 points, substantial impact\n"
        "  pgic: 6, direction high-is-better\n"
        "  wear-off-day: day 70\n"
        "Adverse events: neck-pain, mild, onset 2025-12-04, related: yes, resolved 2025-12-08\n"
    )


def test_the_whole_json(treated: Botox) -> None:
    only = item(follow_up(treated, "--answer", "headache-days=9", "--answer", "diary-days=18", *NONE, "--format", "json"))
    assert only == {
        "visit": 3, "patient": "P0001", "date": "2025-12-20", "protocol": "chronic-migraine", "edition": "1",
        "start": "2025-11-22", "end": "2025-12-19", "diary_days": 18, "headache_days": 9, "scaled_headache_days": 14.0, "incomplete": True,
        "follows_session": 2,
        "answers": [{"question": "diary-days", "value": "18"}, {"question": "headache-days", "value": "9"}],
        "outcomes": [
            {"measure": "headache-days", "value": 9, "unit": "days", "scaled": 14.0, "incomplete": True, "band": None, "direction": None}
        ],
        "events": [], "resolved": [], "note": None, "escalation": None, "to_do": [],
        "findings": [
            {
                "id": "window-crosses-session", "level": "note", "met": None, "source": "practice", "resolution": None,
                "because": "the 28 days hold the session of 2025-12-02: they belong to two cycles, so the response does not use them",
            }
        ],
        "standing": False, "dry_run": False,
    }  # fmt: skip


def test_none_is_an_answer_and_is_recorded(treated: Botox) -> None:
    assert follow_up(treated, *OUTCOMES, *NONE).stdout.endswith("Adverse events: none\n" + _CROSSES)
    shown = json.loads(treated("visit", "show", "3", "--format", "json").stdout)["items"][0]
    assert {"question": "event", "value": "none"} in shown["answers"]
    assert shown["events"] == []


_CROSSES = "note window-crosses-session: the 28 days hold the session of 2025-12-02: they belong to two cycles, so the response does not use them\n"


@pytest.mark.parametrize(
    ("flags", "missing"),
    [
        ((), ["--answer headache-days=...", "--answer diary-days=...", "--event ID=SEVERITY or --event none"]),
        (OUTCOMES, ["--event ID=SEVERITY or --event none"]),
        ((*OUTCOMES[:2], *NONE), ["--answer diary-days=..."]),
        ((*OUTCOMES[2:], *NONE), ["--answer headache-days=..."]),
    ],
)
def test_what_is_required_and_nothing_else(treated: Botox, flags: tuple[str, ...], missing: list[str]) -> None:
    said = follow_up(treated, *flags, "--format", "json")
    assert said.exit_code == 2
    assert json.loads(said.stderr)["missing"] == missing
    assert follow_up(treated, *OUTCOMES, *NONE).exit_code == 0


@pytest.mark.parametrize(
    ("flags", "where"),
    [
        (("--answer", "headache-days=29"), "--answer headache-days"),
        (("--answer", "headache-days=12", "--answer", "diary-days=11"), "--answer headache-days"),
        (("--answer", "diary-days=0"), "--answer diary-days"),
        (("--answer", "diary-days=29"), "--answer diary-days"),
        (("--answer", "hit-6=37"), "--answer hit-6"),
        (("--answer", "wear-off-day=30"), "--answer wear-off-day"),
        (("--answer", "nonsense=1"), "--answer"),
        (("--event", "none", "--event", "neck-pain=mild"), "--event"),
        (("--event", "neck-pain=awful"), "--event neck-pain"),
        (("--event", "neckpain=mild"), "--event"),
        (("--event", "neck-pain=mild", "--event", "neck-pain=severe"), "--event neck-pain"),
        (("--event", "neck-pain=mild,onset=2025-12-21"), "--event neck-pain,onset"),
        (("--event", "neck-pain=mild,onset=1970-01-01"), "--event neck-pain,onset"),
        (("--event", "neck-pain=mild,onset=05/06/2025"), "--event neck-pain,onset"),
        (("--event", "neck-pain=mild,related=perhaps"), "--event neck-pain,related"),
        (("--event", "neck-pain=mild,colour=red"), "--event neck-pain"),
        (("--event", "neck-pain=mild,onset=2025-12-10,resolved=2025-12-09"), "--event neck-pain"),
        (("--resolved", "eyelid-ptosis=2025-12-10"), "--resolved"),
    ],
)
def test_what_cannot_be_is_refused(treated: Botox, ledger: Path, flags: tuple[str, ...], where: str) -> None:
    before = ledger.read_bytes()
    said = follow_up(treated, *flags, "--format", "json")
    assert said.exit_code == 21, said.stderr
    assert json.loads(said.stderr)["where"] == where
    assert ledger.read_bytes() == before


def test_the_patient_is_looked_up_first_and_the_day_is_past(treated: Botox) -> None:
    assert follow_up(treated, "--answer", "headache-days=99", patient="P9").exit_code == 22
    assert follow_up(treated, *OUTCOMES, *NONE, on="2026-03-10").exit_code == 21
    assert follow_up(treated, *OUTCOMES, *NONE, on="1979-01-01").exit_code == 21


@pytest.mark.parametrize(("severity", "kept"), [("mild", "mild"), ("mod", "moderate"), ("severe", "severe"), ("unknown", None), ("", None)])
def test_a_severity_may_be_unknown(treated: Botox, severity: str, kept: str | None) -> None:
    only = item(follow_up(treated, *OUTCOMES, "--event", f"neck-pain={severity}".rstrip("="), "--format", "json"))
    assert [(told["event"], told["severity"], told["escalate"]) for told in only["events"]] == [("neck-pain", kept, None)]


def test_unknown_is_an_answer_to_a_count(treated: Botox) -> None:
    only = item(follow_up(treated, "--answer", "headache-days=unknown", "--answer", "diary-days=unknown", *NONE, "--format", "json"))
    assert (only["headache_days"], only["scaled_headache_days"], only["incomplete"]) == (None, None, True)


def test_a_direction_that_was_not_told_is_unknown(treated: Botox) -> None:
    only = item(follow_up(treated, *OUTCOMES, *NONE, "--answer", "pgic=2", "--format", "json"))
    assert {"question": "pgic-direction", "value": "unknown"} in only["answers"]


def test_a_second_follow_up_on_the_day_is_asked_about(treated: Botox) -> None:
    assert follow_up(treated, *OUTCOMES, *NONE).exit_code == 0
    again = follow_up(treated, *OUTCOMES, *NONE, "--format", "json")
    assert (again.exit_code, [one["id"] for one in json.loads(again.stderr)["findings"]]) == (23, ["duplicate-visit"])
    assert follow_up(treated, *OUTCOMES, *NONE, "--accept", "duplicate-visit").exit_code == 0


def test_a_retry_under_one_key_records_once(treated: Botox) -> None:
    same = (*OUTCOMES, "--event", "eyelid-ptosis=mild", "--key", "k1", "--format", "json")
    first, second = item(follow_up(treated, *same)), item(follow_up(treated, *same))
    assert second == {**first, "standing": True}
    assert follow_up(treated, *OUTCOMES, *NONE, "--key", "k1").exit_code == 21
    assert len(json.loads(treated("visit", "list", "--kind", "follow-up", "--format", "json").stdout)["items"]) == 1


def test_a_rehearsal_checks_all_and_records_nothing(treated: Botox, ledger: Path) -> None:
    before = ledger.read_bytes()
    said = follow_up(treated, *OUTCOMES, "--event", "hoarseness=mild", "--dry-run")
    assert said.stdout.startswith("Would record a follow-up of P0001 on 2025-12-20")
    assert said.stdout.endswith("Nothing was recorded.\n")
    assert said.stderr.startswith("EMERGENCY hoarseness: Get emergency help now")
    assert follow_up(treated, "--answer", "hit-6=39", "--dry-run").exit_code == 21
    assert ledger.read_bytes() == before


def test_a_follow_up_from_day_7_closes_the_onset_check(treated: Botox) -> None:
    assert due(treated, "2025-12-16") == {"onset-check"}
    assert follow_up(treated, *OUTCOMES, *NONE, on="2025-12-08").exit_code == 0
    assert due(treated, "2025-12-16") == {"onset-check"}
    assert follow_up(treated, *OUTCOMES, *NONE, on="2025-12-09").exit_code == 0
    assert due(treated, "2025-12-16") == set()


def test_a_correction_says_what_to_do_only_while_something_grave_is_still_there(treated: Botox) -> None:
    both = ("--event", "eyelid-ptosis=mild,onset=2025-12-05", "--event", "trouble-swallowing=mild,onset=2025-12-07")
    assert follow_up(treated, *OUTCOMES, *both, on="2025-12-20").exit_code == 0
    fix = ("visit", "amend", "3", "--reason", "x", "--format", "json")
    assert treated(*fix, "--answer", "headache-days=9").stderr.startswith("EMERGENCY trouble-swallowing, eyelid-ptosis: ")
    later = follow_up(treated, *OUTCOMES, "--event", "none", "--resolved", "trouble-swallowing=2025-12-21", on="2025-12-22")
    assert later.exit_code == 0, later.stderr
    assert treated(*fix, "--answer", "headache-days=8").stderr.startswith("EMERGENCY eyelid-ptosis: ")
    assert treated(*fix, "--resolved", "eyelid-ptosis=2025-12-19").stderr == ""


def test_an_emergency_that_is_over_asks_for_a_consult_and_not_for_help(treated: Botox) -> None:
    said = follow_up(treated, *OUTCOMES, "--event", "allergy=mild,resolved=2025-12-10", on="2025-12-20")
    assert (said.stderr, "Get emergency help" in said.stdout) == ("", False)
    assert "A session is stopped until there is a new consult.\n" in said.stdout


def test_the_review_of_the_consult_counts_from_the_event_that_made_it_an_emergency(treated: Botox) -> None:
    told = ("eyelid-ptosis=mild,onset=2025-12-05", "trouble-breathing=mild,onset=2025-12-09", "trouble-swallowing=mild,onset=2025-12-07")
    assert follow_up(treated, *OUTCOMES, *(word for one in told for word in ("--event", one)), on="2025-12-20").exit_code == 0
    rows = json.loads(treated("due", "--today", "2025-12-20", "--kind", "consult-review", "--format", "json").stdout)["items"]
    assert [(row["anchor"], row["anchor_visit"], row["days_late"]) for row in rows] == [("2025-12-07", 3, 13)]


@pytest.mark.parametrize(
    ("events", "escalation", "each"),
    [
        (("neck-pain=mild",), None, [None]),
        (("eyelid-ptosis=mild",), "review", ["review"]),
        (("trouble-swallowing=mild",), "emergency", ["emergency"]),
        (("faint=mild", "neck-pain=mild", "allergy=severe"), "emergency", ["emergency", "emergency", None]),
    ],
)
def test_what_must_be_done_is_said_at_once(treated: Botox, events: tuple[str, ...], escalation: str | None, each: list[str | None]) -> None:
    flags = tuple(word for event in events for word in ("--event", event))
    said = follow_up(treated, *OUTCOMES, *flags, "--format", "json")
    only = item(said)
    assert only["escalation"] == escalation
    assert [told["escalate"] for told in only["events"]] == each
    assert said.stderr.splitlines() == only["to_do"]
    if escalation:
        assert only["to_do"][0].startswith(f"{escalation.upper()} ")
    plain = follow_up(treated, *OUTCOMES, *flags, "--accept", "duplicate-visit")
    assert all(line in plain.stdout for line in only["to_do"])
    assert plain.stderr.splitlines() == only["to_do"]


def test_a_review_event_is_due_until_it_is_resolved_and_is_met_at_the_next_session(treated: Botox) -> None:
    assert follow_up(treated, *OUTCOMES, "--event", "eyelid-ptosis=mild,onset=2025-12-12").exit_code == 0
    assert due(treated, "2025-12-20", "--kind", "event-review") == {"event-review"}
    stopped = session(treated, "--on", "2026-03-02", "--format", "json")
    assert [(one["id"], one["level"]) for one in json.loads(stopped.stderr)["findings"]] == [("last-event", "warn")]
    early = follow_up(treated, *OUTCOMES, *NONE, "--resolved", "eyelid-ptosis=2025-12-11", on="2026-01-20")
    assert early.exit_code == 21
    assert follow_up(treated, *OUTCOMES, *NONE, "--resolved", "eyelid-ptosis=2026-01-15", on="2026-01-20").exit_code == 0
    assert due(treated, "2026-01-20", "--kind", "event-review") == set()
    assert session(treated, "--on", "2026-03-02").exit_code == 0


def test_an_emergency_stops_the_next_session_until_a_new_consult(treated: Botox) -> None:
    assert follow_up(treated, *OUTCOMES, "--event", "trouble-swallowing=mild").exit_code == 0
    assert due(treated, "2025-12-20") >= {"event-review", "consult-review"}
    stopped = session(treated, "--on", "2026-03-02", "--format", "json")
    assert ("consult", "stop") in [(one["id"], one["level"]) for one in json.loads(stopped.stderr)["findings"]]


def test_the_end_may_be_told_with_the_event(treated: Botox) -> None:
    only = item(follow_up(treated, *OUTCOMES, "--event", "faint=mild", "--resolved", "faint=2025-12-18", "--format", "json"))
    assert [(told["event"], told["resolved_on"]) for told in only["events"]] == [("faint", "2025-12-18")]
    assert only["resolved"] == []
    assert due(treated, "2025-12-20", "--kind", "event-review") == set()


def test_something_else_is_told_in_words_that_stand_with_the_visit(treated: Botox) -> None:
    other = (*OUTCOMES, "--event", "other=mild", "--key", "k")
    only = item(follow_up(treated, *other, "--note", "A metallic taste", "--format", "json"))
    assert only["note"] == "A metallic taste"
    again = follow_up(treated, *other, "--note", "A metallic taste")
    assert "Adverse events: other, mild, still there\nNote: A metallic taste\n" in again.stdout
    assert (again.stderr, follow_up(treated, *other).exit_code) == ("", 21)
    assert "\nNote\n- A metallic taste\n" in treated("visit", "show", "3").stdout
    (row,) = [line for line in treated("export", "visits", "--identify").stdout.splitlines() if ",follow-up," in line]
    assert row.endswith("Ada Example,A metallic taste")
    assert "metallic" not in treated("export", "visits").stdout + treated("export", "events").stdout
    assert follow_up(treated, *other, "--note", " ").exit_code == 21


def test_something_else_without_words_is_recorded_and_asked_for(treated: Botox) -> None:
    said = follow_up(treated, *OUTCOMES, "--event", "other=mild")
    assert (said.exit_code, said.stderr) == (0, "other: --note TEXT says in words what it was; `botox visit amend` adds it.\n")
    told = treated("visit", "amend", "3", "--note", "A metallic taste", "--reason", "asked again", "--no-input")
    assert "- note: none -> A metallic taste\n" in told.stdout
    assert treated("visit", "amend", "3", "--event", "other=severe", "--reason", "mistyped", "--no-input").exit_code == 0
    shown = json.loads(treated("visit", "show", "3", "--format", "json").stdout)["items"][0]
    assert (shown["note"], shown["reason"], shown["events"][0]["severity"]) == ("A metallic taste", None, "severe")


def test_at_a_terminal_something_else_is_asked_in_words_and_kept(treated: Botox, at_a_terminal: Callable[[], None]) -> None:
    at_a_terminal()
    cut = treated("follow-up", "P0001", "--on", "2025-12-20", input="other\nmild\n?\nu\n\n\n\nA metallic taste\n")
    assert cut.exit_code == 130
    rest = treated("follow-up", "P0001", "--on", "2025-12-20", *OUTCOMES, *_ALL_OTHERS, input="y\ny\n")
    assert rest.exit_code == 0, rest.stderr
    assert "Adverse events: other, mild, related: unknown, still there\nNote: A metallic taste\n" in rest.stdout


AT_THE_CHAIR = ["neck-pain ptosis", "", "none neck-pain", "14 eyelid", "mild", "2025-12-12", "y", "", "mod", "", "", ""]


def test_the_conversation(treated: Botox, at_a_terminal: Callable[[], None]) -> None:
    """Events first, what they ask for before their details, then the outcomes; Enter passes over what need not be told."""
    at_a_terminal()
    keys = [*AT_THE_CHAIR, "28", "29", "11", "", "", "", "58", "", "6", "", "high", "y"]
    said = treated("follow-up", "P0001", "--on", "2025-12-20", input="\n".join(keys) + "\n")
    assert said.exit_code == 0, said.stderr
    assert said.stderr.index("REVIEW eyelid-ptosis") < said.stderr.index("how severe")
    assert "Neck pain (neck-pain)" in said.stderr
    only = json.loads(treated("visit", "show", "3", "--format", "json").stdout)["items"][0]
    assert {one["question"]: one["value"] for one in only["answers"]} == {
        "diary-days": "28", "headache-days": "11", "hit-6": "58", "pgic": "6", "pgic-direction": "high-is-better",
    }  # fmt: skip
    assert [(one["event"], one["severity"], one["onset"], one["related"], one["resolved_on"]) for one in only["events"]] == [
        ("neck-pain", "mild", "2025-12-12", "yes", None),
        ("eyelid-ptosis", "moderate", None, "unknown", None),
    ]


def test_none_must_be_typed_and_what_is_open_is_asked_about(treated: Botox, at_a_terminal: Callable[[], None]) -> None:
    assert follow_up(treated, *OUTCOMES, "--event", "neck-pain=mild", "--event", "eyelid-ptosis=mild").exit_code == 0
    at_a_terminal()
    keys = ["", "none", "", "2026-01-10", "n", "y"]
    said = treated("follow-up", "P0001", "--on", "2026-01-20", *OUTCOMES, *_ALL_OTHERS, input="\n".join(keys) + "\n")
    assert said.exit_code == 0, said.stderr
    assert "Enter alone is no answer" in said.stderr
    assert "Resolved: neck-pain on 2026-01-10\n" in said.stdout
    assert due(treated, "2026-01-20", "--kind", "event-review") == {"event-review"}


_ALL_OTHERS = tuple(
    word
    for name in ("migraine-days", "acute-medication-days", "headache-hours-28d", "hit-6", "midas", "pgic", "wear-off-day")
    for word in ("--answer", f"{name}=unknown")
)


def test_what_was_said_is_kept_when_the_input_ends(treated: Botox, at_a_terminal: Callable[[], None]) -> None:
    at_a_terminal()
    cut = treated("follow-up", "P0001", "--on", "2025-12-20", input="neck-pain\nmild\n\n\n\n28\n")
    assert cut.exit_code == 130
    assert "Every answer so far is saved. Go on with: botox follow-up P0001" in cut.stderr
    rest = treated("follow-up", "P0001", "--on", "2025-12-20", input="y\n11\n\n\n\n\n\n\n\ny\n")
    assert rest.exit_code == 0, rest.stderr
    assert "Adverse events: neck-pain, mild, related: unknown, still there\n" in rest.stdout


def test_more_headache_days_than_diary_days_are_asked_again(treated: Botox, at_a_terminal: Callable[[], None]) -> None:
    at_a_terminal()
    keys = ["none", "10", "12", "", "", "", "", "", "", "", "20", "12", "y"]
    said = treated("follow-up", "P0001", "--on", "2025-12-20", input="\n".join(keys) + "\n")
    assert said.exit_code == 0, said.stderr
    assert "more days than the diary days" in said.stderr
    assert "headache-days: 12 days, 16.8 in 28\n" in said.stdout


def test_a_forgotten_flag_is_not_asked_in_a_pipe(treated: Botox) -> None:
    assert treated("follow-up", "P0001", "--on", "2025-12-20").exit_code == 2


def test_another_protocol_needs_no_code_of_its_own(treated: Botox) -> None:
    """A patient under cervical dystonia alone is asked that protocol's outcomes, and only an answer about events is required."""
    born = ("--name", "Bea Example", "--born", "1970-01-01", "--on", "2026-03-01", "--protocol", "cervical-dystonia")
    assert treated("consult", "P0002", *born, "--no-input").exit_code == 2
    criteria = json.loads(treated("consult", "P0002", *born, "--no-input", "--format", "json").stderr)["missing"]
    unknown = tuple(word for flag in criteria for word in ("--answer", flag.removeprefix("--answer ").replace("...", "unknown")))
    assert treated("consult", "P0002", *born, *unknown, "--no-input").exit_code == 0
    only = item(follow_up(treated, "--answer", "neck-pain=3", *NONE, "--format", "json", patient="P0002", on="2026-03-05"))
    assert (only["protocol"], only["headache_days"], only["findings"]) == ("cervical-dystonia", None, [])
    assert [(one["measure"], one["value"]) for one in only["outcomes"]] == [("neck-pain", 3)]
    assert follow_up(treated, *OUTCOMES, *NONE, patient="P0002", on="2026-03-06").exit_code == 21
