"""What one ledger has that another has not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.errors import NotOurLedger
from botoxcli.store.lineage import Compared, Kinship, Line, compared, entries_of, of_entries


def lines(*hashes: str) -> tuple[Line, ...]:
    return tuple(Line(seq, "2026-03-09T14:00:00Z", "test", one) for seq, one in enumerate(hashes, start=1))


@pytest.mark.parametrize(
    ("standing", "backup", "kinship", "lost", "gained"),
    [
        ("abc", "abc", Kinship.SAME, "", ""),
        ("abc", "ab", Kinship.OLDER, "c", ""),
        ("ab", "abc", Kinship.NEWER, "", "c"),
        ("abcd", "abxy", Kinship.PARTED, "cd", "xy"),
        ("abc", "xyz", Kinship.OTHER, "abc", "xyz"),
        ("", "abc", Kinship.OTHER, "", "abc"),
    ],
)
def test_the_kinds(standing: str, backup: str, kinship: Kinship, lost: str, gained: str) -> None:
    seen = of_entries(lines(*standing), lines(*backup))
    assert (seen.kinship, "".join(one.hash for one in seen.lost), "".join(one.hash for one in seen.gained)) == (kinship, lost, gained)
    assert seen.is_another == (kinship is Kinship.OTHER)


@given(st.lists(st.integers()), st.lists(st.integers()), st.lists(st.integers()))
def test_what_both_have_and_what_one_has_is_all(common: list[int], here: list[int], there: list[int]) -> None:
    standing, backup = lines(*map(str, common + here)), lines(*map(str, common + there))
    seen = of_entries(standing, backup)
    shared = len(standing) - len(seen.lost)
    assert [one.hash for one in standing[:shared]] == [one.hash for one in backup[:shared]]
    assert seen.lost == standing[shared:]
    assert seen.gained == backup[shared:]
    assert shared >= len(common)


def test_what_cannot_be_read_is_told_and_no_error(full_ledger: Path, tmp_path: Path) -> None:
    entries = entries_of(full_ledger)
    assert compared(full_ledger, entries).kinship is Kinship.SAME
    assert compared(tmp_path / "nothing.db", entries) == Compared(Kinship.MISSING)
    (tmp_path / "text.db").write_text("Dear patient")
    assert compared(tmp_path / "text.db", entries).kinship is Kinship.FOREIGN
    held = bytearray(full_ledger.read_bytes())
    held[4096 : 4096 * 40] = b"\xff" * (4096 * 39)
    full_ledger.write_bytes(held)
    assert compared(full_ledger, entries).kinship is Kinship.UNREADABLE
    with pytest.raises(NotOurLedger):
        compared(tmp_path, entries)
