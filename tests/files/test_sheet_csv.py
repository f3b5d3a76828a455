"""Spreadsheets of patients and of past sessions: what is taken, what is refused by row and column, and that no refusal repeats a cell."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.date_format import DateFormat
from botoxcli.clinic.sheet_rows import PatientTold, SessionTold
from botoxcli.errors import ImportRefused
from botoxcli.files import sheet_csv
from botoxcli.files.csv_rows import cell_text, write_csv
from botoxcli.files.patients_csv import PatientsFile, read_patients
from botoxcli.files.sessions_csv import SessionsFile, read_sessions

TODAY = date(2026, 3, 9)
CM = "chronic-migraine"
GERMAN = DateFormat.parse("DD.MM.YYYY")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "sheet.csv"


def sessions(file: Path, text: str | bytes, form: DateFormat | None = None, *, new_patients: bool = False, **mapped: str) -> SessionsFile:
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_sessions(str(file), mapped=mapped, form=form, today=TODAY, protocol=CM, new_patients=new_patients)


def patients(file: Path, text: str, form: DateFormat | None = None, **mapped: str) -> PatientsFile:
    file.write_text(text)
    return read_patients(str(file), mapped=mapped, form=form, today=TODAY)


def refused(read: object, *given: object, **mapped: object) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(ImportRefused) as error:
        read(*given, **mapped)  # type: ignore[operator]
    assert error.value.exit_code == 24
    return [(one["row"], one["column"], one["why"]) for one in error.value.problems]


ONE = SessionTold(2, "P1", date(2026, 3, 1), 15_500, CM, ("C1",))
DIALECTS = {
    "plain": "patient,date,units,lot\nP1,2026-03-01,155,C1\n",
    "quoted, with a BOM and CR LF": '\ufeff"patient","date","units","lot"\r\n"P1","2026-03-01","155,00","C1"\r\n',
    "tabs": "patient\tdate\tunits\tlot\nP1\t2026-03-01\t155\tC1\n",
    "semicolons, a comma in the number": "patient;date;units;lot\nP1;2026-03-01;155,0;C1\n",
    "capitals": "Patient,DATE,Units,Lot\nP1,2026-03-01,155,C1\n",
    "other columns between": "x,patient,,date,units,lot,y\n1,P1,,2026-03-01,155,C1,\n",
    "guarded": "patient,date,units,lot\nP1,2026-03-01,155,C1\n",
}


@pytest.mark.parametrize("text", DIALECTS.values(), ids=DIALECTS)
def test_the_dialects(file: Path, text: str) -> None:
    assert sessions(file, text).rows == (ONE,)


def test_a_title_and_empty_rows_before_the_header_and_after(file: Path) -> None:
    text = "Sessions of the practice;;\n;;\npatient;date;units\nP1;2026-03-01;155\n;;\nP2;2026-03-02;150,25\n"
    assert [(one.row, one.patient, one.hundredths) for one in sessions(file, text).rows] == [(4, "P1", 15_500), (6, "P2", 15_025)]


def test_columns_are_matched_composed_and_with_spaces_folded_but_else_as_written(file: Path) -> None:
    text = "Chart  no\u00a0;Gegebenes Datum;Do\u0308sis;LOT\nP1;01.03.2026;155;C1\n"
    told = sessions(file, text, GERMAN, patient="Chart no", date="Gegebenes  Datum", units="D\u00f6sis")
    assert told.rows == (ONE,)
    assert (told.columns, told.unread) == (
        (("patient", "Chart  no"), ("date", "Gegebenes Datum"), ("units", "Do\u0308sis"), ("lot", "LOT")), (),
    )  # fmt: skip
    why = "no header has the columns that --map names for patient, and a column for each of date, units"
    assert refused(sessions, file, text, GERMAN, patient="chart no") == [(None, None, why)]


def test_a_column_that_is_mapped_to_nothing_is_not_read(file: Path) -> None:
    told = sessions(file, "patient,date,units,kind,lot\nP1,2026-03-01,155,migraine,C1\n", kind="")
    assert (told.rows, told.unread) == ((ONE,), ("kind",))


def test_lots_stand_apart_by_comma_or_semicolon_and_a_formula_prefix_is_taken_off(file: Path) -> None:
    (one,) = sessions(file, 'patient,date,units,lot,note\nP1,2026-03-01,155,"C1, \'D;E2,C1","\'=1+1"\n').rows
    assert (one.lots, one.note) == (("C1", "'D", "E2"), "=1+1")
    (one,) = sessions(file, "patient,date,units,lot\nP1,2026-03-01,155,'-C1\n").rows
    assert one.lots == ("-C1",)


def test_an_export_of_visits_is_taken_without_its_consults(file: Path) -> None:
    header = "visit,patient,kind,date,protocol,edition,state,units,lots,decision,recorded_at,recorded_by"
    rows = "1,P1,consult,2026-01-01,chronic-migraine,1,recorded,,,eligible,x,y\n2,P1,session,2026-03-01,blepharospasm,1,recorded,25,C1,,x,y\n"
    told = sessions(file, f"{header}\n{rows}")
    assert (told.others, told.rows) == (1, (SessionTold(3, "P1", date(2026, 3, 1), 2_500, "blepharospasm", ("C1",)),))


# cell of patient, date, units, lot -> column and why
WRONG = [
    ("Ada Example,2026-03-01,155,C1", "patient", "a patient's code is 1 to 20 of letters, digits, - and _"),
    (",2026-03-01,155,C1", "patient", "is empty"),
    ("P1,,155,C1", "date", "is empty"),
    ("P1,2026-03-10,155,C1", "date", "lies after today"),
    ("P1,03/04/2025,155,C1", "date", "may be read as 2025-04-03 or as 2025-03-04; --date-format says how"),
    ("P1,2026-03-01,,C1", "units", "is empty; what nobody knows any more is told by `botox patient toxin --units unknown`"),
    *(
        (f"P1,2026-03-01,{cell},C1", "units", "must be a number of units, such as 155 or 152.5 or 152,5, with two places at most")
        for cell in ("155 U", '"1,550"', "1.234", "1.550", '"1.550,0"', "1e2", "unknown", "１５５", "--5")
    ),
    *((f"P1,2026-03-01,{cell},C1", "units", "must be more than 0 and at most 2,000 units") for cell in ("0", "-5", "2000.01")),
    ("P1,2026-03-01,155,C\x07", "lot", "character 2 (U+0007) is a control or invisible character"),
    (f"P1,2026-03-01,155,{'C' * 201}", "lot", "must have at most 200 characters"),
    ("P1,2026-03-01,155,C1,x", None, "has 5 cells where the header has 4"),
]


@pytest.mark.parametrize(("row", "column", "why"), WRONG, ids=[str(number) for number in range(len(WRONG))])
def test_a_wrong_cell_is_named_by_row_and_column(file: Path, row: str, column: str | None, why: str) -> None:
    assert refused(sessions, file, f"patient,date,units,lot\nP9,2026-03-01,155,C1\n{row}\n") == [(3, column, why)]


def test_every_problem_is_told_at_once(file: Path) -> None:
    found = refused(sessions, file, "patient,date,units\n?,1/2/2026,x\nP1,2026-03-01,155\nP1,2026-03-01,155\nP1,2026-03-01,150\n")
    assert [(row, column) for row, column, _ in found] == [(2, "patient"), (2, "date"), (2, "units"), (5, "date")]
    assert "session of this patient on the day of row 3" in found[-1][2]


SAME = {
    "however its lot is spelt": ("155,C-1,,,", "155.00,c 1,,,"),
    "its lots in another order": ('155,"C1;D2",,,', '155,"d2,C-1",,,'),
    "a row without lot after one with": ("155,C1,,,", "155,,,,"),
    "a row that says less": ("155,C1,felt well,Ada Example,1980-01-01", "155,C1,,,"),
}


@pytest.mark.parametrize(("one", "again"), SAME.values(), ids=SAME)
def test_rows_that_the_ledger_would_call_the_same_count_once(file: Path, one: str, again: str) -> None:
    told = sessions(file, f"patient,date,units,lot,note,name,born\nP1,2026-03-01,{one}\np1,2026-03-01,{again}\n", new_patients=True)
    assert (told.doubles, [row.row for row in told.rows]) == (1, [2])


OTHER = {
    "other units": ("155,C1,,,", "150,C1,,,", "date", "is a second session of this patient on the day of row 2; make one row of both"),
    "other lot": ("155,C1,,,", "155,D2,,,", "lot", "tells the session of row 2 with other lots or with more; keep the row that is right"),
    "a lot after none": ("155,,,,", "155,C1,,,", "lot", "tells the session of row 2 with other lots or with more"),
    "another note": ("155,C1,felt well,,", "155,C1,felt ill,,", "note", "tells the session of row 2 otherwise"),
    "another name": ("155,C1,,Ada Example,1980-01-01", "155,C1,,Ben Sample,1980-01-01", "name", "tells the patient of row 2 otherwise"),
    "another birth date": ("155,C1,,Ada Example,1980-01-01", "155,C1,,Ada Example,1980-01-02", "born", "tells the patient of row 2 otherwise"),
    "a name after none": ("155,C1,,,", "155,C1,,Ben Sample,", "name", "tells the patient of row 2 otherwise"),
}


@pytest.mark.parametrize(("one", "again", "column", "why"), OTHER.values(), ids=OTHER)
def test_rows_of_one_day_that_are_not_the_same(file: Path, one: str, again: str, column: str, why: str) -> None:
    text = f"patient,date,units,lot,note,name,born\nP1,2026-03-01,{one}\np1,2026-03-01,{again}\n"
    ((row, told, said),) = refused(sessions, file, text, new_patients=True)
    assert (row, told) == (3, column)
    assert said.startswith(why)


TOO_LONG = "a cell is too long: it has more than 131,072 characters, or its quotation mark is never closed"
LONG = "x" * 131_073


@pytest.mark.parametrize(
    ("text", "row"),
    [
        (f"patient,date,units,letter\nP1,2026-03-01,155,\nP2,2026-03-01,155,{LONG}\n", 3),
        ('patient,date,units,letter\nP1,2026-03-01,155,\nP2,2026-03-01,155,"' + "x,\n" * 50_000, 3),
        (f"{LONG}\npatient,date,units\nP1,2026-03-01,155\n", 1),
    ],
    ids=["a cell", "a mark that is never closed", "before the header"],
)
def test_a_cell_that_is_too_long_to_be_read(file: Path, text: str, row: int) -> None:
    assert refused(sessions, file, text) == [(row, None, TOO_LONG)]


def test_a_lot_twice_in_a_cell_is_one(file: Path) -> None:
    (one,) = sessions(file, "patient;date;units;lot\nP1;2026-03-01;155;C-1, c1,D2\n").rows
    assert one.lots == ("C-1", "D2")


FILES = {
    "empty": (b"", "no header has a column for each of patient, date, units"),
    "no header": (b"P1,2026-03-01,155\n", "no header has a column for each of patient, date, units"),
    "only a header": (b"patient,date,units\n", "no row below the header tells a session"),
    "Latin-1": ("patient,date,units\nP1,2026-03-01,155,\u00fc\n".encode("latin-1"), "it is not UTF-8 text"),
    "an open quotation mark": (b'patient,date,units\nP1,2026-03-01,"155\n', None),
    "a column twice": (b"patient,date,units,units\nP1,2026-03-01,155,155\n", "stands in the header twice"),
    "two separators": (b"patient;date;units;x,patient,date,units\n;;;,;,;,;\n", "its columns can be read with more than one separator"),
}


@pytest.mark.parametrize(("raw", "why"), FILES.values(), ids=FILES)
def test_a_file_that_is_none(file: Path, raw: bytes, why: str | None) -> None:
    found = refused(sessions, file, raw)
    assert len(found) == 1
    assert why is None or found[0][2] == why


def test_a_file_that_is_too_long(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet_csv, "MAX_ROWS", 3)
    assert refused(sessions, file, "patient,date,units\n" + "P1,2026-03-01,155\n" * 3) == [(None, None, "it has more than 3 rows")]


def test_patients(file: Path) -> None:
    text = "code;name;born;archived\nP1;'=Ada  Example;01.03.1980;yes\nP2;;;no\nP1;'=Ada  Example;01.03.1980;yes\n"
    told = patients(file, text, GERMAN)
    assert told.rows == (PatientTold(2, "P1", "=Ada  Example", date(1980, 3, 1), True), PatientTold(3, "P2", None, None, False))
    assert told.doubles == 1


WRONG_PATIENTS = [
    ("P 1,Ada Example,1980-01-01,no", "patient", "a patient's code is 1 to 20 of letters, digits, - and _"),
    ("P1,,1980-01-01,no", "name", "is empty"),
    ("P1,Ada Example,,no", "born", "is empty"),
    ("P1,Ada Example,01/02/1980,no", "born", "can be read in two ways; --date-format says how"),
    ("P1,Ada Example,2026-03-10,no", "born", "lies after today"),
    ("P1,Ada Example,1980-01-01,2024-01-01", "archived", "must be yes or no; --map archived= leaves the column out"),
    ("p9,Ada Example,1980-01-01,no", "patient", "tells the patient of row 2 otherwise"),
]


@pytest.mark.parametrize(("row", "column", "why"), WRONG_PATIENTS, ids=[str(number) for number in range(len(WRONG_PATIENTS))])
def test_a_wrong_patient(file: Path, row: str, column: str, why: str) -> None:
    assert refused(patients, file, f"patient,name,born,archived\nP9,Ben Sample,1970-01-01,no\n{row}\n") == [(3, column, why)]


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Zl", "Zp", "Mn", "Me", "Lm", "So")), min_size=1, max_size=20)


@given(st.lists(st.tuples(TEXT, st.dates(date(1900, 1, 1), TODAY)), min_size=1, max_size=5))
@settings(max_examples=60, deadline=None)
def test_what_an_export_writes_is_read_as_it_was(tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, date]]) -> None:
    from botoxcli.clinic.text import clean

    rows = []
    for number, (name, born) in enumerate(told):
        try:
            kept = clean(name)
        except ValueError:
            continue
        rows += [(f"P{number}", False, None, None, None, kept, born)] if kept else []
    file = tmp_path_factory.getbasetemp() / "patients.csv"
    with file.open("w", newline="") as stream:
        write_csv(("patient", "archived", "protocol", "first_visit", "last_visit", "name", "born"), rows, stream)
    if rows:
        found = read_patients(str(file), mapped={}, form=None, today=TODAY).rows
        assert [(one.code, one.name, one.born, one.archived) for one in found] == [(code, name, born, False) for code, *_, name, born in rows]


@given(st.lists(TEXT, min_size=3, max_size=3))
@settings(max_examples=60, deadline=None)
def test_no_refusal_repeats_a_cell(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    marked = [f"Zx{cell}Qy{number}" for number, cell in enumerate(cells)]
    file = tmp_path_factory.getbasetemp() / "sessions.csv"
    with file.open("w", newline="") as stream:
        write_csv(("patient", "date", "units"), [[cell_text(one) for one in marked]], stream)
    with pytest.raises(ImportRefused) as error:
        read_sessions(str(file), mapped={}, form=None, today=TODAY, protocol=CM)
    assert "Zx" not in error.value.report + str(error.value)
