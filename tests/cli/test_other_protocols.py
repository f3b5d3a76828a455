"""The protocols that are not about migraine, from consult to due, without a line of code for any one of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Botox, Result
from .fhir_checks import faults, resources

DATA = Path(__file__).parents[1] / "data"
BORN = {"cervical-dystonia": "1970-05-05", "blepharospasm": "1960-05-05", "spasticity-child": "2019-05-05"}
PROTOCOLS = sorted(BORN)


def answers(protocol: str, kind: str) -> str:
    return str(DATA / f"{protocol}.{kind}.yaml")


@pytest.fixture
def ready(botox: Botox, ledger: Path) -> Botox:
    """Vials, and a patient named after each protocol whose consult of 2026-03-01 is eligible."""
    assert botox("vial", "add", "C1234", "--units", "200", "--expires", "2027-06", "--count", "6").exit_code == 0
    for protocol in PROTOCOLS:
        said = botox(
            "consult", protocol, "--name", f"{protocol} Example", "--born", BORN[protocol], "--on", "2026-03-01",
            "--protocol", protocol, "--answers", answers(protocol, "consult"), "--no-input", "--format", "json",
        )  # fmt: skip
        assert said.exit_code == 0, said.stderr
        assert json.loads(said.stdout)["items"][0]["decision"] == "eligible"
    return botox


def session(botox: Botox, protocol: str, *flags: str) -> Result:
    given = ("--protocol", protocol, "--answers", answers(protocol, "chair"), "--vial", "C1234", "--no-input")
    return botox("session", protocol, *given, *flags)


def recorded(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    return dict(json.loads(result.stdout)["items"][0])


SESSIONS = {
    "cervical-dystonia": (("--units", "splenius-capitis-left-1=30", "--units", "sternocleidomastoid-right-1=20"), 50, 2),
    "blepharospasm": (("--as-planned",), 7.5, 6),
    "spasticity-child": (("--units", "biceps-brachii-left-1=25", "--units", "brachialis-left=30"), 55, 2),
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_consult_session_and_due(ready: Botox, protocol: str) -> None:
    flags, units, sites = SESSIONS[protocol]
    only = recorded(session(ready, protocol, *flags, "--format", "json"))
    assert (only["protocol"], only["units"], only["sites"], only["deviations"], only["findings"]) == (protocol, units, sites, [], [])
    (vial,) = only["vials"]
    assert (vial["given_units"], vial["wasted_units"]) == (units, 200 - units)
    due = json.loads(ready("due", "--all", "--format", "json", "--today", "2026-06-02").stdout)["items"]
    mine = {(item["kind"], item["status"]) for item in due if item["patient"] == protocol}
    assert ("session", "open") in mine and ("onset-check", "lapsed") not in mine
    shown = json.loads(ready("visit", "show", str(only["visit"]), "--format", "json").stdout)["items"][0]
    assert (shown["protocol"], len(shown["injections"])) == (protocol, sites)
    assert {one["state"] for one in shown["injections"]} == {"given"}


FOLLOWED = {
    "blepharospasm": "how much the spasms hinder seeing, patient's global impression of change, day after the session on which the benefit faded",
    "cervical-dystonia": "neck pain, patient's global impression of change, day after the session on which the benefit faded",
    "spasticity-child": "muscle tone (Ashworth), patient's global impression of change, day after the session on which the benefit faded",
}


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_without_response_rules_nothing_is_said_of_headache_days(ready: Botox, protocol: str) -> None:
    recorded(session(ready, protocol, *SESSIONS[protocol][0], "--format", "json"))
    said = ready("response", protocol)
    assert (said.exit_code, said.stderr) == (0, "")
    assert said.stdout == (
        f"{protocol} under {protocol}, edition 1, course from 2026-03-09\n"
        "\n"
        f"The protocol {protocol} has no response rules and counts no headache days, so there is no verdict.\n"
        f"What it follows is {FOLLOWED[protocol]}: `botox chart {protocol}` has it from each follow-up.\n"
    )
    assert json.loads(ready("response", protocol, "--format", "json").stdout) == {"schema": "botoxcli/response/1", "items": []}
    refused = ready("response", protocol, "--rules", "nice-ta260")
    assert (refused.exit_code, f"The protocol {protocol} has no response rules." in refused.stderr) == (22, True)
    sheet = ready("chart", protocol).stdout
    assert "Response" not in sheet and "Baseline" not in sheet and "eadache days" not in sheet
    assert json.loads(ready("chart", protocol, "--format", "json").stdout)["items"][0]["courses"][0]["response"] == []


def test_the_whole_output_where_sites_are_chosen(ready: Botox) -> None:
    said = session(ready, "cervical-dystonia", *SESSIONS["cervical-dystonia"][0]).stdout
    assert said.splitlines()[:5] == [
        "Recorded: visit 4, session of cervical-dystonia on 2026-03-09, cervical-dystonia edition 1",
        "2 sites, 50 U of onabotulinumtoxinA, 1.00 mL (200 U in 4.00 mL)",
        "  sternocleidomastoid-right-1: 20 U",
        "  splenius-capitis-left-1: 30 U",
        "Vial C1234: given 50 + wasted 150 = drawn 200 U",
    ]
    assert "get emergency help for trouble\n  swallowing" in said
    assert "- Next session: from 2026-06-01, due by 2026-06-09, at the latest 2026-09-09" in said
    sheet = ready("visit", "show", "4").stdout
    assert "splenius-capitis-left-1: given, 30 U" in sheet and "planned" not in sheet


STOPPED = [
    ("cervical-dystonia", ("--units", "splenius-capitis-left-1=10"), "warn muscle-dose: splenius-capitis 10 U, below 15 U"),
    ("cervical-dystonia", ("--units", "trapezius-left-1=50.5"), "stop site-dose: over 50 U at a site: trapezius-left-1 50.5 U"),
    (
        "cervical-dystonia",
        ("--units", "sternocleidomastoid-left-1=50", "--units", "sternocleidomastoid-left-2=50", "--units", "sternocleidomastoid-right-1=5"),
        "stop muscle-dose: sternocleidomastoid 105 U, over 100 U",
    ),
    (
        "cervical-dystonia",
        ("--units", "trapezius-left-1=4", "--accept", "muscle-dose"),
        "warn site-dose: other than planned: trapezius-left-1 4 U (planned 5 to 50 U)",
    ),
    ("blepharospasm", ("--as-planned", "--units", "orbicularis-oculi-left-1=3"), "warn site-dose: other than planned: orbicularis-oculi-left-1 3 U"),
    ("blepharospasm", ("--as-planned", "--units", "orbicularis-oculi-left-1=5.5"), "stop site-dose: over 5 U at a site"),
    ("spasticity-child", ("--units", "brachialis-left=30", "--answer", "weight=unknown"), "stop weight: weight: "),
    ("spasticity-child", ("--units", "brachialis-left=34", "--accept", "muscle-dose"), None),
    ("spasticity-child", ("--units", "brachialis-left=34"), "warn muscle-dose: upper limb 34 U, below 51.9 U (3 U/kg)"),
    (
        "spasticity-child",
        ("--units", "biceps-brachii-left-1=40", "--units", "biceps-brachii-left-2=40", "--units", "brachialis-left=30", "--accept", "site-dose"),
        "stop muscle-dose: upper limb 110 U, over 103.8 U (6 U/kg)",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("protocol", "flags", "says"), STOPPED)
def test_the_rules_of_each(ready: Botox, protocol: str, flags: tuple[str, ...], says: str | None) -> None:
    result = session(ready, protocol, *flags)
    assert (result.exit_code, (says or "") in result.stderr) == (23 if says else 0, True), result.stderr


def test_a_dose_inside_its_range_is_no_deviation(ready: Botox) -> None:
    only = recorded(session(ready, "blepharospasm", "--as-planned", "--units", "orbicularis-oculi-left-1=2.5", "--format", "json"))
    assert (only["units"], only["deviations"], only["findings"]) == (8.75, [], [])


def test_as_planned_gives_nothing_at_optional_sites(ready: Botox) -> None:
    nothing = session(ready, "cervical-dystonia", "--as-planned")
    assert (nothing.exit_code, "--units SITE=N" in nothing.stderr) == (2, True)
    only = recorded(session(ready, "cervical-dystonia", "--as-planned", "--units", "levator-scapulae-left-1=20", "--format", "json"))
    assert (only["sites"], only["units"]) == (1, 20)


def test_the_weight_is_asked_at_every_session(ready: Botox) -> None:
    missing = ready("session", "spasticity-child", "--protocol", "spasticity-child", "--vial", "C1234", "--units", "brachialis-left=30", "--no-input")
    assert (missing.exit_code, "--answer weight=..." in missing.stderr) == (2, True)
    refused = session(ready, "spasticity-child", "--units", "brachialis-left=30", "--answer", "weight=17.35")
    assert (refused.exit_code, "a number in steps of 0.1 of kg, 5 to 150" in refused.stderr) == (21, True)


def test_the_window_of_three_months_is_by_weight_too(ready: Botox) -> None:
    flags = ("--units", "biceps-brachii-left-1=20", "--units", "biceps-brachii-left-2=20", "--units", "brachialis-left=30", "--answer", "weight=15")
    assert session(ready, "spasticity-child", *flags, "--accept", "site-dose").exit_code == 0
    again = session(ready, "spasticity-child", *flags, "--units", "brachialis-right=25", "--today", "2026-06-09", "--on", "2026-06-08")
    assert "stop muscle-dose: upper limb 95 U, over 90 U (6 U/kg)" in again.stderr
    assert "stop cumulative-dose: 165 U of onabotulinumtoxinA in the 3 months to 2026-06-08, over 150 U" in again.stderr
    later = session(ready, "spasticity-child", *flags, "--today", "2026-06-09", "--on", "2026-06-09")
    assert later.exit_code == 0, later.stderr


def test_at_the_chair_sites_are_chosen_muscle_by_muscle(ready: Botox, at_a_terminal: Any) -> None:
    at_a_terminal(True)
    given = ("--protocol", "cervical-dystonia", "--answers", answers("cervical-dystonia", "chair"), "--vial", "C1234", "--diluent-ml", "4")
    keys = ["y", "1=20", "", "", "given 1", "1=30", "done", "", "y"]
    result = ready("session", "cervical-dystonia", *given, "--reconstituted", "09:00", input="".join(f"{key}\n" for key in keys))
    assert result.exit_code == 0, result.stderr
    assert "28 optional sites, 9 muscles." in result.stderr
    assert "1/9 STERNOCLEIDOMASTOID | 4 optional sites | 15 to 100 U" in result.stderr
    assert "Enter = nothing more here, go on" in result.stderr
    assert result.stdout.splitlines()[1:4] == [
        "2 sites, 50 U of onabotulinumtoxinA, 1.00 mL (200 U in 4.00 mL)",
        "  sternocleidomastoid-left-1: 20 U",
        "  splenius-capitis-left-1: 30 U",
    ]


def test_at_the_chair_doses_follow_the_weight(ready: Botox, at_a_terminal: Any) -> None:
    at_a_terminal(True)
    chair = [line.split(": ") for line in (DATA / "spasticity-child.chair.yaml").read_text(encoding="utf-8").splitlines()]
    flags = [part for name, value in chair if name != "weight" for part in ("--answer", f"{name}={value}")]
    keys = ["y", "20", "", "given 1-2", "", "given 1", "done", "", "y"]
    result = ready(
        "session", "spasticity-child", "--protocol", "spasticity-child", *flags, "--vial", "C1234", "--diluent-ml", "4", "--reconstituted", "09:00",
        "--accept", "muscle-dose", input="".join(f"{key}\n" for key in keys),
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    assert "upper limb 60 to 120 U" in result.stderr
    assert "15 to 30 U" in result.stderr
    assert result.stdout.splitlines()[1] == "3 sites, 50 U of onabotulinumtoxinA, 1.00 mL (200 U in 4.00 mL)"


def test_an_unfinished_session_is_gone_on_with_under_its_own_protocol(ready: Botox, at_a_terminal: Any) -> None:
    at_a_terminal(True)
    given = ("--protocol", "cervical-dystonia", "--answers", answers("cervical-dystonia", "chair"), "--vial", "C1234", "--diluent-ml", "4")
    broken = ready("session", "cervical-dystonia", *given, "--reconstituted", "09:00", input="y\n1=20\n\n")
    assert (broken.exit_code, "session cervical-dystonia --protocol cervical-dystonia --resume" in broken.stderr) == (130, True)
    other = ready("session", "cervical-dystonia", "--protocol", "chronic-migraine", "--resume", input="")
    assert (other.exit_code, "Add --protocol cervical-dystonia." in other.stderr) == (2, True)
    on = ready("session", "cervical-dystonia", "--resume", input="y\ndone\n\ny\n")
    assert on.exit_code == 0, on.stderr
    assert "1 of 28 sites, 20 U" in on.stderr


def test_every_protocol_leaves_as_valid_fhir(ready: Botox, tmp_path: Path) -> None:
    for protocol, (flags, _, _) in SESSIONS.items():
        recorded(session(ready, protocol, *flags, "--format", "json"))
    assert ready("export", "fhir", "--output", str(tmp_path / "record.json")).exit_code == 0
    bundle = json.loads((tmp_path / "record.json").read_text())
    assert faults(bundle) == {"schema": [], "models": [], "codes": [], "references": []}
    assert len(resources(bundle, "MedicationAdministration")) == sum(sites for _, _, sites in SESSIONS.values())
