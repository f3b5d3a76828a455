"""``botox protocol add``: a protocol of the practitioner's own into their folder, checked first, never over another."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from botoxcli import paths
from botoxcli.cli.protocols import SHORT_HASH
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.errors import NotFound

if TYPE_CHECKING:
    from botoxcli.files.own_protocols import Added
    from botoxcli.files.protocol_yaml import LoadedProtocol


def add(
    file: Path = typer.Argument(metavar="FILE", help="The protocol's file."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check everything, change nothing."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Put a protocol of your own into use: from now on new visits follow it. Editions before it are kept, and old visits keep theirs.

    Example: botox protocol add my-protocol.yaml
    """
    from botoxcli.cli.protocol_sheet import check_lines
    from botoxcli.files.own_protocols import add as put
    from botoxcli.files.protocol_yaml import load_protocol
    from botoxcli.terminal.lines import print_lines

    loaded = load_protocol(file)
    before = _in_use(loaded.protocol.id)
    added = put(loaded, paths.own_protocols(), dry_run=dry_run)
    if form is Form.JSON:
        write_item("protocol-add", _item(loaded, added, before, dry_run=dry_run))
        return
    print_lines([*_lines(loaded, added, before, dry_run=dry_run), *check_lines(file.name, loaded)])


def _in_use(protocol_id: str) -> str | None:
    """The sha256 of the edition that is in use so far; None where the protocol is new."""
    from botoxcli.files.own_protocols import file_in_use
    from botoxcli.files.protocol_yaml import read_bytes, sha256_of

    try:
        return sha256_of(read_bytes(file_in_use(protocol_id, paths.own_protocols(), paths.shipped_protocols())))
    except NotFound:
        return None


def _item(loaded: LoadedProtocol, added: Added, before: str | None, *, dry_run: bool) -> dict[str, Any]:
    return {
        "protocol": loaded.protocol.id,
        "edition": loaded.protocol.edition,
        "sha256": loaded.sha256,
        "path": str(added.path),
        "before_sha256": before,
        "kept": str(added.kept) if added.kept else None,
        "standing": added.standing,
        "dry_run": dry_run,
    }


def _lines(loaded: LoadedProtocol, added: Added, before: str | None, *, dry_run: bool) -> Iterator[str]:
    name = f"{loaded.protocol.id} edition {loaded.protocol.edition} (sha256 {loaded.sha256[:SHORT_HASH]})"
    if added.standing:
        yield f"In use already: {name}."
        return
    yield f"{'Would be in use' if dry_run else 'In use'}: {name}, {added.path}"
    if added.kept:
        yield f"The edition before it is kept: {added.kept}"
    elif before:
        yield "It goes before the edition that came with the program."
    if before and before != loaded.sha256:
        yield f"What is otherwise: botox protocol diff {before[:SHORT_HASH]} {loaded.protocol.id if not dry_run else 'FILE'}"
