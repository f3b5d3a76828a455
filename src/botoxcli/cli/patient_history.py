"""``patient show --history``: who the patient was recorded as, and every version of every visit, with who, when and why."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from botoxcli.cli.rows import Form, write_item
from botoxcli.terminal.lines import Section

if TYPE_CHECKING:
    from botoxcli.cli.state import State
    from botoxcli.clinic.past_visit import PastIdentity
    from botoxcli.workflow.history import Told


def print_patient_history(state: State, patient: str, form: Form, *, identify: bool) -> None:
    """The history on stdout; name and birth date as everywhere only when they are asked for. Raises NotFound, Ambiguous."""
    from botoxcli.terminal.lines import print_sheet
    from botoxcli.workflow.history import version_item, visit_history

    named = identify or (form is Form.TABLE and sys.stdout.isatty())
    with state.reader() as reader:
        known = reader.find_patient(patient)
        identities = reader.identities(known.patient_id)
        visits = {number: visit_history(reader, number) for number in reader.visit_numbers(known.patient_id)}
    if form is Form.JSON:
        told = [{"visit": number, "versions": [version_item(one) for one in versions]} for number, versions in visits.items()]
        write_item("patient-history", {"patient": known.code, "identities": [_identity(one, named=named) for one in identities], "visits": told})
        return
    sections = [Section("Identity", tuple(_identity_words(number, one, named=named) for number, one in enumerate(identities, start=1)))]
    sections += [Section(_title(number, versions), tuple(_version_lines(versions))) for number, versions in visits.items()]
    print_sheet(f"History of {known.code}", sections)


def _title(number: int, versions: Sequence[Told]) -> str:
    head = versions[-1].version.visit.head
    return f"Visit {number}, {head.kind}"


def _version_lines(versions: Sequence[Told]) -> Iterator[str]:
    from botoxcli.cli.visit_history import STANDING
    from botoxcli.clinic.quantity import units_text

    for one in versions:
        version, head = one.version, one.version.visit.head
        dose = f", {units_text(head.hundredths)} U, lot {head.lots}" if head.hundredths is not None else ""
        decision = f", {' / '.join(word for word in (head.decision, head.decided) if word)}" if head.decision else ""
        by = f"recorded {head.recorded_at:%Y-%m-%d %H:%M} UTC by {head.recorded_by}"
        name = "Original" if version.version == 1 else f"Version {version.version}"
        yield f"{name}: {head.date}{dose}{decision}; {by}; {STANDING[version.standing]}"
        if version.version > 1:
            yield f"  why: {version.reason or 'forgotten'}; {'; '.join(one.changes) or 'nothing but its findings'}"
        for word, gone in (("voided", version.voided), ("taken back", version.undone)):
            if gone:
                yield f"  {word} {gone.at:%Y-%m-%d %H:%M} UTC by {gone.by}{f': {gone.reason}' if gone.reason else ''}"


def _identity(one: PastIdentity, *, named: bool) -> dict[str, Any]:
    who = {"name": one.name, "born": one.born} if named else {}
    return {**who, "recorded_at": one.recorded_at, "recorded_by": one.recorded_by, "why": one.reason, "stands": one.stands}


def _identity_words(number: int, one: PastIdentity, *, named: bool) -> str:
    who = f"{one.name or 'forgotten'}, born {one.born or 'forgotten'}; " if named else ""
    why = f": {one.reason}" if one.reason and number > 1 else ""
    back = "" if one.stands else "; taken back"
    return f"{who}{'recorded' if number == 1 else 'put right'} {one.recorded_at:%Y-%m-%d %H:%M} UTC by {one.recorded_by}{why}{back}"
