"""``botox protocol add``: a protocol of the practitioner's own into their folder and the ledger, checked first, never over another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from botoxcli import clock, paths
from botoxcli.cli.protocols import SHORT_HASH, sha256_in_use
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import State, state_of
from botoxcli.errors import BotoxError

if TYPE_CHECKING:
    from botoxcli.clinic.findings import Finding
    from botoxcli.files.own_protocols import Added
    from botoxcli.files.protocol_yaml import LoadedProtocol
    from botoxcli.store.reader import Reader


@dataclass(frozen=True)
class _Outcome:
    """What became of it. ``before`` is the sha256 that was in use; ``in_ledger`` what the ledger had of it: None without a ledger."""

    loaded: LoadedProtocol
    added: Added
    before: str | None
    in_ledger: bool | None
    findings: tuple[Finding, ...]
    dry_run: bool

    @property
    def ledger(self) -> str:
        return "none" if self.in_ledger is None else "standing" if self.in_ledger else "entered"


def add(
    ctx: typer.Context,
    file: str = typer.Argument(metavar="FILE|SHA256", help="The protocol's file; or an edition from before, by the first characters of its sha256."),
    accept: list[str] = typer.Option([], metavar="ID", help="Accept a warning: edition-label (another text bears the same edition)."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask: a warning that is not accepted is an error."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, change nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Put a protocol of your own into use: from now on new visits follow it, and the next sessions are due by it. Editions before it are
    kept, and old visits keep theirs.

    Example: botox protocol add my-protocol.yaml
    """
    from botoxcli.cli.protocol_sheet import check_lines
    from botoxcli.cli.protocol_words import file_or_known
    from botoxcli.terminal.lines import print_lines, print_text

    state = state_of(ctx)
    loaded = file_or_known(file, state)
    outcome = _add(state, loaded, accept, no_input=no_input, dry_run=dry_run)
    if form is Form.JSON:
        write_item("protocol-add", _item(outcome))
        return
    print_text(_lines(outcome))
    print_lines(check_lines(Path(file).name, loaded))


def _add(state: State, loaded: LoadedProtocol, accept: list[str], *, no_input: bool, dry_run: bool) -> _Outcome:
    from botoxcli.cli.protocol_words import reader_if_any
    from botoxcli.files.own_protocols import add as put
    from botoxcli.store.recorder import Recorder
    from botoxcli.workflow.protocol_add import is_in_use, take_up

    before = sha256_in_use(loaded.protocol.id)
    rehearsed = put(loaded, paths.own_protocols(), dry_run=True)
    with reader_if_any(state) as reader:
        in_ledger, actor = (is_in_use(reader, loaded), state.actor(reader)) if reader else (None, "")
        findings = () if rehearsed.standing else _findings(loaded, reader)
    findings = _settled(findings, accept, no_input=no_input or dry_run)
    if dry_run:
        added = rehearsed
    elif in_ledger is None:
        added = put(loaded, paths.own_protocols())
    else:
        added = take_up(Recorder(state.ledger), loaded, lambda: put(loaded, paths.own_protocols()), actor=actor, now=clock.utc_now())
    return _Outcome(loaded, added, before, in_ledger, findings, dry_run)


def _findings(loaded: LoadedProtocol, reader: Reader | None) -> tuple[Finding, ...]:
    from botoxcli.workflow.protocol_add import label_findings

    others = tuple(_others(loaded, reader))
    known = any(one.sha256 == loaded.sha256 for one in others)  # it goes back into use: whoever bears its label was asked about it then
    return () if known else label_findings(loaded, others)


def _others(loaded: LoadedProtocol, reader: Reader | None) -> Iterator[LoadedProtocol]:
    """The other texts of the protocol that may bear its label: the one in use first, then the ledger's, the newest first, then the files'."""
    from botoxcli.cli.protocols import edition_of, pinned_edition
    from botoxcli.files.own_protocols import files_of_editions
    from botoxcli.files.protocol_yaml import load_protocol

    protocol = loaded.protocol
    pinned = reversed([one for one in (reader.editions() if reader else ()) if (one.protocol, one.edition) == (protocol.id, protocol.edition)])
    files = [one.path for one in files_of_editions(paths.own_protocols(), paths.shipped_protocols()) if one.path.name.split(".")[0] == protocol.id]
    readings: list[Callable[[], LoadedProtocol]] = [partial(edition_of, protocol.id)]
    readings += [partial(pinned_edition, reader, one.edition_id) for one in pinned if reader]
    readings += [partial(load_protocol, path) for path in files]
    for read in readings:
        try:
            yield read()
        except BotoxError:  # one that cannot be read, or not any more: nothing can be said of it
            continue


def _settled(findings: tuple[Finding, ...], accept: list[str], *, no_input: bool) -> tuple[Finding, ...]:
    """Raises StoppedByRule for a warning that was neither accepted by a flag nor at the screen."""
    from botoxcli.cli.given import may_ask
    from botoxcli.clinic.findings import require_settled, resolve, unsettled
    from botoxcli.terminal.findings_screen import settle

    accepted = set(accept)
    if unsettled(resolve(findings, accepted, {})) and may_ask(no_input):
        accepted, _ = settle(findings, accepted, {})
    resolved = resolve(findings, accepted, {})
    require_settled(resolved)
    return resolved


def _item(outcome: _Outcome) -> dict[str, Any]:
    loaded, added = outcome.loaded, outcome.added
    return {
        "protocol": loaded.protocol.id,
        "edition": loaded.protocol.edition,
        "sha256": loaded.sha256,
        "path": str(added.path),
        "before_sha256": outcome.before,
        "kept": str(added.kept) if added.kept else None,
        "standing": added.standing,
        "dry_run": outcome.dry_run,
        "ledger": outcome.ledger,
        "findings": [finding.as_dict() for finding in outcome.findings],
    }


def _lines(outcome: _Outcome) -> Iterator[str]:
    loaded, added, before = outcome.loaded, outcome.added, outcome.before
    name = f"{loaded.protocol.id} edition {loaded.protocol.edition} (sha256 {loaded.sha256[:SHORT_HASH]})"
    if added.standing:
        yield f"In use already: {name}."
    else:
        yield f"{'Would be in use' if outcome.dry_run else 'In use'}: {name}, {added.path}"
        if added.kept:
            yield f"The edition before it is kept: {added.kept}"
        elif before:
            yield "It goes before the edition that came with the program."
    yield from (f"{finding.level} {finding.id}: {finding.because}." for finding in outcome.findings if finding.level == "note")
    if before and before != loaded.sha256:
        yield f"What is otherwise: botox protocol diff {before[:SHORT_HASH]} {loaded.protocol.id if not outcome.dry_run else 'FILE'}"
    yield from _ledger_lines(outcome)


def _ledger_lines(outcome: _Outcome) -> Iterator[str]:
    if outcome.ledger == "entered":
        yield "It would be taken into the ledger." if outcome.dry_run else "It is in the ledger: the next sessions are due by it."
    elif outcome.ledger == "none":
        yield "There is no ledger here: the first visit takes it in."
