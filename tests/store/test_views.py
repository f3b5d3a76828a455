"""The public views: their columns, what they show, and that the daily ones never walk the history."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from botoxcli.clinic.records import AdverseEventTold, Injection, VialUse
from botoxcli.store import engine
from botoxcli.store.views import VIEWS

from .by_hand import by_name

COLUMNS = {
    "setting_now": "name value",
    "patient_now": "patient_id code name born since archived archived_on archived_why archived_rules paused_until",
    "current_visit": "visit visit_version_id patient_id patient kind date protocol edition edition_sha256 state units_hundredths lots "
    "decision decided recorded_at recorded_by edition_id version ended_early",
    "visit_history": "visit visit_version_id patient_id patient kind date protocol edition edition_sha256 state units_hundredths lots "
    "decision decided recorded_at recorded_by edition_id version ended_early entry_seq standing reason",
    "void_line": "visit voided_at voided_by reason entry_seq",
    "withdrawn_entry": "seq withdrawn_by",
    "event_line": "visit patient kind date protocol position event severity onset related escalate resolved_on told_resolved_on "
    "visit_version_id patient_id",
    "event_resolved_line": "visit patient kind date protocol position event resolved_on visit_version_id patient_id",
    "diary_line": "patient_id patient day headache hours_hundredths migraine severity acute",
    "toxin_line": "patient_id patient date product hundredths note toxin_id",
    "appointment_line": "patient_id patient protocol kind date moved_to reason recorded_at recorded_by appointment_id",
    "pause_line": "patient_id patient until reason recorded_at recorded_by pause_id",
    "archive_line": "patient_id patient archived date why rules reason recorded_at recorded_by archive_id",
    "lot_line": "lot_key lot visit patient_id patient date protocol product given_hundredths sites last_contact vial_id",
    "answer_line": "visit patient kind date protocol position question value visit_version_id patient_id",
    "finding_line": "visit patient kind date protocol position finding level met because source resolution reason visit_version_id patient_id",
    "injection_line": "visit patient date site muscle side planned_hundredths hundredths state product protocol position reason "
    "visit_version_id patient_id",
    "vial_line": "vial_id lot lot_key product hundredths expires state recalled visit given_hundredths wasted_hundredths discard_reason "
    "discard_date in_stock_since",
    "course_now": "patient_id patient protocol archived archived_on archived_rules paused_until session session_date session_edition_id "
    "consult consult_date consult_edition_id decision decided follow_up follow_up_date follow_up_edition_id declined_on",
    "last_session": "patient_id patient protocol visit date edition_id",
    "last_consult": "patient_id patient protocol visit date edition_id decision decided",
    "last_follow_up": "patient_id patient protocol visit date edition_id",
    "open_event": "patient_id patient protocol visit date event severity escalate",
    "emergency_event": "patient_id patient protocol visit date event severity escalate resolved_on",
}
DAILY = ["course_now", "last_session", "last_consult", "last_follow_up", "open_event", "emergency_event"]


def ask(path: Path, sql: str) -> list[dict[str, Any]]:
    connection = engine.open_reader(path)
    connection.row_factory = by_name
    rows = [dict(row) for row in connection.execute(sql)]
    connection.close()
    return rows


@pytest.mark.parametrize("view", COLUMNS)
def test_the_names_that_people_build_on(ledger: Path, view: str) -> None:
    connection = engine.open_reader(ledger)
    assert [row[0] for row in connection.execute(f"SELECT * FROM {view}").description] == COLUMNS[view].split()
    connection.close()


@pytest.mark.parametrize("view", DAILY)
def test_a_daily_view_searches_the_history_and_never_scans_it(full_ledger: Path, view: str) -> None:
    connection = engine.open_reader(full_ledger)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {view}")]
    connection.close()
    assert any(line.startswith("SEARCH s USING COVERING INDEX visit_version_by_patient") or "adverse_event_by_" in line for line in plan)
    for line in plan:
        if scanned := re.match(r"SCAN (\S+)", line):
            assert scanned[1] in ("p", "q", "edition"), line


def test_the_lists_of_one_patient_search_too(full_ledger: Path) -> None:
    connection = engine.open_reader(full_ledger)
    of_patient = ("current_visit", "answer_line", "injection_line", "event_line", "finding_line", "diary_line", "toxin_line", "appointment_line",
                  "pause_line", "archive_line")  # fmt: skip
    for view in of_patient:
        plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {view} WHERE patient_id = 1")]
        scans = {line for line in plan if line.startswith("SCAN")}
        assert all(line.startswith("SCAN (subquery") for line in scans), (view, plan)
    connection.close()


def test_all_views_answer(full_ledger: Path) -> None:
    for view in VIEWS:
        assert ask(full_ledger, f"SELECT * FROM {view}"), view


def test_the_visits_as_they_stand(full_ledger: Path) -> None:
    rows = ask(full_ledger, "SELECT * FROM current_visit ORDER BY visit")
    assert [(row["kind"], row["state"], row["units_hundredths"], row["lots"], row["decision"], row["decided"]) for row in rows] == [
        ("consult", "recorded", None, None, "needs-review", "treat"),
        ("session", "ended-early", 1000, "C-1234", None, None),
        ("follow-up", "recorded", None, None, None, None),
    ]
    assert {(row["patient"], row["protocol"], row["edition"], row["recorded_at"], row["recorded_by"]) for row in rows} == {
        ("P0001", "chronic-migraine", "1", "2026-03-09T14:00:00Z", "Dr. Test")
    }


def test_a_reason_stands_beside_what_it_is_about(full_ledger: Path) -> None:
    assert [row["reason"] for row in ask(full_ledger, "SELECT reason FROM finding_line")] == ["Tested", "Tested"]
    assert [(row["site"], row["state"], row["reason"]) for row in ask(full_ledger, "SELECT * FROM injection_line ORDER BY position")] == [
        ("procerus", "given", None),
        ("frontalis-left-1", "skipped", "Scar"),
        ("temporalis-left-5", "extra", None),
    ]


def test_a_vial_is_used_discarded_or_unused(full_ledger: Path) -> None:
    rows = ask(full_ledger, "SELECT * FROM vial_line ORDER BY vial_id")
    assert [(row["state"], row["visit"], row["given_hundredths"], row["wasted_hundredths"], row["discard_reason"]) for row in rows] == [
        ("used", 2, 1000, 19_000, None),
        ("discarded", None, None, None, "broken"),
        ("unused", None, None, None, None),
    ]
    assert {(row["lot"], row["recalled"], row["in_stock_since"]) for row in rows} == {("C-1234", 0, "2026-01-02")}


def test_a_vial_and_a_visit_follow_the_latest_version(full_ledger: Path) -> None:
    """As a correction will write it: a new version of the same visit, later, without the vial."""
    connection = engine.connect(full_ledger)
    connection.execute("BEGIN")
    connection.execute("PRAGMA defer_foreign_keys = ON")
    connection.execute("INSERT INTO visit_version SELECT 99, 21, visit, 2, patient_id, kind, protocol, edition_id, '2026-02-02', origin "
                       "FROM visit_version WHERE visit = 2")  # fmt: skip
    assert connection.execute("SELECT state, visit FROM vial_line WHERE vial_id = 1").fetchall() == [("unused", None)]
    assert connection.execute("SELECT date FROM last_session").fetchall() == [("2026-02-02",)]
    assert connection.execute("SELECT visit, version FROM visit_now ORDER BY visit").fetchall() == [(1, 1), (2, 2), (3, 1)]
    assert connection.execute("SELECT count(*) FROM injection_line").fetchone() == (0,)
    connection.execute("INSERT INTO visit_version SELECT 100, 21, visit, 2, patient_id, kind, protocol, edition_id, date, origin "
                       "FROM visit_version WHERE visit = 3")  # fmt: skip
    assert connection.execute("SELECT count(*) FROM open_event").fetchone() == (0,)
    connection.execute("ROLLBACK")
    connection.close()


def test_lots_are_joined_in_their_order_of_use_and_spelled_as_they_stand(ledger: Path, change: Any, make: Any) -> None:
    with change() as c:
        c.add_patient(make.patient())
        edition = c.pin_edition(make.loaded)
        first, second, third = c.add_vials(make.vials("Z-9", count=2), date(2026, 1, 1)) + c.add_vials(make.vials("A-1"), date(2026, 1, 1))
        uses = tuple(VialUse(vial_id=one, given_hundredths=500, wasted_hundredths=19_500) for one in (second, first, third))
        c.record_session(make.session(injections=(make.injection(hundredths=1500),), vials=uses, imported=False), edition)
    assert ask(ledger, "SELECT lots FROM current_visit") == [{"lots": "Z-9, A-1"}]
    with change() as c:
        c.amend_vials([third], lot="B-1", reason="Mistyped")
    assert ask(ledger, "SELECT lots FROM current_visit") == [{"lots": "Z-9, B-1"}]


def test_the_last_visit_is_by_date_and_then_by_number(ledger: Path, change: Any, make: Any) -> None:
    with change() as c:
        c.add_patient(make.patient())
        edition = c.pin_edition(make.loaded)
        for on in (date(2026, 1, 6), date(2026, 4, 7), date(2026, 4, 7), date(2026, 2, 2)):
            c.record_session(make.session(on=on), edition)
            c.record_consult(make.consult(on=on, decision="needs-review", decided="treat"), edition)
            c.record_follow_up(make.follow_up(on=on), edition)
    for view, visit in (("last_session", 7), ("last_consult", 8), ("last_follow_up", 9)):
        rows = ask(ledger, f"SELECT * FROM {view}")
        assert [(row["patient"], row["protocol"], row["visit"], row["date"]) for row in rows] == [("P0001", "chronic-migraine", visit, "2026-04-07")]
    assert [(row["decision"], row["decided"]) for row in ask(ledger, "SELECT * FROM last_consult")] == [("needs-review", "treat")]


def test_an_open_event_is_escalated_and_not_resolved(ledger: Path, change: Any, make: Any) -> None:
    events = (
        AdverseEventTold(event="dysphagia", severity="severe", onset=date(2026, 1, 10), escalate="emergency"),
        AdverseEventTold(event="ptosis", escalate="review"),
        AdverseEventTold(event="weakness", escalate="review", resolved_on=date(2026, 1, 19)),
        AdverseEventTold(event="neck-pain"),
    )
    with change() as c:
        c.add_patient(make.patient())
        c.record_follow_up(make.follow_up(events=events), c.pin_edition(make.loaded))
    rows = ask(ledger, "SELECT event, escalate, date FROM open_event ORDER BY date")
    assert [tuple(row.values()) for row in rows] == [("dysphagia", "emergency", "2026-01-10"), ("ptosis", "review", "2026-01-20")]


def test_an_imported_session_has_a_lot_and_no_stock(ledger: Path, change: Any, make: Any) -> None:
    line = Injection(site="unspecified", muscle="unspecified", side="unspecified", planned_hundredths=0, hundredths=15_500, state="imported")
    with change() as c:
        c.add_patient(make.patient())
        c.record_session(make.session(injections=(line,)), c.pin_edition(make.loaded))
    assert ask(ledger, "SELECT state, units_hundredths, lots FROM current_visit") == [
        {"state": "imported", "units_hundredths": 15_500, "lots": "OLD 1"}
    ]
    assert ask(ledger, "SELECT * FROM vial_line") == []


def test_a_setting_that_was_changed_shows_its_latest_value(ledger: Path, change: Any) -> None:
    for name in ("One", "Two"):
        with change() as c:
            c.set_settings({"practice": name})
    assert ask(ledger, "SELECT * FROM setting_now WHERE name = 'practice'") == [{"name": "practice", "value": "Two"}]


@pytest.mark.parametrize(
    "asked",
    [
        "visit_history WHERE visit = 2", "injection_history WHERE visit_version_id = 2", "lot_line WHERE lot_key = 'c1234'",
        "vial_spelling WHERE lot_key = 'c1234'", "entry_line WHERE change_key = 'k'", "entry_patient WHERE seq = 3",
    ],
)  # fmt: skip
def test_one_visit_lot_or_entry_is_searched_for(full_ledger: Path, asked: str) -> None:
    connection = engine.open_reader(full_ledger)
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM {asked}")]
    connection.close()
    for line in plan:
        if scanned := re.match(r"SCAN (\S+)", line):
            assert scanned[1].startswith("(") or scanned[1] in ("t", "entry_patient"), (line, plan)
