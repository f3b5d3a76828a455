"""What ``botox patient forget`` shows: what goes, what stays, and where the patient is still named."""

from __future__ import annotations

import sys
from collections.abc import Container, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from botoxcli.cli.rows import Form, write_item

if TYPE_CHECKING:
    from botoxcli.clinic.forgetting import ErasableText
    from botoxcli.store.old_copies import OldCopy
    from botoxcli.workflow.forget import Choice, Forgetting, Forgotten

BEYOND = "Copies, exports and printed sheets elsewhere are yours to find and delete; a backup that is restored brings the name back."


def own_words(found: Forgetting, keep: Container[int], *, named: bool) -> Iterator[str]:
    """Who it is, and what of them goes."""
    held = found.held
    names = "; ".join(f"{name}, born {born}" for name, born in dict.fromkeys(held.identities)) if named else ""
    yield f"{held.patient}{f': {names}' if names else ''}. {_stays(held.visits)}"
    gone = [_count(len(held.identities), "identity", "identities"), *([_count(found.drafts, "unfinished visit")] if found.drafts else [])]
    yield f"To be blanked for good: {', '.join(gone)}{', and these texts of the patient:' if found.own else '; there is no text of the patient.'}"
    for one in found.own:
        yield from text_words(one, named=named, stays=one.number in keep)


def text_words(one: ErasableText, *, named: bool, stays: bool = False) -> Iterator[str]:
    """A text with its number and where it stands; the words themselves only where they may be shown."""
    yield f"  {one.number}  {one.at[:10]}  {one.where}{' (is kept)' if stays else ''}"
    if named:
        yield f"     {one.content}"


def covered_words(found: Forgetting) -> Iterator[str]:
    """Where the patient may be named for ever, and in drafts of others."""
    if found.code_names:
        yield f"The code {found.held.patient} reads like the name. The code stays."
    for one in found.covered:
        yield f"Stays, since the chain covers it: {one.where} of entry {one.seq} may name the patient."
    for draft in found.elsewhere:
        yield f"The unfinished {draft.kind} of {draft.patient} may name the patient: finish or drop it, and look again."


def elsewhere_words(copies: Iterable[OldCopy]) -> Iterator[str]:
    """The files near the ledger that still name the patient, and that there may be more."""
    for copy in copies:
        yield f"{'Still names' if copy.sure else 'May still name'} the patient: {copy.path}{f' ({copy.at[:10]})' if copy.at else ''}"
    yield BEYOND


def print_plan(found: Forgetting, choice: Choice, copies: tuple[OldCopy, ...], form: Form, *, identify: bool) -> None:
    """What would be blanked and what would stay."""
    from botoxcli.terminal.lines import print_text

    gone = found.blanked(choice)
    if form is Form.JSON:
        texts = [_text_item(one, one.number in gone, identify=identify) for one in (*found.own, *found.others)]
        counts = {"identities_blanked": len(found.held.identities), "drafts_dropped": found.drafts, "visits": found.held.visits}
        told = {"patient": found.held.patient, "forgotten": False, **counts, "texts": texts}
        write_item("patient-forget", {**told, **_left_item(found, copies), "standing": False, "dry_run": True})
        return
    named = identify or sys.stdout.isatty()
    print_text(own_words(found, choice.keep, named=named))
    if found.others:
        print_text(["Texts of others that may name the patient:"])
    for one in found.others:
        print_text(text_words(one, named=named, stays=one.number not in gone))
    print_text((*covered_words(found), *elsewhere_words(copies), "Nothing was recorded."))


def print_forgotten(done: Forgotten, found: Forgetting | None, copies: tuple[OldCopy, ...], form: Form, *, dry_run: bool) -> None:
    """What was blanked, what was kept, and where the patient is still named."""
    from botoxcli.terminal.lines import print_text

    if form is Form.JSON:
        counts = {"identities_blanked": done.identities, "drafts_dropped": done.drafts, "visits": done.visits}
        texts = {"texts_blanked": list(done.blanked), "texts_kept": list(done.kept)}
        told = {"patient": done.patient, "forgotten": True, **counts, **texts}
        write_item("patient-forget", {**told, **_left_item(found, copies), "standing": done.standing, "dry_run": dry_run})
        return
    if done.standing:
        print_text([f"Stands already: {done.patient} is forgotten. {_stays(done.visits)}", *elsewhere_words(copies)])
        return
    gone = [_count(done.identities, "identity", "identities"), _count(len(done.blanked), "text")]
    gone += [_count(done.drafts, "unfinished visit")] if done.drafts else []
    kept = [f"Kept: {'text' if len(done.kept) == 1 else 'texts'} {', '.join(map(str, done.kept))}."] if done.kept else []
    lines = [f"{done.patient} is forgotten: {', '.join(gone)} blanked. {_stays(done.visits)}", "The file was built anew without them.", *kept]
    print_text([*lines, *(covered_words(found) if found else ()), *elsewhere_words(copies)])


def _left_item(found: Forgetting | None, copies: tuple[OldCopy, ...]) -> dict[str, Any]:
    covered = [{"where": one.where, "entry": one.seq} for one in found.covered] if found else []
    drafts = [{"kind": one.kind, "patient": one.patient} for one in found.elsewhere] if found else []
    backups = [{"file": str(one.path), "at": one.at or None, "sure": one.sure} for one in copies]
    return {"code_names": bool(found and found.code_names), "stays": covered, "drafts_elsewhere": drafts, "backups": backups}


def _text_item(one: ErasableText, gone: bool, *, identify: bool) -> dict[str, Any]:
    words = {"content": one.content} if identify else {}
    where = {"text": one.number, "own": one.own, "patient": one.patient, "visit": one.visit, "about": one.about, "command": one.command}
    return {**where, "at": one.at, "blank": gone, **words}


def _stays(visits: int) -> str:
    return f"{_count(visits, 'visit').capitalize()} stay{'s' if visits == 1 else ''} under the code."


def _count(count: int, one: str, several: str = "") -> str:
    return f"{count or 'no'} {one if count == 1 else several or f'{one}s'}"
