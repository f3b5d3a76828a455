"""``python -m tests.snapshots``: makes every kept screen anew, and removes those that are no screen any more."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.snapshots.screens import FOLDER, kept, made

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        now = made(Path(folder))
    for name in kept().keys() - now.keys():
        (FOLDER / name).unlink()
    for name, drawn in now.items():
        (FOLDER / name).write_text(drawn, encoding="utf-8")
    print(f"{len(now)} screens in {FOLDER}")
