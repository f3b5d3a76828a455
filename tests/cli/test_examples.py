"""The examples of every ``--help`` are command lines that the program understands, in a practice that has what they name."""

from __future__ import annotations

import ast
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Botox

CLI = Path(__file__).parents[2] / "src" / "botoxcli" / "cli"
ASKS = re.compile(r"Error: (This is|These are) missing: --")  # what a person would be asked


def examples() -> Iterator[str]:
    """Every line ``Example: botox ...`` of the commands' own words, and what else they show to be typed."""
    for file in sorted(CLI.glob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.Module):
                for line in (ast.get_docstring(node) or "").splitlines():
                    if shown := re.search(r": (botox .*)$", line):
                        yield shown[1]


@pytest.mark.parametrize("line", sorted(set(examples())))
def test_an_example_is_a_command_line_that_is_understood(cycle: Botox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.chdir(tmp_path)
    words = shlex.split(re.split(r" [|>] ", line)[0])[1:]
    said = cycle(*words)
    understood = said.exit_code not in (1, 2) or ASKS.match(said.stderr)
    assert understood, f"{line}: exit {said.exit_code}: {said.stderr}"


def test_there_are_examples() -> None:
    assert len(set(examples())) > 40
