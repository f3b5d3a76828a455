"""An answer into a file: whole or not at all, private, and nothing else is touched."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from botoxcli.errors import CannotWrite
from botoxcli.files.output import output


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_without_a_path_it_is_stdout_and_all_at_once(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is written while rows are still read: a pager that nobody scrolls must not keep the ledger's lock."""
    text = "".join(f"{number}: ä 漢 \U0001f600\n" for number in range(20_000))
    with output(None) as stream:
        for line in text.splitlines(keepends=True):
            stream.write(line)
        assert capsys.readouterr().out == ""
    assert capsys.readouterr().out == text


def test_a_file_appears_whole_and_private(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    old = os.umask(0)
    try:
        with output(target) as stream:
            stream.write("a,é\n")
            assert not target.exists()
            assert [stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()] == [0o600]
    finally:
        os.umask(old)
    assert target.read_bytes() == "a,é\n".encode()
    assert (names(tmp_path), stat.S_IMODE(target.stat().st_mode)) == (["x.csv"], 0o600)


def test_an_old_file_is_replaced_and_becomes_private(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("old")
    target.chmod(0o644)
    with output(target) as stream:
        stream.write("new")
    assert (target.read_text(), stat.S_IMODE(target.stat().st_mode)) == ("new", 0o600)


def test_what_fails_leaves_no_trace(tmp_path: Path) -> None:
    target = tmp_path / "x.csv"
    target.write_text("old")
    with pytest.raises(ZeroDivisionError), output(target) as stream:
        stream.write("half")
        raise ZeroDivisionError
    assert (names(tmp_path), target.read_text()) == (["x.csv"], "old")


@pytest.mark.parametrize(
    ("kind", "why"),
    [("folder", "it is a folder"), ("link", "symbolic link"), ("dangling", "symbolic link"), ("fifo", "no regular file"), ("nowhere", "no such")],
)
def test_what_is_in_the_way_is_refused(tmp_path: Path, kind: str, why: str) -> None:
    target, other = tmp_path / "x.csv", tmp_path / "other"
    other.write_text("other")
    if kind == "folder":
        target.mkdir()
    elif kind == "link":
        target.symlink_to(other)
    elif kind == "dangling":
        target.symlink_to(tmp_path / "missing")
    elif kind == "fifo":
        os.mkfifo(target)
    else:
        target = tmp_path / "no" / "such" / "x.csv"
    before = names(tmp_path)
    with pytest.raises(CannotWrite, match=why), output(target):
        pytest.fail("nothing is written")
    assert (names(tmp_path), other.read_text()) == (before, "other")


def test_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWrite, match="no space left"), output(tmp_path / "x.csv") as stream:
        stream.write("x")
    assert names(tmp_path) == []
