"""Real ``botox`` processes, many a second, that can be killed at any instant: after some time, before any change of a file, at any SQL statement."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

SERVER = Path(__file__).with_name("process_server.py")
By = Literal["seconds", "changes", "statements"]


@dataclass(frozen=True)
class Ended:
    """How a process ended. ``code`` is None when it was killed; ``out`` and ``talk`` are what had come out on its two streams by then."""

    code: int | None
    out: str
    talk: str
    seconds: float
    changes: int
    statements: int


class Processes:
    """Makes processes of the program, each with the environment of the moment in which it is asked for."""

    def __init__(self, server: subprocess.Popen[str], scratch: Path) -> None:
        self._server = server
        self._out, self._talk = scratch / "out", scratch / "talk"

    def run(self, arguments: Sequence[str], *, by: By | None = None, at: float | None = None) -> Ended:
        """Runs a command line; with ``at`` it is killed there, counted ``by`` one of three. Without it the changes or statements are counted."""
        assert self._server.stdin and self._server.stdout
        request = {
            "arguments": list(arguments), "environment": dict(os.environ), "stdout": str(self._out), "stderr": str(self._talk), "by": by, "at": at,
        }  # fmt: skip
        self._server.stdin.write(json.dumps(request) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        out, talk = (one.read_text(errors="replace") if one.exists() else "" for one in (self._out, self._talk))
        for one in (self._out, self._talk):
            one.unlink(missing_ok=True)  # killed before it opened them, the next one must not seem to have said this
        return Ended(answer["code"], out, talk, answer["seconds"], answer["changes"], answer["statements"])

    def changes_can_be_counted(self) -> bool:
        """Whether this system lets a process be followed through its system calls."""
        return self.run(["--version"], by="changes").code == 0


@contextmanager
def processes(scratch: Path) -> Iterator[Processes]:
    """The server, held ready until the block ends."""
    command = [sys.executable, str(SERVER)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as server:
        try:
            yield Processes(server, scratch)
        finally:
            assert server.stdin
            server.stdin.close()
            server.wait(timeout=30)
