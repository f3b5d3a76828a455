"""``botox ledger verify``: is the ledger whole? Exit 14 says that it is not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import typer

from botoxcli.cli.key_first import ask_key_first
from botoxcli.cli.rows import FORMAT_HELP, Form, write_item
from botoxcli.cli.state import state_of
from botoxcli.errors import LedgerDamaged, ProtocolInvalid, ValueRefused

if TYPE_CHECKING:
    from botoxcli.clinic.protocol import Protocol
    from botoxcli.store.integrity import Verified

_HASH = re.compile(r"[0-9a-f]{12,64}")

# A check of ``store.integrity`` -> its name on the screen.
CHECKS = {
    "pages": "Pages",
    "schema": "Schema",
    "chain": "Chain",
    "expect": "--expect",
    "erasures": "Erasures",
    "references": "References",
    "editions": "Editions",
    "vials": "Vials",
    "drafts": "Drafts",
}


def verify(
    ctx: typer.Context,
    expect: str | None = typer.Option(None, metavar="HASH", help="The hash of a note or a backup, 12 characters or more: is it still in the chain?"),
    form: Form = typer.Option(Form.TABLE, "--format", help=FORMAT_HELP),
) -> None:
    """Is the ledger whole? Its pages, its schema, the chain of all changes recomputed from the rows, erasures, pinned editions, vials.

    It changes nothing. Exits with 14, naming the first broken entry, when anything is not as it was recorded.

    Example: botox ledger verify --expect 0123456789ab
    """
    from botoxcli.store.integrity import verify as look
    from botoxcli.terminal.progress import progress

    place = state_of(ctx).ledger
    wanted = _checked_hash(expect) if expect is not None else None
    ask_key_first(place)
    with progress("Verifying") as told:
        found = look(place, expect=wanted, parse=_parsed, progress=told)
    if form is Form.JSON:
        write_item("verify", verify_item(found))
    else:
        print_verified(found, wanted)
    if found.faults:
        raise LedgerDamaged(str(place.path), found.faults[0].said)


def verify_item(found: Verified) -> dict[str, Any]:
    """What was found, as JSON holds it."""
    return {
        "whole": found.whole,
        "schema_version": found.schema_version,
        "entries": found.entries,
        "rows": found.rows,
        "head": found.head,
        "last_at": found.last_at or None,
        "expected_entry": found.expected,
        "added_since": None if found.expected is None else found.entries - found.expected,
        "imported_sessions": found.imported,
        "editions_not_compared": list(found.unread),
        "faults": [{"check": fault.check, "entry": fault.seq, "because": fault.said} for fault in found.faults],
    }


def print_verified(found: Verified, wanted: str | None) -> None:
    """A line a check: what was looked at, or the first thing that is wrong with it."""
    from botoxcli.terminal.table import Column, Table, print_table

    good = _good_words(found, wanted)
    rows = []
    for check, name in CHECKS.items():
        faults = [fault for fault in found.faults if fault.check == check]
        more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
        if faults:
            rows.append([name, "DAMAGED", faults[0].said + more])
        elif check in good:
            rows.append([name, "good", good[check]])
    at = f"{found.last_at[:10]} {found.last_at[11:16]} UTC" if found.last_at else ""
    footer = [f"Head: {found.head[:12]}, entry {found.entries}, {at}"] if found.whole and found.head else []
    print_table(Table([Column("Check"), Column("Result"), Column("What was found", fold=True)], rows, footer=footer))


def _good_words(found: Verified, wanted: str | None) -> dict[str, str]:
    """Of each check that was made what it says when nothing is wrong. After a damage to the pages the others say nothing."""
    if any(fault.check == "pages" for fault in found.faults):
        return {}
    imported = f"; {_many(found.imported, 'imported session')} without a balance" if found.imported else ""
    unread = f"; not comparable by this program: {', '.join(found.unread)}" if found.unread else ""
    return {
        "pages": "as SQLite wrote them",
        "schema": f"version {found.schema_version}, as this program makes it",
        "chain": f"{_many(found.entries, 'entry', 'entries')} over {_many(found.rows, 'row')}, recomputed",
        "erasures": "every blank word has its erasure",
        "references": "no row refers to one that is not there",
        "editions": f"rows as in the pinned texts{unread}",
        "vials": f"given and wasted make up what was drawn{imported}",
        "drafts": "every unfinished visit is as it was saved",
        **({"expect": _expected_words(found)} if wanted else {}),
    }


def _expected_words(found: Verified) -> str:
    since = found.entries - (found.expected or 0)
    words = "the head" if since == 0 else f"{since:,} {'was' if since == 1 else 'were'} added since"
    return f"entry {found.expected} of {found.entries}, {words}"


def _many(count: int, one: str, many: str = "") -> str:
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _checked_hash(words: str) -> str:
    typed = words.strip().lower()
    if not _HASH.fullmatch(typed):
        raise ValueRefused("--expect", "this is no hash", "Give the first 12 characters or more, 0-9 and a-f, as a note or a backup shows them.")
    return typed


def _parsed(text: str) -> Protocol | None:
    from botoxcli.files.protocol_yaml import read_protocol

    try:
        return read_protocol(text, "edition").protocol
    except ProtocolInvalid:
        return None
