"""Drafts: on the disk when a save returns, one a patient and kind, and no part of the record."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from botoxcli.errors import ValueRefused
from botoxcli.store.drafts import Drafts

AT = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)


def test_a_draft_comes_back_as_it_was_saved_last(ledger: Path) -> None:
    with Drafts(ledger) as drafts:
        assert drafts.load("session", "P0001") is None
        drafts.save("session", "P0001", "k1", {"sites": ["ä"], "n": 1}, AT)
        drafts.save("session", "P0001", "k1", {"sites": ["ä", "b"]}, AT + timedelta(minutes=1))
        drafts.save("consult", "P0001", "k2", {}, AT)
    with Drafts(ledger) as drafts:
        found = drafts.load("session", "p0001")
        assert found is not None
        assert (found.kind, found.patient_code, found.key, found.content) == ("session", "P0001", "k1", {"sites": ["ä", "b"]})
        assert (found.started_at, found.saved_at) == (AT, AT + timedelta(minutes=1))
        assert [one.key for one in drafts.list()] == ["k1", "k2"]
        drafts.drop("k1")
        drafts.drop("k1")
        assert [one.key for one in drafts.list()] == ["k2"]


def test_a_second_draft_of_a_patient_is_refused_and_the_first_stays(ledger: Path) -> None:
    with Drafts(ledger) as one, Drafts(ledger) as two:
        one.save("session", "P0001", "k1", {"a": 1}, AT)
        with pytest.raises(ValueRefused) as told:
            two.save("session", "P0001", "k2", {"a": 2}, AT)
        assert told.value.where == "--resume"
        two.save("session", "P0002", "k2", {"a": 2}, AT)
        kept = one.load("session", "P0001")
        assert kept is not None
        assert kept.content == {"a": 1}


def test_a_save_is_on_the_disk_when_it_returns(ledger: Path) -> None:
    dies = (
        "import os, sys; from pathlib import Path; from datetime import datetime, UTC; from botoxcli.store.drafts import Drafts; "
        "d = Drafts(Path(sys.argv[1])); [d.save('session', 'P1', 'k', {'n': n}, datetime.now(UTC)) for n in range(5)]; os.kill(os.getpid(), 9)"
    )
    assert subprocess.run([sys.executable, "-c", dies, str(ledger)], check=False).returncode == -9
    with Drafts(ledger) as drafts:
        found = drafts.load("session", "P1")
        assert found is not None
        assert found.content == {"n": 4}


@pytest.mark.plain_only
def test_what_was_dropped_is_not_in_the_file(ledger: Path) -> None:
    with Drafts(ledger) as drafts:
        drafts.save("session", "P0001", "k1", {"note": "neck-weakness-of-ann"}, AT)
        assert b"neck-weakness-of-ann" in ledger.read_bytes()
        drafts.drop("k1")
    assert b"neck-weakness-of-ann" not in ledger.read_bytes()
