"""``botox visit amend``: a patch under the visit's number; every rule again; everything downstream follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from .conftest import Botox
from .cycle import DATA, WHY, amend, done, items, session, shown, stock, vials


def test_one_site_put_right_the_whole_output(cycle: Botox) -> None:
    told = done(cycle("visit", "amend", "3", "--units", "temporalis-left-4=2.5", "--skip", "procerus=scar", "--accept", "site-dose", *WHY))
    assert told.stdout.splitlines()[:14] == [
        "Amended: visit 3, session of P0001 on 2026-03-02, chronic-migraine edition 1",
        "",
        "Changed",
        "- procerus: 5 U -> skipped (scar)",
        "- temporalis-left-4: 5 U -> 2.5 U",
        "- total: 155 U -> 147.5 U",
        "- finding site-dose: none -> warn, other than planned: temporalis-left-4 2.5 U; accepted",
        "",
        "As it reads now",
        "30 sites, 147.5 U of onabotulinumtoxinA, 2.95 mL (200 U in 4.00 mL)",
        "  procerus: skipped 0 U, planned 5 U (scar)",
        "  temporalis-left-4: changed 2.5 U, planned 5 U",
        "Vial C1234: given 147.5 + wasted 52.5 = drawn 200 U",
        "Billing: J0585 x 148, J0585-JW x 52, 64615 x 1",
    ]
    assert "- Next session: from 2026-05-25, due by 2026-06-02, at the latest 2026-09-02" in told.stdout


def test_what_is_not_given_stays(cycle: Botox) -> None:
    before = shown(cycle, 3)
    amend(cycle, 3, "--minutes", "12")
    after = shown(cycle, 3)
    differ = {name for name in before if before[name] != after[name]}
    assert differ <= {"minutes", "state", "version", "recorded_at"}
    assert (after["minutes"], after["visit"], after["state"]) == (12, 3, "amended")


def test_every_flag_of_a_session_can_be_put_right(cycle: Botox) -> None:
    told = amend(
        cycle, 3, "--on", "2026-03-03", "--answer", "alcohol=yes", "--accept", "alcohol", "--vial", "D5", "--diluent-ml", "4",
        "--reconstituted", "2026-03-03T08:30", "--minutes", "20", "--injector", "Nurse Example", "--extra", "trapezius-left=10",
        "--accept", "session-dose", "--skip", "frontalis-left-1=scar",
    )  # fmt: skip
    assert told["changes"] == [
        "day: 2026-03-02 -> 2026-03-03",
        "alcohol: no -> yes",
        "frontalis-left-1: 5 U -> skipped (scar)",
        "trapezius-left-4: none -> 5 U extra",
        "trapezius-left-5: none -> 5 U extra",
        "total: 155 U -> 160 U",
        "vials: C1234 -> D5",
        "reconstituted: none -> 2026-03-03 08:30 UTC",
        "minutes: none -> 20",
        "injector: Dr Example -> Nurse Example",
        "finding alcohol: none -> warn, alcohol: alcohol was or may have been taken within the last 24 hours; accepted",
        "finding session-dose: none -> warn, 160 U, over 155 U (us); accepted",
    ]
    assert told["freed_lots"] == ["C1234"]
    now = shown(cycle, 3)
    assert (now["date"], now["units"], now["minutes"], now["injector"], now["lots"]) == ("2026-03-03", 160, 20, "Nurse Example", "D5")


def test_sites_are_put_back(cycle: Botox) -> None:
    amend(cycle, 3, "--skip", "procerus=scar", "--extra", "trapezius-left=10", "--accept", "session-dose")
    assert shown(cycle, 3)["units"] == 160
    amend(cycle, 3, "--extra", "trapezius-left=5")
    assert shown(cycle, 3)["units"] == 155
    told = amend(cycle, 3, "--planned", "procerus", "--planned", "trapezius-left-4")
    assert (told["units"], told["deviations"]) == (155, [])
    amend(cycle, 3, "--extra", "trapezius-left=5", "--units", "procerus=2.5", "--accept", "site-dose", "--accept", "session-dose")
    assert amend(cycle, 3, "--extra", "trapezius-left=0")["units"] == 152.5
    assert amend(cycle, 3, "--as-planned")["deviations"] == []


def test_its_vial_is_given_back_and_taken_again(cycle: Botox) -> None:
    before = stock(cycle)
    assert before == [
        ("C1234", "used", 2, 155, 45), ("C1234", "used", 3, 155, 45), ("C1234", "unused", None, None, None), ("D5", "unused", None, None, None),
    ]  # fmt: skip
    amend(cycle, 3, "--vial", "D5")
    assert stock(cycle)[1:] == [("C1234", "unused", None, None, None), ("C1234", "unused", None, None, None), ("D5", "used", 3, 155, 45)]
    amend(cycle, 3, "--vial", "c-1234")
    assert stock(cycle) == before
    amend(cycle, 3, "--vial", "C1234", "--skip", "procerus=scar")
    assert stock(cycle)[1] == ("C1234", "used", 3, 150, 50), "the same lot keeps the same vial"


def test_the_same_lot_keeps_the_same_vial_even_when_an_earlier_one_is_free(cycle: Botox) -> None:
    done(cycle("visit", "void", "2", *WHY))
    amend(cycle, 3, "--vial", "C1234", "--minutes", "9")
    assert [line[:3] for line in stock(cycle)] == [
        ("C1234", "unused", None), ("C1234", "used", 3), ("C1234", "unused", None), ("D5", "unused", None),
    ]  # fmt: skip


def test_more_than_its_vials_hold_is_refused(cycle: Botox, ledger: Path) -> None:
    before = ledger.read_bytes()
    many = [flag for site in ("left", "right") for flag in ("--extra", f"trapezius-{site}=25")]
    assert cycle("visit", "amend", "3", *many, "--override", "extra-allowance=x", "--override", "session-dose=x", *WHY).exit_code == 21
    assert ledger.read_bytes() == before
    told = amend(cycle, 3, *many, "--override", "extra-allowance=x", "--override", "session-dose=x", "--vial", "C1234", "--vial", "D5")
    assert [(vial["lot"], vial["given_units"], vial["wasted_units"]) for vial in told["vials"]] == [("C1234", 200, 0), ("D5", 5, 195)]


def test_the_strength_stays_when_other_vials_are_named(botox: Botox, ledger: Path) -> None:
    vials(botox, "C1234", 1)
    done(botox("vial", "add", "H1", "--units", "100", "--expires", "2027-06", "--count", "2"))
    done(botox("consult", "P0001", "--name", "Ada Example", "--born", "1980-02-29", "--on", "2026-03-01", "--answers", str(DATA / "consult.yaml")))
    done(session(botox, "--vial", "C1234", "--as-planned", "--diluent-ml", "2", "--override", "dilution=label of the pharmacy"))
    amend(botox, 2, "--vial", "H1", "--vial", "H1")
    now = shown(botox, 2)
    assert (now["diluent_ul"], [vial["drawn_units"] for vial in now["vials"]]) == (2000, [100, 100])
    assert [finding["resolution"] for finding in now["findings"] if finding["id"] == "dilution"] == ["overridden"]


def test_it_is_checked_as_if_recorded_now_on_its_day(cycle: Botox, ledger: Path) -> None:
    before = ledger.read_bytes()
    near = cycle("visit", "amend", "3", "--on", "2026-03-01", *WHY)
    assert (near.exit_code, "stop interval: 83 days after the session of 2025-12-08 (visit 2), at least 84" in near.stderr) == (23, True)
    future = cycle("visit", "amend", "3", "--on", "2026-03-10", *WHY)
    assert (future.exit_code, "--on" in future.stderr) == (21, True)
    assert ledger.read_bytes() == before
    assert amend(cycle, 3, "--on", "2026-03-01", "--override", "interval=she travels")["date"] == "2026-03-01"


def test_what_was_overridden_counts_for_the_same_finding(cycle: Botox) -> None:
    amend(cycle, 3, "--on", "2026-03-01", "--override", "interval=she travels")
    told = amend(cycle, 3, "--minutes", "12")
    interval = next(finding for finding in shown(cycle, 3)["findings"] if finding["id"] == "interval")
    assert (interval["because"][:7], interval["resolution"], interval["reason"]) == ("83 days", "overridden", "she travels")
    assert told["no_longer_holds"] == []


def test_what_was_overridden_is_asked_again_when_its_fact_changed(cycle: Botox) -> None:
    amend(cycle, 3, "--on", "2026-03-01", "--override", "interval=she travels")
    worse = cycle("visit", "amend", "3", "--on", "2025-12-09", *WHY)
    assert (worse.exit_code, "stop interval: 1 days after the session of 2025-12-08" in worse.stderr) == (23, True)
    other = cycle("visit", "amend", "2", "--on", "2025-12-09", "--override", "interval=it was the 9th", *WHY)
    assert "- visit 3 of 2026-03-01: stop interval: 82 days after the session of 2025-12-09" in done(other).stdout


def test_what_was_accepted_is_asked_again_for_another_site_or_dose(cycle: Botox) -> None:
    amend(cycle, 3, "--units", "procerus=2.5", "--accept", "site-dose")
    for dose in ("procerus=7.5", "temporalis-left-4=2.5"):
        again = cycle("visit", "amend", "3", "--units", dose, *WHY)
        assert (again.exit_code, "warn site-dose" in again.stderr) == (23, True), dose
    assert amend(cycle, 3, "--minutes", "12")["visit"] == 3
    assert amend(cycle, 3, "--units", "temporalis-left-4=2.5", "--accept", "site-dose")["visit"] == 3


def test_a_follow_up_on_another_full_day_is_asked_again(cycle: Botox) -> None:
    outcomes = ("--answer", "headache-days=10", "--answer", "diary-days=28", "--event", "none", "--no-input")
    for day in ("2025-12-20", "2025-12-21", "2025-12-20"):
        done(cycle("follow-up", "P0001", "--on", day, *outcomes, "--accept", "duplicate-visit"))
    amend(cycle, 6, "--answer", "headache-days=9")
    again = cycle("visit", "amend", "6", "--on", "2025-12-21", *WHY)
    assert (again.exit_code, "duplicate-visit: a follow-up on 2025-12-21 stands already (visit 5)" in again.stderr) == (23, True)


def test_a_consult_on_another_full_day_is_asked_again(cycle: Botox) -> None:
    for day in ("2025-12-02", "2025-12-01"):
        done(cycle("consult", "P0001", "--on", day, "--answers", str(DATA / "consult.yaml"), "--accept", "duplicate-visit"))
    amend(cycle, 5, "--answer", "hit-6=61")
    again = cycle("visit", "amend", "5", "--on", "2025-12-02", *WHY)
    assert (again.exit_code, "a consult on 2025-12-02 stands already (visit 4)" in again.stderr) == (23, True)


def test_its_own_old_version_is_no_duplicate(cycle: Botox) -> None:
    """Nor too near to itself, nor counted twice in the cumulative dose."""
    told = amend(cycle, 3, "--on", "2026-03-03")
    assert told["findings"] == []


def test_the_other_sessions_are_re_checked_and_nothing_is_blocked(cycle: Botox) -> None:
    told = cycle("visit", "amend", "2", "--on", "2025-12-09", "--override", "interval=it was the 9th", *WHY)
    said = (
        "No longer holds (these visits stay as they were recorded)\n- visit 3 of 2026-03-02: stop interval: 83 days after the session of 2025-12-09"
    )
    assert said in done(told).stdout
    again = ("--override", "interval=it was the 10th")
    (only,) = [one for one in amend(cycle, 2, "--on", "2025-12-10", *again)["no_longer_holds"] if one["id"] == "interval"]
    assert (only["visit"], only["level"]) == (3, "stop")
    assert shown(cycle, 3)["state"] == "recorded"


def test_due_follows(cycle: Botox) -> None:
    amend(cycle, 3, "--on", "2026-03-04")
    (due,) = items(cycle, "due", "--all", "--kind", "session")
    assert (due["anchor"], due["earliest"], due["anchor_visit"]) == ("2026-03-04", "2026-05-27", 3)


def test_cumulative_doses_follow(cycle: Botox) -> None:
    """At 155 and 155 U a third session within the window is over 400 U; with 30 U less in the first it is not."""
    third = ("--on", "2026-03-09", "--vial", "C1234", "--as-planned", "--override", "interval=trial")
    assert session(cycle, *third, "--dry-run").exit_code == 0, "the first lies outside the 3 months"
    amend(cycle, 2, "--on", "2025-12-20", "--override", "interval=x")
    stopped = session(cycle, *third)
    assert (stopped.exit_code, "465 U of onabotulinumtoxinA" in stopped.stderr) == (23, True)
    places = [f"{muscle}-{side}-{number}" for muscle in ("trapezius", "occipitalis") for side in ("left", "right") for number in (1, 2, 3)]
    amend(cycle, 2, *(flag for place in (*places, "procerus") for flag in ("--skip", f"{place}=ended")))
    done(session(cycle, *third))


def test_answers_are_patched_from_a_file_too(cycle: Botox, tmp_path: Path) -> None:
    file = tmp_path / "right.yaml"
    file.write_text("nsaids: yes\n")
    assert cycle("visit", "amend", "3", "--answers", str(file), *WHY).exit_code == 23
    assert "nsaids: no -> yes" in amend(cycle, 3, "--answers", str(file), "--accept", "nsaids")["changes"]


def test_a_consult_is_weighed_again(cycle: Botox) -> None:
    told = amend(cycle, 1, "--answer", "headache-days=14")
    assert (told["decision"], told["changes"]) == ("not-eligible", ["headache-days: 20 -> 14", "decision: eligible -> not-eligible"])
    assert [(one["visit"], one["id"]) for one in told["no_longer_holds"]] == [(2, "consult"), (3, "consult")]
    assert shown(cycle, 1)["decision"] == "not-eligible"
    assert {item["decision"] for item in items(cycle, "visit", "list", "--kind", "consult")} == {"not-eligible"}


def test_the_practitioner_s_decision_is_put_right(cycle: Botox) -> None:
    amend(cycle, 1, "--decide", "defer", "--decide-reason", "she wants to think")
    assert (shown(cycle, 1)["decided"], shown(cycle, 1)["reason"]) == ("defer", "she wants to think")
    amend(cycle, 1, "--decide", "treat")
    assert (shown(cycle, 1)["decided"], shown(cycle, 1)["reason"]) == ("treat", "mistyped")
    amend(cycle, 1, "--decide", "none")
    assert (shown(cycle, 1)["decided"], shown(cycle, 1)["reason"]) == (None, None)
    assert cycle("visit", "amend", "1", "--decide-reason", "why not", *WHY).exit_code == 21


def test_a_consult_moved_behind_the_session_is_shown(cycle: Botox) -> None:
    told = amend(cycle, 1, "--on", "2025-12-09")
    assert [(one["visit"], one["id"], one["because"]) for one in told["no_longer_holds"]] == [
        (2, "consult", "there is no consult on or before this day")
    ]


def test_a_follow_up_is_put_right(cycle: Botox) -> None:
    flags = ("--on", "2025-12-20", "--answer", "headache-days=12", "--answer", "diary-days=28", "--event", "neck-pain=mild", "--no-input")
    done(cycle("follow-up", "P0001", *flags))
    told = amend(cycle, 4, "--answer", "headache-days=8", "--event", "neck-pain=severe,onset=2025-12-10", "--event", "eyelid-ptosis=mild")
    assert told["changes"][0] == "headache-days: 12 -> 8"
    assert "event neck-pain: mild -> severe, onset 2025-12-10" in told["changes"]
    assert [event["event"] for event in shown(cycle, 4)["events"]] == ["neck-pain", "eyelid-ptosis"]
    assert any(item["kind"] == "event-review" for item in items(cycle, "due", "--all"))
    amend(cycle, 4, "--event", "none")
    assert shown(cycle, 4)["events"] == []
    assert not any(item["kind"] == "event-review" for item in items(cycle, "due", "--all"))


@pytest.mark.parametrize(
    ("visit", "flags", "code", "says"),
    [
        ("9", ("--minutes", "5", *WHY), 22, "no such visit"),
        ("3", (*WHY,), 2, "nothing to amend"),
        ("3", ("--accept", "alcohol", *WHY), 2, "nothing to amend"),
        ("3", ("--minutes", "5"), 2, "--reason"),
        ("3", ("--minutes", "5", "--reason", "  "), 21, "--reason"),
        ("1", ("--vial", "C1234", *WHY), 2, "A consult has no --vial"),
        ("3", ("--decide", "treat", *WHY), 2, "A session has no --decide"),
        ("3", ("--minutes", "601", *WHY), 21, "--minutes"),
        ("3", ("--units", "temporalis-left-9=5", *WHY), 21, "Did you mean temporalis-left-"),
        ("3", ("--planned", "nowhere", *WHY), 21, "--planned nowhere"),
        ("3", ("--extra", "nose-left=0", *WHY), 21, "--extra nose-left"),
        ("3", ("--units", "procerus=2", "--skip", "procerus=x", *WHY), 21, "--skip procerus"),
        ("3", ("--units", "procerus=0", *WHY), 21, "--units procerus"),
        ("3", ("--vial", " ", *WHY), 21, "--vial"),
        ("3", ("--answer", "consent=maybe", *WHY), 21, "--answer consent"),
        ("3", ("--answer", "headache-days=3", *WHY), 21, "asks no such question"),
        ("3", ("--on", "1970-01-01", *WHY), 21, "before the patient's birth"),
        ("3", ("--vial", "C1234", *WHY), 21, "stands already"),
        ("3", ("--minutes", "5", "--reason", "bad \x1b[31m words"), 21, "--reason"),
        ("3", ("--vial", "ZZ", *WHY), 23, "vial-unknown"),
    ],
)
def test_what_is_refused_leaves_the_ledger_as_it_was(cycle: Botox, ledger: Path, visit: str, flags: tuple[str, ...], code: int, says: str) -> None:
    before = ledger.read_bytes()
    result = cycle("visit", "amend", visit, *flags, "--no-input")
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr
    assert ledger.read_bytes() == before


def test_a_rehearsal_shows_and_writes_nothing(cycle: Botox, ledger: Path) -> None:
    before = ledger.read_bytes()
    told = done(cycle("visit", "amend", "1", "--answer", "headache-days=14", *WHY, "--dry-run"))
    assert told.stdout.startswith("Would amend visit 1, consult of P0001")
    assert told.stdout.endswith("\nNothing was recorded.\n")
    assert "- visit 2 of 2025-12-08: stop consult:" in told.stdout
    assert ledger.read_bytes() == before


def test_the_same_key_twice_records_once(cycle: Botox, ledger: Path) -> None:
    first = amend(cycle, 3, "--skip", "procerus=scar", "--key", "k")
    stands = ledger.read_bytes()
    again = amend(cycle, 3, "--skip", "procerus=scar", "--key", "k")
    assert (again["standing"], again["units"], again["deviations"]) == (True, first["units"], first["deviations"])
    assert ledger.read_bytes() == stands
    assert cycle("visit", "amend", "3", "--skip", "procerus=wound", "--key", "k", *WHY).exit_code == 21
    assert cycle("visit", "amend", "2", "--skip", "procerus=scar", "--key", "k", *WHY).exit_code == 21


def test_the_edition_stays(cycle: Botox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A visit is checked under the edition that it followed, read from the ledger and not from a file."""
    from botoxcli import paths

    monkeypatch.setattr(paths, "shipped_protocols", lambda: tmp_path / "nothing-here")
    hashed = shown(cycle, 3)["edition_sha256"]
    assert amend(cycle, 3, "--skip", "procerus=scar")["units"] == 150
    assert shown(cycle, 3)["edition_sha256"] == hashed


def test_at_a_terminal_the_findings_are_asked(cycle: Botox, at_a_terminal: Any) -> None:
    at_a_terminal()
    told = cycle("visit", "amend", "3", "--answer", "alcohol=yes", *WHY, input="y\n")
    assert done(told).stdout.startswith("Amended: visit 3")
    assert [(one["id"], one["resolution"]) for one in shown(cycle, 3)["findings"]] == [("alcohol", "accepted")]


def test_an_imported_session_is_voided_and_recorded_anew(botox: Botox, visited: Path) -> None:
    from datetime import UTC, date, datetime

    from botoxcli.clinic.records import Injection, Session, VialUse
    from botoxcli.store.recorder import Recorder

    injection = Injection(site="unspecified", muscle="unspecified", side="unspecified", planned_hundredths=0, hundredths=15_500, state="imported")
    old = Session(
        patient="P0001", date=date(2025, 9, 1), product="onabotulinumtoxinA", injections=(injection,),
        vials=(VialUse(lot="OLD", given_hundredths=15_500),), jurisdiction="us", imported=True,
    )  # fmt: skip
    with Recorder(visited).change(command="import visits", actor="Dr Example", at=datetime(2026, 3, 9, tzinfo=UTC)) as change:
        change.record_session(old, 1)
    assert botox("visit", "amend", "3", "--minutes", "5", *WHY).exit_code == 21
    assert botox("visit", "void", "3", *WHY).exit_code == 0


def test_a_record_that_does_not_tell_of_every_site_is_put_right_in_the_rest(botox: Botox, visited: Path) -> None:
    """What is not given stays, silence about a site too; ``--as-planned`` breaks it."""
    settle = [flag for name in ("consent", "infection", "pregnancy") for flag in ("--override", f"{name}=on paper")]
    settle += [flag for name in ("changed", "weakness", "alcohol", "nsaids", "site-dose") for flag in ("--accept", name)]
    told = amend(botox, 2, "--minutes", "20", *settle)
    assert "minutes: 15 -> 20" in told["changes"] and not any("total" in line for line in told["changes"])
    assert [one["site"] for one in shown(botox, 2)["injections"]] == ["corrugator-left", "corrugator-right", "procerus"]
    assert len(shown(botox, 2)["injections"]) == 3
    assert amend(botox, 2, "--as-planned", *settle)["units"] == 155


def test_a_correction_that_changes_nothing_says_so_and_writes_nothing(cycle: Botox, ledger: Path) -> None:
    two = ("--event", "neck-pain=mild", "--event", "headache=mild")
    outcomes = ("--answer", "headache-days=12", "--answer", "diary-days=28", "--no-input")
    done(cycle("follow-up", "P0001", "--on", "2025-12-20", *outcomes, "--event", "none"))
    done(cycle("follow-up", "P0001", "--on", "2025-12-21", *outcomes, *two))
    before = ledger.read_bytes()
    for visit, flags in (
        ("1", ("--answer", "hit-6=64")), ("3", ("--vial", "c 1234", "--planned", "procerus")), ("4", ("--event", "none")),
        ("4", ("--answer", "headache-days=12")), ("5", (*two[2:], *two[:2])),
    ):  # fmt: skip
        result = cycle("visit", "amend", visit, *flags, *WHY)
        assert (result.exit_code, result.stdout) == (21, "") and "this is what stands already" in result.stderr
    assert ledger.read_bytes() == before


def test_an_old_spelling_of_a_lot_is_the_vial_that_it_was(cycle: Botox) -> None:
    done(cycle("vial", "amend", "D5", "--lot", "D55", *WHY))
    told = amend(cycle, 3, "--vial", "d-5")
    assert told["changes"] == ["vials: C1234 -> D55"]
    assert [one["because"] for one in told["findings"] if one["id"] == "lot-corrected"] == ["d-5 was corrected to D55"]
    assert cycle("visit", "amend", "3", "--vial", "D5", *WHY).exit_code == 21, "it has that vial already"
