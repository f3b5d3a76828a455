"""Does a folder look as if it were synced, or on a disk of another machine? One ledger that two machines write loses records.

Conventions. It is told by names, by what the programs leave in their folders, and by the mounts that Linux lists; one that leaves
no such trace is not seen. The nearest folder that exists is looked at, through symbolic links.
"""

from __future__ import annotations

import re
from pathlib import Path

# How a part of the path begins, in small letters -> whose it is. A letter that follows makes it another word.
_NAMES = {
    "dropbox": "Dropbox", "iclouddrive": "iCloud Drive", "icloud drive": "iCloud Drive", "com~apple~clouddocs": "iCloud Drive",
    "mobile documents": "iCloud Drive", "onedrive": "OneDrive", "google drive": "Google Drive", "googledrive": "Google Drive",
    "my drive": "Google Drive", "nextcloud": "Nextcloud", "owncloud": "ownCloud", "pclouddrive": "pCloud", "cloudstorage": "a cloud drive",
}  # fmt: skip
# What stands in a synced folder, or in one above it -> whose it is.
_TRACES = {
    ".stfolder": "Syncthing", ".dropbox": "Dropbox", ".dropbox.cache": "Dropbox", ".nextcloudsync.log": "Nextcloud", ".owncloudsync.log": "ownCloud",
}  # fmt: skip
_NETWORK = re.compile(r"(nfs|cifs|smb|afs|afpfs|ceph|9p|davfs|ncpfs|glusterfs|fuse\.(sshfs|rclone|davfs|glusterfs|google|gvfsd|cifs|smb|nfs|s3fs))")
_MOUNTS = Path("/proc/mounts")


def synced_by(folder: Path, mounts: Path = _MOUNTS) -> str | None:
    """Whose sync or which network disk the folder looks to be on, in words: ``Dropbox``, ``a network disk (nfs4)``; else None."""
    place = folder.resolve()
    return _by_name(place) or _by_trace(place) or _by_mount(place, mounts)


def _by_name(place: Path) -> str | None:
    """The innermost part tells best: ``Library/CloudStorage/OneDrive-Example`` is OneDrive's."""
    for part in reversed(place.parts):
        for name, whose in _NAMES.items():
            if re.match(rf"{re.escape(name)}(?![a-z])", part.casefold()):
                return whose
    return None


def _by_trace(place: Path) -> str | None:
    for above in (place, *place.parents):
        for trace, whose in _TRACES.items():
            if above != Path.home() and _is_there(above / trace):  # ~/.dropbox holds the program's own settings
                return whose
    return None


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:
        return False


def _by_mount(place: Path, mounts: Path) -> str | None:
    """The kind of the innermost mount over the folder, when it is one of a network."""
    try:
        lines = mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()
    except OSError:
        return None
    over = [(len(Path(at).parts), kind) for at, kind in map(_mount, lines) if place.is_relative_to(at)]
    kind = max(over, key=lambda one: one[0])[1] if over else ""
    return f"a network disk ({kind})" if _NETWORK.match(kind) else None


def _mount(line: str) -> tuple[str, str]:
    """Where a line of the list mounts what kind; spaces and the like stand there as octal numbers."""
    fields = [*line.split(" "), "", "", ""]
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), fields[1]) or "/nowhere", fields[2]
