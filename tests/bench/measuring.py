"""Running commands side by side: each in turn, so that what else the machine does falls on all alike; medians, and the most memory.

Every one runs as for a person: Python keeps what it compiled and buffers what it writes, and no day or ledger is set, whatever the tests' own
surroundings say.
"""

from __future__ import annotations

import os
import pty
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Contestant:
    """A command to be timed. ``command`` gives the arguments of each run, by its number; on a ``terminal`` it has one of 100 columns."""

    name: str
    command: Callable[[int], Sequence[str]]
    environment: Mapping[str, str]
    terminal: bool = False
    codes: tuple[int, ...] = (0,)


_NOT_A_PERSONS = ("PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED", "BOTOX_TODAY", "BOTOX_LEDGER", "BOTOX_ACTOR", "BOTOX_KEY_FILE")


@dataclass(frozen=True)
class Timed:
    """The median of a contestant's runs, and the most memory that any of them had."""

    milliseconds: float
    megabytes: float


def side_by_side(contestants: Sequence[Contestant], runs: int) -> list[Timed]:
    """Every contestant ``runs`` times, in turns, after one turn that is not counted (but for a single run)."""
    turns = [[_run(one, number) for one in contestants] for number in range(runs + (runs > 1))]
    counted = turns[1:] if runs > 1 else turns
    return [Timed(median(turn[at][0] for turn in counted), max(turn[at][1] for turn in counted)) for at in range(len(contestants))]


def surroundings() -> dict[str, str]:
    """The environment of a program that is measured, or that makes what is."""
    return {name: value for name, value in os.environ.items() if name not in _NOT_A_PERSONS}


def _run(one: Contestant, number: int) -> tuple[float, float]:
    command = list(one.command(number))
    out, drain = _terminal() if one.terminal else (os.open(os.devnull, os.O_WRONLY), None)
    begun = time.perf_counter()
    # A pipe, and not the null device, is what a script has; `cat` stands at its other end.
    other = None if one.terminal else subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=out)
    stdout = out if other is None else other.stdin
    environment = surroundings() | dict(one.environment)
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, env=environment) as child:
        if other is not None and other.stdin is not None:
            other.stdin.close()
        said = child.stderr.read() if child.stderr else b""
        _, status, used = os.wait4(child.pid, 0)
        took = time.perf_counter() - begun
        child.returncode = os.waitstatus_to_exitcode(status)
    if other is not None:
        other.wait()
    os.close(out)
    if drain is not None:
        drain.join()
    if child.returncode not in one.codes:
        raise RuntimeError(f"{' '.join(command)} ended with {child.returncode}: {said.decode(errors='replace')[-500:]}")
    return took * 1000, used.ru_maxrss / 1024


def _terminal() -> tuple[int, threading.Thread]:
    """The end of a terminal that a program writes to, and who reads the other until it is closed."""
    import fcntl
    import struct
    import termios

    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 100, 0, 0))

    def read() -> None:
        try:
            while os.read(ours, 65536):
                pass
        except OSError:  # the other end is closed
            pass
        os.close(ours)

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    return theirs, reader
