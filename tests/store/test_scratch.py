"""A folder for work in hand, while another process sweeps what it takes for leftovers."""

from __future__ import annotations

from pathlib import Path

import pytest

from botoxcli.store.scratch import scratch_folder


def test_one_that_is_swept_away_while_it_is_made_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    swept = list[Path]()
    chmod = Path.chmod

    def too_late(folder: Path, mode: int) -> None:
        if not swept:
            swept.append(folder)
            folder.rmdir()
        chmod(folder, mode)

    monkeypatch.setattr(Path, "chmod", too_late)
    with scratch_folder(tmp_path, "work") as folder:
        assert folder.is_dir()
        assert folder != swept[0]
    assert not list(tmp_path.iterdir())
