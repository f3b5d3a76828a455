"""Amend, void and undo in any order: what the views say afterwards, that no vial counts twice, and that the chain stays whole."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.records import AdverseEventTold, EventResolved
from botoxcli.errors import BotoxError
from botoxcli.store import chain, engine
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Change, Recorder
from botoxcli.store.views import VIEWS

from .by_hand import opened_by_hand

# What tells of entries and versions as such grows with every undo; what stands does not. An edition that was pinned stays pinned.
OF_ENTRIES = {"entry_line", "entry_patient", "withdrawn_entry", "follow_up_rule"} | {name for name in VIEWS if "_history" in name}
NOW = sorted(set(VIEWS) - OF_ENTRIES)

Dump = dict[str, list[tuple[Any, ...]]]


def dump(path: Path, names: list[str] | tuple[str, ...] = tuple(NOW)) -> Dump:
    connection = engine.open_reader(path)
    said = {name: sorted(connection.execute(f"SELECT * FROM {name}").fetchall(), key=repr) for name in names}
    connection.close()
    return said


def whole(path: Path) -> bool:
    connection = engine.open_reader(path)
    previous, sound = "", True
    for seq, stands in connection.execute("SELECT seq, hash FROM entry ORDER BY seq").fetchall():
        sound &= chain.entry_hash(connection, seq, previous) == stands and not chain.broken_commitments(connection, seq)
        previous = stands
    connection.close()
    return sound


@dataclass
class Practice:
    """A ledger with a few moves: each is one change, picked by a number so that any sequence of numbers can be played."""

    path: Path
    make: Any
    day: date = date(2026, 2, 1)
    edition: int = 1

    def change(self, command: str = "test") -> Any:
        return Recorder(self.path).change(command=command, actor="Dr. Test", at=self.make.at)

    def undo(self) -> None:
        with self.change("undo") as one:
            seen = one.reader.last_change()
            one.reverse(seen.target_seq, stands=not seen.stands_now)

    def play(self, move: int, pick: int) -> bool:
        """Whether the move could be made: an impossible one leaves the ledger as it was."""
        self.day += timedelta(days=1)
        moves: list[Callable[[Change, int], object]] = [
            self.session, self.follow_up, self.consult, self.amend, self.void, self.diary, self.patient, self.label, self.toxin,
            self.pause, self.archive, self.discard, self.stock, self.practice, self.appointment,
        ]  # fmt: skip
        try:
            with self.change() as one:
                seq = one.seq
                moves[move % len(moves)](one, pick)
        except BotoxError:
            return False
        with open_ledger(self.path) as reader:
            seen = reader.last_change()
            return seen is not None and seen.seq == seq

    def free(self, one: Change, pick: int) -> int | None:
        unused = one.reader.vials(unused_only=True)
        return unused[pick % len(unused)].vial_id if unused else None

    def session(self, one: Change, pick: int) -> None:
        vial = self.free(one, pick)
        one.record_session(self.make.stock_session(vial, on=self.day) if vial else self.make.session(on=self.day), self.edition)

    def consult(self, one: Change, pick: int) -> None:
        one.record_consult(self.make.consult(on=self.day, decision=("eligible", "needs-review")[pick % 2]), self.edition)

    def told(self, pick: int) -> Any:
        event = AdverseEventTold(event=("ptosis", "dysphagia")[pick % 2], escalate=("review", "emergency")[pick % 2])
        ended = (EventResolved(event=("ptosis", "dysphagia")[pick // 2 % 2], resolved_on=self.day),) if pick % 3 else ()
        return self.make.follow_up(on=self.day, events=(event,), resolved=ended)

    def follow_up(self, one: Change, pick: int) -> None:
        one.record_follow_up(self.told(pick), self.edition)

    def amend(self, one: Change, pick: int) -> None:
        heads = one.reader.visits()
        head = heads[pick % len(heads)]
        whole_visit = one.reader.visit(head.visit)
        if head.kind == "consult":
            one.amend_visit(head.visit, self.make.consult(on=self.day, decision="not-eligible"), reason="Wrong day")
        elif head.kind == "follow-up":
            one.amend_visit(head.visit, self.told(pick), reason="Another event")
        else:
            own = [use.vial_id for use in whole_visit.vials if use.vial_id]
            vial = own[0] if own and pick % 2 else self.free(one, pick)
            record = self.make.stock_session(vial, on=self.day) if vial else self.make.session(on=self.day)
            one.amend_visit(head.visit, record, reason="Another vial")

    def void(self, one: Change, pick: int) -> None:
        heads = one.reader.visits()
        one.void_visit(heads[pick % len(heads)].visit, reason="Another patient's")

    def diary(self, one: Change, pick: int) -> None:
        start = date(2026, 1, 1) + timedelta(days=pick % 5)
        one.add_diary(1, [DiaryDay(start + timedelta(days=count), bool((pick >> count) & 1)) for count in range(4)])

    def patient(self, one: Change, pick: int) -> None:
        if pick % 2:
            one.edit_patient(1, name=f"Ann Example {pick}", reason="Married")
        else:
            one.add_patient(self.make.patient(f"N{pick % 6}"))

    def label(self, one: Change, pick: int) -> None:
        vials = one.reader.vials()
        one.amend_vials([vials[pick % len(vials)].vial_id], lot=f"L{pick % 3}", reason="Mistyped")

    def toxin(self, one: Change, pick: int) -> None:
        one.add_toxin(1, product="onabotulinumtoxinA", hundredths=(None, 5_000)[pick % 2], on=self.day, note=(None, "Neurology")[pick % 2])

    def pause(self, one: Change, pick: int) -> None:
        one.pause_patient(1, until=self.day if pick % 2 else None, reason="Travels")

    def archive(self, one: Change, pick: int) -> None:
        if pick % 2:
            one.archive_patient(1, on=self.day, why="stopped", rules=(None, "nice-ta260")[pick // 2 % 2], reason="As agreed")
        else:
            one.unarchive_patient(1, "Came back")

    def discard(self, one: Change, pick: int) -> None:
        vial = self.free(one, pick)
        if vial:
            one.discard_vial(vial, "broken", self.day, "Fell")

    def stock(self, one: Change, pick: int) -> None:
        if pick % 2:
            one.add_vials(self.make.vials(f"L{pick % 4}", count=1 + pick % 2), self.day)
        else:
            one.recall_lots([f"l-{pick % 3}"], self.day)
            one.reason("Letter")

    def practice(self, one: Change, pick: int) -> None:
        one.set_settings({"practice": f"Clinic {pick}"})

    def appointment(self, one: Change, pick: int) -> None:
        kinds = ("missed", "declined", "moved")
        one.add_appointment(1, protocol="chronic-migraine", kind=kinds[pick % 3], on=self.day, moved_to=self.day, reason="Snow")  # type: ignore[arg-type]


@pytest.fixture
def practice(full_ledger: Path, make: Any) -> Practice:
    return Practice(full_ledger, make)


moves = st.lists(st.tuples(st.integers(0, 14), st.integers(0, 11), st.booleans()), min_size=3, max_size=9)


@pytest.mark.filterwarnings("ignore:Generating overly large repr")  # of the protocol, when an example fails
@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(moves=moves)
def test_any_sequence(full_template: Path, tmp_path: Path, make: Any, moves: list[tuple[int, int, bool]]) -> None:
    """Undo brings back what stood before, undo of undo what stood after; a vial is at one visit; the chain is whole."""
    practice = Practice(Path(shutil.copy(full_template, tmp_path / "any.db")), make)
    for move, pick, take_back in moves:
        before = dump(practice.path)
        if not practice.play(move, pick):
            assert dump(practice.path) == before
            continue
        after, history = dump(practice.path), dump(practice.path, ["visit_history", "withdrawn_entry"])
        practice.undo()
        assert dump(practice.path) == before
        practice.undo()
        assert dump(practice.path) == after
        assert dump(practice.path, ["visit_history", "withdrawn_entry"]) == history
        if take_back:
            practice.undo()
        connection = engine.open_reader(practice.path)
        twice = connection.execute("SELECT vial_id FROM vial_use_line WHERE vial_id IS NOT NULL GROUP BY 1 HAVING count(*) > 1").fetchall()
        versions = connection.execute("SELECT visit FROM visit_now GROUP BY 1 HAVING count(*) > 1").fetchall()
        connection.close()
        assert (twice, versions) == ([], [])
    assert whole(practice.path)


class TestAmend:
    def test_keeps_the_number_the_kind_and_the_edition(self, practice: Practice) -> None:
        with practice.change("visit amend") as one:
            one.amend_visit(2, practice.make.stock_session(1, on=date(2026, 1, 7), ended_early=True), reason="A day later")
        with open_ledger(practice.path) as reader:
            whole_visit = reader.visit(2)
            first, second = reader.versions(2)
        head = whole_visit.head
        assert (head.visit, head.kind, head.date, head.state, head.version, head.ended_early) == (2, "session", date(2026, 1, 7), "amended", 2, True)
        assert (first.standing, first.reason, first.visit.head.date, first.visit.head.state) == ("replaced", None, date(2026, 1, 6), "ended-early")
        assert (second.standing, second.reason, second.visit) == ("current", "A day later", whole_visit)
        assert first.visit.head.edition_id == head.edition_id
        assert [(one.site, one.reason) for one in first.visit.injections] == [
            ("procerus", None), ("frontalis-left-1", "Scar"), ("temporalis-left-5", None),
        ]  # fmt: skip

    def test_the_old_vial_is_free_for_the_new_version_and_for_nobody_else(self, practice: Practice) -> None:
        with practice.change() as one:
            one.amend_visit(2, practice.make.stock_session(3), reason="Another vial")
        with open_ledger(practice.path) as reader:
            assert [(vial.vial_id, vial.state, vial.visit) for vial in reader.vials()] == [
                (1, "unused", None), (2, "discarded", None), (3, "used", 2),
            ]  # fmt: skip
        with pytest.raises(BotoxError, match="not unused any more"), practice.change() as one:
            one.record_session(practice.make.stock_session(3, on=date(2026, 4, 7)), 1)
        with practice.change() as one:
            one.record_session(practice.make.stock_session(1, on=date(2026, 4, 7)), 1)
        with pytest.raises(BotoxError, match="not unused any more"), practice.change() as one:
            one.amend_visit(2, practice.make.stock_session(1), reason="Back to the first vial")

    def test_what_does_not_stand_cannot_be_amended(self, practice: Practice) -> None:
        for number in (4, 77):  # void, and never there
            with pytest.raises(BotoxError, match="no such visit"), practice.change() as one:
                one.amend_visit(number, practice.make.follow_up(), reason="x")

    def test_another_kind_or_patient_is_a_bug(self, practice: Practice) -> None:
        with pytest.raises(ValueError, match="keeps the kind"), practice.change() as one:
            one.amend_visit(2, practice.make.consult(), reason="x")
        with pytest.raises(ValueError, match="keeps the kind"), practice.change() as one:
            one.add_patient(practice.make.patient("P0009"))
            one.amend_visit(2, practice.make.session("P0009"), reason="x")

    def test_after_an_undone_one_the_next_version_has_a_number_of_its_own(self, practice: Practice) -> None:
        for day in (7, 8):
            with practice.change() as one:
                one.amend_visit(1, practice.make.consult(on=date(2026, 1, day)), reason="A day later")
            if day == 7:
                practice.undo()
        with open_ledger(practice.path) as reader:
            assert [(one.version, one.standing) for one in reader.versions(1)] == [(1, "replaced"), (2, "undone"), (3, "current")]
            assert reader.visit(1).head.date == date(2026, 1, 8)

    def test_its_reason_is_forgotten_with_the_patient(self, practice: Practice) -> None:
        with practice.change() as one:
            one.amend_visit(1, practice.make.consult(), reason="Told by Ann Example")
        connection = opened_by_hand(practice.path)
        assert connection.execute("SELECT count(*) FROM free_text WHERE content LIKE '%Ann Example%' AND patient_id = 1").fetchone() == (1,)
        connection.close()


class TestVoid:
    def test_no_version_stands_and_the_history_says_who_and_why(self, practice: Practice) -> None:
        with practice.change("visit void") as one:
            one.void_visit(2, reason="Another patient's")
        with open_ledger(practice.path) as reader:
            with pytest.raises(BotoxError):
                reader.visit(2)
            assert [one.visit for one in reader.visits()] == [1, 3]
            assert reader.vial(1).state == "unused"
            (version,) = reader.versions(2)
            assert reader.last_change().visit == 2  # type: ignore[union-attr]
        assert version.standing == "void"
        assert version.voided is not None
        assert (version.voided.by, version.voided.reason) == ("Dr. Test", "Another patient's")
        practice.undo()
        with open_ledger(practice.path) as reader:
            assert reader.visit(2).head.state == "ended-early"
            assert reader.versions(2)[0].voided is None

    def test_a_void_visit_is_not_void_twice(self, practice: Practice) -> None:
        with pytest.raises(BotoxError, match="no such visit"), practice.change() as one:
            one.void_visit(4, reason="x")

    def test_its_number_is_not_given_again(self, practice: Practice) -> None:
        with practice.change() as one:
            assert one.record_consult(practice.make.consult(), 1) == 5


class TestUndo:
    def test_only_the_last_change_and_only_the_other_way(self, practice: Practice) -> None:
        with practice.change("settings") as one:
            one.set_settings({"practice": "New"})
            seq = one.seq
        for target, stands in ((seq, True), (seq - 1, False), (seq - 2, False), (seq + 1, False)):
            with pytest.raises(BotoxError, match="another change was made in between"), practice.change("undo") as one:
                one.reverse(target, stands=stands)
        practice.undo()
        with pytest.raises(BotoxError), practice.change("undo") as one:
            one.reverse(seq, stands=False)
        with open_ledger(practice.path) as reader:
            seen = reader.last_change()
        assert seen is not None
        assert (seen.seq, seen.target_seq, seen.command, seen.stands_now, seen.reversible) == (seq + 1, seq, "settings", False, True)
        assert (seen.rows, seen.patients, seen.visit) == ((("setting", 1),), (), None)

    def test_what_it_says_of_a_visit(self, practice: Practice) -> None:
        with practice.change("session") as one:
            number = one.record_session(practice.make.stock_session(3, on=date(2026, 4, 7)), 1)
        with open_ledger(practice.path) as reader:
            seen = reader.last_change()
        assert seen is not None
        assert (seen.visit, seen.patients) == (number, ("P0001",))
        assert dict(seen.rows) == {"visit_version": 1, "session_detail": 1, "injection": 1, "vial_use": 1}

    @pytest.mark.parametrize("command", ["init", "patient forget", "ledger encrypt"])
    def test_some_cannot_be_taken_back(self, practice: Practice, command: str) -> None:
        with practice.change(command) as one:
            one.set_settings({"practice": "New"})
            seq = one.seq
        with open_ledger(practice.path) as reader:
            assert reader.last_change().reversible is False  # type: ignore[union-attr]
        with pytest.raises(BotoxError, match="cannot be taken back"), practice.change("undo") as one:
            one.reverse(seq, stands=False)

    def test_what_was_done_to_the_stock(self, practice: Practice) -> None:
        def stock() -> list[tuple[str, str, bool]]:
            with open_ledger(practice.path) as reader:
                return [(vial.lot, vial.state, vial.recalled) for vial in reader.vials()]

        def recall(one: Change) -> None:
            one.recall_lots(["c1234"], date(2026, 3, 1))
            one.reason("Letter")

        def label(one: Change) -> None:
            one.amend_vials([3], lot="X-99", reason="Mistyped")

        def discard(one: Change) -> None:
            one.discard_vial(3, "broken", date(2026, 3, 1))

        def more(one: Change) -> None:
            one.add_vials(practice.make.vials("Z-1"), date(2026, 3, 1))

        for act in (recall, label, discard, more):
            before = stock()
            with practice.change() as one:
                act(one)
            after = stock()
            assert after != before
            practice.undo()
            assert stock() == before
            practice.undo()
            assert stock() == after
            practice.undo()

    def test_an_undone_patient_is_nobody_and_the_code_is_free(self, practice: Practice) -> None:
        with practice.change() as one:
            number = one.add_patient(practice.make.patient("Q1", name="Quinn Example"))
        practice.undo()
        with open_ledger(practice.path) as reader:
            with pytest.raises(BotoxError):
                reader.find_patient("Q1")
            assert [one.code for one in reader.patients()] == ["P0001"]
        with pytest.raises(BotoxError, match="no such patient"), practice.change() as one:
            one.record_consult(practice.make.consult("Q1"), 1)
        with practice.change() as one:
            assert one.add_patient(practice.make.patient("Q1", name="Quirin Example")) == number
        with open_ledger(practice.path) as reader:
            assert reader.find_patient("q1").name == "Quirin Example"
        assert whole(practice.path)

    def test_a_key_stands_only_while_its_change_does(self, practice: Practice) -> None:
        def record(request: dict[str, Any]) -> int | None:
            with Recorder(practice.path).change(command="consult", actor="me", at=practice.make.at, key="k") as one:
                standing = one.standing("k", request)
                if standing is None:
                    one.record_consult(practice.make.consult(on=date(2026, 5, 5)), 1)
            return standing

        assert record({"a": 1}) is None
        seq = record({"a": 1})
        assert seq is not None
        practice.undo()
        assert record({"a": 2}) is None
        assert record({"a": 2}) == seq + 2
        with open_ledger(practice.path) as reader:
            assert reader.visit_of_entry(seq + 2) == 6

    def test_an_edition_that_only_an_undone_change_pinned_is_not_the_newest(self, practice: Practice, make: Any) -> None:
        from hashlib import sha256

        from botoxcli.files.protocol_yaml import LoadedProtocol

        text = make.loaded.text + "# another\n"
        other = LoadedProtocol(make.loaded.protocol, text, sha256(text.encode()).hexdigest())
        with practice.change() as one:
            one.record_consult(make.consult(on=date(2026, 5, 5)), one.pin_edition(other))
        practice.undo()
        with open_ledger(practice.path) as reader:
            assert reader.editions_in_use() == {"chronic-migraine": 1}
        with practice.change() as one:
            assert one.pin_edition(other) == 2
            one.record_consult(make.consult(on=date(2026, 5, 5)), 2)
        with open_ledger(practice.path) as reader:
            assert reader.editions_in_use() == {"chronic-migraine": 2}
