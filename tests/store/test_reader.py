"""What the rules and the screens read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from botoxcli.clinic.dates import Span
from botoxcli.clinic.due_candidate import DueCandidate, LastVisit, PastEvent
from botoxcli.clinic.history import Deviation, PastArchive, PastConsult, PastToxin
from botoxcli.clinic.known_patient import KnownPatient
from botoxcli.clinic.records import AdverseEventTold
from botoxcli.errors import Ambiguous, NotFound
from botoxcli.store import engine, reader
from botoxcli.store.reader import open_ledger

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)


class TestFindPatient:
    @pytest.fixture(autouse=True)
    def _patients(self, ledger: Path, change: Any, make: Any) -> None:
        with change() as c:
            for code, name in (("P0001", "Ann Example"), ("P0002", "Joanna Straße"), ("ann", "Zoë Müller"), ("P0003", "Joanna Weiß")):
                c.add_patient(make.patient(code, name=name))
        self.path = ledger

    @pytest.mark.parametrize(
        ("typed", "code"),
        [
            ("P0001", "P0001"), ("p0001", "P0001"), (" P0001 ", "P0001"), ("ann", "ann"), ("ANN", "ann"), ("example", "P0001"),
            ("strasse", "P0002"), ("zoe\u0308", "ann"), ("MÜLLER", "ann"), ("na w", "P0003"),
        ],
    )  # fmt: skip
    def test_by_code_or_by_part_of_a_name(self, typed: str, code: str) -> None:
        with open_ledger(self.path) as opened:
            assert opened.find_patient(typed).code == code

    @pytest.mark.parametrize("typed", ["", "  ", "%", "_", "nobody", "P000"])
    def test_nobody(self, typed: str) -> None:
        with open_ledger(self.path) as opened, pytest.raises(NotFound) as told:
            opened.find_patient(typed)
        assert told.value.sentence == "There is no such patient."

    def test_more_than_one_are_told_by_code(self) -> None:
        with open_ledger(self.path) as opened, pytest.raises(Ambiguous) as told:
            opened.find_patient("joanna")
        assert told.value.codes == ("P0002", "P0003")
        assert "oanna" not in str(told.value)

    def test_who_was_forgotten_has_a_code_only(self) -> None:
        connection = engine.open_plain_writer(self.path)
        connection.execute("UPDATE identity SET salt = NULL, name = NULL, born = NULL WHERE patient_id = 1")
        connection.close()
        with open_ledger(self.path) as opened:
            assert opened.find_patient("P0001") == KnownPatient(1, "P0001", None, None)
            with pytest.raises(NotFound):
                opened.find_patient("example")

    def test_by_birth_date(self) -> None:
        with open_ledger(self.path) as opened:
            assert [one.code for one in opened.similar_patients(date(1980, 2, 29))] == ["ann", "P0001", "P0002", "P0003"]
            assert opened.similar_patients(date(1980, 3, 1)) == ()


def test_the_history_of_a_patient(full_ledger: Path) -> None:
    with open_ledger(full_ledger) as opened:
        history = opened.patient_history(1)
    assert history.patient == KnownPatient(1, "P0001", "Ann Example", date(1980, 2, 29))
    assert history.consults == (PastConsult(1, date(2026, 1, 5), "chronic-migraine", "needs-review", "treat"),)
    (session,) = history.sessions
    assert (session.visit, session.date, session.hundredths, session.answers) == (2, date(2026, 1, 6), 1000, (("consent", "yes"),))
    assert session.deviations == (Deviation("frontalis-left-1", "skipped", 500, 0, "Scar"), Deviation("temporalis-left-5", "extra", 0, 500))
    assert history.follow_ups == ((3, date(2026, 1, 20)),)
    assert history.events == (
        PastEvent(3, date(2026, 1, 9), "neck-pain", "mild", "review", resolved=False),
        PastEvent(3, date(2026, 1, 11), "dysphagia", None, "emergency", resolved=True),
        PastEvent(3, date(2026, 1, 20), "ptosis", None, None, resolved=True),
    )
    assert history.toxins == (PastToxin(date(2025, 12, 1), "onabotulinumtoxinA", 5_000),)
    assert history.archives == (PastArchive(True, date(2026, 2, 1), "stopped", "nice-ta260"), PastArchive(False, None, None))


def test_a_visit_whole(full_ledger: Path) -> None:
    with open_ledger(full_ledger) as opened:
        whole = opened.visit(2)
        assert opened.visits(patient_id=1, kind="session") == (whole.head,)
        assert [one.visit for one in opened.visits()] == [1, 2, 3]
        assert [one.visit for one in opened.visits(kind="consult")] == [1]
        with pytest.raises(NotFound):
            opened.visit(4)
        with pytest.raises(NotFound):
            opened.patient_history(4)
    assert whole.head.recorded_at == AT
    assert (whole.diluent_ul, whole.reconstituted_at, whole.minutes, whole.injector, whole.jurisdiction) == (4000, AT, 15, "Nurse", "us")
    assert [(one.lot, one.expires, one.wasted_hundredths) for one in whole.vials] == [("C-1234", date(2027, 3, 31), 19_000)]
    assert [(one.id, one.met, one.resolution, one.reason) for one in whole.findings] == [("pregnancy", True, "overridden", "Tested")]


def test_who_may_be_due(ledger: Path, change: Any, make: Any) -> None:
    with change() as c:
        edition = c.pin_edition(make.loaded)
        for code in ("P0003", "P0001", "P0002", "P0004"):
            c.add_patient(make.patient(code))
        c.record_consult(make.consult("P0001", decision="needs-review", decided="treat"), edition)
        c.record_session(make.session("P0001", date(2026, 1, 6)), edition)
        c.record_session(make.session("P0001", date(2026, 3, 31)), edition)
        event = AdverseEventTold(event="ptosis", severity="mild", escalate="review")
        c.record_follow_up(make.follow_up("P0001", date(2026, 1, 20), events=(event,)), edition)
        c.record_consult(make.consult("P0002"), edition)
        c.record_consult(make.consult("P0003"), edition)
    with change("patient forget") as c:
        c.forget_patient(1, ())  # P0003
    with open_ledger(ledger) as opened:
        assert opened.due_candidates() == (
            DueCandidate(
                "P0001",
                2,
                "chronic-migraine",
                session=LastVisit(3, date(2026, 3, 31), 1),
                consult=LastVisit(1, date(2026, 1, 5), 1, "needs-review", "treat"),
                follow_up=LastVisit(4, date(2026, 1, 20), 1),
                events=(PastEvent(4, date(2026, 1, 20), "ptosis", "mild", "review", resolved=False),),
                edition_in_use=1,
            ),
            DueCandidate("P0002", 3, "chronic-migraine", consult=LastVisit(5, date(2026, 1, 5), 1, "eligible", None), edition_in_use=1),
        )
        assert [[one.patient for one in opened.due_candidates(number)] for number in range(1, 6)] == [[], ["P0001"], ["P0002"], [], []]


def test_one_patients_dates_are_read_without_the_others(ledger: Path, change: Any, make: Any) -> None:
    with change() as c:
        edition = c.pin_edition(make.loaded)
        for number in range(40):
            c.add_patient(make.patient(f"P{number}"))
            event = AdverseEventTold(event="ptosis", escalate="review")
            c.record_follow_up(make.follow_up(f"P{number}", date(2026, 1, 20), events=(event,)), edition)
    with open_ledger(ledger) as opened:
        assert work(opened, opened.due_candidates) > 10 * work(opened, lambda: opened.due_candidates(7))


def work(opened: reader.Reader, read: Callable[[], object]) -> int:
    """How many hundreds of SQLite's steps a read takes."""
    steps = 0

    def step() -> None:
        nonlocal steps
        steps += 1

    opened._connection.set_progress_handler(step, 100)
    read()
    opened._connection.set_progress_handler(None, 0)
    return steps


def test_the_windows_of_an_edition_come_back_as_the_file_has_them(full_ledger: Path, make: Any) -> None:
    with open_ledger(full_ledger) as opened:
        rules = opened.follow_up_rules(1)
        assert opened.follow_up_rules(2) == ()
    assert [(one.kind, one.anchor, one.earliest, one.due, one.latest, one.closes) for one in rules] == [
        (one.kind, one.after, one.earliest, one.due, one.latest, one.closes_from) for one in make.loaded.protocol.follow_ups
    ]
    assert any(one.kind == "session" and one.earliest == Span(12, "weeks") and one.latest == Span(6, "months") for one in rules)


def test_vials_by_lot_compare_as_lots_do(full_ledger: Path) -> None:
    with open_ledger(full_ledger) as opened:
        assert [one.vial_id for one in opened.vials("c 12-34")] == [1, 2, 3]
        assert [one.vial_id for one in opened.vials("C1234", unused_only=True)] == [3]
        assert opened.vials("C12345") == ()
        assert opened.vial(1).visit == 2
        with pytest.raises(NotFound):
            opened.vial(9)


def test_the_lines_have_the_columns_that_they_say(full_ledger: Path) -> None:
    with open_ledger(full_ledger) as opened:
        for lines, columns, number in (
            (opened.visit_lines(), reader.VISIT_COLUMNS, 3),
            (opened.visit_lines(patient_id=1), reader.VISIT_COLUMNS, 3),
            (opened.visit_lines(patient_id=2), reader.VISIT_COLUMNS, 0),
            (opened.answer_lines(), reader.ANSWER_COLUMNS, 3),
            (opened.injection_lines(), reader.INJECTION_COLUMNS, 3),
            (opened.vial_lines(), reader.VIAL_COLUMNS, 3),
            (opened.patient_lines(), reader.PATIENT_COLUMNS, 1),
            (opened.entries(), reader.ENTRY_COLUMNS, 20),
        ):
            rows = list(lines)
            assert len(rows) == number
            assert {len(row) for row in rows} <= {len(columns)}
        assert list(opened.patient_lines()) == [("P0001", "chronic-migraine", "2026-01-05", "2026-01-20", "Ann Example", "1980-02-29", 0)]
        assert next(opened.injection_lines()) == (
            2, "P0001", "2026-01-06", "procerus", "procerus", "midline", 500, 500, "given", "onabotulinumtoxinA", "chronic-migraine",
        )  # fmt: skip
