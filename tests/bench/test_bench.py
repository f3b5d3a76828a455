"""That the bench runs: every row, once, on little practices. No figure is judged."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from .__main__ import HEADER, main
from .practices import Practices
from .rows import rows

pytestmark = pytest.mark.plain_only


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
