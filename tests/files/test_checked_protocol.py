"""The edition in use in brief: of a text that was checked before, and of no other."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from botoxcli.files.checked_protocol import LARGEST, checked_in_use
from botoxcli.files.protocol_yaml import MAX_BYTES

TEXT = (Path(__file__).parents[2] / "protocols" / "chronic-migraine.yaml").read_bytes()
SHA256 = hashlib.sha256(TEXT).hexdigest()


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """The practitioner's own folder, empty, and one with the protocol that came along."""
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    own.mkdir()
    shipped.mkdir()
    (shipped / "chronic-migraine.yaml").write_bytes(TEXT)
    return own, shipped


def found(folders: tuple[Path, Path], *known: str, name: str = "chronic-migraine") -> str | None:
    """The id and edition that are found when the texts of those sha256 were checked."""
    brief = checked_in_use(name, folders, known.__contains__)
    return f"{brief.id} {brief.edition}" if brief else None


def test_a_text_that_was_checked(folders: tuple[Path, Path]) -> None:
    assert found(folders, SHA256) == "chronic-migraine 1"
    assert found((folders[0] / "none", folders[1]), SHA256) == "chronic-migraine 1"


def test_one_that_was_not(folders: tuple[Path, Path]) -> None:
    assert found(folders) is None
    (folders[1] / "chronic-migraine.yaml").write_bytes(TEXT + b"# one comment more\n")
    assert found(folders, SHA256) is None


def test_the_practitioner_s_own_goes_first_though_it_was_not_checked(folders: tuple[Path, Path]) -> None:
    own = folders[0] / "chronic-migraine.yaml"
    own.write_bytes(TEXT.replace(b'edition: "1"', b'edition: "2"'))
    assert found(folders, SHA256) is None
    assert found(folders, SHA256, hashlib.sha256(own.read_bytes()).hexdigest()) == "chronic-migraine 2"


def test_a_file_that_is_named_for_another_protocol(folders: tuple[Path, Path]) -> None:
    (folders[0] / "other.yaml").write_bytes(TEXT)
    assert found(folders, SHA256, name="other") is None
    assert found(folders, SHA256, name="none") is None


@pytest.mark.parametrize("text", [b"", b"\xff\xfe", b"id: [", b"- a\n", b"id: chronic-migraine\nid: chronic-migraine\n", b"\xc3"])
def test_what_is_no_protocol_goes_the_long_way(folders: tuple[Path, Path], text: bytes) -> None:
    (folders[1] / "chronic-migraine.yaml").write_bytes(text)
    assert found(folders, hashlib.sha256(text).hexdigest()) is None


def test_nor_is_one_in_which_a_key_stands_twice(folders: tuple[Path, Path]) -> None:
    text = TEXT + b"\nid: chronic-migraine\n"
    (folders[1] / "chronic-migraine.yaml").write_bytes(text)
    assert found(folders, hashlib.sha256(text).hexdigest()) is None


def test_what_is_no_regular_file_of_that_size_does_too(folders: tuple[Path, Path]) -> None:
    assert LARGEST == MAX_BYTES
    (folders[0] / "chronic-migraine.yaml").mkdir()
    assert found(folders, SHA256) is None
    (folders[0] / "chronic-migraine.yaml").rmdir()
    large = TEXT + b"#" * MAX_BYTES
    (folders[0] / "chronic-migraine.yaml").write_bytes(large)
    assert found(folders, SHA256, hashlib.sha256(large).hexdigest()) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFO here")
def test_a_fifo_is_never_opened(folders: tuple[Path, Path]) -> None:
    os.mkfifo(folders[0] / "chronic-migraine.yaml")
    assert found(folders, SHA256) is None
