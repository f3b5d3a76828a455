"""``botox export``: headers that scripts rely on, codes instead of names, a file that is whole or not there."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path
from typing import Any

import pytest

HEADERS = {
    "visits": "visit,patient,kind,date,protocol,edition,state,units,lots,decision,recorded_at,recorded_by",
    "answers": "visit,patient,kind,date,protocol,question,value",
    "injections": "visit,patient,date,site,muscle,side,planned_units,units,state,product,protocol",
    "vials": "lot,product,units,expires,state,visit,given_units,wasted_units,discard_reason,discarded_on,recalled,in_stock_since",
    "outcomes": "visit,patient,date,protocol,measure,value,unit,diary_days,scaled,incomplete,band,direction,follows_session,days_after_session",
    "events": "visit,patient,date,protocol,event,severity,onset,related,escalate,resolved_on,follows_session,days_after_session",
    "patients": "patient,archived,protocol,first_visit,last_visit",
    "due": "patient,kind,status,earliest,due,latest,days_late,protocol,anchor,anchor_visit",
}
OUTCOMES = """\
visit,patient,date,protocol,measure,value,unit,diary_days,scaled,incomplete,band,direction,follows_session,days_after_session
3,P0001,2026-01-20,chronic-migraine,headache-days,9,days,18,14,yes,,,2,14
3,P0001,2026-01-20,chronic-migraine,hit-6,58,points,,,,substantial impact,,2,14
4,P0001,2026-03-01,chronic-migraine,headache-days,,days,28,,no,,,2,54
4,P0001,2026-03-01,chronic-migraine,pgic,6,,,,,,unknown,2,54
"""
EVENTS = """\
visit,patient,date,protocol,event,severity,onset,related,escalate,resolved_on,follows_session,days_after_session
3,P0001,2026-01-20,chronic-migraine,neck-pain,mild,2026-01-05,yes,,2026-01-12,,
3,P0001,2026-01-20,chronic-migraine,eyelid-ptosis,moderate,2026-01-10,,review,2026-02-28,2,4
3,P0001,2026-01-20,chronic-migraine,other,,,,,,2,14
"""
INJECTIONS = """\
visit,patient,date,site,muscle,side,planned_units,units,state,product,protocol
2,P0001,2026-01-06,procerus,procerus,midline,5,5,given,onabotulinumtoxinA,chronic-migraine
2,P0001,2026-01-06,corrugator-left,corrugator,left,5,2.5,changed,onabotulinumtoxinA,chronic-migraine
2,P0001,2026-01-06,corrugator-right,corrugator,right,5,0,skipped,onabotulinumtoxinA,chronic-migraine
"""


@pytest.mark.parametrize("kind", HEADERS)
def test_headers_and_rows_agree_in_both_forms(botox: Any, visited: Path, kind: str) -> None:
    as_csv = botox("export", kind)
    assert as_csv.exit_code == 0, as_csv.stderr
    assert as_csv.stdout.splitlines()[0] == HEADERS[kind]
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout)))
    document = json.loads(botox("export", kind, "--format", "json").stdout)
    assert document["schema"] == f"botoxcli/{kind}/1"
    assert [[str(value) for value in item.values() if not isinstance(value, bool) and value is not None] for item in document["items"]] == [
        [value for name, value in row.items() if value and name not in ("archived", "recalled")] for row in rows
    ]
    assert all(",".join(item) == HEADERS[kind] for item in document["items"])


@pytest.fixture
def followed(botox: Any, visited: Path) -> Any:
    """The patient seen again on 2026-01-20 (visit 3) and 2026-03-01 (visit 4)."""
    first = ("--answer", "headache-days=9", "--answer", "diary-days=18", "--answer", "hit-6=58", "--note", "A metallic taste")
    events = ("neck-pain=mild,onset=2026-01-05,related=yes,resolved=2026-01-12", "eyelid-ptosis=moderate,onset=2026-01-10", "other")
    told = [word for event in events for word in ("--event", event)]
    second = ("--answer", "headache-days=unknown", "--answer", "diary-days=28", "--answer", "pgic=6", "--event", "none")
    for flags in (("--on", "2026-01-20", *first, *told), ("--on", "2026-03-01", *second, "--resolved", "eyelid-ptosis=2026-02-28")):
        said = botox("follow-up", "P0001", *flags, "--no-input")
        assert said.exit_code == 0, said.stderr
    return botox


def test_outcomes_and_events_one_row_each(followed: Any) -> None:
    assert followed("export", "outcomes").stdout == OUTCOMES
    assert followed("export", "events").stdout == EVENTS
    assert json.loads(followed("export", "outcomes", "--format", "json").stdout)["items"][0] == {
        "visit": 3, "patient": "P0001", "date": "2026-01-20", "protocol": "chronic-migraine", "measure": "headache-days", "value": 9,
        "unit": "days", "diary_days": 18, "scaled": 14, "incomplete": True, "band": None, "direction": None,
        "follows_session": 2, "days_after_session": 14,
    }  # fmt: skip
    (event, *_) = json.loads(followed("export", "events", "--format", "json", "--since", "2026-01-20").stdout)["items"]
    assert (event["event"], event["related"], event["resolved_on"], event["follows_session"]) == ("neck-pain", "yes", "2026-01-12", None)
    for kind in ("outcomes", "events"):
        assert followed("export", kind, "--until", "2026-01-19").stdout == HEADERS[kind] + "\n"
        named = followed("export", kind, "--identify", "--patient", "P0001").stdout.splitlines()
        assert named[0] == HEADERS[kind] + (",name" if kind == "outcomes" else ",name,note")
        assert all(",Jane Example" in line for line in named[1:])
    assert followed("export", "events", "--identify").stdout.count(",A metallic taste\n") == 3


@pytest.mark.parametrize("kind", HEADERS)
def test_an_empty_answer_is_valid(botox: Any, ledger: Path, kind: str) -> None:
    assert botox("export", kind).stdout == HEADERS[kind] + "\n"
    assert json.loads(botox("export", kind, "--format", "json").stdout) == {"schema": f"botoxcli/{kind}/1", "items": []}


def test_injections_one_row_a_site(botox: Any, visited: Path) -> None:
    assert botox("export", "injections").stdout == INJECTIONS


@pytest.mark.parametrize("kind", HEADERS)
def test_names_and_reasons_only_with_identify(botox: Any, visited: Path, kind: str) -> None:
    for form in ("csv", "json"):
        plain = botox("export", kind, "--format", form).stdout
        assert not any(word in plain for word in ("Jane", "1980", "bruise", "agreed", "moves away"))
    named = botox("export", kind, "--identify").stdout
    assert named.splitlines()[0].startswith(HEADERS[kind])
    assert ("Jane Example" in named) == (kind != "vials" and len(named.splitlines()) > 1)
    assert ("bruise" in named, "agreed" in named) == (kind == "injections", kind == "visits")


@pytest.mark.parametrize(
    ("args", "visits"), [(["--since", "2026-01-06"], {"2"}), (["--until", "2026-01-05"], {"1"}), (["--patient", "P0001"], {"1", "2"})]
)
@pytest.mark.parametrize("kind", ["visits", "answers"])
def test_what_is_asked_for(botox: Any, visited: Path, kind: str, args: list[str], visits: set[str]) -> None:
    assert {row["visit"] for row in csv.DictReader(io.StringIO(botox("export", kind, *args).stdout))} == visits


def test_what_does_not_go_together(botox: Any, visited: Path) -> None:
    assert botox("export", "vials", "--since", "today", "--patient", "P0001").stderr.startswith("Error: --since, --patient do not go with vials.\n")
    assert botox("export", "patients", "--until", "today").exit_code == 2
    assert botox("export", "visits", "--patient", "nobody").exit_code == 22


def test_into_a_file(botox: Any, visited: Path, tmp_path: Path) -> None:
    target = tmp_path / "doses.csv"
    target.write_text("old")
    said = botox("export", "injections", "--output", str(target))
    assert (said.stdout, said.stderr, said.exit_code) == ("", "", 0)
    assert target.read_text() == INJECTIONS
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["doses.csv", "practice"]


def test_what_fails_half_way_leaves_the_old_file(botox: Any, visited: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> Any:
        yield (2, "P0001", "2026-01-06", "procerus", "procerus", "midline", 500, 500, "given", "x", "y")
        raise RuntimeError

    monkeypatch.setattr("botoxcli.store.reader.Reader.injection_lines", broken)
    target = tmp_path / "doses.csv"
    target.write_text("old")
    assert botox("export", "injections", "--output", str(target)).exit_code == 1
    assert target.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["doses.csv", "practice"]
