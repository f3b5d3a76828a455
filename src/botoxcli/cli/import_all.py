"""``botox import all``: a ledger made again from a folder of ``export all``."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from botoxcli import clock
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import State, state_of
from botoxcli.cli.texts import clean_text
from botoxcli.store.place import Place
from botoxcli.terminal import ask

if TYPE_CHECKING:
    from botoxcli.cli.new_key import NewKey
    from botoxcli.files.whole_manifest import WholeManifest
    from botoxcli.store.whole_import import Imported, Importer, Source


def import_all(
    ctx: typer.Context,
    folder: Path = typer.Argument(metavar="FOLDER", readable=False, help="The folder that `botox export all` made. It is only read, and stays."),
    encrypt: bool = typer.Option(False, "--encrypt", help="Encrypt the ledger (recommended): a passphrase, or the key in --key-file FILE."),
    plaintext: bool = typer.Option(False, "--plaintext", help="Leave the ledger in plain text."),
    keyring: bool = typer.Option(False, "--keyring", help="Keep the key in this system's keyring too."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Check and verify everything, make no ledger."),
    no_input: bool = typer.Option(False, "--no-input", help="Never ask."),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Make a ledger of a folder of `botox export all`, at a place where there is none: every record, correction, time and name of who made it.

    A folder that is not whole or not as it was exported is refused, file by file and line by line. Afterwards delete the folder, or keep it
    encrypted: what is in it can be read by anybody.

    Example: botox import all everything --ledger new/ledger.db --encrypt
    """
    from botoxcli.cli import sealing
    from botoxcli.store.whole_import import import_whole, refuse_a_file_at, rehearse_import
    from botoxcli.terminal.progress import progress

    state, asking = state_of(ctx), not no_input and ask.can_ask()
    path = state.ledger.path
    refuse_a_file_at(path)
    sealing.check_flags(encrypt, plaintext, keyring=keyring, key_file=ctx.find_root().params.get("key_file"))
    if not asking and not dry_run:
        sealing.check_decided(encrypt, plaintext, key_file=state.key_file)
    with progress("Checking the folder"):
        manifest = _checked(folder)
    if dry_run:
        done = _with_progress(state, folder, manifest, lambda importer: rehearse_import(path, importer))
        new = None
    else:
        new = sealing.key_of_new_ledger(state, keyring=keyring, asking=asking) if sealing.is_sealed(encrypt, plaintext) else None
        if new:
            new.write_key_file()
        place, salt = Place(path, (lambda: new.key) if new else None), new.salt if new else None
        done = _with_progress(state, folder, manifest, lambda importer: import_whole(place, importer, salt=salt))
        sealing.warn_of_place(path, others_may_look=done.others_may_look)
        if new and keyring:
            sealing.keep_in_keyring(path, new)
    _tell(path, manifest, done, new, form, dry_run=dry_run, asking=asking)


def _checked(folder: Path) -> WholeManifest:
    """The manifest, once every file of the folder is as it says. Raises ValueRefused, FolderRefused."""
    from botoxcli.errors import FolderRefused
    from botoxcli.files.whole_folder_reader import check_folder
    from botoxcli.files.whole_manifest import NAME, read_manifest
    from botoxcli.store.schema_version import CURRENT
    from botoxcli.store.whole_tables import tables_of

    manifest = read_manifest(folder)
    if not 1 <= manifest.schema_version <= CURRENT:
        why = f"it is of schema version {manifest.schema_version}; this program knows {CURRENT} and older"
        raise FolderRefused.of(NAME, why, next_step="Update botoxcli, then import it.")
    check_folder(folder, manifest, tables_of(manifest.schema_version, identified=manifest.identified))
    return manifest


def _with_progress(state: State, folder: Path, manifest: WholeManifest, act: Callable[[Importer], Imported]) -> Imported:
    from botoxcli.files.whole_manifest import NAME
    from botoxcli.store.whole_import import Claim, Importer
    from botoxcli.terminal.progress import progress

    claim = Claim(NAME, manifest.entries, manifest.head, manifest.identified)
    with progress("Importing") as told:
        rows = (lambda done: told(done, manifest.rows)) if told else None
        return act(Importer(_sources(folder, manifest), claim, partial(_actor, state), clock.utc_now(), rows))


def _sources(folder: Path, manifest: WholeManifest) -> dict[str, Source]:
    from botoxcli.files.whole_folder_reader import lines_of
    from botoxcli.store.whole_import import Source
    from botoxcli.store.whole_tables import tables_of

    return {
        table: Source(manifest.tables[table].file, tuple(one.name for one in columns), lines_of(folder, manifest.tables[table], columns))
        for table, columns in tables_of(manifest.schema_version, identified=manifest.identified).items()
    }


def _actor(state: State, practitioner: str) -> str:
    return clean_text("--as", clock.actor(state.actor_given, practitioner), longest=200)


def _tell(path: Path, manifest: WholeManifest, done: Imported, new: NewKey | None, form: Form, *, dry_run: bool, asking: bool) -> None:
    from botoxcli.cli.ledger_words import HEAD, entries_words, shown_time
    from botoxcli.cli.sealing import key_words, warn_of_code
    from botoxcli.terminal.lines import note, print_text

    if form is Form.JSON:
        write_item("import-all", _item(path, manifest, done, dry_run=dry_run, encrypted=new is not None))
        return
    last = f", the last of {shown_time(manifest.last_entry_at)}" if manifest.entries else ""
    lines = [f"{'Would be imported' if dry_run else 'Imported and verified'}: {entries_words(manifest.entries)}{last}; {done.rows:,} rows."]
    if done.blank:
        lines.append(f"One entry more {'would name' if dry_run else 'names'} the {done.blank:,} rows whose words were left out of the export.")
    lines += [f"Head:    {done.head[:HEAD]}" if not (dry_run and done.blank) else f"Head:    {manifest.head[:HEAD]} before that entry"]
    if dry_run:
        print_text([*lines, "All of it was built and verified; nothing was made."])
        return
    print_text([*lines, f"Ledger:  {path}{', encrypted' if new else ''}", *key_words(new, asking=asking)])
    warn_of_code(new, asking=asking)
    note("The folder is as it was. Anybody can read it: delete it, or keep it encrypted.")


def _item(path: Path, manifest: WholeManifest, done: Imported, *, dry_run: bool, encrypted: bool) -> dict[str, Any]:
    return {
        "ledger": str(path),
        "made": not dry_run,
        "encrypted": encrypted,
        "identified": manifest.identified,
        "schema_version": manifest.schema_version,
        "entries": done.entries,
        "rows": done.rows,
        "exported_head": manifest.head,
        "head": done.head,
        "left_blank": done.blank,
    }
