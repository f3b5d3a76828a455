"""How far something long has come: a bar on stderr, on a terminal only, gone when it is done. Never while stdout goes into a pipe."""

from __future__ import annotations

import os
import stat
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from botoxcli.terminal.console import console, is_plain

T = TypeVar("T")
PATIENCE = 0.5  # seconds without a bar


@contextmanager
def progress(words: str, *, at_once: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """What is to be told (done, total) now and then, a total of 0 where nobody knows it; None where nobody looks. The bar comes after a moment,
    or ``at_once``.
    """
    if is_plain(sys.stderr) or _into_a_pipe():
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    bar = Progress(TextColumn("{task.description}", markup=False), BarColumn(), TaskProgressColumn(), console=console(sys.stderr), transient=True)
    task = bar.add_task(words, total=None)
    begun = time.monotonic()
    if at_once:
        bar.start()

    def told(done: int, total: int) -> None:
        if not bar.live.is_started and time.monotonic() - begun > PATIENCE:
            bar.start()
        bar.update(task, completed=done, total=total or None, description=f"{words} {done:,}" if not total else words)

    try:
        yield told
    finally:
        bar.stop()


def counted(things: Iterable[T], told: Callable[[int, int], None] | None, total: int = 0) -> Iterator[T]:
    """The things as they come, each told to a bar (if there is one) when the next is asked for."""
    if told is None:
        yield from things
        return
    for done, thing in enumerate(things, start=1):
        yield thing
        told(done, total)


def _into_a_pipe() -> bool:
    """Whether stdout goes to another program, which may draw on the same terminal."""
    try:
        return stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False
