"""``botox protocol``: list, show and check protocol files; the schema for editors."""

from __future__ import annotations

from pathlib import Path

import typer

from botoxcli import paths
from botoxcli.cli.app import new_app
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item, write_rows

app = new_app("List, show and check protocol files.")
LIST_COLUMNS = ("protocol", "edition", "title", "sites", "units", "product", "sha256")


@app.command("list")
def list_protocols(form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP)) -> None:
    """List the protocols that came with the program.

    Example: botox protocol list
    """
    from botoxcli.cli.protocol_sheet import summary
    from botoxcli.files.protocol_yaml import find_protocol, load_protocol, protocol_ids
    from botoxcli.terminal.table import Column, Table, print_table

    folder = paths.shipped_protocols()
    rows = [summary(load_protocol(find_protocol(name, folder))) for name in protocol_ids(folder)]
    if form is Form.JSON:
        write_rows("protocols", LIST_COLUMNS, rows, form=form)
        return
    headers = [Column("Protocol"), Column("Edition"), Column("Title", fold=True), Column("Sites", "right"), Column("Units", "right")]
    cells = [[str(row[column]) for column in LIST_COLUMNS[:5]] for row in rows]
    print_table(Table(headers, cells, empty="There is no protocol."))


@app.command()
def show(
    protocol: str | None = typer.Argument(None, metavar="[ID]", help="The protocol (default: the practice's)."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Show a protocol: sites in order, criteria, pre-care, limits, follow-ups.

    Example: botox protocol show chronic-migraine
    """
    from botoxcli.cli.protocol_sheet import protocol_sections, summary
    from botoxcli.cli.protocols import edition_of
    from botoxcli.terminal.lines import print_sheet

    loaded = edition_of(protocol)
    if form is Form.JSON:
        write_item("protocol", {**summary(loaded), "content": loaded.protocol.model_dump(mode="json", by_alias=True)})
    else:
        print_sheet(f"{loaded.protocol.title} ({loaded.protocol.id}, edition {loaded.protocol.edition})", protocol_sections(loaded))


@app.command()
def check(
    files: list[str] | None = typer.Argument(None, metavar="[FILE|ID]...", help="Files, or ids of protocols (default: all that came along)."),
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
    """Each word as a file, else as the id of a protocol that came along; all of those when there is none."""
    from botoxcli.files.protocol_yaml import find_protocol, protocol_ids

    folder = paths.shipped_protocols()
    ids = protocol_ids(folder)
    return [find_protocol(word, folder) if word in ids and not Path(word).exists() else Path(word) for word in given or ids]
