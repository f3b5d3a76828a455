"""``botox protocol diff``: two editions side by side, in clinical words, with how many patients are on which."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import TYPE_CHECKING

import typer

from botoxcli.cli.protocols import SHORT_HASH
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import state_of

if TYPE_CHECKING:
    from botoxcli.terminal.lines import Section
    from botoxcli.workflow.protocol_diff import Comparison, EditionUse

_WHICH = "A protocol's id (the edition in use), a file, or the first characters of an edition's sha256."


def diff(
    ctx: typer.Context,
    old: str = typer.Argument(metavar="OLD", help=_WHICH),
    new: str = typer.Argument(metavar="NEW", help="The same."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """What is otherwise between two editions: sites, doses, limits, questions, sheets; and how many patients are on which.

    Example: botox protocol diff 3f2a9c41 chronic-migraine
    """
    from botoxcli.cli.protocol_words import edition_named, reader_if_any
    from botoxcli.terminal.lines import print_sheet
    from botoxcli.workflow.protocol_diff import compare, comparison_item

    state = state_of(ctx)
    editions = edition_named(old, state), edition_named(new, state)
    with reader_if_any(state) as reader:
        comparison = compare(*editions, reader.editions() if reader else None)
    if form is Form.JSON:
        write_item("protocol-diff", comparison_item(comparison))
        return
    print_sheet(_title(comparison), _sections(comparison))


def _title(comparison: Comparison) -> str:
    old, new = ((one.protocol.id, f"edition {one.protocol.edition} ({one.sha256[:SHORT_HASH]})") for one in (comparison.old, comparison.new))
    return f"{old[0]}, {old[1]} -> {'' if old[0] == new[0] else f'{new[0]}, '}{new[1]}"


def _sections(comparison: Comparison) -> Iterator[Section]:
    from botoxcli.terminal.lines import Section

    if not comparison.differences:
        same = comparison.old.sha256 == comparison.new.sha256
        yield Section("", ("The same text." if same else "Nothing is otherwise but the file's layout and its comments.",), "")
    for name, group in groupby(comparison.differences, key=lambda one: one.section):
        yield Section(name.capitalize(), tuple(one.words() for one in group))
    if comparison.uses is not None:
        yield Section("Patients", tuple(map(_use, comparison.uses)))


def _use(use: EditionUse) -> str:
    patients = "1 patient" if use.patients == 1 else f"{use.patients} patients"
    which = "" if use.place == "other" else f", the {use.place} one"
    return f"{patients} on {use.protocol} edition {use.edition} ({use.sha256[:SHORT_HASH]}){which}"
