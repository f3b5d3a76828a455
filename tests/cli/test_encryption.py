"""``botox init --encrypt``, ``ledger encrypt | decrypt | rekey``, and where the key comes from."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from botoxcli.store.cipher import salt_of
from botoxcli.store.place import Place

from .conftest import NOW

pytestmark = pytest.mark.plain_only  # each test says itself which ledger it wants
NAMES = ("--practice", "Example Practice", "--practitioner", "Dr Example", "--time-zone", "UTC", "--jurisdiction", "us")
CODE = re.compile(r"(?:[0-9A-Z]{4}-){13}[0-9A-Z]{4}")
PASSPHRASE = "a cold winter morning"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """A key file with a raw key."""
    return key_file(tmp_path / "practice.key", "ab" * 32)


def key_file(path: Path, line: str) -> Path:
    path.touch(0o600)
    path.write_text(f"{line}\n")
    return path


@pytest.fixture
def sealed(botox: Any, ledger_path: Path, key: Path) -> Path:
    """A ledger that this key opens."""
    made = botox("init", *NAMES, "--encrypt", "--key-file", str(key), "--no-input")
    assert made.exit_code == 0, made.stderr
    return ledger_path


def seen(path: Path) -> tuple[bytes, int]:
    return path.read_bytes(), path.stat().st_mtime_ns


@pytest.fixture
def typed(at_a_terminal: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[str]]:
    """Makes a terminal of the test: these secrets are typed, each once, and the code's groups given back. Returns what was shown of codes."""

    def typing(*secrets: str, slips: int = 0) -> list[str]:
        at_a_terminal()
        waiting = list(secrets)
        codes: list[str] = []
        slipped: list[int] = []
        monkeypatch.setattr("botoxcli.terminal.ask.ask_secret", lambda _prompt: waiting.pop(0))
        monkeypatch.setattr("botoxcli.terminal.recovery_screen.show_once", codes.append)

        def group(prompt: str, **_: str) -> str:
            number = int(re.findall(r"group (\d+)", prompt)[0])
            if len(slipped) < slips:
                slipped.append(number)
                return "xxxx"
            return str(codes[-1].split("-")[number - 1].lower())

        monkeypatch.setattr("botoxcli.terminal.ask.ask_text", group)
        return codes

    return typing


class TestInit:
    def test_without_a_terminal_one_of_the_flags_is_required(self, botox: Any, ledger_path: Path) -> None:
        said = botox("init", *NAMES, "--no-input")
        assert (said.exit_code, said.stdout) == (2, "")
        assert said.stderr == (
            "Error: One of these is missing: --encrypt, --plaintext.\n"
            "Encryption is recommended: --encrypt --key-file FILE makes the key too, if the file is not there.\n"
        )
        assert botox("init", *NAMES).exit_code == 2
        said = botox("init", *NAMES, "--no-input", "--encrypt")
        assert (said.exit_code, said.stderr.splitlines()[0]) == (2, "Error: This is missing: --key-file.")
        assert not ledger_path.parent.exists()

    @pytest.mark.parametrize("flags", [("--encrypt", "--plaintext"), ("--plaintext", "--keyring"), ("--plaintext", "--key-file", "k")])
    def test_what_excludes_each_other_is_refused(self, botox: Any, ledger_path: Path, flags: tuple[str, ...]) -> None:
        assert botox("init", *NAMES, *flags, "--no-input").exit_code == 2
        assert not ledger_path.parent.exists()

    def test_a_key_file_is_made_private_with_a_raw_key(self, botox: Any, ledger_path: Path, tmp_path: Path) -> None:
        key = tmp_path / "new.key"
        made = botox("init", *NAMES, "--encrypt", "--key-file", str(key), "--no-input")
        code = CODE.findall(made.stdout)[0]
        assert made.stdout == (
            f"The ledger is {ledger_path}, encrypted.\n"
            f"Its key is in {key}: keep a copy of it elsewhere, and name it with --key-file or BOTOX_KEY_FILE.\n"
            f"Recovery code: {code}\n"
            "Next: `botox vial add`, `botox consult`; `botox --help` lists all; `botox settings` changes these settings.\n"
        )
        assert made.stderr == "The recovery code was not asked back: keep it on paper, away from this machine.\n"
        assert key.stat().st_mode & 0o777 == 0o600
        assert re.fullmatch(r"[0-9a-f]{64}\n", key.read_text())
        assert b"Example Practice" not in ledger_path.read_bytes()
        assert salt_of(ledger_path)
        for opens in (key, key_file(tmp_path / "code", code), key_file(tmp_path / "typed", code.lower().replace("-", " "))):
            assert "Example Practice" in botox("settings", "--key-file", str(opens)).stdout

    def test_with_a_passphrase_and_its_recovery_code(self, botox: Any, ledger_path: Path, typed: Any, tmp_path: Path) -> None:
        codes = typed("short", PASSPHRASE, "another one", PASSPHRASE, PASSPHRASE, slips=2)
        made = botox("init", *NAMES, input="\n")
        assert made.exit_code == 0, made.stderr
        assert "That is shorter than 8 characters." in made.stderr
        assert "The two are not the same. Once more." in made.stderr
        assert made.stderr.count("That is not the group.") == 2
        assert not CODE.search(made.stdout + made.stderr)
        for line in (PASSPHRASE, codes[0]):
            assert botox("settings", "--key-file", str(key_file(tmp_path / line[:4], line))).exit_code == 0

    def test_a_passphrase_is_the_same_however_its_letters_are_put_together(self, botox: Any, ledger_path: Path, typed: Any) -> None:
        typed("Übermut tut gut", "U\u0308bermut tut gut", "U\u0308bermut tut gut")
        assert botox("init", *NAMES, "--encrypt").exit_code == 0
        assert botox("settings").exit_code == 0

    def test_three_wrong_answers_make_nothing(self, botox: Any, ledger_path: Path, typed: Any, tmp_path: Path) -> None:
        typed(slips=3)
        said = botox("init", *NAMES, "--encrypt", "--key-file", str(tmp_path / "new.key"))
        assert said.exit_code == 21
        assert "the recovery code: 3 answers were not what the code says.\nNothing was made or changed." in said.stderr
        assert list(tmp_path.iterdir()) == []

    def test_a_person_may_decline(self, botox: Any, ledger_path: Path, at_a_terminal: Any) -> None:
        at_a_terminal()
        made = botox("init", *NAMES, input="n\n")
        assert (made.exit_code, salt_of(ledger_path)) == (0, None)
        assert made.stderr.startswith("Encryption is recommended: who finds or steals this machine reads nothing.\n")


class TestKeySources:
    def test_a_wrong_key_touches_nothing(self, botox: Any, sealed: Path, tmp_path: Path) -> None:
        before = seen(sealed)
        wrong = key_file(tmp_path / "wrong", "cd" * 32)
        commands: list[tuple[str, ...]] = [
            ("due",), ("ledger", "decrypt", "--yes"), ("ledger", "rekey", "--no-input", "--new-key-file", str(tmp_path / "n")),
            ("settings", "--practice", "X"), ("vial", "add", "C1", "--units", "200", "--expires", "+12w"),
        ]  # fmt: skip
        for command in commands:
            said = botox(*command, "--key-file", str(wrong))
            assert (said.exit_code, said.stdout) == (12, ""), command
            assert "cdcd" not in said.stderr
            assert botox(*command).exit_code == 12
        assert seen(sealed) == before
        assert [one.name for one in sealed.parent.iterdir()] == ["ledger.db"]
        assert not (tmp_path / "n").exists()

    def test_a_wrong_passphrase_at_the_prompt(self, botox: Any, sealed: Path, typed: Any) -> None:
        typed("not this one", "ab" * 32)
        before = seen(sealed)
        assert botox("due").exit_code == 12
        assert seen(sealed) == before
        assert botox("due").exit_code == 0

    def test_nobody_is_asked_with_no_input(self, botox: Any, sealed: Path, typed: Any) -> None:
        typed()
        said = botox("vial", "add", "C1", "--units", "200", "--expires", "+12w", "--no-input")
        assert said.exit_code in (2, 12)
        said = botox("consult", "P0001", "--no-input")
        assert said.exit_code == 12
        assert "no key was given" in said.stderr

    def test_reading_never_makes_a_key_file(self, botox: Any, sealed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BOTOX_KEY_FILE", str(tmp_path / "not there"))
        said = botox("due")
        assert (said.exit_code, said.stderr) == (21, "Error: --key-file: no such file or directory.\nName the file that holds the key.\n")
        assert not (tmp_path / "not there").exists()

    def test_the_variable_names_the_key_too_and_the_flag_goes_before(self, botox: Any, sealed: Path, key: Path, monkeypatch: Any) -> None:
        monkeypatch.setenv("BOTOX_KEY_FILE", str(key))
        assert botox("due").exit_code == 0
        monkeypatch.setenv("BOTOX_KEY_FILE", "nowhere")
        assert botox("due", "--key-file", str(key)).exit_code == 0
        key.chmod(0o640)
        said = botox("due", "--key-file", str(key))
        assert (said.exit_code, said.stderr.splitlines()[0]) == (21, "Error: --key-file: others may read this file.")

    def test_the_passphrase_is_derived_once_in_a_process(self, botox: Any, ledger_path: Path, typed: Any, monkeypatch: Any) -> None:
        import hashlib

        derive = hashlib.pbkdf2_hmac
        calls: list[int] = []

        def counted(*given: Any) -> bytes:
            calls.append(1)
            return derive(*given)

        monkeypatch.setattr("hashlib.pbkdf2_hmac", counted)
        typed(PASSPHRASE, PASSPHRASE, PASSPHRASE)
        assert botox("init", *NAMES, "--encrypt").exit_code == 0
        assert len(calls) == 1
        assert botox("settings", "--practice", "Other").exit_code == 0
        assert len(calls) == 2


class _Keyring(SimpleNamespace):
    """A keyring in memory, as the package ``keyring`` looks from outside."""

    def __init__(self, *, fails: bool = False) -> None:
        super().__init__(held={}, fails=fails)

    def get_keyring(self) -> Any:
        return SimpleNamespace(priority=0 if self.fails else 5)

    def get_password(self, service: str, name: str) -> str | None:
        if self.fails:
            raise RuntimeError("no keyring here")
        found: str | None = self.held.get((service, name))
        return found

    def set_password(self, service: str, name: str, text: str) -> None:
        self.held[service, name] = text

    def delete_password(self, service: str, name: str) -> None:
        del self.held[service, name]


class TestKeyring:
    @pytest.fixture
    def keyring(self, monkeypatch: pytest.MonkeyPatch) -> _Keyring:
        one = _Keyring()
        monkeypatch.setitem(sys.modules, "keyring", one)
        return one

    def test_it_gives_the_key_and_is_asked_only_without_a_key_file(self, botox: Any, ledger_path: Path, key: Path, keyring: _Keyring) -> None:
        made = botox("init", *NAMES, "--encrypt", "--keyring", "--key-file", str(key), "--no-input")
        assert made.exit_code == 0, made.stderr
        assert keyring.held == {("botoxcli", str(ledger_path)): CODE.findall(made.stdout)[0]}
        key.unlink()
        assert botox("due").exit_code == 0
        assert botox("due", "--key-file", str(key)).exit_code == 21

    def test_a_key_that_was_changed_since_is_passed_over(self, botox: Any, sealed: Path, keyring: _Keyring, typed: Any) -> None:
        keyring.set_password("botoxcli", str(sealed), "ef" * 32)
        typed("ab" * 32)
        assert botox("due").exit_code == 0

    def test_rekey_and_decrypt_take_the_old_key_out(self, botox: Any, sealed: Path, key: Path, keyring: _Keyring, tmp_path: Path) -> None:
        keyring.set_password("botoxcli", str(sealed), "ab" * 32)
        new = str(tmp_path / "new.key")
        said = botox("ledger", "rekey", "--new-key-file", new, "--no-input")
        assert said.exit_code == 0, said.stderr
        assert "The old key was taken out of the keyring." in said.stderr
        assert keyring.held == {}
        assert botox("ledger", "rekey", "--key-file", new, "--new-key-file", str(key), "--keyring", "--no-input").exit_code == 0
        assert botox("ledger", "decrypt", "--yes").exit_code == 0
        assert keyring.held == {}

    @pytest.mark.parametrize("keyring", [None, _Keyring(fails=True)], ids=["no package", "no keyring on this machine"])
    def test_without_one_the_prompt_comes_and_storing_is_refused(
        self, botox: Any, sealed: Path, keyring: Any, typed: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setitem(sys.modules, "keyring", keyring)
        typed("ab" * 32)
        asked = botox("due")
        assert (asked.exit_code, asked.stderr) == (0, "")
        said = botox("init", *NAMES, "--encrypt", "--keyring", "--no-input", "--key-file", str(tmp_path / "k"), "--ledger", str(tmp_path / "l"))
        assert (said.exit_code, said.stderr.splitlines()[0]) == (21, "Error: --keyring: this machine has no keyring.")
        assert not (tmp_path / "k").exists()


class TestEncrypt:
    def test_it_says_what_is_still_in_plain_text(self, botox: Any, ledger: Path, tmp_path: Path) -> None:
        beside, backup = ledger.with_name("ledger.db.before-v9-x.bak"), ledger.parent / "backups" / "one.db"
        backup.parent.mkdir()
        for copy in (beside, backup):
            copy.write_bytes(ledger.read_bytes())
        key = tmp_path / "new.key"
        said = botox("ledger", "encrypt", "--key-file", str(key), "--no-input", "--format", "json")
        assert said.exit_code == 0, said.stderr
        (told,) = json.loads(said.stdout)["items"]
        assert (told["encrypted"], told["key_file_made"], told["plain_copies"]) == (True, str(key), [str(backup), str(beside)])
        assert CODE.fullmatch(told["recovery_code"])
        assert f"  {backup}\n  {beside}\n" in said.stderr
        assert b"Example Practice" not in ledger.read_bytes()
        assert ledger.stat().st_mode & 0o777 == 0o600
        assert sorted(one.name for one in ledger.parent.iterdir()) == ["backups", "ledger.db", "ledger.db.before-v9-x.bak"]

    def test_no_input_needs_a_key_file(self, botox: Any, ledger: Path, at_a_terminal: Any) -> None:
        at_a_terminal()
        before = seen(ledger)
        said = botox("ledger", "encrypt", "--no-input")
        assert (said.exit_code, said.stderr.splitlines()[0]) == (2, "Error: This is missing: --key-file.")
        assert seen(ledger) == before

    def test_what_is_so_already_is_refused(self, botox: Any, ledger: Path, key: Path) -> None:
        for command in ("decrypt", "rekey"):
            said = botox("ledger", command)
            assert (said.exit_code, said.stderr.splitlines()[0]) == (21, "Error: the ledger: it is not encrypted.")
        assert botox("ledger", "encrypt", "--key-file", str(key), "--no-input").exit_code == 0
        said = botox("ledger", "encrypt", "--key-file", str(key), "--no-input")
        assert (said.exit_code, said.stderr.splitlines()[0]) == (21, "Error: the ledger: it is encrypted already.")
        said = botox("ledger", "rekey", "--key-file", str(key), "--new-key-file", str(key), "--no-input")
        assert (said.exit_code, said.stderr.splitlines()[0]) == (21, "Error: --new-key-file: it is the key that the ledger has already.")

    def test_there_and_back_every_view_is_as_it_was(self, botox: Any, visited: Path, key: Path, tmp_path: Path) -> None:
        from botoxcli.store import engine
        from botoxcli.store.integrity import require_whole
        from botoxcli.store.key import Key
        from botoxcli.store.view_digests import view_digests

        def views(line: str | None) -> dict[str, str]:
            place = Place(visited, (lambda: Key.of_text(line)) if line else None)
            assert require_whole(place).whole
            connection = engine.connect(place)
            try:
                return view_digests(connection, leave_out=("entry_line",))
            finally:
                connection.close()

        other = key_file(tmp_path / "other", PASSPHRASE)
        before = views(None)
        assert botox("ledger", "encrypt", "--key-file", str(key), "--no-input").exit_code == 0
        assert views("ab" * 32) == before
        assert botox("ledger", "rekey", "--key-file", str(key), "--new-key-file", str(other), "--no-input").exit_code == 0
        assert views(PASSPHRASE) == before
        assert botox("ledger", "decrypt", "--key-file", str(other), "--yes").exit_code == 0
        assert views(None) == before
        with engine.open_reader(visited) as connection:
            told = connection.execute("SELECT at, actor, command FROM entry ORDER BY seq DESC LIMIT 3").fetchall()
        at = NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
        assert told == [(at, "Dr Example", f"ledger {command}") for command in ("decrypt", "rekey", "encrypt")]
        said = botox("undo", "--yes")
        assert (said.exit_code, "ledger decrypt" in said.stderr) == (21, True)

    def test_decrypt_asks(self, botox: Any, sealed: Path, key: Path, at_a_terminal: Any) -> None:
        assert botox("ledger", "decrypt", "--key-file", str(key)).exit_code == 2
        at_a_terminal()
        before = seen(sealed)
        said = botox("ledger", "decrypt", "--key-file", str(key), input="\n")
        assert (said.exit_code, said.stdout) == (0, "")
        assert said.stderr.endswith("It stays encrypted.\n")
        assert seen(sealed) == before
        assert botox("ledger", "decrypt", "--key-file", str(key), input="y\n").exit_code == 0
        assert salt_of(sealed) is None

    def test_a_link_stays_a_link(self, botox: Any, ledger: Path, key: Path, tmp_path: Path) -> None:
        link = tmp_path / "link.db"
        link.symlink_to(ledger)
        assert botox("ledger", "encrypt", "--ledger", str(link), "--key-file", str(key), "--no-input").exit_code == 0
        assert link.is_symlink()
        assert salt_of(ledger)

    @pytest.mark.parametrize("command", ["encrypt", "rekey"])
    def test_three_wrong_answers_change_nothing(self, botox: Any, ledger_path: Path, typed: Any, tmp_path: Path, command: str) -> None:
        kind = ("--plaintext",) if command == "encrypt" else ("--encrypt", "--key-file", str(key_file(tmp_path / "k", "ab" * 32)))
        assert botox("init", *NAMES, *kind, "--no-input").exit_code == 0
        before = seen(ledger_path)
        typed(*(["ab" * 32] if command == "rekey" else []), PASSPHRASE, PASSPHRASE, slips=3)
        said = botox("ledger", command)
        assert said.exit_code == 21
        assert seen(ledger_path) == before


def test_no_key_is_in_an_error_nor_in_the_debug_output(botox: Any, sealed: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BOTOX_DEBUG", "1")
    raw = "ab" * 32

    def fails(*_given: Any, **_options: Any) -> None:
        raise RuntimeError

    for place in ("botoxcli.store.engine._bring_up_to_date", "botoxcli.store.reseal._require_equal", "botoxcli.store.cipher.looks_encrypted"):
        with monkeypatch.context() as patch:
            patch.setattr(place, fails)
            said = botox("ledger", "rekey", "--key-file", str(key), "--new-key-file", str(key.with_name("new")), "--no-input")
            assert said.exit_code == 1, place
            assert "Traceback" in said.stderr
            new = key.with_name("new").read_text().strip() if key.with_name("new").exists() else raw
            for secret in (raw, new, raw.upper()):
                assert secret not in said.stderr + said.stdout
    assert repr(Place(sealed, lambda: None).key).startswith("<function")  # type: ignore[arg-type, return-value]
