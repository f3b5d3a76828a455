"""How far something long has come: a bar on stderr, on a terminal only, gone when it is done."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from botoxcli.terminal.console import console, is_plain

PATIENCE = 0.5  # seconds without a bar


@contextmanager
def progress(words: str, *, at_once: bool = False) -> Iterator[Callable[[int, int], None] | None]:
    """What is to be told (done, total) now and then; None where nobody looks. The bar comes after a moment, or ``at_once``."""
    if is_plain(sys.stderr):
        yield None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    bar = Progress(TextColumn(words), BarColumn(), TaskProgressColumn(), console=console(sys.stderr), transient=True)
    task = bar.add_task(words, total=None)
    begun = time.monotonic()
    if at_once:
        bar.start()

    def told(done: int, total: int) -> None:
        if not bar.live.is_started and time.monotonic() - begun > PATIENCE:
            bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield told
    finally:
        bar.stop()
