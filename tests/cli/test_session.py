"""``botox session`` by flags: what is recorded, what stops it, and with which exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from .conftest import Botox, Result

DATA = Path(__file__).parents[1] / "data"
CHAIR = str(DATA / "chair.yaml")


@pytest.fixture
def ready(botox: Botox, ledger: Path) -> Botox:
    """A patient whose consult of 2026-03-01 is eligible, and three vials of lot C1234."""
    assert botox("vial", "add", "C1234", "--units", "200", "--expires", "2027-06", "--count", "3").exit_code == 0
    consult = botox(
        "consult",
        "P0001",
        "--name",
        "Ada Example",
        "--born",
        "1980-02-29",
        "--on",
        "2026-03-01",
        "--answers",
        str(DATA / "consult.yaml"),
        "--no-input",
    )
    assert consult.exit_code == 0, consult.stderr
    return botox


def session(botox: Botox, *flags: str, patient: str = "P0001") -> Result:
    return botox("session", patient, "--answers", CHAIR, "--no-input", *flags)


def planned(botox: Botox, *flags: str) -> Result:
    return session(botox, "--vial", "C1234", "--as-planned", *flags)


def item(result: Result) -> dict[str, Any]:
    assert result.exit_code == 0, result.stderr
    document = json.loads(result.stdout)
    assert document["schema"] == "botoxcli/session/1"
    (only,) = document["items"]
    return dict(only)


def test_as_planned_the_whole_output(ready: Botox) -> None:
    result = planned(ready)
    assert result.exit_code == 0, result.stderr
    assert result.stdout == (
        "Recorded: visit 2, session of P0001 on 2026-03-09, chronic-migraine edition 1\n"
        "31 sites, 155 U of onabotulinumtoxinA, 3.10 mL (200 U in 4.00 mL)\n"
        "Vial C1234: given 155 + wasted 45 = drawn 200 U\n"
        "Billing: J0585 x 155, J0585-JW x 45, 64615 x 1\n"
        "Left on 2026-03-09 of the 400 U of onabotulinumtoxinA in 3 months: 245 U\n"
        "\n"
        "After your treatment\n"
        "====================\n"
        "\n"
        "- Do not rub or massage the sites, until Tue 2026-03-10 10:00 UTC\n"
        "- Nothing strenuous for the rest of the day; everything else as usual, at\n"
        "  once, for the rest of 2026-03-09\n"
        "\n"
        "Usual\n"
        "- Neck pain and a minor headache are usual and pass. The effect shows after 10\n"
        "  to 14 days, at times sooner, and lasts up to 3 months. Individual results\n"
        "  vary.\n"
        "\n"
        "Get emergency help\n"
        "- For hours to weeks after the session, get emergency help for trouble\n"
        "  swallowing, speaking or breathing, weakness all over, double or blurred\n"
        "  vision, loss of bladder control, or signs of allergy such as itch, rash,\n"
        "  welts, wheezing or faintness. Do not drive if you are weak, dizzy or not\n"
        "  seeing well.\n"
        "\n"
        "Ring us\n"
        "- Ring us for a drooping lid or a weak neck.\n"
        "\n"
        "Next\n"
        "- Ask how it works: from 2026-03-19, due by 2026-03-23, at the latest 2026-04-06\n"
        "- Next session: from 2026-06-01, due by 2026-06-09, at the latest 2026-09-09\n"
    )


def test_json_has_every_figure(ready: Botox) -> None:
    only = item(
        planned(ready, "--skip", "temporalis-left-4=haematoma", "--extra", "trapezius-right=10", "--accept", "session-dose", "--format", "json")
    )
    assert (only["visit"], only["units"], only["volume_ml"], only["sites"]) == (2, 160, 3.2, 32)
    assert only["deviations"] == [
        {"site": "temporalis-left-4", "state": "skipped", "planned_units": 5, "units": 0, "reason": "haematoma"},
        {"site": "trapezius-right-4", "state": "extra", "planned_units": 0, "units": 5, "reason": None},
        {"site": "trapezius-right-5", "state": "extra", "planned_units": 0, "units": 5, "reason": None},
    ]
    assert only["vials"] == [{"lot": "C1234", "drawn_units": 200, "given_units": 160, "wasted_units": 40}]
    assert [finding["id"] for finding in only["findings"]] == ["session-dose"]
    assert only["findings"][0]["resolution"] == "accepted"


@pytest.mark.parametrize(
    ("flags", "finding", "level"),
    [
        (("--answer", "consent=no"), "consent", "stop"),
        (("--answer", "consent=unknown"), "consent", "stop"),
        (("--answer", "infection-at-site=yes"), "infection", "stop"),
        (("--answer", "pregnant-or-breastfeeding=unknown"), "pregnancy", "stop"),
        (("--answer", "trouble-since-last=yes"), "changed", "warn"),
        (("--answer", "weakness-or-ptosis-now=yes"), "weakness", "warn"),
        (("--answer", "alcohol=yes"), "alcohol", "warn"),
        (("--answer", "nsaids=unknown"), "nsaids", "warn"),
        (("--units", "corrugator-left=2.5"), "site-dose", "warn"),
        (("--units", "corrugator-left=10.01", "--accept", "session-dose"), "site-dose", "stop"),
        (("--extra", "corrugator-left=5", "--accept", "session-dose"), "extra-allowance", "stop"),
        (("--extra", "temporalis-left=10", "--extra", "temporalis-right=5", "--accept", "session-dose"), "extra-allowance", "stop"),
        (("--extra", "trapezius-left=5"), "session-dose", "warn"),
        (("--diluent-ml", "2"), "dilution", "stop"),
        (("--reconstituted", "2026-03-08T09:59"), "reconstituted-24h", "stop"),
    ],
)
def test_a_rule_stops_and_what_passes_it_is_kept(ready: Botox, ledger: Path, flags: tuple[str, ...], finding: str, level: str) -> None:
    before = ledger.read_bytes()
    stopped = planned(ready, *flags)
    assert stopped.exit_code == 23
    assert f"{level} {finding}: " in stopped.stderr
    assert ledger.read_bytes() == before
    passing = ("--accept", finding) if level == "warn" else ("--override", f"{finding}=clinical need")
    recorded = item(planned(ready, *flags, *passing, "--format", "json"))
    kept = next(one for one in recorded["findings"] if one["id"] == finding)
    assert (kept["level"], kept["resolution"]) == (level, "accepted" if level == "warn" else "overridden")
    shown = ready("visit", "show", str(recorded["visit"]), "--format", "json")
    assert ("clinical need" in shown.stdout) == (level == "stop")


def test_accepting_does_not_pass_a_stop(ready: Botox) -> None:
    assert planned(ready, "--answer", "consent=no", "--accept", "consent").exit_code == 23


def test_blood_thinners_are_a_note_and_never_a_breach(ready: Botox) -> None:
    recorded = item(planned(ready, "--answer", "blood-thinners=yes", "--format", "json"))
    assert [(finding["id"], finding["level"]) for finding in recorded["findings"]] == [("blood-thinners", "note")]


@pytest.mark.parametrize(("day", "code"), [("2026-05-31", 23), ("2026-06-01", 0)])
def test_the_interval_is_84_days(ready: Botox, monkeypatch: pytest.MonkeyPatch, day: str, code: int) -> None:
    assert planned(ready).exit_code == 0
    assert planned(ready, "--today", "2026-06-02", "--on", day).exit_code == code


@pytest.mark.parametrize(
    ("flags", "code", "says"),
    [
        (("--vial", "C1234", "--as-planned", "--on", "2026-03-10"), 21, "--on"),
        (("--vial", "C1234", "--as-planned", "--on", "1980-02-28"), 21, "birth"),
        (("--vial", "C1234", "--as-planned", "--on", "03/04/2026"), 21, "2026-04-03 or as 2026-03-04"),
        (("--vial", "C1234", "--as-planned", "--answer", "consent=maybe"), 21, "--answer consent"),
        (("--vial", "C1234", "--as-planned", "--answer", "consnt=yes"), 21, "Did you mean consent?"),
        (("--vial", "C1234", "--as-planned", "--answer", "consent"), 2, "--answer needs NAME=VALUE"),
        (("--vial", "C1234", "--as-planned", "--skip", "temporalis-left-9=x"), 21, "no such site"),
        (("--vial", "C1234", "--as-planned", "--skip", "temporalis-left-1="), 21, "needs a written reason"),
        (("--vial", "C1234", "--as-planned", "--units", "temporalis-left-1=0"), 21, "--units temporalis-left-1"),
        (("--vial", "C1234", "--as-planned", "--units", "temporalis-left-1=five"), 21, "--units temporalis-left-1"),
        (("--vial", "C1234", "--as-planned", "--extra", "temporalis-left=7"), 21, "steps of 5 U"),
        (("--vial", "C1234", "--as-planned", "--override", "interval="), 21, "written reason"),
        (("--vial", "C1234", "--as-planned", "--minutes", "601"), 21, "--minutes"),
        (("--vial", "C1234", "--as-planned", "--reconstituted", "2026-03-09T10:01"), 21, "--reconstituted"),
        (("--vial", "C1234", "--units", "procerus=5"), 2, "--as-planned"),
        (("--as-planned",), 2, "--vial LOT"),
        (("--vial", "C1234", "--as-planned", "--protocol", "no-such"), 22, "protocol"),
        (("--vial", "C9999", "--as-planned"), 23, "vial-unknown"),
        (("--vial", "C1243", "--as-planned"), 23, "near ones: C1234"),
    ],
)
def test_what_is_refused_leaves_the_ledger_as_it_was(ready: Botox, ledger: Path, flags: tuple[str, ...], code: int, says: str) -> None:
    before = ledger.read_bytes()
    result = session(ready, *flags)
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr
    assert result.stdout == ""
    assert ledger.read_bytes() == before


def test_units_above_what_the_vials_hold_are_never_overridable(ready: Botox) -> None:
    ready("vial", "add", "SMALL", "--units", "100", "--expires", "2027-06")
    assert session(ready, "--vial", "SMALL", "--as-planned").exit_code == 21
    both = item(session(ready, "--vial", "SMALL", "--vial", "C1234", "--as-planned", "--format", "json"))
    assert [(vial["lot"], vial["given_units"], vial["wasted_units"]) for vial in both["vials"]] == [("SMALL", 100, 0), ("C1234", 55, 145)]


def test_a_patient_is_looked_up_before_anything_else(ready: Botox) -> None:
    result = ready("session", "Nobody", "--answer", "consent=maybe", "--no-input")
    assert result.exit_code == 22
    assert "Nobody" not in result.stderr


def test_what_is_missing_is_named_flag_by_flag(ready: Botox) -> None:
    result = ready("session", "P0001", "--answer", "consent=yes", "--no-input", "--format", "json")
    assert result.exit_code == 2
    missing = json.loads(result.stderr)["missing"]
    assert missing[0] == "--answer infection-at-site=..."
    assert missing[-2:] == ["--vial LOT", "--as-planned"]
    assert len(missing) == 11


def test_an_expired_vial_is_judged_on_the_session_s_day(ready: Botox) -> None:
    ready("vial", "add", "OLD", "--units", "200", "--expires", "2026-03-08")
    assert session(ready, "--vial", "OLD", "--as-planned").exit_code == 23
    assert session(ready, "--vial", "OLD", "--as-planned", "--on", "2026-03-08").exit_code == 0


def test_a_recalled_lot_stops(ready: Botox) -> None:
    assert ready("vial", "recall", "C1234", "--reason", "maker's letter").exit_code == 0
    result = planned(ready)
    assert (result.exit_code, "vial-recalled" in result.stderr) == (23, True)


def test_an_overridden_unknown_vial_stands_as_a_lot_without_stock(ready: Botox) -> None:
    recorded = item(session(ready, "--vial", "X1", "--as-planned", "--override", "vial-unknown=borrowed", "--format", "json"))
    assert recorded["vials"] == [{"lot": "X1", "drawn_units": None, "given_units": 155, "wasted_units": None}]
    assert recorded["billing"] == [{"code": "J0585", "units": 155}, {"code": "64615", "units": 1}]


def test_a_key_spelt_with_other_code_points_is_the_same_key(ready: Botox) -> None:
    first = planned(ready, "--key", "M\u00e4rz", "--format", "json")
    assert item(planned(ready, "--key", "Ma\u0308rz", "--format", "json"))["visit"] == item(first)["visit"]


def test_the_same_key_twice_records_once(ready: Botox, ledger: Path) -> None:
    first = planned(ready, "--key", "friday-1", "--format", "json")
    stands = ledger.read_bytes()
    again = planned(ready, "--key", "friday-1", "--format", "json")
    assert (item(again)["visit"], item(again)["standing"], item(again)["vials"]) == (item(first)["visit"], True, item(first)["vials"])
    assert ledger.read_bytes() == stands
    other = planned(ready, "--key", "friday-1", "--minutes", "20")
    assert (other.exit_code, "--key" in other.stderr) == (21, True)


def test_a_rehearsal_checks_all_and_writes_nothing(ready: Botox, ledger: Path) -> None:
    before = ledger.read_bytes()
    only = item(planned(ready, "--dry-run", "--format", "json"))
    assert (only["visit"], only["units"], only["dry_run"]) == (None, 155, True)
    assert ledger.read_bytes() == before
    assert planned(ready, "--dry-run", "--answer", "consent=no").exit_code == 23


def test_while_today_is_set_the_day_must_be_named(ready: Botox) -> None:
    result = planned(ready, "--today", "2026-03-09")
    assert (result.exit_code, "--on" in result.stderr) == (2, True)
    said = planned(ready, "--today", "2026-03-09", "--on", "2026-03-09")
    assert said.exit_code == 0
    assert "Today is set to 2026-03-09" in said.stderr


def test_there_is_nothing_to_resume(ready: Botox) -> None:
    resumed = ready("session", "P0001", "--resume", "--no-input")
    assert resumed.exit_code == 22
    assert "There is no such unfinished session." in resumed.stderr
