"""What ``undo`` will take back, in words: the command, when, by whom, what it touched, by code and number, and what reads otherwise then.

Pure. Who a patient is stands in ``identity_back`` alone, for the person who is asked: everything else may end in a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from botoxcli.clinic.past_visit import ChangeSeen, Replaced, VisitHead
from botoxcli.clinic.quantity import units_text
from botoxcli.clinic.records import Visit
from botoxcli.clinic.visit_changes import NONE, changes

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


def visit_back(seen: ChangeSeen, before: Visit, amended: Visit, lots: Mapping[int, str]) -> tuple[str, ...]:
    """What reads otherwise in an amended visit once its amendment is taken back, or stands again."""
    return changes(amended, before, lots) if seen.stands_now else changes(before, amended, lots)


def values_back(seen: ChangeSeen) -> tuple[str, ...]:
    """The labels and settings that read otherwise then: ``lot: C1243 -> C1234``; where vials part, with how many read so."""
    told = Counter((one.what, _turned(seen, one)) for one in seen.replaced if not one.private)
    ways = Counter(what for what, _ in told)
    return tuple(f"{line} ({count} {'vial' if count == 1 else 'vials'})" if ways[what] > 1 else line for (what, line), count in told.items())


def identity_back(seen: ChangeSeen) -> tuple[str, ...]:
    """The names and birth dates that read otherwise then. For the person who is asked, and for nothing that is kept."""
    return tuple(_turned(seen, one) for one in seen.replaced if one.private)


def _turned(seen: ChangeSeen, one: Replaced) -> str:
    old, new = (one.after, one.before) if seen.stands_now else (one.before, one.after)
    return f"{one.what}: {NONE if old is None else old} -> {NONE if new is None else new}"


def follows_words(seen: ChangeSeen, visit: VisitHead | None) -> str:
    """What stands once it was taken back, or stands again. The vials go along where a session had some of the stock."""
    if not seen.stands_now:
        return "It stands again as it was recorded."
    vials = ", with its vials" if visit and visit.kind == "session" and visit.state != "imported" else ""
    if seen.command == "visit void":
        return f"The visit stands again{vials}."
    if seen.command == "visit amend":
        return f"The version before it stands again{vials}."
    if seen.replaced:
        return "What stood before it stands again."
    return "It counts no more; `botox undo` again restores it."


def not_taken_back_words(seen: ChangeSeen) -> str:
    """What to do instead, where the last change is one that no undo takes back."""
    if seen.command == "protocol add":
        return "The edition before goes back into use with `botox protocol add SHA256`; `botox protocol list --all` names it."
    what = {
        "ledger backup": "The backup stays; delete its file if it is not wanted. ",
        "patient forget": "What was blanked is gone for good. ",
        "ledger restore": "The ledger of before was kept beside: `botox ledger restore` with that file brings it back. ",
    }.get(seen.command, "")
    return f"{what}Further back is `botox visit void` or `botox visit amend`; nothing was changed."


def _touched(seen: ChangeSeen, visit: VisitHead | None) -> Iterator[str]:
    rows = dict(seen.rows)
    if visit is not None:
        rows.pop("setting", None)  # which edition is in use, and it follows from the visit
        yield _visit_words(visit)
        if rows.get("visit_version", 1) > 1:
            yield f"{rows['visit_version'] - 1} more visits"
    facts = dict.fromkeys("birth date" if one.what == "born" else one.what for one in seen.replaced if one.private)
    if seen.named and (facts or seen.command == "patient edit"):
        yield f"the {' and '.join(facts) or 'name or birth date'} of {', '.join(seen.named)}"
    elif seen.named:  # a code that was undone comes back as a new patient, too
        yield f"{'the new patient' if len(seen.named) == 1 else 'the new patients'} {', '.join(seen.named)}"
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
