"""What every test is given: no settings of the person who runs it, and a home of its own. Nothing reaches the real data folder.

The tests of ``store`` and ``faults`` run twice, the second time with every ledger encrypted under a raw key; all tests do with
``ENCRYPTED=all pytest``. A test that needs a file in plain text says ``@pytest.mark.plain_only``; one that is repeated in that long run
only says ``@pytest.mark.repeated_last``.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from botoxcli.store.place import Place

from .sealed_start import sitecustomize

# No example is judged by the clock. The checks look at the same examples each time; at the desk new ones are tried.
settings.register_profile("desk", deadline=None)
settings.register_profile("checks", deadline=None, derandomize=True)
settings.load_profile("checks" if os.environ.get("CI") else "desk")

# In memory, where there is room for it: some thousand ledgers are made, and each waits for the disk at every change.
_MEMORY, _ROOM = Path("/dev/shm"), 2 << 30
if os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

_SETTINGS = ("NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "_BOTOX_COMPLETE", "TTY_COMPATIBLE", "TTY_INTERACTIVE")
_REPEATED = ("store", "faults")
_KEY = "5ea1" * 16


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "plain_only: needs a ledger in plain text; it is not repeated on encrypted ones.")
    config.addinivalue_line("markers", "repeated_last: on encrypted ledgers with ENCRYPTED=all only.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Twice for what is repeated. All that is plain comes first: a template is made once for each kind."""
    here, marked = metafunc.definition.path.relative_to(Path(__file__).parent).parts[0], metafunc.definition.get_closest_marker
    of_these = here in _REPEATED and not marked("repeated_last")
    if (of_these or os.environ.get("ENCRYPTED") == "all") and not marked("plain_only"):
        metafunc.parametrize("sealing", ["plain", "encrypted"], indirect=True, scope="session")


@pytest.fixture(scope="session", autouse=True)
def sealing(request: pytest.FixtureRequest) -> Iterator[str]:
    """``plain``, or ``encrypted``: then every ledger that is made without a key of its own gets the tests'."""
    kind = getattr(request, "param", "plain")
    with pytest.MonkeyPatch.context() as patch:
        if kind == "encrypted":
            patch.setenv(sitecustomize.KEY_VARIABLE, _KEY)
            patch.setattr(Place, "of", staticmethod(sitecustomize.sealed))
        yield kind


@pytest.fixture(scope="session", autouse=True)
def _nobodys_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """For what many tests share and is made before any of them has a home: the person's own protocols are not read."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("nobody")
        patch.setenv("HOME", str(home))
        patch.setenv("XDG_DATA_HOME", str(home / "data"))
        yield


@pytest.fixture(autouse=True)
def _a_home_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory, sealing: str) -> None:
    """Clears every BOTOX_* variable and what steers a terminal, and moves the home folder. No keyring is ever asked."""
    for name in [name for name in os.environ if name.startswith("BOTOX_")] + list(_SETTINGS):
        monkeypatch.delenv(name, raising=False)
    home: Path = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    if sealing == "encrypted":
        key_file = home / "key"
        key_file.touch(0o600)
        key_file.write_text(f"{_KEY}\n")
        monkeypatch.setenv("BOTOX_KEY_FILE", str(key_file))
        monkeypatch.setenv("PYTHONPATH", str(Path(sitecustomize.__file__).parent))
