"""``botox ledger backup`` and ``restore``, the warning of ``due``, the limit in ``settings``, and what ``undo`` says of a backup."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pexpect
import pytest

from botoxcli import clock

from .conftest import NOW, Botox, Result

Terminal = Callable[[bool], None]
NOT_ENCRYPTED = "It is not encrypted: keep it where nobody else comes.\n"


def done(result: Result) -> Result:
    assert result.exit_code == 0, result.stderr
    return result


def item(result: Result) -> dict[str, Any]:
    (one,) = json.loads(done(result).stdout)["items"]
    assert isinstance(one, dict)
    return one


def patient(botox: Botox, code: str) -> None:
    done(botox("patient", "add", code, "--name", "Ada Example", "--born", "1980-02-29", "--no-input", "--accept", "duplicate-patient"))


def head(ledger: Path) -> str:
    from botoxcli.store.integrity import require_whole

    return require_whole(ledger).head[:12]


@pytest.fixture
def backup(botox: Botox, ledger: Path) -> Path:
    """A backup of a ledger with P0001, after which P0002 came."""
    patient(botox, "P0001")
    made = Path(item(botox("ledger", "backup", "--format", "json"))["file"])
    patient(botox, "P0002")
    return made


@pytest.mark.plain_only
def test_a_backup_in_words(botox: Botox, ledger: Path) -> None:
    was = head(ledger)
    told = botox("ledger", "backup")
    assert told == Result(
        "Backed up and verified: 1 entry up to 2026-03-09 10:00 UTC.\n"
        f"Head:  {was}\n"
        f"File:  {ledger.parent}/backups/ledger-20260309T100000Z-{was}.db\n",
        NOT_ENCRYPTED,
        0,
    )


def test_a_backup_as_json(botox: Botox, ledger: Path, tmp_path: Path) -> None:
    told = item(botox("ledger", "backup", str(tmp_path / "x.db"), "--format", "json", "--as", "Nurse Example"))
    manifest = json.loads((tmp_path / "x.db.json").read_text())
    assert told == {
        **{name: value for name, value in manifest.items() if name != "schema"},
        "file": str(tmp_path / "x.db"), "manifest": str(tmp_path / "x.db.json"), "recorded": True,
    }  # fmt: skip
    from botoxcli.store.reader import open_ledger

    with open_ledger(ledger) as reader:
        *_, last = reader.entries()
    assert last[2:5] == ("Nurse Example", "ledger backup", f"backup-{manifest['sha256']}")


@pytest.mark.parametrize("dest", ["none/x.db", "none/", "link", "ledger.db"])
def test_a_place_that_will_not_do_is_15(botox: Botox, ledger: Path, dest: str) -> None:
    (ledger.parent / "link").symlink_to(ledger.parent)
    before = ledger.read_bytes()
    told = botox("ledger", "backup", f"{ledger.parent}/{dest}")
    assert (told.exit_code, told.stdout) == (15, "")
    assert told.stderr.endswith("Nothing was changed.\n")
    assert (ledger.read_bytes(), sorted(one.name for one in ledger.parent.iterdir())) == (before, ["ledger.db", "link"])


def test_a_ledger_that_cannot_take_a_note_of_it_has_its_backup(botox: Botox, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from botoxcli.errors import LedgerBusy
    from botoxcli.store import backup as store

    def busy(place: Any, *_: object, **__: object) -> None:
        raise LedgerBusy(str(place.path))

    monkeypatch.setattr(store, "record_backup", busy)
    told = done(botox("ledger", "backup", "--format", "json"))
    assert item(told)["recorded"] is False
    assert told.stderr.startswith("Warning: the backup was made, but the ledger could not take a note of it: The ledger at ")
    assert Path(item(told)["file"]).exists()


def test_no_ledger_no_backup(botox: Botox, ledger_path: Path) -> None:
    assert botox("ledger", "backup").exit_code == 10
    assert not ledger_path.parent.exists()


def test_restoring_asks_with_what_would_be_lost(botox: Botox, ledger: Path, backup: Path, at_a_terminal: Terminal) -> None:
    at_a_terminal(True)
    was, stands = head(backup), head(ledger)
    told = botox("ledger", "restore", str(backup), input="n\n")
    assert (told.exit_code, told.stdout) == (130, "")
    assert told.stderr == (
        f"The backup: 2 entries up to 2026-03-09 10:00 UTC, head {was}, verified.\n"
        f"Stands now: 4 entries up to 2026-03-09 10:00 UTC, head {stands}.\n"
        "Would be lost: 2 entries (1 ledger backup, 1 patient add).\n"
        "What stands now is kept beside, under another name.\n"
        "Restore it? [y/n]: Error: Interrupted.\nNothing was changed.\n"
    )
    assert head(ledger) == stands
    told = done(botox("ledger", "restore", str(backup), input="y\n"))
    assert told.stdout == (
        "Restored: 2 entries up to 2026-03-09 10:00 UTC, and one that says so.\n"
        "Set aside: 2 entries (1 ledger backup, 1 patient add).\n"
        f"Head:    {head(ledger)}\n"
        f"Ledger:  {ledger}\n"
        f"Before:  {ledger}.before-restore-20260309T100000Z.bak\n"
    )
    assert [one["patient"] for one in json.loads(botox("patient", "list", "--format", "json").stdout)["items"]] == ["P0001"]
    assert botox("undo", "--yes").stderr == (
        "Error: undo: the last change is `ledger restore`, which cannot be taken back.\n"
        "The ledger of before was kept beside: `botox ledger restore` with that file brings it back. "
        "Further back is `botox visit void` or `botox visit amend`; nothing was changed.\n"
    )


def test_nobody_to_ask_restores_nothing(botox: Botox, ledger: Path, backup: Path, at_a_terminal: Terminal) -> None:
    before = ledger.read_bytes()
    for flags in ([], ["--no-input"]):
        told = botox("ledger", "restore", str(backup), *flags)
        assert (told.exit_code, "This is missing: --yes." in told.stderr) == (2, True)
    at_a_terminal(True)
    assert botox("ledger", "restore", str(backup), "--no-input").exit_code == 2
    assert ledger.read_bytes() == before


def test_restoring_as_json(botox: Botox, ledger: Path, backup: Path) -> None:
    told = item(botox("ledger", "restore", str(backup), "--yes", "--format", "json"))
    assert (told["kinship"], told["standing_entries"], told["lost_entries"], told["gained_entries"], told["restored"]) == ("older", 4, 2, 0, True)
    assert Path(told["aside"]).exists()
    assert told["head_now"].startswith(head(ledger))
    again = item(botox("ledger", "restore", told["aside"], "--yes", "--format", "json"))
    assert (again["kinship"], again["manifest"], again["lost_entries"], again["gained_entries"]) == ("parted", False, 1, 2)


def test_another_ledger_needs_a_second_yes(botox: Botox, ledger: Path, backup: Path, tmp_path: Path, at_a_terminal: Terminal) -> None:
    other = tmp_path / "other.db"
    done(
        botox("--ledger", str(other), "init", "--practice", "Other", "--practitioner", "Dr Other", "--time-zone", "UTC", "--plaintext", "--no-input")
    )
    before = other.read_bytes()
    told = botox("--ledger", str(other), "ledger", "restore", str(backup), "--yes")
    assert (told.exit_code, "This is missing: --other-ledger." in told.stderr) == (2, True)
    assert "THIS IS NOT THE SAME LEDGER: their first entries differ. Would be lost: 1 entry (1 init).\n" in told.stderr
    at_a_terminal(True)
    told = botox("--ledger", str(other), "ledger", "restore", str(backup), input="y\nn\n")
    assert told.exit_code == 130
    assert "Restore it? [y/n]: It is NOT the same ledger. Are you sure? [y/n]: " in told.stderr
    assert other.read_bytes() == before
    done(botox("--ledger", str(other), "ledger", "restore", str(backup), "--yes", "--other-ledger"))
    assert json.loads(botox("--ledger", str(other), "settings", "--format", "json").stdout)["items"][0]["practice"] == "Example Practice"


def test_without_a_manifest_it_says_so(botox: Botox, ledger: Path, backup: Path) -> None:
    backup.with_name(f"{backup.name}.json").unlink()
    said = "The backup has no manifest beside it: only its own chain speaks for it.\n"
    assert done(botox("ledger", "restore", str(backup), "--yes")).stderr == said


def test_what_is_not_as_it_was_made_is_14_and_what_is_not_there_21(botox: Botox, ledger: Path, backup: Path) -> None:
    held = backup.read_bytes()
    backup.write_bytes(held[:-1] + b"\x01")
    before = ledger.read_bytes()
    told = botox("ledger", "restore", str(backup), "--yes", "--format", "json")
    assert (told.exit_code, json.loads(told.stderr)["error"]) == (14, "backup-differs")
    assert botox("ledger", "restore", str(ledger.parent / "none.db"), "--yes").exit_code == 21
    assert botox("ledger", "restore", str(ledger.parent), "--yes").exit_code == 13
    assert ledger.read_bytes() == before


def test_a_drill(botox: Botox, ledger: Path, backup: Path) -> None:
    before = ledger.read_bytes()
    told = done(botox("ledger", "restore", str(backup), "--drill"))
    first, second, third, views, last = told.stdout.splitlines()
    assert first == f"The backup: 2 entries up to 2026-03-09 10:00 UTC, head {head(backup)}, verified."
    assert second == f"Stands now: 4 entries up to 2026-03-09 10:00 UTC, head {head(ledger)}."
    assert third == "Would be lost: 2 entries (1 ledger backup, 1 patient add)."
    count = item(botox("ledger", "restore", str(backup), "--drill", "--format", "json"))["drill"].pop("views")
    assert views == f"Restored in a scratch folder: all {count} views equal what the ledger said at that entry."
    assert (count > 40, last) == (True, "This was a drill: nothing was changed.")
    assert (ledger.read_bytes(), sorted(one.name for one in ledger.parent.iterdir())) == (before, ["backups", "ledger.db"])


def test_a_drill_that_fails_is_14(botox: Botox, ledger: Path, backup: Path) -> None:
    from botoxcli.store import engine

    connection = engine.open_plain_writer(ledger)
    connection.execute("DROP TRIGGER patient_stays")
    connection.execute("UPDATE patient SET code = 'X1' WHERE code = 'P0001'")
    connection.close()
    told = botox("ledger", "restore", str(backup), "--drill")
    assert (told.exit_code, "patient_now" in told.stderr) == (14, True)


def test_a_drill_is_there_for_a_damaged_ledger_too(botox: Botox, ledger: Path, backup: Path) -> None:
    """Its last pages are zeroed; the backup itself is then what is compared with."""
    held = ledger.read_bytes()
    ledger.write_bytes(held[: len(held) // 2] + bytes(len(held) - len(held) // 2))
    told = done(botox("ledger", "restore", str(backup), "--drill"))
    assert "views equal what the backup itself says." in told.stdout
    assert done(botox("ledger", "restore", str(backup), "--yes", "--other-ledger")).exit_code == 0


@pytest.mark.plain_only
def test_plain_text_in_the_place_of_an_encrypted_ledger_is_asked_about_and_said(botox: Botox, ledger: Path, backup: Path, tmp_path: Path) -> None:
    key = tmp_path / "key"
    done(botox("ledger", "encrypt", "--key-file", str(key), "--no-input"))
    sealed = ledger.read_bytes()
    refused = botox("ledger", "restore", str(backup), "--yes", "--key-file", str(key), "--no-input")
    assert (refused.exit_code, "This is missing: --plaintext." in refused.stderr) == (2, True)
    assert ledger.read_bytes() == sealed
    told = done(botox("ledger", "restore", str(backup), "--yes", "--plaintext", "--key-file", str(key), "--no-input"))
    assert "The ledger is in plain text now; `botox ledger encrypt` encrypts it." in told.stderr
    assert ledger.read_bytes().startswith(b"SQLite format 3")


def test_an_encrypted_one_needs_its_key(botox: Botox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []
    for number in (1, 2):
        keys.append(tmp_path / f"key{number}")
        keys[-1].write_text(f"{number:064x}\n")
        keys[-1].chmod(0o600)
    secret = ("--ledger", str(tmp_path / "secret.db"))
    flags = ("--practice", "Example Practice", "--practitioner", "Dr Example", "--time-zone", "UTC", "--encrypt", "--no-input")
    done(botox(*secret, "init", *flags, "--key-file", str(keys[0])))
    told = done(botox(*secret, "ledger", "backup", "--key-file", str(keys[0]), "--format", "json"))
    made = item(told)
    assert (made["encrypted"], told.stderr) == (True, "")
    for wrong in ((), ("--key-file", str(keys[1]))):
        refused = botox(*secret, "ledger", "restore", made["file"], "--yes", *wrong)
        assert (refused.exit_code, made["file"] in refused.stderr) == (12, True)
    done(botox(*secret, "ledger", "restore", made["file"], "--yes", "--key-file", str(keys[0])))
    done(botox(*secret, "ledger", "restore", made["file"], "--drill", "--key-file", str(keys[0])))


def test_undo_names_a_backup_and_says_what_to_do(botox: Botox, ledger: Path, backup: Path) -> None:
    done(botox("ledger", "backup"))
    told = botox("undo", "--yes")
    assert told.exit_code == 21
    assert told.stderr == (
        "Error: undo: the last change is `ledger backup`, which cannot be taken back.\n"
        "The backup stays; delete its file if it is not wanted. Further back is `botox visit void` or `botox visit amend`; nothing was changed.\n"
    )


def test_the_limit_is_a_setting(botox: Botox, ledger: Path) -> None:
    assert done(botox("settings", "--backup-limit", "14")).stdout.splitlines()[1] == "backup-limit  14 days"
    assert item(botox("settings", "--format", "json"))["backup_limit"] == 14
    assert done(botox("settings", "--backup-limit", "0")).stdout.splitlines()[1] == "backup-limit  never"
    assert done(botox("settings", "--backup-limit", "1")).stdout.splitlines()[1] == "backup-limit  1 day"
    for wrong in ("-1", "3651", "1.5", "x", "", "٣"):
        told = botox("settings", f"--backup-limit={wrong}")
        assert (told.exit_code, told.stderr.startswith("Error: --backup-limit: ")) == (21, True)
    assert item(botox("settings", "--format", "json"))["backup_limit"] == 1


def on_a_terminal(ledger: Path, *args: str) -> str:
    """What the real program says to ``due`` on a terminal, both streams."""
    child = pexpect.spawn(
        sys.executable, ["-m", "botoxcli", "--ledger", str(ledger), "due", *args], dimensions=(24, 80), encoding="utf-8", timeout=60
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    return str(child.before).replace("\r\n", "\n")


def test_due_on_a_terminal_warns_of_an_old_backup_and_stores_nothing(botox: Botox, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    days = (datetime.now(UTC) - NOW).days
    held = ledger.read_bytes()
    assert f"Warning: never backed up, {days} days of records. Run `botox ledger backup`.\n" in on_a_terminal(ledger)
    assert ledger.read_bytes() == held
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(days=1))
    done(botox("ledger", "backup"))
    assert f"Warning: last backup {days - 1} days ago, limit 7. Run `botox ledger backup`.\n" in on_a_terminal(ledger, "--today", "2026-03-10")
    done(botox("settings", "--backup-limit", "0"))
    assert "Warning" not in on_a_terminal(ledger)


def test_due_in_a_pipe_does_not_warn(botox: Botox, ledger: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "utc_now", lambda: NOW + timedelta(days=400))
    for form in ("table", "json", "csv"):
        assert done(botox("due", "--format", form)).stderr == ""
