"""``botox patient forget``: what it shows, asks, blanks and keeps, and how everything behaves afterwards."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from botoxcli.store.drafts import Drafts
from botoxcli.store.integrity import require_whole

from .conftest import NOW, Botox

FORGET = ("patient", "forget", "P0001", "--reason", "asked for on paper", "--no-input")
BEYOND = "Copies, exports and printed sheets elsewhere are yours to find and delete; a backup that is restored brings the name back.\n"


@pytest.fixture
def talked(botox: Botox, visited: Path) -> Botox:
    """P0001, Jane Example and later Jane Sample, with four texts of her own; one of nobody and one of P0002 that may name her."""
    for args in (
        ("vial", "recall", "Z 1", "--reason", "letter of the maker"),
        ("vial", "discard", "C-1234", "--reason", "broken", "--note", "JANE knocked it over"),
        ("patient", "edit", "P0001", "--name", "Jane Sample", "--reason", "married"),
        ("patient", "add", "P0002", "--name", "Bob Fictive", "--born", "1970-01-01"),
        ("patient", "pause", "P0002", "--until", "2026-12-01", "--reason", "her brother, she is of 29.2.1980"),
    ):
        done = botox(*args)
        assert done.exit_code == 0 or args[:2] == ("vial", "recall"), done.stderr
    return botox


def numbers(botox: Botox) -> dict[str, int]:
    """The numbers of the texts by what they say."""
    shown = botox(*FORGET, "--dry-run", "--identify", "--format", "json")
    return {one["content"]: one["text"] for one in json.loads(shown.stdout)["items"][0]["texts"]}


def test_a_rehearsal_shows_all_of_it_and_names_nobody(talked: Botox) -> None:
    said = talked(*FORGET, "--dry-run")
    at = numbers(talked)
    assert said.stdout == (
        "P0001. 2 visits stay under the code.\n"
        "To be blanked for good: 2 identities, and these texts of the patient:\n"
        f"  {at['agreed']}  2026-03-09  consult of visit 1, decision\n"
        f"  {at['moves away']}  2026-03-09  session of visit 2, override:interval\n"
        f"  {at['bruise']}  2026-03-09  session of visit 2, site:corrugator-right\n"
        f"  {at['married']}  2026-03-09  patient edit, reason\n"
        "Texts of others that may name the patient:\n"
        f"  {at['JANE knocked it over']}  2026-03-09  vial discard, note (is kept)\n"
        f"  {at['her brother, she is of 29.2.1980']}  2026-03-09  patient pause of P0002, reason (is kept)\n"
        f"{BEYOND}Nothing was recorded.\n"
    )
    assert talked("patient", "show", "P0001", "--identify").stdout.startswith("Patient: P0001\nName: Jane Sample\n")


def test_what_is_missing_is_named(talked: Botox) -> None:
    at = numbers(talked)
    said = talked("patient", "forget", "P0001", "--no-input")
    assert said.exit_code == 2
    assert said.stderr.startswith(
        "Error: These are missing: --reason, --retention-checked, --keep-others or --blank-others (or --keep N, --blank N for each of "
        f"{at['JANE knocked it over']}, {at['her brother, she is of 29.2.1980']}; --dry-run shows them).\n"
    )
    settled = ("--keep", str(at["JANE knocked it over"]), "--blank", str(at["her brother, she is of 29.2.1980"]))
    assert talked(*FORGET, *settled).stderr.startswith("Error: This is missing: --retention-checked.\n")


@pytest.mark.parametrize(
    ("args", "code", "words"),
    [
        (("patient", "forget", "Jane"), 22, "There is no such patient."),
        ((*FORGET[:3], "--reason", "Jane asked"), 21, "--reason: it may name the patient, and it stays in the ledger."),
        ((*FORGET, "--key", "jane-1"), 21, "--key: it may name the patient, and it stays in the ledger."),
        ((*FORGET, "--keep", "999"), 21, "--keep: text 999 is none of those that were found."),
        ((*FORGET, "--blank", "1", "--keep", "1"), 21, "--keep: text 1 is to be blanked too."),
        ((*FORGET, "--blank-others", "--keep-others"), 2, "--blank-others and --keep-others do not go together."),
    ],
)
def test_what_is_refused(talked: Botox, args: tuple[str, ...], code: int, words: str) -> None:
    said = talked(*args)
    assert (said.exit_code, said.stderr.splitlines()[0]) == (code, f"Error: {words}")


def test_it_blanks_what_is_chosen_and_the_chain_holds(talked: Botox, visited: Path) -> None:
    at = numbers(talked)
    with Drafts(visited) as drafts:
        drafts.save("follow-up", "P0001", "k", {"note": "Jane"}, NOW)
        drafts.save("follow-up", "P0002", "k2", {"note": "like jane"}, NOW)
    chosen = ("--keep", str(at["bruise"]), "--blank", str(at["JANE knocked it over"]), "--keep-others", "--retention-checked")
    said = talked(*FORGET, *chosen, "--key", "k-1")
    kept = ", ".join(map(str, sorted((at["bruise"], at["her brother, she is of 29.2.1980"]))))
    assert said.stdout == (
        "P0001 is forgotten: 2 identities, 4 texts, 1 unfinished visit blanked. 2 visits stay under the code.\n"
        "The file was built anew without them.\n"
        f"Kept: texts {kept}.\n"
        "The unfinished follow-up of P0002 may name the patient: finish or drop it, and look again.\n"
        f"{BEYOND}"
    )
    assert require_whole(visited).whole
    with Drafts(visited) as drafts:
        assert [one.patient_code for one in drafts.list()] == ["P0002"]
    again = talked(*FORGET, *chosen, "--key", "k-1")
    assert (again.exit_code, again.stdout.splitlines()[0]) == (0, "Stands already: P0001 is forgotten. 2 visits stay under the code.")
    twice = talked(*FORGET, "--keep-others", "--retention-checked")
    assert (twice.exit_code, twice.stderr.splitlines()[0]) == (21, "Error: CODE: this patient was forgotten already on 2026-03-09 by Dr Example.")


def test_everything_goes_on_under_the_code(talked: Botox) -> None:
    talked(*FORGET, "--blank-others", "--retention-checked")
    assert "(forgotten)" not in talked("patient", "list").stdout
    assert "(forgotten)" in talked("patient", "list", "--identify").stdout
    assert talked("patient", "show", "P0001", "--identify").stdout.startswith("Patient: P0001\nName: forgotten\nBorn: forgotten\n")
    for args in (("chart", "P0001"), ("visit", "show", "2"), ("patient", "show", "P0001", "--history"), ("export", "visits"), ("due", "--all")):
        said = talked(*args)
        assert said.exit_code == 0, (args, said.stderr)
        assert "Jane" not in said.stdout
    assert "P0001" not in talked("due", "--all").stdout
    lot = talked("lot", "C-1234", "--identify")
    assert lot.exit_code == 3
    assert "(forgotten)" in lot.stdout
    log = talked("ledger", "log", "--command", "patient forget").stdout
    assert "P0001" in log
    assert "asked for on paper" in log


@pytest.mark.parametrize(
    "args",
    [
        ("session", "P0001", "--no-input"),
        ("consult", "P0001", "--name", "Eve Example", "--born", "1990-01-01", "--no-input"),
        ("follow-up", "P0001", "--no-input"),
        ("prep", "P0001", "--for", "2026-04-01T10:00"),
        ("patient", "pause", "P0001", "--until", "2026-05-01", "--reason", "travels"),
        ("patient", "toxin", "P0001", "--product", "Botox", "--units", "50", "--on", "2026-03-01"),
    ],
)
def test_nothing_new_under_the_code(talked: Botox, args: tuple[str, ...]) -> None:
    talked(*FORGET, "--blank-others", "--retention-checked")
    said = talked(*args)
    assert said.exit_code == 21
    assert said.stderr == ("Error: PATIENT: this patient was forgotten.\nWhat was recorded stays; for anything new give the person a new code.\n")


def test_nothing_takes_it_back(talked: Botox) -> None:
    talked(*FORGET, "--blank-others", "--retention-checked")
    said = talked("undo", "--yes")
    assert said.exit_code == 21
    assert "`patient forget`, which cannot be taken back" in said.stderr


@pytest.mark.plain_only
def test_a_patient_whose_making_was_undone_is_forgotten_too(botox: Botox, ledger: Path) -> None:
    botox("patient", "add", "P0007", "--name", "Zed Fictive", "--born", "1970-01-01")
    botox("undo", "--yes")
    assert b"Zed Fictive" in ledger.read_bytes()
    said = botox("patient", "forget", "P0007", "--reason", "mistyped", "--retention-checked", "--no-input")
    assert said.stdout.startswith("P0007 is forgotten: 1 identity, no texts blanked. No visits stay under the code.\n")
    assert b"Zed Fictive" not in ledger.read_bytes()
    assert require_whole(ledger).whole


def test_it_says_what_a_killed_backup_left_that_names_the_patient(talked: Botox, visited: Path) -> None:
    left = visited.parent / "backups" / ".ledger-backup.0123456789abcdef.tmp"
    left.mkdir(parents=True)
    (left / "copy.db").write_bytes(visited.read_bytes())
    (left.parent / "mine").mkdir()
    (left.parent / "mine" / "copy.db").write_bytes(visited.read_bytes())  # a folder of somebody's own is not looked into
    plan = json.loads(talked(*FORGET, "--dry-run", "--format", "json").stdout)["items"][0]
    assert [(one["file"], one["sure"]) for one in plan["backups"]] == [(str(left / "copy.db"), True)]


def test_it_says_which_backups_still_name_the_patient(talked: Botox, visited: Path) -> None:
    before = talked("ledger", "backup", "--format", "json")
    file = json.loads(before.stdout)["items"][0]["file"]
    (visited.parent / "other.bak").write_bytes(b"x" * 4096)
    said = talked(*FORGET, "--keep-others", "--retention-checked", "--format", "json")
    told = json.loads(said.stdout)["items"][0]
    assert [(Path(one["file"]).name, one["sure"]) for one in told["backups"]] == [("other.bak", False), (Path(file).name, True)]
    after = json.loads(talked("ledger", "backup", "--format", "json").stdout)["items"][0]["file"]
    again = talked("patient", "add", "ADA-1", "--name", "Ada Fictive", "--born", "1970-01-01")
    assert again.exit_code == 0
    plan = json.loads(talked("patient", "forget", "ADA-1", "--dry-run", "--format", "json").stdout)["items"][0]
    assert plan["code_names"] is True
    assert not any(one["file"] == after for one in plan["backups"])


def test_at_the_screen_everything_is_asked(talked: Botox, visited: Path, at_a_terminal: Callable[[bool], None]) -> None:
    at = numbers(talked)
    at_a_terminal(True)
    answers = f"{at['bruise']}\ny\n\nJane asked\nasked for\ny\nP0001\n"
    said = talked("patient", "forget", "P0001", input=answers)
    assert said.exit_code == 0, said.stderr
    assert said.stderr.startswith("P0001: Jane Example, born 1980-02-29; Jane Sample, born 1980-02-29. 2 visits stay under the code.\n")
    assert f"Blank text {at['JANE knocked it over']} too? [y/N]: " in said.stderr
    assert "Why: it may name the patient, and it stays in the ledger.\n" in said.stderr
    assert "Was the law on keeping records checked, and may this go? [y/n]: " in said.stderr
    assert said.stdout.startswith("P0001 is forgotten: 2 identities, 4 texts blanked. 2 visits stay under the code.\n")


@pytest.mark.parametrize(("answers", "words"), [("\n\n\nwhy\nn\n", "Nothing was changed."), ("\n\n\nwhy\ny\nP0002\n", "That is not the code")])
def test_a_no_changes_nothing(talked: Botox, visited: Path, at_a_terminal: Callable[[bool], None], answers: str, words: str) -> None:
    at_a_terminal(True)
    before = visited.read_bytes()
    said = talked("patient", "forget", "P0001", input=answers)
    assert said.exit_code == 130
    assert words in said.stderr
    assert visited.read_bytes() == before


def test_a_sweep_that_fails_is_told_and_made_good_by_the_same_command(talked: Botox, visited: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from botoxcli.errors import LedgerBusy
    from botoxcli.store import sweep

    def busy(_place: object) -> None:
        raise LedgerBusy("LEDGER")

    with monkeypatch.context() as patch:
        patch.setattr(sweep, "sweep", busy)
        said = talked(*FORGET, "--blank-others", "--retention-checked")
    assert (said.exit_code, said.stdout) == (11, "")
    assert said.stderr == (
        "Error: P0001 is forgotten, but the file could not be built anew, so traces may be left in it. "
        "The ledger at LEDGER is in use by another program.\nMend that, then run the same command again: it does what is left.\n"
    )
    before = visited.read_bytes()
    assert talked(*FORGET, "--blank-others", "--retention-checked").exit_code == 21
    assert visited.read_bytes() != before, "swept"
    assert require_whole(visited).whole
