"""How far something long has come: a bar on stderr, on a terminal only, gone when it is done.

It comes after a moment, also while nobody can tell how far it is; a command that is quicker shows none. Never while stdout goes into a pipe, whose
reader may draw on the same terminal. The cursor stays as it is, so that whoever kills or suspends the program has it.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, TypeVar

from botoxcli.terminal.console import console, is_plain

if TYPE_CHECKING:
    from rich.progress import Progress

T = TypeVar("T")
Told = Callable[[int, int], None]
PATIENCE = 0.5  # seconds without a bar


@contextmanager
def progress(words: str) -> Iterator[Told | None]:
    """What is to be told (done, total) now and then, a total of 0 where nobody knows it; None where nobody looks."""
    if is_plain(sys.stderr) or _into_a_pipe():
        yield None
        return
    bar = _bar()
    task = bar.add_task(words, total=None)

    def told(done: int, total: int) -> None:
        bar.update(task, completed=done, total=total or None, description=f"{words} {done:,}" if not total else words)

    with _shown_after(bar, PATIENCE):
        yield told


@contextmanager
def progress_of_output(words: str, output: Path | None) -> Iterator[Told | None]:
    """The same for what goes into a file, ``output`` or a redirected stdout; None where it runs over the screen itself."""
    if output is None and sys.stdout.isatty():
        yield None
        return
    with progress(words) as told:
        yield told


def counted(things: Iterable[T], told: Told | None, total: int = 0) -> Iterator[T]:
    """The things as they come, each told to a bar (if there is one) when the next is asked for."""
    if told is None:
        yield from things
        return
    for done, thing in enumerate(things, start=1):
        yield thing
        told(done, total)


def _bar() -> Progress:
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    screen = console(sys.stderr)
    screen.show_cursor = lambda show=True: show  # type: ignore[method-assign]
    line = BarColumn(style="bright_black", complete_style="cyan", finished_style="cyan", pulse_style="cyan")
    columns = (TextColumn("{task.description}", markup=False), line, TaskProgressColumn(style="default"))
    return Progress(*columns, console=screen, transient=True, redirect_stdout=False)


@contextmanager
def _shown_after(bar: Progress, seconds: float) -> Iterator[None]:
    """The bar is on the screen once so many seconds have passed, 0 is at once; at the end it is wiped away."""
    with ExitStack() as ending:
        ending.callback(bar.stop)
        if seconds > 0:
            waiting = Timer(seconds, bar.start)
            waiting.daemon = True
            waiting.start()
            ending.callback(waiting.join)
            ending.callback(waiting.cancel)
        else:
            bar.start()
        yield


def _into_a_pipe() -> bool:
    """Whether stdout goes to another program, which may draw on the same terminal."""
    try:
        return stat.S_ISFIFO(os.fstat(sys.stdout.fileno()).st_mode)
    except (OSError, ValueError):
        return False
