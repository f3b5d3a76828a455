"""Questions to the person at the keyboard, line by line: the prompt on stderr, the answer from stdin.

Nobody is asked unless there is a terminal to ask on. Ctrl-C and a closed input raise Interrupted.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import TypeVar

from botoxcli.errors import BotoxError, Interrupted
from botoxcli.terminal.clean import shown
from botoxcli.terminal.lines import note

Value = TypeVar("Value")


def can_ask() -> bool:
    """Whether a person can be asked: input from a terminal, and a terminal to show the question on."""
    return bool(sys.stdin and sys.stdin.isatty() and sys.stderr.isatty())


def ask_text(prompt: str, *, default: str = "") -> str:
    """A line, trimmed. With a default Enter keeps it; without one it is asked again until there is something."""
    while True:
        answer = _line(f"{prompt} [{default}]: " if default else f"{prompt}: ") or default
        if answer:
            return answer
        note("Please answer, or press Ctrl-C to leave.")


def ask_secret(prompt: str) -> str:
    """A line that is not shown while it is typed; asked again until there is something."""
    from getpass import getpass

    while True:
        sys.stdout.flush()
        try:
            answer = getpass(f"{shown(prompt)}: ", stream=sys.stderr)
        except (KeyboardInterrupt, EOFError):
            sys.stderr.write("\n")
            raise Interrupted from None
        if answer:
            return answer
        note("Please answer, or press Ctrl-C to leave.")


def wait_for_enter(prompt: str) -> None:
    """Waits for a line, whatever it is."""
    _line(f"{prompt} ")


def ask_value(prompt: str, read: Callable[[str], Value], *, default: str = "") -> Value:
    """A line as ``read`` understands it; what ``read`` refuses is said and asked again."""
    while True:
        try:
            return read(ask_text(prompt, default=default))
        except Interrupted:
            raise
        except BotoxError as refused:
            note(refused.sentence)


def confirm(prompt: str, *, default: bool | None = None) -> bool:
    """Yes or no. Without a default Enter alone is no answer."""
    hint = {True: "Y/n", False: "y/N", None: "y/n"}[default]
    while True:
        answer = _line(f"{prompt} [{hint}]: ").casefold()
        if answer in ("y", "yes", "n", "no"):
            return answer[0] == "y"
        if not answer and default is not None:
            return default
        note("Please answer y or n.")


def choose(prompt: str, choices: Sequence[str], *, default: str = "") -> str:
    """One of the choices, as a whole or as the beginning of just one."""
    while True:
        answer = ask_text(f"{prompt} ({'/'.join(choices)})", default=default).casefold()
        fits = [choice for choice in choices if choice.casefold() == answer] or [choice for choice in choices if choice.casefold().startswith(answer)]
        if len(fits) == 1:
            return fits[0]
        note(f"Please answer one of: {', '.join(choices)}.")


def _line(prompt: str) -> str:
    sys.stdout.flush()
    sys.stderr.write(shown(prompt))
    sys.stderr.flush()
    try:
        line = sys.stdin.readline()
    except KeyboardInterrupt:
        line = ""
    if not line:
        sys.stderr.write("\n")
        raise Interrupted
    return line.strip()
