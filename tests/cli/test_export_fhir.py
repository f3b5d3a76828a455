"""``botox export fhir``: every resource of a practice that knows everything is valid R4, and no fault that is planted passes."""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import sqlite3
import stat
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from botoxcli import clock

from .conftest import NOW, Botox, Result
from .cycle import CHAIR, DATA, WHY, done
from .fhir_checks import Bundle, faults, resources

pytestmark = pytest.mark.plain_only  # their practice is made once, in plain text

CONSULT = ("--answers", str(DATA / "consult.yaml"), "--no-input")
SESSION = ("--answers", CHAIR, "--no-input")
NONE: dict[str, list[str]] = {"schema": [], "models": [], "codes": [], "references": []}
FREE = (
    "Ada Example",
    "Ben Example",
    "Bob Example",
    "1980-02-29",
    "1975-06-01",
    "scar",
    "asked twice",
    "mistyped",
    "wrong patient",
    "snow",
    "metallic",
    "Nurse",
)
PRACTICE: tuple[tuple[str, ...], ...] = (
    ("init", "--practice", "Example Practice", "--practitioner", "Dr Example", "--time-zone", "UTC", "--plaintext", "--no-input"),
    ("vial", "add", "C1234", "--units", "200", "--expires", "2027-06", "--count", "3"),
    ("vial", "add", "D5", "--units", "100", "--expires", "2027-06", "--count", "3"),
    ("consult", "P0001", "--name", "Ada Example", "--born", "1980-02-29", "--on", "2025-12-01", *CONSULT, "--decide", "treat",
     "--reason", "asked twice"),
    ("session", "P0001", *SESSION, "--on", "2025-12-08", "--vial", "C1234", "--as-planned", "--minutes", "15",
     "--injector", "Nurse Example"),  # visit 2
    (
        "session", "P0001", *SESSION, "--on", "2026-03-02", "--vial", "D5", "--vial", "D5", "--as-planned",  # visit 3
        "--skip", "procerus=scar", "--units", "temporalis-left-4=2.5", "--accept", "site-dose", "--extra", "temporalis-right=5",
    ),
    ("visit", "amend", "3", "--minutes", "12", *WHY),
    (
        "follow-up", "P0001", "--on", "2026-01-20", "--answer", "headache-days=9", "--answer", "diary-days=18", "--answer", "hit-6=58",  # visit 4
        "--answer", "pgic=6", "--event", "neck-pain=mild,onset=2025-12-15,related=yes", "--event", "eyelid-ptosis=moderate,onset=2025-12-20",
        "--note", "a metallic taste",
    ),
    ("visit", "amend", "4", "--answer", "headache-days=unknown", *WHY),
    ("follow-up", "P0001", "--on", "2026-03-01", "--answer", "headache-days=7", "--answer", "diary-days=28", "--event", "none", "--resolved",
     "neck-pain=2026-01-30"),  # visit 5
    ("consult", "P0002", "--name", "Ben Example", "--born", "1975-06-01", "--on", "2026-03-01", *CONSULT),  # visit 6
    ("visit", "void", "6", "--reason", "wrong patient"),
    ("patient", "edit", "P0002", "--name", "Bob Example", *WHY),
    ("patient", "toxin", "P0002", "--product", "onabotulinumtoxinA", "--units", "100", "--on", "2026-02-01"),
    ("visit", "moved", "P0001", "--on", "2026-03-09", "--to", "2026-06-10", "--reason", "snow"),
    ("session", "P0001", *SESSION, "--on", "2026-03-09", "--vial", "C1234", "--as-planned", "--override", "interval=mistake",
     "--override", "cumulative-dose=mistake"),  # visit 7
    ("undo", "--yes"),
)  # fmt: skip


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Botox, Path]]:
    """The command line on a practice with a bit of everything, and a folder for its files."""
    from botoxcli.cli.main import app

    folder = tmp_path_factory.mktemp("fhir")
    ledger = folder / "practice" / "ledger.db"

    def botox(*args: str, input: str | None = None) -> Result:
        result = CliRunner().invoke(app, ["--ledger", str(ledger), *args], input=input, prog_name="botox")
        return Result(result.stdout, result.stderr, result.exit_code)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "utc_now", lambda: NOW)
        patch.setenv("XDG_DATA_HOME", str(folder))
        for arguments in PRACTICE:
            done(botox(*arguments))
        yield botox, folder


def exported(practice: tuple[Botox, Path], name: str, *flags: str) -> Bundle:
    botox, folder = practice
    done(botox("export", "fhir", "--output", str(folder / name), *flags))
    return dict(json.loads((folder / name).read_text()))


@pytest.fixture(scope="module")
def bundle(practice: tuple[Botox, Path]) -> Bundle:
    return exported(practice, "codes.json")


@pytest.fixture(scope="module")
def named(practice: tuple[Botox, Path]) -> Bundle:
    return exported(practice, "named.json", "--identify")


def test_every_resource_is_valid(bundle: Bundle, named: Bundle) -> None:
    assert faults(bundle) == NONE
    assert faults(named) == NONE


def of_visit(bundle: Bundle, kind: str, name: str) -> list[dict[str, Any]]:
    """The resources of one version of a visit."""
    (procedure,) = [one for one in resources(bundle, "Procedure") if one["identifier"][0]["value"] == name]
    return [one for one in resources(bundle, kind) if one["partOf"][0]["reference"] == f"urn:uuid:{procedure['id']}"]


def test_one_administration_for_each_site_that_was_injected(bundle: Bundle) -> None:
    given = of_visit(bundle, "MedicationAdministration", "visit-2-v1")
    assert len(given) == 31
    assert sum(one["dosage"]["dose"]["value"] for one in given) == 155
    assert given[0]["dosage"] == {
        "text": "5 U",
        "site": {"coding": [{"system": "urn:botoxcli:site", "code": "corrugator-left"}], "text": "corrugator, left (corrugator-left)"},
        "route": {"coding": [{"system": "http://snomed.info/sct", "code": "78421000"}], "text": "intramuscular"},
        "dose": {"value": 5, "unit": "U", "system": "http://unitsofmeasure.org", "code": "[arb'U]"},
    }
    medicines = {one["id"]: one for one in resources(bundle, "Medication")}
    (lot,) = {medicines[one["medicationReference"]["reference"].removeprefix("urn:uuid:")]["batch"]["lotNumber"] for one in given}
    assert lot == "C1234"
    assert len(of_visit(bundle, "MedicationAdministration", "visit-3-v2")) == 31  # one was skipped, one was beyond the plan


def test_what_was_replaced_voided_or_undone_is_entered_in_error(bundle: Bundle) -> None:
    states = {one["identifier"][0]["value"]: one["status"] for one in resources(bundle, "Procedure")}
    wrong = "entered-in-error"
    assert states == {"visit-2-v1": "completed", "visit-3-v1": wrong, "visit-3-v2": "completed", "visit-7-v1": wrong}
    assert {one["status"] for one in of_visit(bundle, "MedicationAdministration", "visit-3-v1")} == {wrong}
    answers = {one["identifier"]["value"]: one["status"] for one in resources(bundle, "QuestionnaireResponse")}
    assert answers == {
        "visit-1-v1-answers": "completed", "visit-2-v1-answers": "completed", "visit-3-v1-answers": wrong, "visit-3-v2-answers": "amended",
        "visit-4-v1-answers": wrong, "visit-4-v2-answers": "amended", "visit-5-v1-answers": "completed", "visit-6-v1-answers": wrong,
        "visit-7-v1-answers": wrong,
    }  # fmt: skip
    events = Counter(("modifierExtension" in one, one["event"]["text"].startswith("Entered in error: ")) for one in resources(bundle, "AdverseEvent"))
    assert events == {(True, True): 2, (False, False): 2}


def test_provenance_says_which_version_took_whose_place(bundle: Bundle) -> None:
    by_id = {f"urn:uuid:{one['id']}": one for one in resources(bundle)}
    revised = {
        by_id[one["target"][0]["reference"]]["identifier"][0]["value"]: by_id[one["entity"][0]["what"]["reference"]]["identifier"][0]["value"]
        for one in resources(bundle, "Provenance")
        if "entity" in one and by_id[one["target"][0]["reference"]]["resourceType"] == "Procedure"
    }
    assert revised == {"visit-3-v2": "visit-3-v1"}
    told = Counter(one["activity"]["coding"][0]["code"] for one in resources(bundle, "Provenance"))
    assert told == {"CREATE": 9, "UPDATE": 3, "NULLIFY": 2}
    assert {one["recorded"] for one in resources(bundle, "Provenance")} == {"2026-03-09T10:00:00Z"}
    covered = {target["reference"] for one in resources(bundle, "Provenance") for target in one["target"]}
    kinds = ("Procedure", "MedicationAdministration", "QuestionnaireResponse", "Observation", "AdverseEvent", "Patient")
    assert not [url for url, one in by_id.items() if one["resourceType"] in kinds and url not in covered]


def test_outcomes_events_and_what_is_due(bundle: Bundle) -> None:
    observed = {one["identifier"][0]["value"]: one for one in resources(bundle, "Observation")}
    old, new = observed["visit-4-v1-headache-days"], observed["visit-4-v2-headache-days"]
    assert (old["valueQuantity"], old["effectivePeriod"]) == (
        {"value": 9, "unit": "days", "system": "http://unitsofmeasure.org", "code": "d"}, {"start": "2025-12-23", "end": "2026-01-19"},
    )  # fmt: skip
    assert [one.get("valueQuantity", {}).get("value", one.get("valueBoolean")) for one in old["component"]] == [18, 14, True]
    assert new["dataAbsentReason"]["coding"][0]["code"] == "unknown"
    ended = [one["outcome"]["text"] for one in resources(bundle, "AdverseEvent") if "outcome" in one]
    assert ended == ["Resolved on 2026-01-30"]
    tasks = {one["identifier"][0]["value"]: (one["status"], one["executionPeriod"]) for one in resources(bundle, "Task")}
    assert tasks["P0001-appointment-1"][0] == "cancelled"
    assert tasks["P0001-chronic-migraine-session-after-visit-3"] == ("requested", {"start": "2026-05-25", "end": "2026-09-02"})


def test_the_plan_is_the_very_text(bundle: Bundle) -> None:
    (plan,) = resources(bundle, "PlanDefinition")
    text = b64decode(plan["relatedArtifact"][0]["document"]["data"])
    assert hashlib.sha256(text).hexdigest() == plan["identifier"][0]["value"]
    assert len(plan["action"][0]["action"]) == 31
    assert {url for one in resources(bundle, "Procedure") for url in one["instantiatesCanonical"]} == {plan["url"]}


def test_names_and_free_text_only_with_identify(bundle: Bundle, named: Bundle, practice: tuple[Botox, Path]) -> None:
    codes = json.dumps(bundle)
    assert [word for word in FREE if word in codes] == []
    told = json.dumps(named)
    assert [word for word in FREE if word not in told] == ["Ben Example"]
    assert [one["name"][0]["text"] for one in resources(named, "Patient")] == ["Ada Example", "Bob Example"]
    assert {one["id"] for one in resources(bundle)} <= {one["id"] for one in resources(named)}


def test_the_file_is_private_and_the_same_each_time(practice: tuple[Botox, Path], bundle: Bundle) -> None:
    botox, folder = practice
    again = botox("export", "fhir", "--output", str(folder / "again.json"))
    assert (folder / "again.json").read_bytes() == (folder / "codes.json").read_bytes()
    assert stat.S_IMODE((folder / "again.json").stat().st_mode) == 0o600
    assert (again.stdout, again.stderr.splitlines()[-1]) == ("", f"Exported: {said(bundle)}.")
    assert botox("export", "fhir").stdout == (folder / "codes.json").read_text()


def test_nobody_writes_while_it_is_read(practice: tuple[Botox, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    from botoxcli.files import fhir_people

    botox, folder = practice
    ledger, tried = folder / "practice" / "ledger.db", []
    once = fhir_people.practice

    def meanwhile(*given: Any) -> dict[str, Any]:
        with contextlib.closing(sqlite3.connect(ledger, timeout=0)) as other, pytest.raises(sqlite3.OperationalError) as refused:
            other.execute("BEGIN EXCLUSIVE")
        tried.append(str(refused.value))
        return once(*given)

    monkeypatch.setattr(fhir_people, "practice", meanwhile)
    done(botox("export", "fhir", "--output", str(folder / "locked.json")))
    assert tried == ["database is locked"]


def said(bundle: Bundle) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(Counter(one["resourceType"] for one in resources(bundle)).items()))


@pytest.mark.parametrize("flags", [("--patient", "P0001"), ("--since", "today"), ("--format", "csv")])
def test_a_part_is_refused(practice: tuple[Botox, Path], flags: tuple[str, str]) -> None:
    refused = practice[0]("export", "fhir", *flags)
    assert (refused.exit_code, flags[0] in refused.stderr, refused.stdout) == (2, True, "")


def _first(kind: str, change: Callable[[dict[str, Any]], object]) -> Callable[[Bundle], object]:
    return lambda bundle: change(resources(bundle, kind)[0])


PLANTED: dict[str, tuple[Callable[[Bundle], object], set[str]]] = {
    "a status that R4 does not know": (_first("Procedure", lambda one: one.update(status="done")), {"codes"}),
    "a status of another kind": (_first("Task", lambda one: one.update(status="overdue")), {"schema", "codes"}),
    "a reference that leads nowhere": (_first("MedicationAdministration", lambda one: one["partOf"][0].update(reference="urn:0")), {"references"}),
    "a reference to another kind": (
        lambda bundle: resources(bundle, "Procedure")[0]["subject"].update(reference=f"urn:uuid:{resources(bundle, 'Organization')[0]['id']}"),
        {"references"},
    ),
    "no subject": (_first("MedicationAdministration", lambda one: one.pop("subject")), {"schema", "models", "references"}),
    "a date as people write it": (_first("AdverseEvent", lambda one: one.update(date="15/12/2025")), {"schema", "models"}),
    "a day that there is not": (_first("Procedure", lambda one: one.update(performedDateTime="2025-02-30")), {"models"}),
    "a dose as text": (_first("MedicationAdministration", lambda one: one["dosage"]["dose"].update(value="5 U")), {"schema", "models"}),
    "a unit that UCUM does not know": (_first("MedicationAdministration", lambda one: one["dosage"]["dose"].update(code="[U]")), {"codes"}),
    "a field that there is not": (_first("Patient", lambda one: one.update(nickname="A")), {"schema", "models"}),
    "one thing where R4 has a list": (_first("Procedure", lambda one: one.update(note=one["note"][0])), {"schema", "models"}),
    "two resources with one id": (lambda bundle: bundle["entry"].append(bundle["entry"][0]), {"references"}),
    "an empty list": (_first("Patient", lambda one: one.update(name=[{"given": [""]}])), {"schema", "models"}),
}  # fmt: skip


@pytest.fixture(scope="module")
def small(bundle: Bundle) -> Bundle:
    """The bundle without most of its injections."""
    few = {entry["fullUrl"] for entry in bundle["entry"] if entry["resource"]["resourceType"] != "MedicationAdministration"}
    few |= {f"urn:uuid:{one['id']}" for one in resources(bundle, "MedicationAdministration")[:2]}
    less = copy.deepcopy({**bundle, "entry": [entry for entry in bundle["entry"] if entry["fullUrl"] in few]})
    for one in resources(less, "Provenance"):
        one["target"] = [target for target in one["target"] if target["reference"] in few]
    assert not any(faults(less).values())
    return less


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_is_caught(small: Bundle, fault: str) -> None:
    plant, seen_by = PLANTED[fault]
    bad = copy.deepcopy(small)
    plant(bad)
    assert {name for name, told in faults(bad).items() if told} == seen_by


def written(botox: Botox, path: Path, *flags: str) -> Bundle:
    done(botox("export", "fhir", "--output", str(path), *flags))
    return dict(json.loads(path.read_text()))


def test_imported_sessions_are_valid_and_say_what_is_not_known(botox: Botox, ledger: Path, tmp_path: Path) -> None:
    rows = "patient,date,units,lot,name,born\nP1,2025-06-02,155,A1,Ada Example,1980-02-29\nP1,2025-09-01,150,A1;B2,Ada Example,1980-02-29\n"
    (tmp_path / "sessions.csv").write_text(rows)
    done(botox("import", "visits", str(tmp_path / "sessions.csv"), "--new-patients"))
    bundle = written(botox, tmp_path / "record.json")
    assert faults(bundle) == NONE
    doses = [one["dosage"]["dose"]["value"] for one in resources(bundle, "MedicationAdministration")]
    assert doses == [155, 150], "one administration a session: its sites are not known"
    assert len(resources(bundle, "Procedure")) == 2


def test_an_encrypted_ledger_gives_the_same_bundle(botox: Botox, ledger: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for line in PRACTICE[1:6]:
        done(botox(*line))
    plain = written(botox, tmp_path / "plain.json")
    key = tmp_path / "practice.key"
    done(botox("--key-file", str(key), "ledger", "encrypt", "--no-input"))
    monkeypatch.setenv("BOTOX_KEY_FILE", str(key))
    sealed = written(botox, tmp_path / "sealed.json")
    assert faults(sealed) == NONE
    kinds = Counter(one["resourceType"] for one in resources(plain))
    assert kinds["MedicationAdministration"] == 62
    assert {kind: count for kind, count in Counter(one["resourceType"] for one in resources(sealed)).items() if kind != "Provenance"} == {
        kind: count for kind, count in kinds.items() if kind != "Provenance"
    }
    assert resources(sealed, "MedicationAdministration") == resources(plain, "MedicationAdministration")


def test_a_made_up_practice_of_years_is_valid(botox: Botox, tmp_path: Path) -> None:
    """With all that a life brings: amendments, voids, undone and restored changes, pauses, archives, events."""
    ledger = tmp_path / "practice.db"
    done(botox("demo", "--ledger", str(ledger), "--patients", "12", "--in-care", "5", "--years", "4", "--seed", "3"))
    bundle = written(botox, tmp_path / "record.json", "--ledger", str(ledger))
    assert faults(bundle) == NONE
    with sqlite3.connect(ledger) as connection:
        (given,) = connection.execute("SELECT count(*) FROM injection_line WHERE hundredths > 0").fetchone()
    completed = [one for one in resources(bundle, "MedicationAdministration") if one["status"] == "completed"]
    assert len(completed) == given > 500
