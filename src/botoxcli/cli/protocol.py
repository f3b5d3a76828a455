"""``botox protocol``: list, show, check, add, compare and draw protocols; the schema for editors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from botoxcli import paths
from botoxcli.cli.app import new_app
from botoxcli.cli.protocol_add import add
from botoxcli.cli.protocol_diff import diff
from botoxcli.cli.protocol_map import draw_map
from botoxcli.cli.protocols import DEFAULT_PROTOCOL, SHORT_HASH
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item, write_rows
from botoxcli.cli.state import state_of

app = new_app("Protocols and their editions.\n\nExample: botox protocol show chronic-migraine")
LIST_COLUMNS = ("protocol", "edition", "title", "sites", "units", "product", "sha256", "origin", "in_use", "in_ledger")


@app.command("list")
def list_protocols(
    ctx: typer.Context,
    everything: bool = typer.Option(False, "--all", help="Also the editions that are not in use: those before, and those that yours go before."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """List the protocols: which edition new visits follow, and whether it is your own or came with the program.

    Example: botox protocol list --all
    """
    from botoxcli.cli.protocol_sheet import summary
    from botoxcli.cli.protocol_words import LedgerEditions
    from botoxcli.files.own_protocols import files_of_editions
    from botoxcli.files.protocol_yaml import load_protocol
    from botoxcli.terminal.lines import print_text
    from botoxcli.terminal.table import Column, Table, print_table

    files = [file for file in files_of_editions(paths.own_protocols(), paths.shipped_protocols()) if file.in_use or everything]
    ledger = LedgerEditions.read(state_of(ctx))
    rows = [{**summary(load_protocol(file.path)), "origin": file.origin, "in_use": file.in_use} for file in files]
    rows = [{**row, "in_ledger": ledger.has(row["protocol"], row["sha256"], in_use=row["in_use"])} for row in rows]
    if form is Form.JSON:
        write_rows("protocols", LIST_COLUMNS, rows, form=form)
        return
    headers = [Column("Protocol"), Column("Edition"), Column("Title", fold=True), Column("Sites", "right"), Column("Units", "right"), Column("From")]
    headers += [Column("In use"), Column("sha256")] if everything else []
    cells = [[*(str(row[column]) for column in LIST_COLUMNS[:5]), str(row["origin"]), *_use(row, everything)] for row in rows]
    print_table(Table(headers, cells, empty="There is no protocol.", spare=("Units", "Sites", "Title")))
    behind = [row for row in rows if row["in_use"] and row["protocol"] in (ledger.in_use or {})]
    print_text(line for row in behind for line in ledger.words(row["protocol"], row["edition"], row["sha256"]))


def _use(row: Mapping[str, Any], everything: bool) -> list[str]:
    return ["yes" if row["in_use"] else "no", str(row["sha256"])[:SHORT_HASH]] if everything else []


@app.command()
def show(
    ctx: typer.Context,
    protocol: str | None = typer.Argument(
        None, metavar="[ID|FILE|SHA256]", help="A protocol (default: the practice's), a file, or the first characters of an edition's sha256."
    ),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Show a protocol: sites in order, criteria, pre-care, limits, follow-ups. An old visit's edition by its sha256.

    Example: botox protocol show chronic-migraine
    """
    from botoxcli.cli.protocol_sheet import protocol_sections, summary
    from botoxcli.cli.protocol_words import LedgerEditions, edition_named
    from botoxcli.cli.protocols import sha256_in_use
    from botoxcli.terminal.lines import Section, print_sheet

    loaded = edition_named(protocol or DEFAULT_PROTOCOL, state_of(ctx))
    in_use = sha256_in_use(loaded.protocol.id) == loaded.sha256
    ledger = LedgerEditions.read(state_of(ctx))
    if form is Form.JSON:
        in_ledger = ledger.has(loaded.protocol.id, loaded.sha256, in_use=in_use)
        write_item("protocol", {**summary(loaded), "in_ledger": in_ledger, "content": loaded.protocol.model_dump(mode="json", by_alias=True)})
    else:
        behind = tuple(ledger.words(loaded.protocol.id, loaded.protocol.edition, loaded.sha256)) if in_use else ()
        sections = (*([Section("", behind, "")] if behind else []), *protocol_sections(loaded))
        print_sheet(f"{loaded.protocol.title} ({loaded.protocol.id}, edition {loaded.protocol.edition})", sections)


@app.command()
def check(
    files: list[str] | None = typer.Argument(None, metavar="[FILE|ID]...", help="Files, or ids of protocols (default: all that are in use)."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Check protocol files: every error at once, the arithmetic, and what nobody has verified. Exit code 20 when one is refused.

    Example: botox protocol check my-protocol.yaml
    """
    from botoxcli.cli.protocol_sheet import all_of, check_item, check_lines
    from botoxcli.errors import ProtocolInvalid
    from botoxcli.files.protocol_yaml import load_protocol
    from botoxcli.terminal.lines import print_lines

    refused, items = [], []
    for file in _files(files):
        try:
            loaded = load_protocol(file)
        except ProtocolInvalid as error:
            refused.append(error)
            continue
        items.append(check_item(file.name, loaded))
        if form is Form.TABLE:
            print_lines(check_lines(file.name, loaded))
    if refused:
        raise all_of(refused)
    if form is Form.JSON:
        write_rows("protocol-check", ("file", "arithmetic", "unverified"), items, form=form)


@app.command()
def schema() -> None:
    """Print the JSON Schema of a protocol file, for editors.

    Example: botox protocol schema > protocol.schema.json
    """
    import json
    import sys

    from botoxcli.files.protocol_yaml import protocol_schema

    sys.stdout.write(json.dumps(protocol_schema(), indent=2) + "\n")


def _files(given: list[str] | None) -> list[Path]:
    """Each word as a file, else as the id of a protocol in use; all of those when there is none."""
    from botoxcli.files.own_protocols import file_in_use
    from botoxcli.files.protocol_yaml import protocol_ids

    own, shipped = paths.own_protocols(), paths.shipped_protocols()
    ids = sorted({*protocol_ids(own), *protocol_ids(shipped)})
    return [file_in_use(word, own, shipped) if word in ids and not Path(word).exists() else Path(word) for word in given or ids]


app.command()(add)
app.command()(diff)
app.command("map")(draw_map)
