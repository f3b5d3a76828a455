"""The README tells the truth: every command that it shows runs, in its order, and what it promises is so."""

from __future__ import annotations

import re
import shlex
from datetime import UTC, datetime
from pathlib import Path

import pytest

from botoxcli import clock, errors

from .conftest import Botox

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    return [line for block in blocks("sh") for line in block.splitlines() if line.startswith("botox ")]


@pytest.mark.plain_only
def test_every_command_that_is_shown_runs(botox: Botox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "protocols").symlink_to(ROOT / "protocols")
    monkeypatch.setattr(clock, "utc_now", lambda: datetime(2026, 6, 5, 10, 0, tzinfo=UTC))
    for block in (*blocks("yaml"), *blocks("csv")):
        name = re.match(r"# (\w+\.(?:yaml|csv))\n", block)
        assert name, block
        (tmp_path / name[1]).write_text(block, encoding="utf-8")
    said = {}
    for command in commands():
        result = botox(*shlex.split(command)[1:])
        assert result.exit_code == (3 if command.startswith(("botox lot", "botox audit")) else 0), (command, result.stderr)
        said[command] = result.stdout
    assert len(said) >= 20
    assert "given 155 + wasted 45 = drawn 200 U" in next(text for command, text in said.items() if command.startswith("botox session"))
    assert "2026-03-09 + 12 weeks = 2026-06-01, due by 2026-06-09" in next(text for command, text in said.items() if "--explain" in command)
    assert (tmp_path / "injections.csv").read_text().startswith("visit,patient,date,site,")


def test_the_table_of_exit_codes_is_the_program_s() -> None:
    def codes(error: type[errors.BotoxError]) -> set[int]:
        return {error.exit_code}.union(*(codes(kind) for kind in error.__subclasses__()))

    rows = re.findall(r"^\| (\d+) \|[^|]*\| (\d*) ?\|", README, re.MULTILINE)
    assert {int(code) for row in rows for code in row if code} == codes(errors.BotoxError) | {0, 3}


def test_the_two_commands_are_those_that_the_checks_run() -> None:
    shell = [line for block in blocks("sh") for line in block.splitlines() if line.startswith("python3 -m venv")]
    assert len(shell) == 2
    assert shell[0].endswith("botox demo")
    assert re.match(r"^python3 -m venv .*\[dev\]", shell[1])
    assert "grep -m1 '^python3 -m venv .*\\[dev\\]' README.md" in (ROOT / ".ci" / "run").read_text()


@pytest.mark.plain_only
def test_the_views_that_are_named_are_there(botox: Botox, ledger: Path) -> None:
    import sqlite3

    named = re.search(r"documented views \(([^)]*)\)", README)
    assert named
    with sqlite3.connect(ledger) as connection:
        views = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'view'")}
    assert set(re.findall(r"`(\w+)`", named[1])) <= views


def test_the_demo_shows_the_main_job(botox: Botox, ledger_path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    result = botox("demo")
    assert result.exit_code == 0, result.stderr
    assert not ledger_path.exists()
    for shown in ("ELIGIBLE", "given 155 + wasted 45 = drawn 200 U", "3. Who is due", "Look further", "botox init"):
        assert shown in result.stdout
    due = result.stdout.partition("3. Who is due: botox due\n\n")[2].partition("\n\n")[0]
    assert [line.split()[0] for line in due.splitlines()[1:]] == ["D002", "D004", "D005", "D003", "D007", "D001"]
    (made,) = tmp_path.glob("botox-demo-*/ledger.db")
    assert oct(made.stat().st_mode & 0o777) == "0o600"
