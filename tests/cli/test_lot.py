"""``botox lot``: who had a lot, under every spelling, and the exit code that says so."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path

import pytest

from .conftest import NOW, Botox

HEADER = (
    "lot,patient,visit,date,units,vials,sites,last_contact,protocol,product,imported,archived,old_spellings,recalled,unused_vials,site_ids"
)  # fmt: skip


@pytest.mark.parametrize("spelling", ["C-1234", "c1234", "C 12 34"])
def test_the_whole_table(botox: Botox, visited: Path, spelling: str) -> None:
    said = botox("lot", spelling)
    assert (said.exit_code, said.stderr) == (3, "")
    assert said.stdout == (
        "Lot C-1234\n"
        "Patient  Visit  Date        Units  Sites  Last contact  Remark\n"
        "P0001        2  2026-01-06    7.5      2  2026-01-06\n"
        "1 patient, 1 visit.\n"
        "Unused in stock: 1 vial, expires 2027-03-31.\n"
    )


def test_the_whole_csv_for_the_recall_letters(botox: Botox, visited: Path, tmp_path: Path) -> None:
    row = "C-1234,P0001,2,2026-01-06,7.5,1,2,2026-01-06,chronic-migraine,onabotulinumtoxinA,no,no,,no,1,procerus corrugator-left"
    said = botox("lot", "C1234", "--format", "csv")
    assert (said.exit_code, said.stdout) == (3, f"{HEADER},share_known\n{row},yes\n")
    letters = tmp_path / "recall.csv"
    named = botox("lot", "C1234", "--format", "csv", "--identify", "--output", str(letters))
    assert (named.exit_code, named.stdout) == (3, "")
    assert letters.read_text() == f"{HEADER},name,born,share_known\n{row},Jane Example,1980-02-29,yes\n"
    assert botox("lot", "C1234", "--output", str(letters)).exit_code == 2


def test_the_json_holds_codes_and_no_names(botox: Botox, visited: Path) -> None:
    said = botox("lot", "C1234", "--format", "json")
    assert said.exit_code == 3
    document = json.loads(said.stdout)
    assert document["schema"] == "botoxcli/lot/1"
    (row,) = document["items"]
    assert (row["patient"], row["visit"], row["units"], row["last_contact"]) == ("P0001", 2, 7.5, "2026-01-06")
    assert "Jane" not in said.stdout
    (named,) = json.loads(botox("lot", "C1234", "--format", "json", "--identify").stdout)["items"]
    assert named["name"] == "Jane Example"
    assert "Jane Example" in botox("lot", "C1234", "--identify").stdout


def test_a_known_lot_that_nobody_had_is_0_and_an_unknown_one_is_22(botox: Botox, visited: Path) -> None:
    assert botox("vial", "add", "D777", "--units", "100", "--expires", "2027-06", "--count", "2").exit_code == 0
    said = botox("lot", "d 777")
    assert (said.exit_code, said.stdout) == (0, "Nobody had lot D777.\nUnused in stock: 2 vials, expires 2027-06-30.\n")
    empty = botox("lot", "D777", "--format", "json")
    assert (empty.exit_code, json.loads(empty.stdout)["items"]) == (0, [])
    unknown = botox("lot", "C1235")
    assert (unknown.exit_code, unknown.stdout) == (22, "")
    assert unknown.stderr == "Error: There is no such lot.\nNear it: C-1234.\n"


def test_an_old_spelling_finds_it_too(botox: Botox, visited: Path) -> None:
    assert botox("vial", "amend", "C-1234", "--lot", "C-1243", "--reason", "typing mistake").exit_code == 0
    for spelling in ("C1234", "C1243"):
        (row,) = json.loads(botox("lot", spelling, "--format", "json").stdout)["items"]
        assert (row["lot"], row["old_spellings"]) == ("C-1243", "C-1234")
    assert "Also spelt: C-1234.\n" in botox("lot", "C1243").stdout
    assert "was C-1234" in botox("lot", "C1234").stdout


def test_a_recall_and_the_last_contact_are_told(botox: Botox, visited: Path) -> None:
    assert botox("vial", "recall", "C1234", "--reason", "letter").exit_code == 0
    flags = ("--answer", "headache-days=9", "--answer", "diary-days=28", "--event", "none", "--no-input")
    assert botox("follow-up", "P0001", "--on", "2026-02-10", *flags).exit_code == 0
    (row,) = json.loads(botox("lot", "C1234", "--format", "json").stdout)["items"]
    assert (row["recalled"], row["date"], row["last_contact"]) == (True, "2026-01-06", "2026-02-10")
    assert "The lot is recalled.\n" in botox("lot", "C1234").stdout


def test_a_voided_session_had_no_vial(botox: Botox, visited: Path) -> None:
    assert botox("visit", "void", "2", "--reason", "wrong patient", "--no-input").exit_code == 0
    said = botox("lot", "C1234")
    assert (said.exit_code, said.stdout.splitlines()[0]) == (0, "Nobody had lot C-1234.")


def test_an_imported_session_has_a_lot_without_stock(botox: Botox, visited: Path) -> None:
    imported_session(visited, "OLD-9", date(2025, 6, 1))
    said = botox("lot", "old9")
    assert said.exit_code == 3
    assert said.stdout.splitlines()[2] == "P0001        3  2025-06-01    155      1  2026-01-06    imported"
    assert said.stdout.endswith("Unused in stock: 0 vials.\n")


def test_of_an_imported_session_with_several_lots_the_share_is_not_known(botox: Botox, visited: Path, tmp_path: Path) -> None:
    rows = 'P0001,2025-01-06,155,"C1, D2"\nP0001,2025-05-06,150,"C1;c-1"\n'
    (tmp_path / "sheet.csv").write_text(f"patient,date,units,lot\n{rows}")
    assert botox("import", "visits", str(tmp_path / "sheet.csv")).exit_code == 0
    said = botox("lot", "c1")
    assert said.stdout.splitlines()[1:4] == [
        "Patient  Visit  Date            Units  Sites  Last contact  Remark",
        "P0001        3  2025-01-06  up to 155      1  2026-01-06    imported",
        "P0001        4  2025-05-06        150      1  2026-01-06    imported",
    ]
    items = json.loads(botox("lot", "c1", "--format", "json").stdout)["items"]
    assert [(one["units"], one["vials"], one["share_known"]) for one in items] == [(155, 1, False), (150, 1, True)]
    assert [row.rsplit(",", 1)[1] for row in botox("lot", "c1", "--format", "csv").stdout.splitlines()] == ["share_known", "no", "yes"]


def test_a_lot_that_an_import_spelt_twice_is_counted_once(botox: Botox, visited: Path) -> None:
    imported_session(visited, "C1", date(2025, 6, 1), "c-1")
    (row,) = json.loads(botox("lot", "c1", "--format", "json").stdout)["items"]
    assert (row["units"], row["share_known"]) == (155, True)


def test_two_vials_of_a_lot_at_one_session_are_one_line(botox: Botox, ledger: Path) -> None:
    data = Path(__file__).parents[1] / "data"
    assert botox("vial", "add", "E1", "--units", "100", "--expires", "2027-06", "--count", "2").exit_code == 0
    who = ("P0002", "--name", "Bea Example", "--born", "1990-01-01", "--on", "2026-03-01")
    assert botox("consult", *who, "--answers", str(data / "consult.yaml"), "--no-input").exit_code == 0
    vials = ("--vial", "E1", "--vial", "E1", "--as-planned", "--no-input")
    assert botox("session", "P0002", "--answers", str(data / "chair.yaml"), *vials).exit_code == 0
    rows = list(csv.DictReader(io.StringIO(botox("lot", "E1", "--format", "csv").stdout)))
    assert [(row["visit"], row["units"], row["vials"], row["sites"]) for row in rows] == [("2", "155", "2", "31")]


def imported_session(ledger: Path, lot: str, on: date, *others: str) -> None:
    """A session that an import made: one line, a lot without stock."""
    from botoxcli import paths
    from botoxcli.clinic.records import Injection, Session, VialUse
    from botoxcli.files.protocol_yaml import load_protocol
    from botoxcli.store.recorder import Recorder

    line = Injection(site="unspecified", muscle="unspecified", side="unspecified", planned_hundredths=0, hundredths=15_500, state="imported")
    uses = tuple(VialUse(lot=one, given_hundredths=15_500) for one in (lot, *others))
    session = Session(
        patient="P0001", date=on, product="onabotulinumtoxinA", injections=(line,), vials=uses,
        jurisdiction="us", imported=True,
    )  # fmt: skip
    with Recorder(ledger).change(command="import", actor="Dr Example", at=NOW) as change:
        change.record_session(session, change.pin_edition(load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml")))
