"""How a command file makes its Typer app, so that all of them read alike: plain help, no colours, no traceback of Typer's own.

A command file holds ``app = new_app(...)``; ``cli/main.py`` names the file and loads it when its command is called.
"""

from __future__ import annotations

import difflib
from typing import Any

import typer
from typer.core import TyperGroup

from botoxcli.errors import UsageError

GLOBAL_OPTIONS = (
    "Before or after any command: --ledger PATH, --key-file FILE, --today DATE, --as NAME. Dates: YYYY-MM-DD, today, yesterday, -3d, +12w."
)


class Group(TyperGroup):
    """A command with sub-commands. What it does not know it refuses without repeating it: it may be a patient's name."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        if args[0] not in self.commands and not args[0].startswith("-") and not ctx.resilient_parsing:
            near = difflib.get_close_matches(args[0], self.commands, n=1)
            hint = f"Did you mean `{ctx.command_path} {near[0]}`?" if near else f"`{ctx.command_path} --help` lists what there is."
            raise UsageError(f"`{ctx.command_path}` has no such command.", hint)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        if ctx.invoked_subcommand is None and not ctx.args and not ctx._protected_args:
            raise UsageError(f"`{ctx.command_path}` needs a command: {', '.join(self.commands)}.", f"See `{ctx.command_path} --help`.")
        try:
            return super().invoke(ctx)
        except typer.TyperException as error:
            if not getattr(error, "at", ""):
                error.at = f"{ctx.command_path} {ctx.invoked_subcommand or ''}".strip()  # type: ignore[attr-defined]
            raise


def new_app(words: str | None = None) -> typer.Typer:
    """An app for one command (``@app.command()``), or with ``words`` as its help for several."""
    return typer.Typer(
        cls=Group,
        help=words,
        rich_markup_mode=None,
        add_completion=False,
        pretty_exceptions_enable=False,
    )
