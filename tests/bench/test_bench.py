"""That the bench runs: every row, once, on little practices. No figure is judged."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from . import peers
from .__main__ import HEADER, main
from .practices import Practices
from .rows import rows

pytestmark = pytest.mark.plain_only


def test_a_row_whose_other_side_is_not_installed_keeps_its_goal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(peers, "found", lambda _name: None)
    assert main(["--small", "--runs", "1", "--only=--help", "--folder", str(tmp_path / "bench"), "--output", str(tmp_path / "bench.csv")]) == 0
    with (tmp_path / "bench.csv").open(newline="") as file:
        assert [(row["what"], row["beside"], row["goal"]) for row in csv.DictReader(file)] == [("--help", "", "at most 0.6 x")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--only", "no such row"], "no row has 'no such row' in its name"),
        (["--runs", "0"], "at least 1"),
        (["--runs", "x"], "must be a whole number"),
        (["--folder", "/dev/null/bench"], "/dev/null/bench"),
        (["--output", "/dev/null/bench.csv"], "/dev/null/bench.csv"),
    ],
)
def test_what_cannot_be_is_said_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], said: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--small", "--folder", str(tmp_path / "bench"), "--output", str(tmp_path / "bench.csv"), *words])
    assert said in capsys.readouterr().err


def test_every_row_is_measured(tmp_path: Path) -> None:
    assert main(["--small", "--runs", "1", "--folder", str(tmp_path / "bench"), "--output", str(tmp_path / "bench.csv")]) == 0
    with (tmp_path / "bench.csv").open(newline="") as file:
        told = list(csv.DictReader(file))
    assert tuple(told[0]) == HEADER
    assert list(dict.fromkeys(row["what"] for row in told)) == [row.what for row in rows(Practices(tmp_path / "bench", small=True))]
    for row in told:
        assert float(row["ours_ms"]) > 0
        assert float(row["ours_mb"]) > 1
        assert row["goal"]
        if row["beside"]:
            assert float(row["ratio"]) == pytest.approx(float(row["ours_ms"]) / float(row["beside_ms"]), rel=0.05, abs=0.02)
