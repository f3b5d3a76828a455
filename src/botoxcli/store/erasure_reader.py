"""What a patient's erasure looks at: identities, free text, drafts, and the words that the chain covers. Loaded only when it is asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date

from botoxcli.clinic.forgetting import CoveredText, Erasable, ErasableText, OpenDraft
from botoxcli.errors import NotFound

# Where words of a person can stand in what the chain covers: table, column, and what that is to a practitioner.
_COVERED = (
    ("entry", "change_key", "the --key of a change"),
    ("vial", "product", "a product"),
    ("vial_label", "lot", "a lot"),
    ("lot_recall", "lot", "a recalled lot"),
    ("vial_use", "lot", "an imported lot"),
    ("toxin_elsewhere", "product", "a product given elsewhere"),
    ("answer", "value", "an answer"),
    ("finding", "because", "what a finding says"),
    ("adverse_event", "event", "an adverse event"),
    ("edition", "label", "a protocol's edition"),
)


def erasable(connection: sqlite3.Connection, code: str) -> Erasable:
    """Of the patient of exactly this code, in any case of its letters; also of one whose making was undone. Raises NotFound."""
    known = connection.execute("SELECT patient_id, code FROM patient WHERE code = ?", (code.strip(),)).fetchone()
    if known is None:
        raise NotFound("patient", "Give the patient's code: nobody is forgotten by a part of a name.")
    patient_id = int(known[0])
    rows = connection.execute("SELECT name, born FROM identity WHERE patient_id = ? AND salt IS NOT NULL ORDER BY identity_id", (patient_id,))
    identities = tuple((name, date.fromisoformat(born)) for name, born in rows)
    (visits,) = connection.execute("SELECT count(*) FROM visit_now WHERE patient_id = ?", (patient_id,)).fetchone()
    return Erasable(
        patient_id=patient_id,
        patient=known[1],
        identities=identities,
        forgotten=None if identities else _forgotten(connection, patient_id),
        texts=tuple(_texts(connection, patient_id)),
        requests=tuple(_requests(connection, patient_id)),
        covered=tuple(_covered(connection)),
        drafts=tuple(OpenDraft(*row) for row in connection.execute("SELECT kind, patient_code, content FROM draft ORDER BY draft_id")),
        visits=visits,
    )


def _forgotten(connection: sqlite3.Connection, patient_id: int) -> tuple[str, str] | None:
    """When and by whom an erasure was made about the patient; None where there was none: their identity never came here."""
    sql = "SELECT erased_at, erased_by FROM erasure_line WHERE patient_id = ? ORDER BY entry_seq LIMIT 1"
    found = connection.execute(sql, (patient_id,)).fetchone()
    return None if found is None else (str(found[0]), str(found[1]))


_OWNER = "coalesce(t.patient_id, v.patient_id)"
_FROM = f"FROM free_text t LEFT JOIN visit_version v ON v.visit_version_id = t.visit_version_id WHERE t.salt IS NOT NULL AND {_OWNER}"


def _texts(connection: sqlite3.Connection, patient_id: int) -> Iterator[ErasableText]:
    rows = connection.execute(
        f"SELECT t.free_text_id, {_OWNER}, p.code, coalesce(v.visit, l.visit), t.about, l.command, l.at, t.content FROM free_text t "  # noqa: S608
        "LEFT JOIN visit_version v ON v.visit_version_id = t.visit_version_id JOIN entry_line l ON l.seq = t.entry_seq "
        f"LEFT JOIN patient p ON p.patient_id = {_OWNER} WHERE t.salt IS NOT NULL AND t.about <> 'request' ORDER BY t.free_text_id"
    )
    for number, owner, code, visit, about, command, at, content in rows:
        yield ErasableText(number, owner == patient_id, code, visit, about, command, at, content)


def _requests(connection: sqlite3.Connection, patient_id: int) -> Iterator[int]:
    rows = connection.execute(f"SELECT t.free_text_id {_FROM} = ? AND t.about = 'request' ORDER BY t.free_text_id", (patient_id,))
    yield from (number for (number,) in rows)


def _covered(connection: sqlite3.Connection) -> Iterator[CoveredText]:
    for table, column, where in _COVERED:
        seq = "seq" if table == "entry" else "entry_seq"
        rows = connection.execute(f"SELECT min({seq}), {column} FROM {table} WHERE {column} IS NOT NULL GROUP BY {column} ORDER BY 1")  # noqa: S608
        yield from (CoveredText(where, first, content) for first, content in rows)
