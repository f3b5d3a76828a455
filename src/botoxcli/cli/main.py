"""``botox``: the root of the command line. It knows the commands' names and loads the file of the one that is called.

Global options are taken before and after the command's name. Every failure ends here: see ``cli/failures.py``.
"""

from __future__ import annotations

import gc

# What a command makes is seldom a cycle: looking for one every 700 things takes a tenth of the daily list, most of it while modules load.
gc.set_threshold(100_000)

# ruff: noqa: E402
import importlib
import keyword
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand

from botoxcli.cli import failures
from botoxcli.cli.app import GLOBAL_OPTIONS, Group
from botoxcli.cli.state import State
from botoxcli.errors import UsageError

# Name -> what it does. ``follow-up`` lives in ``botoxcli.cli.follow_up``, and so on: its ``app`` is the command. ``import`` is a word of
# Python's, so its file is ``import_``.
COMMANDS = {
    "init": "Make a new ledger.",
    "demo": "A fictitious practice to look at; never touches the real ledger.",
    "settings": "Show or change the practice's settings.",
    "consult": "Is Botox the right fit? The protocol's intake, and a decision.",
    "prep": "The pre-care sheet with dates and hours.",
    "session": "A treatment: safety questions, vial, the site checklist.",
    "follow-up": "Outcomes and adverse events; what must be done at once.",
    "due": "Who is due, for what, since when.",
    "chart": "Everything about one patient.",
    "diary": "A headache diary: import it, show its windows of 28 days.",
    "response": "Is it working? By the protocol's named rules.",
    "lot": "Who had a lot; exits with 3 when anyone did.",
    "audit": "Which records are incomplete; exits with 3 when any is.",
    "patient": "Add, list, show, edit, pause, archive, forget; toxin elsewhere.",
    "vial": "The stock: add, list, amend, discard, recall.",
    "visit": "List, show, amend, void, note, aftercare, missed, declined, moved.",
    "undo": "Take the last change back; again restores it.",
    "protocol": "List, show, check, add, diff, map; the schema of their files.",
    "export": "Rows for scripts; the whole ledger as a folder; a FHIR bundle.",
    "import": "Patients, visits from a spreadsheet; all of a ledger.",
    "ledger": "Path, log, verify; backup, restore; encrypt, decrypt, rekey.",
    "completion": "Words for Tab in bash, zsh and fish; never names.",
}
_COMPLETE = "_BOTOX_COMPLETE"  # in the environment: a shell asks for words
_NO_INPUT = "botoxcli.no_input"  # the commands' own flag; the key of a ledger is asked for before any of them reads it
_VALUED = ("--ledger", "--today", "--as", "--key-file")


class Root(Group):
    """The root group: lists its commands from the table above, and loads one only to run it or to complete its words."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for name, words in COMMANDS.items():
            self.add_command(TyperCommand(name, short_help=words, rich_markup_mode=None))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        ctx.meta[_NO_INPUT] = "--no-input" in (args[: args.index("--")] if "--" in args else args)
        return super().parse_args(ctx, hoisted(args, strict=not ctx.resilient_parsing) or ["--help"])

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, listed, rest = super().resolve_command(ctx, args)
        command = load_command(name) if name and listed else None
        if ctx.resilient_parsing and command:
            from botoxcli.cli import completing

            completing.attach(command)
        return name, command, rest

    def make_context(self, *args: Any, **extra: Any) -> Any:
        with failures.closed_pipe_is_success():
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        with failures.closed_pipe_is_success(), failures.keys_that_interrupt(), failures.damage_is_told(lambda: ctx.obj and ctx.obj.ledger):
            super().invoke(ctx)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Runs the command and ends the process with its exit code, which is 0 unless something failed."""
        given = list(sys.argv[1:] if args is None else args)
        failures.make_streams_safe()
        run = super().main
        if _COMPLETE in os.environ:
            from botoxcli.cli import completing

            completing.answered(lambda: run(given, prog_name or "botox", complete_var, standalone_mode=False, **extra))
        code = failures.exit_code_of(
            lambda: run(given, prog_name or "botox", complete_var, standalone_mode=False, **extra),
            as_json=failures.wants_json(given),
        )
        sys.exit(code)


def hoisted(args: Sequence[str], *, strict: bool) -> list[str]:
    """The arguments with the global options moved to the front, wherever before a ``--`` they stood.

    With ``strict`` a global option without its value is refused.
    """
    words, front, rest = list(args), [], []
    while words:
        word = words.pop(0)
        if word == "--":
            rest += [word, *words]
            break
        if word == "--version" or word.startswith(tuple(f"{option}=" for option in _VALUED)):
            front.append(word)
        elif word not in _VALUED:
            rest.append(word)
        elif words:
            front.append(f"{word}={words.pop(0)}")
        elif strict:
            raise UsageError(f"{word} needs a value.", f"Write it as {word} VALUE.")
    return front + rest


def load_command(name: str) -> Any:
    """The command of that name, from its file."""
    file = f"{name}_" if keyword.iskeyword(name) else name.replace("-", "_")
    command = typer.main.get_command(importlib.import_module(f"botoxcli.cli.{file}").app)
    command.name = name
    for each in (command, *getattr(command, "commands", {}).values()):
        each.epilog = each.epilog or GLOBAL_OPTIONS
        each.short_help = each.short_help or _first_sentence(each.help or "")
    return command


def _first_sentence(words: str) -> str:
    """What a list of commands says of one: whole, where Typer would cut it."""
    return words.partition("\n")[0].partition(". ")[0].removesuffix(".") + "."


def _version(wanted: bool) -> None:
    if wanted:
        from botoxcli import __version__

        typer.echo(f"botox {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="botox",
    cls=Root,
    add_completion=False,  # `botox completion` has scripts of our own: Typer's are evaluated by the shell, word for word
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
    epilog="Global options stand before or after the command. Dates: YYYY-MM-DD, today, yesterday, -3d, +12w.",
)


@app.callback()
def root(
    ctx: typer.Context,
    ledger: Path | None = typer.Option(None, metavar="PATH", readable=False, help="The ledger to use.  [env: BOTOX_LEDGER]"),
    today: str | None = typer.Option(None, metavar="DATE", help="Take this day for today.  [env: BOTOX_TODAY]"),
    key_file: Path | None = typer.Option(None, metavar="FILE", readable=False, help="The key of an encrypted ledger.  [env: BOTOX_KEY_FILE]"),
    actor: str | None = typer.Option(None, "--as", metavar="NAME", help="Who is at the keyboard.  [env: BOTOX_ACTOR]"),
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Show the version and leave."),
) -> None:
    """Treatment-protocol tracker for botulinum toxin in chronic migraine. It advises; it does not decide."""
    ctx.obj = State.from_options(ledger, today, actor, key_file, no_input=ctx.meta.get(_NO_INPUT, False))


def main() -> None:
    """The console script."""
    try:
        app(prog_name="botox")
    except SystemExit as end:
        failures.leave(end)
