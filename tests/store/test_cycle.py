"""What the ledger tells over the cycles: events that ended later, the diary, toxin elsewhere, appointments, pauses, lots, and what audit reads."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.due_candidate import Appointment, PastEvent
from botoxcli.clinic.history import PastToxin
from botoxcli.clinic.past_visit import LotLine
from botoxcli.clinic.records import AdverseEventTold, AnswerGiven, EventResolved, VialUse
from botoxcli.errors import ValueRefused
from botoxcli.store import engine
from botoxcli.store.reader import open_ledger

from .by_hand import by_name

PROTOCOL = "chronic-migraine"


class TestEventsThatEnd:
    """Ptosis told on 20 January without an onset, again on 17 February with one; what ends it is told in March."""

    @pytest.fixture(autouse=True)
    def _told(self, ledger: Path, change: Any, make: Any) -> None:
        self.path, self.change, self.make = ledger, change, make
        with change() as one:
            one.add_patient(make.patient())
            self.edition = one.pin_edition(make.loaded)
            ptosis = AdverseEventTold(event="ptosis", escalate="review")
            one.record_follow_up(make.follow_up(on=date(2026, 1, 20), events=(ptosis,)), self.edition)
            again = AdverseEventTold(event="ptosis", escalate="review", onset=date(2026, 2, 10))
            one.record_follow_up(make.follow_up(on=date(2026, 2, 17), events=(again,)), self.edition)

    def ends(self, on: date, event: str = "ptosis", told: date = date(2026, 3, 3)) -> int:
        with self.change() as one:
            ended = (EventResolved(event=event, resolved_on=on),)
            return int(one.record_follow_up(self.make.follow_up(on=told, resolved=ended), self.edition))

    def open_ones(self) -> list[date]:
        with open_ledger(self.path) as reader:
            (candidate,) = reader.due_candidates()
            assert [one.date for one in candidate.events] == [one.date for one in reader.patient_history(1).events if not one.resolved]
        return [one.date for one in candidate.events]

    @pytest.mark.parametrize(
        ("on", "left"),
        [
            (date(2026, 1, 19), [date(2026, 1, 20), date(2026, 2, 10)]),
            (date(2026, 1, 20), [date(2026, 2, 10)]),
            (date(2026, 2, 9), [date(2026, 2, 10)]),
            (date(2026, 2, 10), []),
            (date(2026, 3, 1), []),
        ],
    )
    def test_all_that_began_by_that_day(self, on: date, left: list[date]) -> None:
        self.ends(on)
        assert self.open_ones() == left

    def test_another_event_is_not_meant(self) -> None:
        self.ends(date(2026, 3, 1), event="neck-pain")
        assert len(self.open_ones()) == 2

    def test_another_patient_is_not_meant(self) -> None:
        with self.change() as one:
            one.add_patient(self.make.patient("P0002"))
            ended = (EventResolved(event="ptosis", resolved_on=date(2026, 3, 1)),)
            one.record_follow_up(self.make.follow_up("P0002", date(2026, 3, 3), resolved=ended), self.edition)
        with open_ledger(self.path) as reader:
            assert [len(one.events) for one in reader.due_candidates()] == [2, 0]

    def test_the_end_goes_with_the_visit_that_told_it(self) -> None:
        number = self.ends(date(2026, 3, 1))
        with self.change() as one:
            one.void_visit(number, reason="Another patient's")
        assert len(self.open_ones()) == 2

    def test_the_visit_shows_it_beside_what_was_told(self) -> None:
        number = self.ends(date(2026, 3, 1))
        with open_ledger(self.path) as reader:
            (event,) = reader.visit(1).events
            assert (event.resolved_on, event.resolved_later) == (None, date(2026, 3, 1))
            assert reader.visit(number).resolved == (("ptosis", date(2026, 3, 1)),)
            assert reader.versions(1)[0].visit.events[0].resolved_later is None

    def test_a_resolved_emergency_is_still_told_to_the_due_list(self) -> None:
        with self.change() as one:
            event = AdverseEventTold(event="dysphagia", severity="severe", escalate="emergency")
            one.record_follow_up(self.make.follow_up(on=date(2026, 2, 20), events=(event,)), self.edition)
        self.ends(date(2026, 2, 22), event="dysphagia")
        with open_ledger(self.path) as reader:
            (candidate,) = reader.due_candidates()
        assert candidate.events[-1] == PastEvent(3, date(2026, 2, 20), "dysphagia", "severe", "emergency", resolved=True)
        assert len(candidate.events) == 3


class TestDiary:
    @pytest.fixture(autouse=True)
    def _patient(self, ledger: Path, change: Any, make: Any) -> None:
        self.path, self.change = ledger, change
        with change() as one:
            one.add_patient(make.patient())

    def add(self, *days: DiaryDay) -> int:
        with self.change("diary import") as one:
            return int(one.add_diary(1, days))

    def diary(self) -> tuple[DiaryDay, ...]:
        with open_ledger(self.path) as reader:
            return reader.diary(1)

    def test_comes_back_as_it_was_told(self) -> None:
        days = (DiaryDay(date(2026, 1, 1), True, 450, True, 10, False), DiaryDay(date(2026, 1, 2), False), DiaryDay(date(2026, 1, 3), True, 0, False))
        assert self.add(*reversed(days)) == 3
        assert self.diary() == days

    def test_what_is_so_already_changes_nothing(self) -> None:
        days = [DiaryDay(date(2026, 1, 1), True, 450), DiaryDay(date(2026, 1, 2), False)]
        self.add(*days)
        before = self.path.read_bytes()
        assert self.add(*days) == 0
        assert self.path.read_bytes() == before

    def test_a_day_that_is_told_otherwise_is_replaced(self) -> None:
        self.add(DiaryDay(date(2026, 1, 1), True), DiaryDay(date(2026, 1, 2), False))
        assert self.add(DiaryDay(date(2026, 1, 1), False), DiaryDay(date(2026, 1, 2), False)) == 1
        assert [one.headache for one in self.diary()] == [False, False]
        with self.change("undo") as one:
            one.reverse(one.seq - 1, stands=False)
        assert [one.headache for one in self.diary()] == [True, False]

    def test_one_day_twice_in_one_change_is_refused(self) -> None:
        with pytest.raises(ValueError, match="once"):
            self.add(DiaryDay(date(2026, 1, 1), True), DiaryDay(date(2026, 1, 1), False))


def test_toxin_elsewhere_by_date(ledger: Path, change: Any, make: Any) -> None:
    with change() as one:
        one.add_patient(make.patient())
        one.add_toxin(1, product="onabotulinumtoxinA", hundredths=None, on=date(2026, 2, 1), note="Told by the neurologist")
        one.add_toxin(1, product="abobotulinumtoxinA", hundredths=50_000, on=date(2025, 2, 1), note=None)
    with open_ledger(ledger) as reader:
        assert reader.patient_history(1).toxins == (
            PastToxin(date(2025, 2, 1), "abobotulinumtoxinA", 50_000),
            PastToxin(date(2026, 2, 1), "onabotulinumtoxinA", None),
        )


def test_pauses_archives_and_appointments_reach_the_due_list(ledger: Path, change: Any, make: Any) -> None:
    with change() as one:
        edition = one.pin_edition(make.loaded)
        for number, code in enumerate(("A1", "A2", "A3", "A4"), start=1):
            assert one.add_patient(make.patient(code)) == number
            one.record_session(make.session(code), edition)
        one.pause_patient(1, until=date(2026, 6, 1), reason="Pregnant")
        one.pause_patient(1, until=date(2026, 9, 1), reason="Longer")
        one.pause_patient(2, until=date(2026, 6, 1), reason="Travels")
        one.pause_patient(2, until=None, reason="Back early")
        one.archive_patient(3, on=date(2026, 3, 1), why="moved-away", reason="To the coast")
        one.archive_patient(4, on=date(2026, 3, 2), why="stopped", rules="nice-ta260", reason="No response")
    with change() as one:
        one.add_appointment(2, protocol=PROTOCOL, kind="moved", on=date(2026, 4, 1), moved_to=date(2026, 4, 8), reason="Snow")
        one.add_appointment(2, protocol=PROTOCOL, kind="missed", on=date(2026, 3, 31), moved_to=None)
    with open_ledger(ledger) as reader:
        assert [(one.patient, one.paused_until, one.stopped_on) for one in reader.due_candidates()] == [
            ("A1", date(2026, 9, 1), None), ("A2", None, None), ("A4", None, date(2026, 3, 2)),
        ]  # fmt: skip
        assert [reader.due_candidates(number) for number in range(1, 5)] == [
            tuple(one for one in reader.due_candidates() if one.patient_id == number) for number in range(1, 5)
        ]
        assert reader.due_candidates()[1].appointments == (
            Appointment("moved", date(2026, 4, 1), date(2026, 4, 8)), Appointment("missed", date(2026, 3, 31)),
        )  # fmt: skip
        assert [reason for _, _, reason in reader.appointments(2)] == ["Snow", "Snow"]
        assert [one.archived for one in reader.patients()] == [False, False, True, True]
        assert reader.patient(1).paused_until == date(2026, 9, 1)
    with change() as one:
        one.unarchive_patient(3, "Came back")
        one.unarchive_patient(4, "Wants to try again")
    with open_ledger(ledger) as reader:
        assert [(one.patient, one.stopped_on) for one in reader.due_candidates()] == [("A1", None), ("A2", None), ("A3", None), ("A4", None)]
        assert [(one.archived, one.why, one.rules) for one in reader.patient_history(4).archives] == [
            (True, "stopped", "nice-ta260"), (False, None, None),
        ]  # fmt: skip


def test_every_reason_and_note_about_a_patient_is_forgotten_with_the_patient(ledger: Path, change: Any, make: Any) -> None:
    with change() as one:
        one.add_patient(make.patient())
        edition = one.pin_edition(make.loaded)
        number = one.record_follow_up(make.follow_up(), edition)
        one.add_toxin(1, product="onabotulinumtoxinA", hundredths=None, on=date(2026, 2, 1), note="Told by the neurologist")
        one.add_appointment(1, protocol=PROTOCOL, kind="missed", on=date(2026, 3, 31), reason="Ill")
        one.pause_patient(1, until=date(2026, 6, 1), reason="Pregnant")
        one.archive_patient(1, on=date(2026, 3, 1), why="other", reason="In prison")
        one.unarchive_patient(1, "Out again")
        one.edit_patient(1, name="Ann Other", reason="Married")
        one.amend_visit(number, make.follow_up(on=date(2026, 1, 21)), reason="Misread")
        one.void_visit(number, reason="Another patient's")
    connection = engine.open_reader(ledger)
    assert connection.execute("SELECT count(*), count(patient_id) FROM free_text").fetchone() == (8, 8)
    connection.close()


class TestPatientEdit:
    def test_what_is_not_given_stays(self, ledger: Path, change: Any, make: Any) -> None:
        with change() as one:
            one.add_patient(make.patient())
        with change("patient edit") as one:
            one.edit_patient(1, name="Ann Other", reason="Married")
        with change("patient edit") as one:
            one.edit_patient(1, born=date(1981, 1, 1), reason="Misread")
        with open_ledger(ledger) as reader:
            known = reader.find_patient("other")
            assert (known.patient_id, known.born) == (1, date(1981, 1, 1))
            assert [entry[6] for entry in reader.entries()][-2:] == ["Married", "Misread"]

    def test_one_who_was_forgotten_has_nothing_to_correct(self, ledger: Path, change: Any, make: Any) -> None:
        with change() as one:
            one.add_patient(make.patient())
        connection = engine.open_plain_writer(ledger)
        connection.execute("UPDATE identity SET salt = NULL, name = NULL, born = NULL")
        connection.close()
        with pytest.raises(ValueRefused, match="forgotten"), change() as one:
            one.edit_patient(1, name="Ann Example", reason="x")


class TestLot:
    @pytest.fixture(autouse=True)
    def _sessions(self, ledger: Path, change: Any, make: Any) -> None:
        self.path, self.change = ledger, change
        with change() as one:
            self.edition = one.pin_edition(make.loaded)
            for code in ("P0002", "P0001"):
                one.add_patient(make.patient(code))
            one.add_vials(make.vials("C-1234", count=3), date(2026, 1, 1))
            one.record_session(make.stock_session(1, "P0002", date(2026, 1, 6)), self.edition)
            uses = (VialUse(vial_id=2, given_hundredths=500, wasted_hundredths=19_500),)
            injections = (make.injection(), make.injection("frontalis-left-1", 0, planned_hundredths=500, state="skipped"))
            one.record_session(make.session("P0001", date(2026, 1, 7), injections=injections, vials=uses, imported=False), self.edition)
            one.record_session(make.session("P0001", date(2025, 1, 7), vials=(VialUse(lot="c12 34", given_hundredths=500),)), self.edition)
            one.record_follow_up(make.follow_up("P0002", date(2026, 5, 1)), self.edition)

    def test_who_had_it(self) -> None:
        product = "onabotulinumtoxinA"
        with open_ledger(self.path) as reader:
            assert reader.lot_lines("C1234") == (
                LotLine("c12 34", 3, 2, "P0001", date(2026, 1, 7), date(2025, 1, 7), PROTOCOL, product, 500, ("procerus",), None),
                LotLine("C-1234", 2, 2, "P0001", date(2026, 1, 7), date(2026, 1, 7), PROTOCOL, product, 500, ("procerus",), 2),
                LotLine("C-1234", 1, 1, "P0002", date(2026, 5, 1), date(2026, 1, 6), PROTOCOL, product, 500, ("procerus",), 1),
            )
            assert reader.lot_lines("C123") == ()

    def test_every_spelling_that_a_vial_ever_had(self) -> None:
        with self.change("vial amend") as one:
            one.amend_vials([1], lot="C1243", reason="Mistyped")
        with open_ledger(self.path) as reader:
            assert [(line.visit, line.lot) for line in reader.lot_lines("c-1243")] == [(1, "C1243")]
            assert [(line.visit, line.lot) for line in reader.lot_lines("C1234")] == [(3, "c12 34"), (2, "C-1234"), (1, "C1243")]
            assert [(vial.vial_id, vial.state, spelt) for vial, spelt in reader.lot_vials("C1234")] == [
                (1, "used", ("C-1234", "C1243")), (2, "used", ("C-1234",)), (3, "unused", ("C-1234",)),
            ]  # fmt: skip

    def test_back_to_the_first_spelling_is_one_line(self) -> None:
        for lot in ("C1243", "c 1234"):
            with self.change("vial amend") as one:
                one.amend_vials([1], lot=lot, reason="Mistyped")
        with open_ledger(self.path) as reader:
            assert [(line.visit, line.lot) for line in reader.lot_lines("C1234")] == [(3, "c12 34"), (2, "C-1234"), (1, "c 1234")]

    def test_a_void_session_is_not_in_it(self) -> None:
        with self.change("visit void") as one:
            one.void_visit(1, reason="Another patient's")
        with open_ledger(self.path) as reader:
            assert [line.visit for line in reader.lot_lines("C1234")] == [3, 2]


def test_what_audit_reads_of_a_session(ledger: Path, change: Any, make: Any) -> None:
    with change() as one:
        edition = one.pin_edition(make.loaded)
        one.add_patient(make.patient())
        one.add_vials(make.vials(count=2), date(2026, 1, 1))
        answers = (AnswerGiven(question="consent", value="yes"),)
        one.record_session(make.stock_session(1, on=date(2026, 1, 6), answers=answers, minutes=15), edition)
        one.record_follow_up(make.follow_up(on=date(2026, 1, 5)), edition)
        one.record_follow_up(make.follow_up(on=date(2026, 1, 20)), edition)
        one.record_follow_up(make.follow_up(on=date(2026, 2, 20)), edition)
        one.record_session(make.session(on=date(2026, 4, 7)), edition)
        one.record_session(make.stock_session(2, on=date(2026, 7, 7)), edition)
        one.record_follow_up(make.follow_up(on=date(2026, 7, 20)), edition)
    connection = engine.open_reader(ledger)
    connection.row_factory = by_name
    rows = connection.execute("SELECT * FROM session_audit ORDER BY visit").fetchall()
    connection.close()
    assert [(row["visit"], row["state"], row["consent"], row["minutes"], row["vials"], row["unbalanced_vials"]) for row in rows] == [
        (1, "recorded", "yes", 15, 1, 0), (5, "imported", None, None, 1, 0), (6, "recorded", None, None, 1, 0),
    ]  # fmt: skip
    assert [(row["next_session"], row["given_hundredths"]) for row in rows] == [("2026-04-07", 500), ("2026-07-07", 500), (None, 500)]
