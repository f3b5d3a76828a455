"""One change, one transaction, one entry: what is recorded, what is refused, and what a failure leaves."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from botoxcli.clinic.records import VialUse
from botoxcli.errors import LedgerDamaged, NotFound, ValueRefused
from botoxcli.files.protocol_yaml import LoadedProtocol, load_protocol
from botoxcli.store import chain, engine
from botoxcli.store.drafts import Drafts
from botoxcli.store.reader import open_ledger
from botoxcli.store.recorder import Recorder, create_ledger

from .by_hand import by_name, opened_by_hand

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
PROTOCOLS = Path(__file__).resolve().parents[2] / "protocols"


def count(path: Path, table: str) -> int:
    connection = engine.open_reader(path)
    (number,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    connection.close()
    return int(number)


def test_a_change_is_one_entry_with_its_hash(ledger: Path, change: Any, make: Any) -> None:
    with change("patient add", key="k") as c:
        assert c.seq == 2
        assert c.add_patient(make.patient()) == 1
        assert c.add_patient(make.patient("P0002")) == 2
    with open_ledger(ledger) as reader:
        first, second = reader.entries()
    assert second[:5] == (2, "2026-03-09T14:00:00Z", "Dr. Test", "patient add", "k")
    connection = engine.open_reader(ledger)
    assert chain.entry_hash(connection, 2, first[7]) == second[7]
    connection.close()


def test_a_change_that_writes_nothing_has_no_entry(ledger: Path, change: Any) -> None:
    before = ledger.read_bytes()
    with change():
        pass
    with change() as c:
        c.set_settings({"practice": "Headache Clinic"})  # as it is
    assert count(ledger, "entry") == 1
    assert ledger.read_bytes() == before


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, ValueRefused])
def test_an_error_leaves_nothing(ledger: Path, change: Any, make: Any, error: type[BaseException]) -> None:
    before = ledger.read_bytes()
    with pytest.raises(error), change() as c:
        c.add_patient(make.patient())
        c.pin_edition(make.loaded)
        raise error("x", "y") if error is ValueRefused else error
    assert ledger.read_bytes() == before


def test_the_reader_of_a_change_sees_what_it_wrote_and_others_do_not(ledger: Path, change: Any, make: Any) -> None:
    with change() as c:
        c.add_patient(make.patient())
        assert c.reader.find_patient("P0001").name == "Ann Example"
        with open_ledger(ledger) as other:
            assert other.patients() == ()
    with open_ledger(ledger) as other:
        assert len(other.patients()) == 1


def test_what_does_not_come_back_as_it_was_written_is_not_kept(ledger: Path, change: Any, make: Any) -> None:
    before = ledger.read_bytes()
    with pytest.raises(LedgerDamaged), change() as c:
        c.add_patient(make.patient())
        c._raw.execute("DROP TRIGGER patient_stays")
        c._raw.execute("UPDATE patient SET code = 'P0002'")
    assert ledger.read_bytes() == before
    with pytest.raises(LedgerDamaged), change() as c:
        c.add_patient(make.patient())
        c._raw.execute("DROP TRIGGER identity_stays")
        c._raw.execute("UPDATE identity SET name = 'Other'")
    assert ledger.read_bytes() == before


def test_an_instant_is_kept_in_utc_and_needs_its_offset(ledger: Path) -> None:
    recorder = Recorder(ledger)
    with recorder.change(command="x", actor="me", at=datetime(2026, 3, 9, 10, 30, 15, 999, tzinfo=timezone(timedelta(hours=-4)))) as c:
        c.reason("because")
    with open_ledger(ledger) as reader:
        assert [entry[1] for entry in reader.entries()][-1] == "2026-03-09T14:30:15Z"
    with pytest.raises(ValueError, match="offset"), recorder.change(command="x", actor="me", at=datetime(2026, 3, 9)):  # noqa: DTZ001
        pass


class TestSettings:
    def test_only_what_differs_is_written(self, ledger: Path, change: Any) -> None:
        with change() as c:
            c.set_settings({"practice": "Headache Clinic", "jurisdiction": "us"})
        assert count(ledger, "setting") == 3
        with open_ledger(ledger) as reader:
            assert reader.settings() == {"practice": "Headache Clinic", "jurisdiction": "us", "time-zone": "America/New_York"}

    def test_an_unknown_one_is_refused(self, change: Any) -> None:
        with pytest.raises(ValueRefused), change() as c:
            c.set_settings({"colour": "red"})


class TestPatient:
    @pytest.mark.parametrize("code", ["P0001", "p0001"])
    def test_a_code_that_exists_is_refused_in_any_case(self, change: Any, make: Any, code: str) -> None:
        with change() as c:
            c.add_patient(make.patient())
        with pytest.raises(ValueRefused) as told, change() as c:
            c.add_patient(make.patient(code, name="Other"))
        assert told.value.where == "CODE"
        assert "Other" not in told.value.sentence

    def test_a_visit_of_nobody_is_refused(self, change: Any, make: Any) -> None:
        with pytest.raises(NotFound), change() as c:
            c.record_consult(make.consult(), c.pin_edition(make.loaded))

    def test_a_visit_without_an_edition_is_refused(self, change: Any, make: Any) -> None:
        with pytest.raises(NotFound), change() as c:
            c.add_patient(make.patient())
            c.record_consult(make.consult(), 7)

    def test_the_code_of_a_visit_is_taken_in_any_case(self, ledger: Path, change: Any, make: Any) -> None:
        with change() as c:
            c.add_patient(make.patient())
            c.record_consult(make.consult("p0001"), c.pin_edition(make.loaded))
        with open_ledger(ledger) as reader:
            assert reader.visit(1).head.patient == "P0001"


class TestEdition:
    def test_the_same_text_is_pinned_once(self, ledger: Path, change: Any, make: Any) -> None:
        with change() as c:
            assert (c.pin_edition(make.loaded), c.pin_edition(make.loaded)) == (1, 1)
        with change() as c:
            assert c.pin_edition(make.loaded) == 1
            assert c.pin_edition(edited(make.loaded)) == 2
        with open_ledger(ledger) as reader:
            assert reader.editions_in_use() == {"chronic-migraine": 2}
            assert reader.edition_text(1) == reader.edition_text(make.loaded.sha256) == make.loaded.text

    def test_its_sites_windows_and_limits_become_rows(self, ledger: Path, change: Any, make: Any) -> None:
        with change() as c:
            c.pin_edition(make.loaded)
        connection = engine.open_reader(ledger)
        sites = connection.execute("SELECT count(*), sum(planned_hundredths), max(position) FROM edition_site").fetchall()
        limits = dict(connection.execute("SELECT limit_kind, count(*) FROM edition_limit GROUP BY 1").fetchall())
        interval = connection.execute("SELECT span_count, span_unit FROM edition_limit WHERE limit_kind = 'minimum-interval'").fetchall()
        connection.close()
        protocol = make.loaded.protocol
        assert sites == [(31, 15_500, 31)]
        assert limits == {
            "site": 1, "session": len(protocol.limits.session), "extra": len(protocol.follow_the_pain),
            "cumulative": len(protocol.limits.cumulative), "minimum-interval": 1, "consult-valid": 1, "other-product-window": 1,
        }  # fmt: skip
        assert interval == [(protocol.limits.minimum_interval.span.count, protocol.limits.minimum_interval.span.unit)]

    @pytest.mark.parametrize("name", sorted(one.stem for one in PROTOCOLS.glob("*.yaml")))
    def test_every_shipped_protocol_can_be_pinned(self, ledger: Path, change: Any, name: str) -> None:
        loaded = load_protocol(PROTOCOLS / f"{name}.yaml")
        with change() as c:
            c.pin_edition(loaded)
        connection = engine.open_reader(ledger)
        connection.row_factory = by_name
        sites = connection.execute("SELECT * FROM edition_site ORDER BY position").fetchall()
        muscles = connection.execute("SELECT count(*) AS n FROM edition_limit WHERE limit_kind = 'muscles'").fetchone()["n"]
        connection.close()
        assert [(row["site"], row["optional"] == 1, row["planned_hundredths"] is None) for row in sites] == [
            (site.id, site.optional, site.per_kg is not None) for site in loaded.protocol.sites_in_order
        ]
        for row, site in zip(sites, loaded.protocol.sites_in_order, strict=True):
            if site.per_kg:
                assert (row["lowest_per_kg_hundredths"] or row["planned_per_kg_hundredths"]) == site.per_kg.lowest
            elif plan := site.plan():
                planned = row["planned_hundredths"]
                assert (row["lowest_hundredths"] or planned, planned, row["highest_hundredths"] or planned) == (plan.lowest, plan.usual, plan.highest)
        assert muscles == len(loaded.protocol.limits.muscles)

    def test_a_text_that_is_not_its_sha256_is_refused(self, change: Any, make: Any) -> None:
        with pytest.raises(ValueError, match="sha256"), change() as c:
            c.pin_edition(LoadedProtocol(make.loaded.protocol, make.loaded.text + " ", make.loaded.sha256))


def edited(loaded: LoadedProtocol) -> LoadedProtocol:
    text = loaded.text + "# another edition\n"
    return LoadedProtocol(loaded.protocol, text, hashlib.sha256(text.encode()).hexdigest())


class TestVials:
    @pytest.fixture(autouse=True)
    def _stock(self, change: Any, make: Any) -> None:
        with change() as c:
            c.add_patient(make.patient())
            self.edition = c.pin_edition(make.loaded)
            self.vials = c.add_vials(make.vials(count=3), date(2026, 1, 2))
            assert self.vials == [1, 2, 3]

    def test_a_vial_is_used_once(self, change: Any, make: Any) -> None:
        with change() as c:
            c.record_session(make.stock_session(1), self.edition)
        with pytest.raises(ValueRefused, match="not unused any more"), change() as c:
            c.record_session(make.stock_session(1, on=date(2026, 4, 6)), self.edition)
        twice = (VialUse(vial_id=2, given_hundredths=250, wasted_hundredths=19_750),) * 2
        with pytest.raises(ValueRefused, match="not unused any more"), change() as c:
            c.record_session(make.session(vials=twice, imported=False), self.edition)

    def test_what_was_given_and_wasted_is_the_vial(self, change: Any, make: Any) -> None:
        short = VialUse(vial_id=1, given_hundredths=500, wasted_hundredths=19_000)
        with pytest.raises(ValueRefused, match="do not make up the vial"), change() as c:
            c.record_session(make.session(vials=(short,), imported=False), self.edition)

    def test_a_discarded_vial_is_gone(self, ledger: Path, change: Any, make: Any) -> None:
        with change() as c:
            c.discard_vial(1, "broken", date(2026, 1, 3), None)
        with pytest.raises(ValueRefused), change() as c:
            c.record_session(make.stock_session(1), self.edition)
        with pytest.raises(ValueRefused), change() as c:
            c.discard_vial(1, "expired", date(2026, 1, 3))
        with open_ledger(ledger) as reader:
            assert [vial.vial_id for vial in reader.vials(unused_only=True)] == [2, 3]

    def test_a_vial_that_is_not_there_is_refused(self, change: Any, make: Any) -> None:
        with pytest.raises(NotFound), change() as c:
            c.record_session(make.stock_session(77), self.edition)

    def test_an_amended_label_keeps_what_is_not_given(self, ledger: Path, change: Any) -> None:
        with change("vial amend") as c:
            c.amend_vials([1, 2], lot="D-99", reason="Mistyped")
        with change("vial amend") as c:
            c.amend_vials([2], expires=date(2026, 12, 31), reason="Misread")
        with open_ledger(ledger) as reader:
            assert [(vial.lot, vial.expires) for vial in reader.vials()] == [
                ("D-99", date(2027, 3, 31)), ("D-99", date(2026, 12, 31)), ("C-1234", date(2027, 3, 31)),
            ]  # fmt: skip
            assert [entry[6] for entry in reader.entries()][-2:] == ["Mistyped", "Misread"]

    def test_a_recalled_lot_marks_its_vials_however_it_is_spelled(self, ledger: Path, change: Any, make: Any) -> None:
        with change() as c:
            c.recall_lots(["c 1234"], date(2026, 2, 1))
            c.reason("Letter of the maker")
            c.add_vials(make.vials("Other"), date(2026, 2, 1))
        with open_ledger(ledger) as reader:
            assert [vial.recalled for vial in reader.vials()] == [True, True, True, False]


class TestKey:
    REQUEST: dict[str, Any] = {"code": "P0001", "on": date(2026, 1, 6), "answers": {"consent": "yes"}, "units": [1, 2]}  # noqa: RUF012

    def record(self, change: Any, make: Any, request: dict[str, Any], key: str | None = "k") -> int | None:
        with change("session", key) as c:
            standing: int | None = c.standing(key, request)
            if standing is None:
                edition = c.pin_edition(make.loaded)
                if not c.reader.patients():
                    c.add_patient(make.patient())
                c.record_session(make.session(), edition)
        return standing

    def test_the_same_key_and_request_record_once(self, ledger: Path, change: Any, make: Any) -> None:
        assert self.record(change, make, self.REQUEST) is None
        assert self.record(change, make, dict(reversed(self.REQUEST.items()))) == 2
        assert count(ledger, "visit_version") == 1
        assert count(ledger, "entry") == 2
        with open_ledger(ledger) as reader:
            assert reader.visit_of_entry(2) == 1
            assert reader.visit_of_entry(1) is None
            assert reader.visit_of_entry(99) is None

    def test_the_same_key_for_another_request_is_refused(self, change: Any, make: Any) -> None:
        self.record(change, make, self.REQUEST)
        with pytest.raises(ValueRefused) as told:
            self.record(change, make, {**self.REQUEST, "on": date(2026, 1, 7)})
        assert told.value.where == "--key"

    def test_the_same_key_for_another_command_is_refused(self, change: Any, make: Any) -> None:
        self.record(change, make, self.REQUEST)
        with pytest.raises(ValueRefused), change("consult", "k") as c:
            c.standing("k", self.REQUEST)

    def test_a_key_that_stands_without_a_request_is_refused(self, change: Any, make: Any) -> None:
        with change("session", "k") as c:
            c.add_patient(make.patient())
        with pytest.raises(ValueRefused):
            self.record(change, make, self.REQUEST)

    def test_without_a_key_nothing_stands(self, ledger: Path, change: Any, make: Any) -> None:
        for _ in range(2):
            assert self.record(change, make, self.REQUEST, key=None) is None
        assert count(ledger, "visit_version") == 2
        assert count(ledger, "free_text") == 0

    def test_after_an_erasure_the_key_is_refused(self, ledger: Path, change: Any, make: Any) -> None:
        self.record(change, make, self.REQUEST)
        connection = opened_by_hand(ledger)
        assert connection.execute("UPDATE free_text SET salt = NULL, content = NULL WHERE patient_id = 1").rowcount == 1
        connection.close()
        with pytest.raises(ValueRefused):
            self.record(change, make, self.REQUEST)

    def test_a_retry_that_finds_the_record_still_drops_the_draft(self, ledger: Path, change: Any, make: Any) -> None:
        with Drafts(ledger) as drafts:
            drafts.save("session", "P0001", "k", {}, AT)
        self.record(change, make, self.REQUEST)
        with change("session", "k") as c:
            assert c.standing("k", self.REQUEST) == 2
            c.drop_draft("k")
        assert (count(ledger, "draft"), count(ledger, "entry")) == (0, 2)


def test_a_draft_goes_with_the_change_that_completes_it_or_stays(ledger: Path, change: Any, make: Any) -> None:
    with Drafts(ledger) as drafts:
        drafts.save("consult", "P0001", "k", {"a": 1}, AT)
    with pytest.raises(RuntimeError), change("consult", "k") as c:
        c.add_patient(make.patient())
        c.drop_draft("k")
        raise RuntimeError
    assert count(ledger, "draft") == 1
    with change("consult", "k") as c:
        c.add_patient(make.patient())
        c.drop_draft("k")
    assert count(ledger, "draft") == 0


@pytest.mark.plain_only
def test_no_name_and_no_reason_stands_in_hashed_text(full_ledger: Path) -> None:
    """What a person wrote freely is in the two tables that an erasure blanks, and nowhere else; afterwards it is not in the file."""
    words = [b"Ann Example", b"Third line", b"Scar", b"Tested", b"Fell from the table"]
    data = full_ledger.read_bytes()
    assert all(data.count(word) >= 1 for word in words)
    connection = engine.connect(full_ledger)
    connection.execute("UPDATE identity SET salt = NULL, name = NULL, born = NULL")
    connection.execute("UPDATE free_text SET salt = NULL, content = NULL")
    connection.close()
    assert [word for word in words if word in full_ledger.read_bytes()] == []


def test_init_puts_the_settings_in_place_as_the_first_entry(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    tmp_path.chmod(0o755)
    assert create_ledger(path, settings={"practice": "X", "practitioner": "Dr. Y"}, actor="me", at=AT) is True
    with open_ledger(path) as reader:
        assert reader.settings() == {"practice": "X", "practitioner": "Dr. Y"}
        assert [entry[:4] for entry in reader.entries()] == [(1, "2026-03-09T14:00:00Z", "me", "init")]
    with pytest.raises(ValueRefused):
        create_ledger(path, settings={}, actor="me", at=AT)
