"""``botox response``: the whole answer, each source of figures, and that it never changes what is due."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

SESSION = date(2025, 9, 1)  # and 84 days later, 2025-11-24; today, 2026-03-09, the second cycle is complete


@pytest.fixture
def course(ledger: Path) -> Path:
    """P0001 with a consult that tells 20 headache days a month, and two sessions 84 days apart."""
    from botoxcli import paths
    from botoxcli.clinic.records import AnswerGiven, Consult, Injection, NewPatient, Session, VialUse
    from botoxcli.files.protocol_yaml import load_protocol
    from botoxcli.store.recorder import Recorder

    loaded = load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml")
    site = Injection(site="procerus", muscle="procerus", side="midline", planned_hundredths=500, hundredths=500, state="given")
    with Recorder(ledger).change(command="consult", actor="Dr Example", at=datetime(2025, 8, 25, 9, tzinfo=UTC)) as change:
        change.add_patient(NewPatient(code="P0001", name="Jane Example", born=date(1980, 2, 29)))
        answers = (AnswerGiven(question="headache-days", value="20"),)
        consult = Consult(patient="P0001", date=SESSION - timedelta(days=7), answers=answers, decision="eligible", jurisdiction="us")
        change.record_consult(consult, change.pin_edition(loaded))
    for on in (SESSION, SESSION + timedelta(days=84)):
        with Recorder(ledger).change(command="session", actor="Dr Example", at=datetime(2025, 9, 1, 9, tzinfo=UTC)) as change:
            session = Session(
                patient="P0001", date=on, product="onabotulinumtoxinA", injections=(site,), vials=(VialUse(lot="L1", given_hundredths=500),),
                jurisdiction="us", imported=True,
            )  # fmt: skip
            change.record_session(session, change.pin_edition(loaded))
    return ledger


def diary(botox: Any, folder: Path, months: dict[int, int], hours: int | None = None) -> None:
    """Imports months of diary: first day of the session -> headache days, each of so many hours."""
    lines = [
        f"{SESSION + timedelta(days=first + number)},{'yes' if number < ill else 'no'},{hours if hours and number < ill else ''}"
        for first, ill in months.items()
        for number in range(28)
    ]
    file = folder / "diary.csv"
    file.write_text("date,headache,hours\n" + "\n".join(lines) + "\n")
    assert botox("diary", "import", "P0001", str(file)).exit_code == 0


def items(botox: Any, *args: str) -> dict[str, dict[str, Any]]:
    said = botox("response", "P0001", *args, "--format", "json")
    assert said.exit_code == 0, said.stderr
    told = json.loads(said.stdout)
    assert told["schema"] == "botoxcli/response/1"
    return {one["rules"]: one for one in told["items"]}


SIX_MONTHS = {-28: 20, 0: 18, 28: 17, 56: 16, 84: 16, 112: 14, 140: 12}


PLOT = """\
Headache days in 28
           0      7      14     21     28
baseline                       |             20
15 days                   :                  15  stop below, 3 in a row:
                                                 nice-ta260
30 % fewer               :                   14  stop above: nice-ta260,
                                                 ehf-2018
7 fewer                 :                    13  continue from here down:
                                                 payer-example
10 days              :                       10  stop below, 3 in a row:
                                                 ehf-2018
2025-08-04 ==========:==:::====|             20  before
2025-09-01 -----------------------------         session 1
2025-09-01 ##########:##:::##  |             18
2025-09-29 ##########:##:::#   |             17
2025-10-27 ##########:##:::    |             16
2025-11-24 -----------------------------         session 2
2025-11-24 ##########:##:::    |             16
2025-12-22 ##########:##:::    |             14
2026-01-19 ##########:# :::    |             12
= before the first session, # after it, | baseline, : where a rule turns. A
window with missing days is scaled to 28.

Wear-off: headache days in 28 by third of a cycle
Cycle  Session     weeks 1-4  weeks 5-8  weeks 9-12
    1  2025-09-01  18         17         16
    2  2025-11-24  16         14         12

           0      7      14     21     28
weeks 1-4  #################   |             17
weeks 5-8  ################    |           15.5
weeks 9-12 ##############      |             14
The mean of 2 cycles with all three thirds: 17, 15.5, 14; weeks 9-12 have 1.5
fewer than weeks 5-8.
"""


def test_side_by_side(botox: Any, course: Path, tmp_path: Path) -> None:
    diary(botox, tmp_path, SIX_MONTHS)
    said = botox("response", "P0001")
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout == (
        "P0001 under chronic-migraine, edition 1, course from 2025-09-01\n"
        "\n"
        "Baseline: 20 headache days in 28 (diary, 2025-08-04 to 2025-08-31, 28 diary days)\n"
        "\n"
        " Cycle  From        To          Headache  In 28  Told by  Note\n"
        "before  2025-08-04  2025-08-31  20 of 28     20  diary\n"
        "     1  2025-09-01  2025-09-28  18 of 28     18  diary\n"
        "     1  2025-09-29  2025-10-26  17 of 28     17  diary\n"
        "     1  2025-10-27  2025-11-23  16 of 28     16  diary\n"
        "     2  2025-11-24  2025-12-21  16 of 28     16  diary\n"
        "     2  2025-12-22  2026-01-18  14 of 28     14  diary\n"
        "     2  2026-01-19  2026-02-15  12 of 28     12  diary\n"
        "\n"
        "Cycle 1, session 2025-09-01: 17 headache days in 28, 3 fewer (15 % fewer)\n"
        "Cycle 2, session 2025-11-24: 14 headache days in 28, 6 fewer (30 % fewer)\n"
        "\n" + PLOT + "\n"
        "Rules          Verdict       Baseline  Latest  Change  Because\n"
        "nice-ta260     continue            20      14   -30 %  cycle 2 has 14 headache days in 28 against 20 before: 30 % fewer; "
        "the rule stops at less than 30 % fewer; 16 headache days in the 28 from 2025-11-24, not fewer than 15\n"
        "ehf-2018       continue            20      14   -30 %  cycle 2 has 14 headache days in 28 against 20 before: 30 % fewer; "
        "the rule stops at less than 30 % fewer; 12 headache days in the 28 from 2026-01-19, not fewer than 10\n"
        "payer-example  undetermined        20      14   -30 %  missing: the headache hours in 28 days of cycle 2 and the baseline "
        "are not known; known: 6 fewer headache days in 28 days (20 to 14), not 7 fewer\n"
        "\n"
        "nice-ta260: NICE TA260 [NICE TA260].\n"
        "ehf-2018: European Headache Federation 2018 [EHF 2018 (Bendtsen 2018, J Headache Pain 19:91)]. Two to three cycles; judged from the second "
        "on. It compares 4 weeks before with 4 weeks after each cycle; its wording leaves open before what: here it is the course's baseline.\n"
        "payer-example: A payer's rule, as an example [unverified]. An example only; put in the numbers of the payer that you deal with.\n"
        "This advises; it changes nothing that is due.\n"
    )


def test_one_rule_as_json(botox: Any, course: Path, tmp_path: Path) -> None:
    diary(botox, tmp_path, {-28: 20, 0: 14, 28: 12, 56: 10, 84: 9, 112: 9, 140: 9}, hours=5)
    found = items(botox, "--rules", "ehf-2018")
    item = found["ehf-2018"]
    assert list(found) == ["ehf-2018"]
    assert list(item)[:6] == ["rules", "verdict", "baseline", "latest", "change_percent", "because"]
    assert (item["verdict"], item["baseline"], item["latest"], item["change_percent"], item["change_days"]) == ("stop", 20, 9, -55, -11)
    assert item["because"] == "became-episodic: fewer than 10 headache days in each of the last 3 windows of 28 days in a row: 9, 9, 9"
    assert item["in_words"] == "stop: has become episodic (a good result)"
    assert item["look_again"] == {"earliest": "4 months", "latest": "5 months"}
    assert (item["baseline_source"], item["baseline_hours"], item["missing"]) == ("diary", 100, [])
    assert [(one["cycle"], one["headache_days"], one["headache_hours"], one["change_percent"], one["complete"]) for one in item["cycles"]] == [
        (1, 12, 60, -40, True),
        (2, 9, 45, -55, True),
    ]
    assert [(one["cycle"], one["start"], one["scaled_headache_days"], one["counts"]) for one in item["windows"]] == [
        (0, "2025-08-04", 20, True), (1, "2025-09-01", 14, True), (1, "2025-09-29", 12, True), (1, "2025-10-27", 10, True),
        (2, "2025-11-24", 9, True), (2, "2025-12-22", 9, True), (2, "2026-01-19", 9, True),
    ]  # fmt: skip


def test_worse_than_before_is_shown_as_such(botox: Any, course: Path, tmp_path: Path) -> None:
    diary(botox, tmp_path, {-28: 20, 84: 25, 112: 25, 140: 25})
    item = items(botox)["nice-ta260"]
    assert (item["verdict"], item["change_percent"], item["in_words"]) == ("stop", 25, "stop: non-response, worse than before")
    assert item["because"].startswith("non-response: cycle 2 has 25 headache days in 28 against 20 before: 25 % more, worse than before")
    assert "25 headache days in 28, 5 more: worse than before (25 % more)" in botox("response", "P0001").stdout


def test_figures_from_follow_ups_and_the_consult(botox: Any, course: Path) -> None:
    for number, (on, days) in enumerate({"2025-11-24": 16, "2026-02-16": 15}.items()):
        made = botox(
            "follow-up", "P0001", "--on", on, "--answer", f"headache-days={days}", "--answer", "diary-days=28", "--event", "none", "--no-input"
        )
        assert made.exit_code == 0, (number, made.stderr)
    item = items(botox)["nice-ta260"]
    assert (item["baseline"], item["baseline_source"], item["latest"], item["change_percent"]) == (20, "consult", 15, -25)
    assert item["verdict"] == "stop"
    assert [(one["source"], one["start"], one["end"], one["cycle"]) for one in item["windows"]] == [
        ("follow-up", "2025-10-27", "2025-11-23", 1),
        ("follow-up", "2026-01-19", "2026-02-15", 2),
    ]


def test_a_follow_up_s_window_is_never_dropped_in_silence(botox: Any, course: Path, tmp_path: Path) -> None:
    diary(botox, tmp_path, {-28: 20, 0: 18})
    for on, days in {"2025-09-11": 19, "2025-09-29": 17, "2025-11-10": 15, "2025-11-24": 13}.items():
        answers = ("--answer", f"headache-days={days}", "--answer", "diary-days=28")
        assert botox("follow-up", "P0001", "--on", on, *answers, "--event", "none", "--no-input").exit_code == 0
    windows = items(botox)["nice-ta260"]["windows"]
    assert [(one["cycle"], one["start"], one["source"], one["scaled_headache_days"], one["counts"], one["note"]) for one in windows] == [
        (0, "2025-08-04", "diary", 20, True, None),
        (1, "2025-08-14", "follow-up", 19, False, "not used: crosses the session of 2025-09-01"),
        (1, "2025-09-01", "diary", 18, True, None),
        (1, "2025-09-01", "follow-up", 17, False, "not used: the diary has these days"),
        (1, "2025-10-13", "follow-up", 15, True, "overlaps a later one"),
        (1, "2025-10-27", "follow-up", 13, True, None),
    ]
    said = botox("response", "P0001").stdout
    assert (
        "     1  2025-08-14  2025-09-10  19 of 28     19  follow-up  not used: crosses the session of 2025-09-01\n"
        "     1  2025-09-01  2025-09-28  18 of 28     18  diary\n"
        "     1  2025-09-01  2025-09-28  17 of 28     17  follow-up  not used: the diary has these days\n"
        "     1  2025-10-13  2025-11-09  15 of 28     15  follow-up  overlaps a later one\n"
        "     1  2025-10-27  2025-11-23  13 of 28     13  follow-up\n"
        "\n"
        "Months in a row are counted from the latest backwards, without one that overlaps a later one; a cycle's mean has them all.\n"
        "\n"
        "Cycle 1, session 2025-09-01: 15.33 headache days in 28, 4.67 fewer (23.3 % fewer)\n"
    ) in said


def test_nothing_is_known_yet(botox: Any, ledger: Path) -> None:
    botox("patient", "add", "P0001", "--name", "N N", "--born", "1980-01-01")
    found = items(botox)
    assert {one["verdict"] for one in found.values()} == {"undetermined"}
    assert all(one["baseline"] is None and one["change_percent"] is None and one["missing"] for one in found.values())
    said = botox("response", "P0001")
    assert "Baseline: none (there is no session)" in said.stdout
    assert said.exit_code == 0


def test_today_decides_whether_a_cycle_is_complete(botox: Any, course: Path, tmp_path: Path) -> None:
    diary(botox, tmp_path, {-28: 20, 0: 18, 28: 18, 56: 18, 84: 16, 112: 16})
    early = items(botox, "--today", "2026-02-15")["nice-ta260"]
    assert (early["verdict"], early["latest_cycle"], early["change_percent"]) == ("undetermined", 1, -10)
    assert "cycle 2 is complete on 2026-02-16 or at the next session" in early["because"]
    late = items(botox, "--today", "2026-02-16")["nice-ta260"]
    assert (late["verdict"], late["latest_cycle"], late["change_percent"]) == ("stop", 2, -20)


def test_it_never_changes_what_is_due(botox: Any, course: Path, tmp_path: Path) -> None:
    diary(botox, tmp_path, SIX_MONTHS)
    before, due = course.read_bytes(), botox("due", "--all", "--format", "json").stdout
    botox("response", "P0001")
    assert (course.read_bytes(), botox("due", "--all", "--format", "json").stdout) == (before, due)


def test_an_unknown_rule_set(botox: Any, course: Path) -> None:
    said = botox("response", "P0001", "--rules", "nice")
    assert (said.exit_code, said.stdout) == (22, "")
    assert said.stderr == ("Error: There is no such response rule.\nThe protocol chronic-migraine has nice-ta260, ehf-2018, payer-example.\n")
    assert botox("response", "nobody", "--rules", "nice").stderr.startswith("Error: There is no such patient.")


def test_on_a_screen_no_verdict_is_broken_over_lines(botox: Any, course: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    diary(botox, tmp_path, {-28: 20, 84: 9, 112: 9, 140: 9})
    monkeypatch.setattr("botoxcli.cli.response_print.is_plain", lambda: False)
    lines = botox("response", "P0001", "--rules", "ehf-2018").stdout.splitlines()
    place = lines.index("ehf-2018  stop: has become episodic (a good result)       9   -55 %")
    assert lines[place - 1].split() == ["Rules", "Verdict", "Latest", "Change"]
    assert lines[place + 2].startswith("ehf-2018: became-episodic: fewer than 10 headache days")
    assert "ehf-2018: look again 4 months to 5 months after the stop." in lines


def test_a_change_is_told_to_one_place_and_kept_to_two(botox: Any, course: Path, tmp_path: Path) -> None:
    diary(botox, tmp_path, {-28: 19, 84: 9, 112: 9, 140: 9})
    said = botox("response", "P0001").stdout
    assert "9 headache days in 28, 10 fewer (52.6 % fewer)" in said
    assert "-52.6 %" in said
    assert "52.63" not in said
    assert items(botox)["nice-ta260"]["change_percent"] == -52.63
