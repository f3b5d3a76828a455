"""What every test is given: no settings of the person who runs it, and a home of its own. Nothing reaches the real data folder."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# No example is judged by the clock. The checks look at the same examples each time; at the desk new ones are tried.
settings.register_profile("desk", deadline=None)
settings.register_profile("checks", deadline=None, derandomize=True)
settings.load_profile("checks" if os.environ.get("CI") else "desk")

_SETTINGS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "_BOTOX_COMPLETE", "TTY_COMPATIBLE", "TTY_INTERACTIVE")


@pytest.fixture(autouse=True)
def _a_home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Clears every BOTOX_* variable and what steers a terminal, and moves the home folder."""
    for name in [name for name in os.environ if name.startswith("BOTOX_")] + list(_SETTINGS):
        monkeypatch.delenv(name, raising=False)
    home: Path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("TERM", "xterm-256color")
