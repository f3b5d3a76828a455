"""What ``undo`` will take back, in words: the command, when, by whom, and what it touched, by code and number.

Pure. No name, no answer and no free text: what is shown may end in a log.
"""

from __future__ import annotations

from collections.abc import Iterator

from botoxcli.clinic.past_visit import ChangeSeen, VisitHead
from botoxcli.clinic.quantity import units_text

# Table -> one and several of what its rows are to a practitioner. What is not here follows from what is.
_THINGS = {
    "vial": ("vial of the stock", "vials of the stock"),
    "vial_discard": ("discarded vial", "discarded vials"),
    "lot_recall": ("recall of a lot", "recalls of lots"),
    "setting": ("setting of the practice", "settings of the practice"),
    "diary_day": ("day of the diary", "days of the diary"),
    "toxin_elsewhere": ("dose of toxin given elsewhere", "doses of toxin given elsewhere"),
    "appointment": ("appointment that was missed, declined or moved", "appointments that were missed, declined or moved"),
    "pause": ("pause, or the end of one", "pauses"),
    "archive": ("archiving, or the end of one", "archivings"),
}


def change_words(seen: ChangeSeen, visit: VisitHead | None) -> tuple[str, ...]:
    """The change, a line for the command and one for each thing that it touched. ``visit`` is the visit as the change left it."""
    return (f"`{seen.command}` of {seen.at:%Y-%m-%d %H:%M} UTC by {seen.actor}", *_touched(seen, visit))


def follows_words(seen: ChangeSeen) -> str:
    """What stands once it was taken back, or stands again."""
    if not seen.stands_now:
        return "It stands again as it was recorded."
    if seen.command == "visit void":
        return "The visit stands again, with its vials."
    if seen.command == "visit amend":
        return "The version before it stands again, with its vials."
    return "It counts no more; `botox undo` again restores it."


def _touched(seen: ChangeSeen, visit: VisitHead | None) -> Iterator[str]:
    rows = dict(seen.rows)
    if visit is not None:
        yield _visit_words(visit)
        if rows.get("visit_version", 1) > 1:
            yield f"{rows['visit_version'] - 1} more visits"
    if "patient" in rows and seen.patients:
        yield f"{'the new patient' if len(seen.patients) == 1 else 'the new patients'} {', '.join(seen.patients)}"
    elif "identity" in rows and seen.patients:
        yield f"the name or birth date of {', '.join(seen.patients)}"
    elif visit is None and seen.patients:
        yield f"patient {', '.join(seen.patients)}"
    for table, (one, several) in _THINGS.items():
        if count := rows.get(table):
            yield f"{count} {one if count == 1 else several}"
    if "vial_label" in rows and "vial" not in rows:
        yield f"the label of {rows['vial_label']} {'vial' if rows['vial_label'] == 1 else 'vials'}"
    if seen.lots and visit is None:
        yield f"lot {', '.join(seen.lots)}"


def _visit_words(visit: VisitHead) -> str:
    dose = f", {units_text(visit.hundredths)} U, lot {visit.lots}" if visit.hundredths is not None else ""
    decision = f", {' / '.join(word for word in (visit.decision, visit.decided) if word)}" if visit.decision else ""
    return f"visit {visit.visit}: {visit.kind} of {visit.patient} on {visit.date}{dose}{decision}"
