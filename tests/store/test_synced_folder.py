"""Which folders look synced or shared, and which do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from botoxcli.store.synced_folder import synced_by

pytestmark = pytest.mark.plain_only
NAMED = [
    ("Dropbox/practice", "Dropbox"),
    ("Dropbox (Personal)/x", "Dropbox"),
    ("Library/Mobile Documents/com~apple~CloudDocs/x", "iCloud Drive"),
    ("iCloudDrive/x", "iCloud Drive"),
    ("OneDrive - Example Clinic/x", "OneDrive"),
    ("Library/CloudStorage/OneDrive-Personal/x", "OneDrive"),
    ("Library/CloudStorage/Box-Box/x", "a cloud drive"),
    ("Google Drive/My Drive/x", "Google Drive"),
    ("GoogleDrive-me@example.org/x", "Google Drive"),
    ("Nextcloud/x", "Nextcloud"),
    ("Nextcloud2/x", "Nextcloud"),
    ("dropboxer/x", None),
    ("my drives/x", None),
    ("practice", None),
]
NO_MOUNTS = Path("/nowhere/mounts")


@pytest.mark.parametrize(("folder", "whose"), NAMED)
def test_by_its_name(tmp_path: Path, folder: str, whose: str | None) -> None:
    assert synced_by(tmp_path / folder, NO_MOUNTS) == whose


@pytest.mark.parametrize(("trace", "whose"), [(".stfolder", "Syncthing"), (".dropbox.cache", "Dropbox"), (".nextcloudsync.log", "Nextcloud")])
def test_by_what_a_program_left_above_it(tmp_path: Path, trace: str, whose: str) -> None:
    folder = tmp_path / "shared" / "practice"
    folder.mkdir(parents=True)
    assert synced_by(folder, NO_MOUNTS) is None
    (tmp_path / "shared" / trace).mkdir()
    assert synced_by(folder, NO_MOUNTS) == whose
    assert synced_by(folder / "not" / "yet" / "there", NO_MOUNTS) == whose


def test_the_settings_in_the_home_folder_are_no_trace(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".dropbox").mkdir()
    assert synced_by(tmp_path / "practice", NO_MOUNTS) is None


KINDS = [
    ("nfs4", True), ("cifs", True), ("smb3", True), ("fuse.sshfs", True), ("fuse.rclone", True), ("9p", True),
    ("ext4", False), ("btrfs", False), ("fuse.gocryptfs", False), ("tmpfs", False),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "shared"), KINDS)
def test_by_the_innermost_mount(tmp_path: Path, kind: str, shared: bool) -> None:
    at, mounts = tmp_path / "a share", tmp_path / "mounts"
    spelt = str(at).replace(" ", r"\040")
    mounts.write_text(f"proc /proc proc rw 0 0\n/dev/sda1 / ext4 rw 0 0\nserver:/x {spelt} {kind} rw 0 0\nbroken\n")
    assert synced_by(at / "practice", mounts) == (f"a network disk ({kind})" if shared else None)
    assert synced_by(tmp_path / "another", mounts) is None
    mounts.write_text(f"server:/x {spelt} nfs rw 0 0\n/dev/sdb1 {spelt}/practice ext4 rw 0 0\n")
    assert synced_by(at / "practice" / "x", mounts) is None


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "Dropbox").mkdir()
    (tmp_path / "practice").symlink_to("Dropbox")
    assert synced_by(tmp_path / "practice", NO_MOUNTS) == "Dropbox"


def test_init_warns_of_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from botoxcli.cli.main import app

    ledger = tmp_path / "Dropbox" / "ledger.db"
    names = ("--practice", "Example Practice", "--practitioner", "Dr Example", "--time-zone", "UTC", "--jurisdiction", "us")
    with pytest.raises(SystemExit) as end:
        app(["--ledger", str(ledger), "init", *names, "--plaintext", "--no-input"], prog_name="botox")
    assert end.value.code == 0
    assert capsys.readouterr().err == (
        f"Warning: the folder {ledger.parent} looks synced or shared (Dropbox). One ledger that two machines write loses records:\n"
        "use it on one machine only, or move it to a folder of this machine and sync the backups instead.\n"
    )
