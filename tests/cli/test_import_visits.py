"""``botox import visits``: fifty sessions of a spreadsheet, and everything that counts them from then on."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from .conftest import Botox
from .test_import_patients import DATA, PATIENTS, sheet

COLUMNS = "patient=Patient Nr.,date=Datum,units=Dosis,lot=Charge,injector=Wer,note=Bemerkung"
VISITS = ("import", "visits", str(DATA / "past-sessions.csv"), "--map", COLUMNS, "--date-format", "DD.MM.YYYY")
DUE = """\
Patient  What            Status    Late  Earliest    Due         Latest
P0006    session         lapsed   118 d  2025-11-03  2025-11-11  2026-02-11
P0011    session         lapsed    91 d  2025-12-01  2025-12-08  2026-03-08
P0005    session         overdue   84 d  2025-12-08  2025-12-15  2026-03-15
P0012    onset-check     lapsed    63 d  2026-01-01  2026-01-05  2026-01-19
P0010    onset-check     lapsed    56 d  2026-01-08  2026-01-12  2026-01-26
P0006    consult-review  overdue   25 d  2026-02-12  2026-02-12
P0007    onset-check     overdue   14 d  2026-02-19  2026-02-23  2026-03-09
P0004    session         overdue   13 d  2026-02-16  2026-02-24  2026-05-24
P0001    session         overdue    1 d  2026-03-02  2026-03-08  2026-06-08
P0008    onset-check     due             2026-03-05  2026-03-09  2026-03-23
P0011    consult-review  due             2026-03-09  2026-03-09
P0002    session         due             2026-03-04  2026-03-10  2026-06-10
P0003    session         due             2026-03-09  2026-03-15  2026-06-15
P0009    onset-check     early           2026-03-12  2026-03-16  2026-03-30
P0012    session         early           2026-03-16  2026-03-22  2026-06-22
P0010    session         early           2026-03-23  2026-03-29  2026-06-29
P0007    session         early           2026-05-04  2026-05-09  2026-08-09
P0008    session         early           2026-05-18  2026-05-23  2026-08-23
P0009    session         early           2026-05-25  2026-06-02  2026-09-02
"""


@pytest.fixture
def imported(botox: Botox, ledger: Path) -> Botox:
    """The command line on a ledger with the twelve patients and their fifty sessions."""
    for one in (PATIENTS, VISITS):
        done = botox(*one)
        assert done.exit_code == 0, done.stderr
    return botox


def test_what_it_says_and_that_twice_is_once(botox: Botox, ledger: Path) -> None:
    unknown = botox(*VISITS)
    assert (unknown.exit_code, unknown.stdout) == (24, "")
    assert unknown.stderr.startswith("row 4, column Patient  Nr.: there is no such patient; import the patients first, or see --new-patients\n")
    assert botox(*PATIENTS).exit_code == 0
    rehearsed = botox(*VISITS, "--dry-run")
    assert rehearsed.stdout.splitlines()[:3] == [
        "Row  Patient  Date        Units  Lots          Protocol          Product",
        "  4  P0006    2024-08-19    155  C1224         chronic-migraine  onabotulinumtoxinA",
        "  5  P0005    2024-09-09    195  C1224         chronic-migraine  onabotulinumtoxinA",
    ]
    assert rehearsed.stdout.endswith("50 sessions would be added; nothing was recorded.\n")
    done = botox(*VISITS)
    assert (done.exit_code, done.stdout) == (0, "50 sessions added, visits 1 to 50.\n")
    assert done.stderr == (
        "Read: patient from column Patient  Nr., date from column Datum, units from column Dosis, lot from column Charge, "
        "injector from column Wer, note from column Bemerkung.\n"
    )
    assert [one.split(",")[3] for one in botox("ledger", "log", "--format", "csv").stdout.splitlines()[1:]] == [
        "init",
        "import patients",
        "import visits",
    ]
    again = botox(*VISITS)
    assert (again.exit_code, again.stdout) == (0, "50 sessions in the file, and all of them stand in the ledger already; nothing was changed.\n")
    assert len(botox("ledger", "log", "--format", "csv").stdout.splitlines()) == 4


def test_the_due_list_is_right_at_once(imported: Botox) -> None:
    assert imported("due", "--all").stdout == DUE
    assert imported("due", "--all", "--format", "csv").stdout.count("\n") == DUE.count("\n")


def test_it_counts_everywhere(imported: Botox) -> None:
    sheet = imported("visit", "show", "50").stdout
    assert "of onabotulinumtoxinA; which site had how much was not told" in sheet
    assert imported("lot", "d 257").exit_code == 3
    assert imported("audit").exit_code == 0
    assert imported("audit").stdout.count("imported: how it was done was not recorded here") == 50
    assert "50 imported sessions without a balance" in imported("ledger", "verify").stdout
    chart = imported("chart", "P0001").stdout
    assert "): 152.5 U, lot C1225, imported\n" in chart
    assert imported("response", "P0001", "--format", "json").exit_code == 0
    outlook = imported("patient", "show", "P0012").stdout
    assert "2025-12-22" in outlook
    told = imported(
        "session", "P0012", "--on", "2026-03-09", "--as-planned", "--answers", str(DATA / "chair.yaml"), "--vial", "X", "--no-input", "--dry-run"
    )
    assert "interval" in told.stderr
    notes = [row for row in json.loads(imported("export", "visits", "--identify", "--format", "json").stdout)["items"] if row["reason"]]
    assert {row["reason"] for row in notes} == {'felt "well"; no trouble'}


def test_a_wrong_one_is_voided_and_all_is_undone_at_once(imported: Botox) -> None:
    assert imported("visit", "void", "1", "--reason", "mistyped").exit_code == 0
    assert len(imported("visit", "list", "--format", "csv").stdout.splitlines()) == 50
    assert imported("undo", "--yes").exit_code == 0


def test_one_undo_takes_all_of_it_back_and_another_restores_it(imported: Botox) -> None:
    due = imported("due", "--all").stdout
    back = imported("undo", "--yes")
    assert back.stdout.splitlines()[1:3] == [
        "- `import visits` of 2026-03-09 10:00 UTC by Dr Example",
        "- visit 1: session of P0006 on 2024-08-19, 155 U, lot C1224",
    ]
    assert imported("visit", "list").stdout == "No visit is recorded.\n"
    assert imported("undo", "--yes").exit_code == 0
    assert imported("due", "--all").stdout == due


@pytest.mark.plain_only
def test_the_whole_ledger_goes_out_and_comes_in_again(imported: Botox, ledger_path: Path, tmp_path: Path) -> None:
    from botoxcli.store.view_digests import view_digests

    new = tmp_path / "new" / "ledger.db"
    assert imported("export", "all", "--identify", "--output", str(tmp_path / "all")).exit_code == 0
    assert imported("--ledger", str(new), "import", "all", str(tmp_path / "all"), "--plaintext", "--no-input").exit_code == 0
    with sqlite3.connect(ledger_path) as one, sqlite3.connect(new) as other:
        assert view_digests(one) == view_digests(other)
    one.close()
    other.close()


def test_a_forgotten_patients_notes_are_blanked(imported: Botox, ledger_path: Path) -> None:
    assert imported("patient", "forget", "P0005", "--reason", "asked", "--retention-checked", "--keep-others", "--no-input").exit_code == 0
    rows = json.loads(imported("export", "visits", "--identify", "--patient", "P0005", "--format", "json").stdout)["items"]
    assert {(row["name"], row["reason"]) for row in rows} == {(None, None)}
    assert imported("ledger", "verify").exit_code == 0
    assert imported(*VISITS).exit_code == 0  # what stands is not told anew


REFUSED = {
    "other units": ("P0001,2026-01-06,155,C-1234", "date", "a session of this patient on this day stands in the ledger with other units or lots"),
    "other lot": ("P0001,2026-01-06,7.5,D9", "date", "a session of this patient on this day stands in the ledger with other units or lots"),
    "before birth": ("P0001,1979-01-06,155,C1", "date", "lies before the patient's birth"),
    "no such patient": ("P0404,2025-01-06,155,C1", "patient", "there is no such patient; import the patients first, or see --new-patients"),
}


@pytest.mark.parametrize(("row", "column", "why"), REFUSED.values(), ids=REFUSED)
def test_what_the_ledger_stands_against(botox: Botox, visited: Path, tmp_path: Path, row: str, column: str, why: str) -> None:
    said = botox("import", "visits", sheet(tmp_path, f"patient,date,units,lot\nP0001,2024-01-06,155,C1\n{row}\n"))
    assert (said.exit_code, said.stdout) == (24, "")
    assert said.stderr.splitlines()[0] == f"row 3, column {column}: {why}"
    assert len(botox("visit", "list", "--format", "csv").stdout.splitlines()) == 3


def test_what_stands_is_known_by_its_lot_however_it_is_spelt(botox: Botox, visited: Path, tmp_path: Path) -> None:
    for row in ("p0001,2026-01-06,7.5,c 1234", "P0001,2026-01-06,7.50,"):
        said = botox("import", "visits", sheet(tmp_path, f"patient,date,units,lot\n{row}\n"))
        assert said.stdout == "1 session in the file, and all of them stand in the ledger already; nothing was changed.\n"


def test_protocol_and_product_of_a_row(botox: Botox, visited: Path, tmp_path: Path) -> None:
    file = sheet(tmp_path, "patient,date,units,protocol,product\nP0001,2025-01-06,25,blepharospasm,BOTOX\nP0001,2025-01-06,100,,Dysport\n")
    assert botox("import", "visits", file).exit_code == 0
    rows = json.loads(botox("export", "injections", "--format", "json").stdout)["items"]
    assert [(row["protocol"], row["product"], row["site"]) for row in rows if row["state"] == "imported"][:1] == [
        ("blepharospasm", "onabotulinumtoxinA", "unspecified")
    ]
    said = botox("import", "visits", sheet(tmp_path, "patient,date,units,protocol\nP0001,2024-01-06,25,none-such\n"))
    assert said.stderr.splitlines()[0] == "row 2, column protocol: there is no such protocol; `botox protocol list` shows what there is"
    assert botox("import", "visits", file, "--protocol", "none-such").exit_code == 22


def test_new_patients_are_made_with_their_sessions(botox: Botox, ledger: Path, tmp_path: Path) -> None:
    text = "patient,date,units,name,born\nP0001,2025-01-06,155,Ada Example,1980-02-29\np0001,2025-04-06,155,Ada Example,1980-02-29\n"
    said = botox("import", "visits", sheet(tmp_path, text), "--new-patients")
    assert (said.exit_code, said.stdout) == (0, "2 sessions added, visits 1 to 2. New patients: P0001.\n")
    assert len(botox("ledger", "log", "--format", "csv").stdout.splitlines()) == 3
    said = botox("import", "visits", sheet(tmp_path, "patient,date,units\nP0002,2025-01-06,155\n"), "--new-patients")
    assert said.stderr.splitlines()[0] == "row 2: is empty: a new patient needs a name and a birth date"
    said = botox(
        "import",
        "visits",
        sheet(tmp_path, text.replace("P0001", "P3").replace("p0001", "P3").replace("Ada Example,1980-02-29\nP3", "Ada,1970-02-28\nP3")),
        "--new-patients",
    )
    assert said.exit_code == 24
    assert "tells the new patient of row 2 otherwise" in said.stderr


FLAGS = {
    "no equals": (("--map", "patient"), 2),
    "no such field": (("--map", "patients=Nr"), 2),
    "left out": (("--map", "patient="), 2),
    "a format that cannot be": (("--date-format", "DD/MM/YY"), 21),
}


@pytest.mark.parametrize(("flags", "code"), FLAGS.values(), ids=FLAGS)
def test_flags_that_cannot_be(botox: Botox, ledger: Path, tmp_path: Path, flags: tuple[str, ...], code: int) -> None:
    assert botox("import", "visits", sheet(tmp_path, "patient,date,units\n"), *flags).exit_code == code


def test_standard_input_and_json(botox: Botox, visited: Path) -> None:
    said = botox("import", "visits", "-", "--format", "json", input="patient;date;units\nP0001;2024-01-06;155\n")
    (item,) = json.loads(said.stdout)["items"]
    assert (item["sessions"], item["added"], item["first_visit"], item["recorded"]) == (1, 1, 3, True)


ANOTHER = "stands in the ledger with another name or birth date; `botox patient edit` corrects it"
SOMEBODY = {
    "another name": ("P0001", "Ben Sample,1980-02-29"),
    "another birth date": ("P0001", "Jane Example,1981-02-28"),
    "only a name": ("p0001", "Ben Sample,"),
    "only a birth date": ("P0001", ",1981-02-28"),
}


@pytest.mark.parametrize(("code", "who"), SOMEBODY.values(), ids=SOMEBODY)
@pytest.mark.parametrize("session", ["2025-06-01,155", "2026-01-06,7.5"], ids=["new", "standing"])
def test_a_row_that_names_somebody_else_than_its_code_is_refused(
    botox: Botox, visited: Path, tmp_path: Path, code: str, who: str, session: str
) -> None:
    file = sheet(tmp_path, f"patient,date,units,name,born\nP0001,2025-01-06,155,,\n{code},{session},{who}\n")
    for more in ((), ("--dry-run",)):
        said = botox("import", "visits", file, "--new-patients", *more)
        assert (said.exit_code, said.stdout) == (24, "")
        assert said.stderr.splitlines()[0] == f"row 3, column patient: {ANOTHER}"
        assert "Sample" not in said.stderr
    assert len(botox("visit", "list", "--format", "csv").stdout.splitlines()) == 3


def test_a_row_that_names_the_patient_as_known_is_taken(botox: Botox, visited: Path, tmp_path: Path) -> None:
    rows = "P0001,2025-01-06,155,Jane Example,1980-02-29\nP0001,2025-04-06,155,,\n"
    file = sheet(tmp_path, f"patient,date,units,name,born\n{rows}")
    assert botox("import", "visits", file, "--new-patients").stdout == "2 sessions added, visits 3 to 4.\n"


def test_a_new_code_with_two_names_is_refused_on_one_day_too(botox: Botox, ledger: Path, tmp_path: Path) -> None:
    head, one = "patient,date,units,name,born\n", "P7,2025-01-06,155,Ada Example,1980-02-29\n"
    for day in ("2025-01-06", "2025-04-06"):
        said = botox("import", "visits", sheet(tmp_path, f"{head}{one}p7,{day},155,Ben Sample,1980-02-29\n"), "--new-patients")
        assert said.exit_code == 24
        assert said.stderr.splitlines()[0].removesuffix(" of row 2 otherwise") in (
            "row 3, column name: tells the patient",
            "row 3, column name: tells the new patient",
        )


def test_a_voided_session_does_not_come_back_with_the_same_file(botox: Botox, visited: Path, tmp_path: Path) -> None:
    one, two, three = "P0001,2025-01-06,155,C1\n", "P0001,2025-04-06,155,C1\n", "P0001,2025-07-06,155,C1\n"
    head = "patient,date,units,lot\n"
    assert botox("import", "visits", sheet(tmp_path, head + one + two)).exit_code == 0
    assert botox("visit", "void", "3", "--reason", "another patient's").exit_code == 0
    log = botox("ledger", "log", "--format", "csv").stdout
    again = botox("import", "visits", sheet(tmp_path, head + one + two))
    assert (again.exit_code, again.stdout) == (
        0,
        "2 sessions in the file, and none of them is new; nothing was changed. 1 session stood already. 1 session withdrawn, and left out.\n",
    )
    assert again.stderr.splitlines()[1].startswith("row 2: this session was voided (visit 3) and stays so;")
    assert botox("ledger", "log", "--format", "csv").stdout == log
    file = sheet(tmp_path, head + one.replace("C1", "c 1") + two + three)
    (item,) = json.loads(botox("import", "visits", file, "--dry-run", "--format", "json").stdout)["items"]
    assert (item["added"], item["standing"], item["withdrawn"], item["voided"]) == (1, 1, 1, [{"row": 2, "visit": 3}])
    more = botox("import", "visits", file)
    assert more.stdout == "1 session added, visit 5. 1 session stood already. 1 session withdrawn, and left out.\n"
    assert "(visit 3)" in more.stderr


def test_a_voided_session_stays_so_beside_the_right_one(botox: Botox, visited: Path, tmp_path: Path) -> None:
    head, wrong, right = "patient,date,units,lot\n", "P0001,2025-01-06,155,C1\n", "P0001,2025-01-06,150,C1\n"
    assert botox("import", "visits", sheet(tmp_path, head + wrong)).exit_code == 0
    assert botox("visit", "void", "3", "--reason", "mistyped").exit_code == 0
    assert botox("import", "visits", sheet(tmp_path, head + right)).stdout == "1 session added, visit 4.\n"
    said = botox("import", "visits", sheet(tmp_path, head + wrong))
    assert (said.exit_code, "(visit 3)" in said.stderr) == (0, True)


def test_what_was_undone_comes_in_again(botox: Botox, visited: Path, tmp_path: Path) -> None:
    file = sheet(tmp_path, "patient,date,units\nP0001,2025-01-06,155\n")
    assert botox("import", "visits", file).exit_code == 0
    assert botox("undo", "--yes").exit_code == 0
    assert botox("import", "visits", file).stdout.startswith("1 session added, visit ")


def test_an_undo_names_as_new_only_who_is(botox: Botox, visited: Path, tmp_path: Path) -> None:
    rows = "P0001,2025-01-06,155,,\nP0002,2025-01-07,155,Ada Example,1970-03-01\n"
    file = sheet(tmp_path, f"patient,date,units,name,born\n{rows}")
    for _ in range(2):  # the second time the code comes back under its old number
        assert botox("import", "visits", file, "--new-patients").exit_code == 0
        assert "- the new patient P0002\n" in botox("undo", "--yes").stdout


def test_long_lists_end(botox: Botox, ledger: Path, tmp_path: Path) -> None:
    more = ",".join(f"c{one}" for one in range(30))
    rows = "".join(f"P{one:02},2025-01-06,155,Person Example,{1950 + one}-01-01\n" for one in range(12))
    said = botox("import", "visits", sheet(tmp_path, f"patient,date,units,name,born,{more}\n{rows}"), "--new-patients")
    assert said.stderr.splitlines()[1] == "Not read: columns c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 20 more."
    assert said.stdout.endswith("New patients: P00, P01, P02, P03, P04, P05, P06, P07, P08, P09 and 2 more.\n")
