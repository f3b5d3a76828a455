"""The README of a whole export: what each file holds, for a person who has the folder and no program that knows it.

Conventions. Plain text of at most 78 columns. What is said of a table stands in ``TABLES``.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from botoxcli.files.whole_manifest import NAME, PROTOCOLS, file_of

WIDTH = 78

# Table -> what a row of it is.
TABLES = {
    "entry": "One change of the record: its number (seq), when it was made (at), who made it (actor), with which command of the program, and the "
    "hash that chains it to the change before it. change_key is the key under which a repeated command finds what it did.",
    "setting": "A setting of the practice: its name, practitioner, time zone, jurisdiction. The last row of a name counts.",
    "patient": "A patient: the code under which everything is kept. Who it is stands in identity.",
    "identity": "A patient's name and date of birth. The last row of a patient counts; earlier ones were corrected.",
    "edition": "One text of a treatment protocol, whole, as visits followed it. sha256 is that of the text; the folder protocols has the texts as "
    "files of their own.",
    "edition_site": "A planned injection site of an edition, in the order of injection: muscle, side, and dose (planned, or lowest to highest; "
    "per_kg for doses by body weight).",
    "edition_follow_up": "A window of an edition: after which visit (anchor) what is due, at the earliest, by when, at the latest.",
    "edition_limit": "A limit of an edition: of a site, a session, a window of time, an interval between sessions.",
    "vial": "A vial of the stock: since when, which product, how much is in it.",
    "vial_label": "What is on a vial's label: lot and expiry. The last row of a vial counts; earlier ones were corrected. lot_key is the lot without "
    "spaces and hyphens.",
    "vial_discard": "A vial that was thrown away unused, when and why.",
    "lot_recall": "A lot that was recalled.",
    "visit_version": "A visit of a patient: a consult, a session (a treatment) or a follow-up, its day, and the edition that it followed. A "
    "corrected visit has a row more, with the same number (visit) and a higher version. origin 'imported' is one that was taken over from elsewhere.",
    "consult_detail": "Of a consult: what the protocol decided (decision), and what the practitioner decided (decided).",
    "session_detail": "Of a session: product, dilution, when it was mixed, how long it took, who injected.",
    "answer": "An answer that was given at a visit, by the id of the question in the protocol.",
    "finding": "What the protocol found at a visit: level note, warn or stop, whether it is met (1) or not (0), why, after which source, and whether "
    "it was accepted or overridden.",
    "injection": "One site of a session: what was planned and what was given. state is given, changed, skipped (with 0), extra or imported.",
    "vial_use": "A vial that was used in a session: what was drawn, given and wasted. lot stands alone where a session was imported.",
    "adverse_event": "An adverse event that was told at a follow-up: how severe, since when, related or not, whether it needed a review.",
    "event_resolved": "That an adverse event has ended, as a later follow-up told it.",
    "free_text": "Words that somebody wrote. about says of what: reason (why the change was made), decision (why it was decided so, or the note of a "
    "follow-up), override:FINDING, site:SITE, toxin:NUMBER. 'request' is no writing but a fingerprint of a command.",
    "reversal": "An undo: the change with the number target_seq is taken back (stands 0) or stands again (stands 1). The last row of a change "
    "counts.",
    "visit_void": "A visit that was withdrawn altogether.",
    "diary_day": "A day of a patient's headache diary. headache, migraine and acute (a medicine was taken) are 1 or 0. The row with the highest "
    "entry_seq of a day counts.",
    "toxin_elsewhere": "Botulinum toxin that a patient had elsewhere.",
    "appointment": "A session that was missed, declined, or moved to another day (moved_to).",
    "pause": "A pause of a patient's treatment, until a day; null ends it. The last row of a patient counts.",
    "archive": "A patient who was archived (1) or taken back (0), and why. The last row of a patient counts.",
    "erasure": "Words that were erased: in which table and row, by which change, and for which patient who asked to be forgotten.",
}


@dataclass(frozen=True, slots=True)
class About:
    """What the README says of its folder. ``counts`` is table -> rows, ``columns`` table -> its columns, ``drafts`` what is left out."""

    program: str
    made_at: str
    identified: bool
    entries: int
    head: str
    drafts: int
    counts: Mapping[str, int]
    columns: Mapping[str, Sequence[str]]


def readme(about: About) -> str:
    """The whole text."""
    lines = [*_title("The whole record of a practice"), *_what(about), *_reading(), *_patient(about), *_files(about), *_proof(about), *_again(about)]
    return "\n".join(lines) + "\n"


def _what(about: About) -> Iterator[str]:
    yield from _words(
        f"All that a ledger of botoxcli held at {about.made_at}, written by {about.program}: treatments with botulinum toxin, and what came before "
        f"and after them, in {about.entries} changes. The files need no program of ours: any text editor shows them."
    )
    if about.identified:
        yield from _words(
            "IT NAMES PATIENTS: names, dates of birth, and the notes and reasons that were written. Nothing here is encrypted. Keep the folder as "
            "you keep a patient's file: on an encrypted disk or in an encrypted archive, and delete it when it has served."
        )
    else:
        yield from _words(
            "Names, dates of birth, notes and reasons were left out. What is left are health records under codes, with days, answers and the names "
            "of those who treat: who knows the codes knows the patients. Keep the folder where nobody else comes, and delete it when it has served."
        )
    if about.drafts:
        yield from _words(f"Unfinished visits are no part of the record and are not here ({about.drafts}).")


def _reading() -> Iterator[str]:
    yield from _title("How to read it")
    yield from _points(
        "Each file NAME.jsonl is a table. Each line is one row: a JSON object, in UTF-8.",
        "Nothing was ever changed or deleted: a correction is a row more.",
        "entry_seq is the change that wrote the row: the line of entry.jsonl with that number. What an undone change wrote (reversal.jsonl) does "
        "not count.",
        "A column that ends in _id names a row of the table before the _id: patient_id is a row of patient.jsonl.",
        "A column that ends in _hundredths is in hundredths of a unit (500 is 5 U; of hours in the diary), in _ul in microlitres.",
        "Days are year-month-day. Instants are in UTC and end with Z.",
        "null: nothing was said. Where there is a yes or a no, 1 is yes and 0 is no.",
        "salt and commitment belong to the proof below.",
    )


def _patient(about: About) -> Iterator[str]:
    yield from _title("To find one patient's treatments")
    yield from _points(
        f"patient.jsonl: the line with the code gives the patient_id{'; identity.jsonl has the name' if about.identified else ''}.",
        "visit_version.jsonl: the visits with that patient_id; of each visit the line with the highest version counts, unless visit_void.jsonl or "
        "an undo withdraws it.",
        "injection.jsonl, vial_use.jsonl, answer.jsonl, finding.jsonl, adverse_event.jsonl: what belongs to its visit_version_id.",
    )


def _files(about: About) -> Iterator[str]:
    yield from _title("The files")
    for table, columns in about.columns.items():
        yield f"{file_of(table)} ({about.counts[table]} {'row' if about.counts[table] == 1 else 'rows'})"
        yield from _indented(TABLES[table])
        yield from _indented(f"Columns: {', '.join(columns)}.")
        yield ""
    yield f"{PROTOCOLS}/"
    yield from [*_indented("The text of each edition of a protocol, by its edition_id."), ""]
    yield NAME
    yield from [*_indented("Every other file with its length and its sha256, and the number of rows of each table."), ""]


def _proof(about: About) -> Iterator[str]:
    yield from _title("How to prove that nothing was changed")
    yield from _words(
        "The hash of a change is the sha256 of one JSON text: UTF-8, keys sorted, no spaces, no character escaped that need not be. It is an object "
        'with "previous" (the hash of the change before, empty for the first), "entry" (the columns of the change but hash, without those that are '
        'null) and "rows" (table -> list of the rows with its entry_seq, in the order of their primary key, each without its null columns and '
        "without salt, name, born and content; no table without rows). So each hash covers all that came before it."
    )
    yield from _words(
        "A commitment is the sha256 of the row's salt followed by the same kind of JSON text of its erasable columns: name and born of an identity, "
        "content of a free_text. It proves the words, and tells nothing of them once they are erased."
    )
    yield from _words(f"The last hash, the head, is {about.head or 'none: there is no change'}.")
    yield from _words(
        "The manifest proves that no file was damaged. That nobody wrote all of it anew, only a head proves that was kept elsewhere: on paper, "
        "with a backup."
    )


def _again(about: About) -> Iterator[str]:
    yield from _title("To make a ledger of it again")
    yield "    botox import all FOLDER"
    yield ""
    if about.identified:
        yield from _words("It is then the same ledger: the same entries, the same head.")
    else:
        yield from _words("It is then the same ledger but for what was left out, with one entry more that says so.")


def _title(words: str) -> list[str]:
    return [words.upper(), "=" * len(words), ""]


def _words(text: str) -> list[str]:
    return [*textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False), ""]


def _points(*points: str) -> Iterator[str]:
    for point in points:
        yield from textwrap.wrap(point, WIDTH, initial_indent="- ", subsequent_indent="  ", break_long_words=False, break_on_hyphens=False)
    yield ""


def _indented(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="    ", subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
