"""``botox export all``: the whole ledger as a folder of plain files, to be read by anybody, and to be imported again."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from botoxcli import clock
from botoxcli.cli.key_first import ask_key_first
from botoxcli.cli.rows import Form, write_item
from botoxcli.cli.state import State
from botoxcli.errors import MissingInput
from botoxcli.terminal.lines import note, print_text

if TYPE_CHECKING:
    from botoxcli.files.whole_folder import FolderWriter
    from botoxcli.files.whole_manifest import WholeManifest
    from botoxcli.store.whole_export import Whole


def export_all(state: State, output: Path | None, *, identify: bool, form: str) -> None:
    """Makes the folder, whole or not at all, and says what is in it. Raises MissingInput without ``output``."""
    from botoxcli.files.whole_folder import refuse_place
    from botoxcli.store.engine import disk_errors, salt_or_refuse
    from botoxcli.store.scratch import scratch_folder

    if output is None:
        missing = MissingInput(["--output"])
        missing.next_step = "All of it goes into a folder of its own: --output FOLDER, a folder that is not there yet."
        raise missing
    sealed = salt_or_refuse(state.ledger.path) is not None
    refuse_place(output)
    with disk_errors(output), scratch_folder(output.parent, f"{output.name}-export") as scratch:
        manifest, drafts = _written(state, output, scratch, identify=identify)
    _tell(output, manifest, drafts, sealed=sealed, form=form)


def _written(state: State, output: Path, scratch: Path, *, identify: bool) -> tuple[WholeManifest, int]:
    from botoxcli.files.whole_folder import FolderWriter, put_folder_in_place
    from botoxcli.store.whole_export import whole_ledger
    from botoxcli.terminal.progress import progress

    built = scratch / "folder"
    ask_key_first(state.ledger)
    with progress("Exporting") as told, whole_ledger(state.ledger, scratch, identified=identify, output=output) as whole:
        total = whole.count() if told else 0
        writer = FolderWriter(built, (lambda rows: told(rows, total)) if told else None)
        manifest = _all_files(writer, whole)
        drafts = whole.drafts
    put_folder_in_place(built, output)
    return manifest, drafts


def _all_files(writer: FolderWriter, whole: Whole) -> WholeManifest:
    from botoxcli import __version__
    from botoxcli.files.whole_folder_words import About, readme
    from botoxcli.files.whole_manifest import README

    writer.begin()
    for table, columns in whole.tables.items():
        writer.table(table, columns, whole.rows(table))
    writer.protocols(whole.editions(), whole.edition_text)
    counts = {part.table: part.rows or 0 for part in writer.parts if part.table}
    same: dict[str, Any] = {
        "program": f"botoxcli {__version__}", "made_at": f"{clock.utc_now():%Y-%m-%dT%H:%M:%SZ}", "identified": whole.identified,
        "entries": whole.entries, "head": whole.head,
    }  # fmt: skip
    writer.text(README, readme(About(**same, drafts=whole.drafts, counts=counts, columns=whole.tables)))
    return writer.finish({**same, "schema_version": whole.schema_version, "last_entry_at": whole.last_entry_at})


def _tell(output: Path, manifest: WholeManifest, drafts: int, *, sealed: bool, form: str) -> None:
    from botoxcli.cli.ledger_words import HEAD, entries_words, shown_time

    if form == Form.JSON:
        write_item("export-all", _item(output, manifest, drafts))
    if manifest.identified:
        note("Warning: the folder holds names, birth dates, notes and reasons in plain text.")
        note("Encrypt it before it leaves this machine, and delete it when it has served.")
    elif sealed:
        note("The ledger is encrypted, this folder is not: keep it where nobody else comes.")
    if drafts:
        note(f"Left out: {drafts} unfinished {'visit' if drafts == 1 else 'visits'}. Finish {'it' if drafts == 1 else 'them'}, then export again.")
    if form == Form.JSON:
        return
    last = f", the last of {shown_time(manifest.last_entry_at)}" if manifest.entries else ""
    left = [] if manifest.identified else ["Without: names, birth dates, notes and reasons (--identify takes them along)"]
    tables = f"{len(manifest.tables)} tables"
    print_text(
        [
            f"Exported: {entries_words(manifest.entries)}{last}; {manifest.rows:,} rows in {tables}, verified.",
            *left,
            f"Head:     {manifest.head[:HEAD]}",
            f"Folder:   {output}",
            "README.txt in it says what each file holds; `botox import all FOLDER` makes a ledger of it again.",
        ]
    )


def _item(output: Path, manifest: WholeManifest, drafts: int) -> dict[str, Any]:
    names = ("program", "made_at", "schema_version", "identified", "entries", "head", "last_entry_at")
    return {"folder": str(output), **{name: getattr(manifest, name) for name in names}, "rows": manifest.rows, "drafts_left_out": drafts}
