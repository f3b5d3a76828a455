"""``botox patient edit``: a name or a birth date put right; the code stays."""

from __future__ import annotations

from pathlib import Path

import pytest

from .conftest import Botox
from .cycle import done, items


def identity(botox: Botox) -> tuple[str, str]:
    (only,) = items(botox, "patient", "show", "P0001", "--identify")
    return only["name"], only["born"]


def test_what_is_not_given_stays(cycle: Botox) -> None:
    assert done(cycle("patient", "edit", "P0001", "--born", "1980-02-28", "--reason", "mistyped")).stdout == "P0001: birth date put right.\n"
    assert identity(cycle) == ("Ada Example", "1980-02-28")
    assert done(cycle("patient", "edit", "ada", "--name", "Ada Sample")).stdout == "P0001: name put right.\n"
    assert identity(cycle) == ("Ada Sample", "1980-02-28")
    assert [item["patient"] for item in items(cycle, "visit", "list", "--patient", "sample")] == ["P0001"] * 3
    assert cycle("patient", "show", "ada example").exit_code == 22


@pytest.mark.parametrize(
    ("flags", "code"),
    [
        (("P0009", "--name", "X"), 22),
        (("P0001",), 2),
        (("P0001", "--name", "Ada Example"), 21),
        (("P0001", "--name", "Ada\x1b[31m"), 21),
        (("P0001", "--name", ""), 21),
        (("P0001", "--born", "2030-01-01"), 21),
        (("P0001", "--born", "2025-12-02"), 21),
        (("P0001", "--born", "29.02.1980"), 21),
    ],
)
def test_what_is_refused_leaves_the_ledger_as_it_was(cycle: Botox, ledger: Path, flags: tuple[str, ...], code: int) -> None:
    before = ledger.read_bytes()
    result = cycle("patient", "edit", *flags)
    assert result.exit_code == code, result.stderr
    assert "Ada" not in result.stderr
    assert ledger.read_bytes() == before


def test_a_likely_duplicate_is_a_warning(cycle: Botox) -> None:
    done(cycle("patient", "add", "P0002", "--name", "Bea Sample", "--born", "1991-01-01", "--no-input"))
    edit = ("patient", "edit", "P0002", "--name", "Ada Example", "--born", "1980-02-29")
    stopped = cycle(*edit)
    assert (stopped.exit_code, "duplicate-patient" in stopped.stderr) == (23, True)
    done(cycle(*edit, "--accept", "duplicate-patient"))


def test_one_s_own_record_is_no_duplicate(cycle: Botox) -> None:
    done(cycle("patient", "edit", "P0001", "--name", "Ada B. Example"))


def test_a_rehearsal_and_a_retry(cycle: Botox, ledger: Path) -> None:
    before = ledger.read_bytes()
    done(cycle("patient", "edit", "P0001", "--name", "Ada Sample", "--dry-run"))
    assert ledger.read_bytes() == before
    done(cycle("patient", "edit", "P0001", "--name", "Ada Sample", "--key", "k"))
    stands = ledger.read_bytes()
    done(cycle("patient", "edit", "P0001", "--name", "Ada Sample", "--key", "k"))
    assert ledger.read_bytes() == stands
