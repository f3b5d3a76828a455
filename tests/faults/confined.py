"""The command line in a process of its own that may not do all it wants: files of a size, a disk without room, another user.

``botox`` starts a real program; ``forked`` the same command line in a fork of this process, some ten times as fast.
"""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from .writing_commands import TODAY, run

NOBODY = 65534


class Said(NamedTuple):
    """How a command ended: its exit code, and what it said on either stream."""

    code: int
    told: str

    @property
    def in_words(self) -> bool:
        """Whether it says that it could not write, in two sentences and without a traceback."""
        lines = [line for line in self.told.splitlines() if line]
        return "Error: Could not write" in self.told and len(lines) >= 2 and "Traceback" not in self.told and "bug" not in self.told


def botox(ledger: Path, *arguments: str, confine: Callable[[], None] | None = None) -> Said:
    """The real program."""
    command = [sys.executable, "-m", "botoxcli", "--ledger", str(ledger), "--today", TODAY, *arguments]
    ended = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, preexec_fn=confine, check=False)
    return Said(ended.returncode, ended.stdout.decode())


def forked(ledger: Path, *arguments: str, confine: Callable[[], None] | None = None) -> Said:
    """The same in a fork: what is loaded here need not be loaded again."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        code, told = 99, "the test's own child failed"
        with contextlib.suppress(BaseException):
            if confine:
                confine()
            code, told = run(ledger, *arguments)
        os.write(writes, told.encode()[:60_000])
        os._exit(code)
    os.close(writes)
    with os.fdopen(reads, "rb") as stream:
        told_there = stream.read().decode(errors="replace")
    return Said(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), told_there)


def no_larger_than(size: int) -> Callable[[], None]:
    """No file may grow past so many bytes. Python ignores the signal, so the write itself fails."""

    def confine() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    return confine


def as_nobody() -> None:
    """Gives up root, for whom no permission counts. For another user there is nothing to give up."""
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
