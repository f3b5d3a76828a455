"""The practitioner's keys at a prompt of commands: one line at a time, from a plain terminal.

No raw mode and no line editor of our own: the terminal's own editing, pasting and echo work over ssh, in tmux and with a screen
reader. A line counts only when it ended with Enter and holds nothing but text: an arrow key is no Enter, and half a line at the end of
the input is no answer. What has a value of its own (a text, yes or no, a choice) is asked with ``ask``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from botoxcli.clinic.text import clean
from botoxcli.errors import Interrupted
from botoxcli.terminal.clean import shown
from botoxcli.terminal.console import console

if TYPE_CHECKING:
    from rich.console import Console

BACK = frozenset({"<", "<<", "back"})
HELP = frozenset({"?", "??", "help"})
_COMMA = re.compile(r"(\d+),(\d{1,2})\Z", re.ASCII)


def screen() -> Console:
    """Where the talk goes: stderr, so that stdout stays the answer."""
    return console(sys.stderr)


def say(screen: Console, text: str, style: str = "", *, front: str = "") -> None:
    """A paragraph that may hold what people wrote, wrapped between words. ``front`` stands before its first line, the others are indented."""
    from rich.text import Text

    lead = Text(front, style=style)
    for line in Text(shown(text), style=style).wrap(screen, max(screen.width - len(front), 20)):
        line.rstrip()
        screen.print(lead + line, soft_wrap=True)
        lead = Text(" " * len(front))


def typed(screen: Console, prompt: str) -> str:
    """A line as it was typed, trimmed; "" is Enter alone. Raises Interrupted on Ctrl-C and at the end of the input.

    A line that holds keys which are no text (arrows, Escape, bytes in another encoding) is asked for again.
    """
    from rich.text import Text

    while True:
        screen.print(Text(shown(prompt), style="bold"), end="", soft_wrap=True)
        try:
            return clean(_line().replace("\t", " "))
        except ValueError:
            say(screen, "That held keys that are no text. Type it again.")


def _line() -> str:
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    if not line.endswith("\n"):
        sys.stderr.write("\n")
        raise Interrupted
    return line[:-1]


@contextmanager
def interrupted_says(saved: str) -> Iterator[None]:
    """Ctrl-C, whenever it comes, and the end of the input are Interrupted with what stands and how to go on."""
    try:
        yield
    except (Interrupted, KeyboardInterrupt):
        raise Interrupted(saved) from None


def plain_number(text: str) -> str:
    """A decimal comma read as the point it is: ``2,5`` is ``2.5``. Three digits after it could be thousands: those stay as they are."""
    return _COMMA.sub(r"\1.\2", text)
