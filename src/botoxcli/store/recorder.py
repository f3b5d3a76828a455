"""WRITES, through SQLModel: one transaction a change, with its entry in the audit chain.

Conventions. A change begins with ``BEGIN IMMEDIATE``, so what its reader sees holds until it is committed: the rules are checked
again inside. Leaving the block without an error commits; any error leaves the ledger as it was. A change that wrote nothing has no
entry. The time is given, aware. Numbers (``seq``, ids, visits) are the last one plus one, given inside the transaction.
"""

from __future__ import annotations

import hashlib
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol, cast

from sqlmodel import Session as Transaction
from sqlmodel import col, delete, func, select

from botoxcli import __version__
from botoxcli.clinic.history import lot_key
from botoxcli.clinic.protocol import Protocol as TreatmentProtocol
from botoxcli.clinic.records import Consult, DiscardReason, FollowUpVisit, NewPatient, NewVial, Session, Visit
from botoxcli.errors import LedgerDamaged, NotFound, ValueRefused
from botoxcli.store import chain
from botoxcli.store.engine import create, open_writer, translated
from botoxcli.store.reader import Reader
from botoxcli.store.rows import day_text, edition_rows, instant_text, visit_rows, visit_texts
from botoxcli.store.steps import HASHED_TABLES
from botoxcli.store.tables import (
    DraftRow,
    EditionRow,
    EntryRow,
    FreeTextRow,
    IdentityRow,
    LotRecallRow,
    PatientRow,
    Recorded,
    SettingRow,
    VialDiscardRow,
    VialLabelRow,
    VialRow,
    VisitVersionRow,
)

SETTINGS = ("practice", "practitioner", "time-zone", "jurisdiction")
PROGRAM = f"botoxcli {__version__}"


class PinnedText(Protocol):
    """A protocol with the text that it was read from, and the sha256 of that text."""

    @property
    def protocol(self) -> TreatmentProtocol: ...
    @property
    def text(self) -> str: ...
    @property
    def sha256(self) -> str: ...


class Recorder:
    """Changes a ledger that exists."""

    def __init__(self, path: Path) -> None:
        self._path = path

    @contextmanager
    def change(self, *, command: str, actor: str, at: datetime, key: str | None = None) -> Iterator[Change]:
        """One change. ``command`` is the command's name, never its arguments; ``key`` makes a retry find what stands."""
        with translated(self._path):
            engine = open_writer(self._path)
            try:
                with Transaction(engine) as transaction:
                    change = Change(transaction, self._path, command=command, actor=actor, at=at, key=key)
                    yield change
                    change.close()
                    transaction.commit()
            finally:
                engine.dispose()


def create_ledger(path: Path, *, settings: Mapping[str, str], actor: str, at: datetime) -> bool:
    """``init``: a new ledger that holds the settings as its first entry. Returns whether its folder, older than it, lets others in."""

    def first_entry(beside: Path) -> None:
        with Recorder(beside).change(command="init", actor=actor, at=at) as change:
            change.set_settings(settings)

    return create(path, first_entry)


class Change:
    """One change while it is being made: a reader of its own transaction, and what can be added."""

    def __init__(self, transaction: Transaction, path: Path, *, command: str, actor: str, at: datetime, key: str | None) -> None:
        self._transaction = transaction
        self._path = path
        self._raw = cast("sqlite3.Connection", transaction.connection().connection.driver_connection)
        self.reader = Reader(self._raw, path)
        self.seq = self._next(EntryRow.seq)
        self._entry: dict[str, Any] = {
            "seq": self.seq, "at": instant_text(at), "actor": actor, "command": command, "change_key": key, "program": PROGRAM,
        }  # fmt: skip
        self._rows: list[Recorded] = []
        self._request: str | None = None
        self._patient_id: int | None = None

    def standing(self, key: str | None, request: Mapping[str, Any]) -> int | None:
        """The entry that recorded this very request under this key; None if the key is new (or None).

        Raises ValueRefused when the key stands for something else, or for something that was forgotten since. A new key's
        request is kept with the change, as a digest that an erasure blanks.
        """
        if key is None:
            return None
        digest = hashlib.sha256(chain.canonical({"command": self._entry["command"], "request": _plain(request)})).hexdigest()
        found = self._raw.execute("SELECT max(seq) FROM entry WHERE change_key = ?", (key,)).fetchone()[0]
        if found is None:
            if key != self._entry["change_key"]:
                raise ValueError("the request's key is not the change's")
            self._request = digest
            return None
        kept = self._raw.execute("SELECT content FROM free_text WHERE entry_seq = ? AND about = 'request'", (found,)).fetchone()
        if kept != (digest,):
            raise ValueRefused("--key", "this key already stands for another change", "Give every change a key of its own.")
        return int(found)

    def set_settings(self, settings: Mapping[str, str]) -> None:
        """Adds the settings that are not so already."""
        now = self.reader.settings()
        for name, value in settings.items():
            if name not in SETTINGS:
                raise ValueRefused(name, "there is no such setting", f"The settings are {', '.join(SETTINGS)}.")
            if now.get(name) != value:
                self._add(SettingRow(setting_id=self._next(SettingRow.setting_id), entry_seq=self.seq, name=name, value=value))

    def add_patient(self, patient: NewPatient) -> int:
        """A new patient's number. Raises ValueRefused when the code, in any case, exists."""
        if self._raw.execute("SELECT 1 FROM patient WHERE code = ?", (patient.code,)).fetchone():
            raise ValueRefused("CODE", "this code exists", "Give the patient a code that no other has ever had.")
        patient_id = self._next(PatientRow.patient_id)
        salt = secrets.token_hex(32)
        identity = IdentityRow(
            identity_id=self._next(IdentityRow.identity_id), entry_seq=self.seq, patient_id=patient_id, commitment="",
            salt=salt, name=patient.name, born=day_text(patient.born),
        )  # fmt: skip
        identity.commitment = chain.commitment(salt, chain.erasable_value("identity", identity.model_dump()))
        self._add(PatientRow(patient_id=patient_id, entry_seq=self.seq, code=patient.code), identity)
        self._patient_id = patient_id
        return patient_id

    def pin_edition(self, loaded: PinnedText) -> int:
        """The number of this edition, which is added with its sites, windows and limits when its text was not seen before."""
        if hashlib.sha256(loaded.text.encode()).hexdigest() != loaded.sha256:
            raise ValueError("the sha256 is not that of the text")
        pinned = self._raw.execute("SELECT edition_id FROM edition WHERE sha256 = ?", (loaded.sha256,)).fetchone()
        if pinned:
            return int(pinned[0])
        edition_id = self._next(EditionRow.edition_id)
        protocol = loaded.protocol
        edition = EditionRow(
            edition_id=edition_id, entry_seq=self.seq, protocol=protocol.id, label=protocol.edition, sha256=loaded.sha256, text=loaded.text
        )
        self._add(edition, *edition_rows(protocol, edition_id, self.seq))
        return edition_id

    def record_consult(self, consult: Consult, edition_id: int) -> int:
        """The number of the new visit."""
        return self._record(consult, "consult", edition_id)

    def record_session(self, session: Session, edition_id: int) -> int:
        """The number of the new visit. Raises ValueRefused when a vial is not unused any more, or not whole with what was wasted."""
        return self._record(session, "session", edition_id, drawn=self._drawn(session), origin="imported" if session.imported else "recorded")

    def record_follow_up(self, follow_up: FollowUpVisit, edition_id: int) -> int:
        """The number of the new visit."""
        return self._record(follow_up, "follow-up", edition_id)

    def add_vials(self, vials: NewVial, on: date) -> list[int]:
        """The numbers of the vials, one for each of the count. ``on`` is the day on which they came into stock."""
        first = self._next(VialRow.vial_id)
        numbers = list(range(first, first + vials.count))
        since = on.isoformat()
        rows = [VialRow(vial_id=one, entry_seq=self.seq, date=since, product=vials.product, hundredths=vials.hundredths) for one in numbers]
        self._add(*rows)
        self._label((number, vials.lot, vials.expires) for number in numbers)
        return numbers

    def amend_vials(self, vial_ids: Iterable[int], *, lot: str | None = None, expires: date | None = None, reason: str) -> None:
        """A new label for each vial: what is not given stays. Every visit shows the new one."""
        vials = [self.reader.vial(vial_id) for vial_id in vial_ids]
        self._label((vial.vial_id, lot or vial.lot, expires or vial.expires) for vial in vials)
        self.reason(reason)

    def discard_vial(self, vial_id: int, reason: DiscardReason, on: date, note: str | None = None) -> None:
        """Takes a vial of which nothing was given out of stock. Raises ValueRefused when it is not unused."""
        if self.reader.vial(vial_id).state != "unused":
            raise ValueRefused("LOT", "the vial is not unused", "Only a vial of which nothing was given can be discarded.")
        number = self._next(VialDiscardRow.vial_discard_id)
        self._add(VialDiscardRow(vial_discard_id=number, entry_seq=self.seq, vial_id=vial_id, date=on.isoformat(), reason=reason))
        if note:
            self._text("note", note)

    def recall_lot(self, lot: str, on: date, reason: str) -> None:
        """Makes the lot's vials a stop, those in stock and those to come."""
        number = self._next(LotRecallRow.lot_recall_id)
        self._add(LotRecallRow(lot_recall_id=number, entry_seq=self.seq, lot=lot, lot_key=lot_key(lot), date=on.isoformat()))
        self.reason(reason)

    def reason(self, text: str) -> None:
        """Why the change was made, in the person's words."""
        self._text("reason", text)

    def drop_draft(self, key: str) -> None:
        """Removes the draft that this change completes. Drafts are no part of the record: this alone makes no entry."""
        self._transaction.exec(delete(DraftRow).where(col(DraftRow.change_key) == key))

    def close(self) -> None:
        """Writes the entry with its hash, and holds it against the rows as SQLite gives them back."""
        if not self._rows:
            return
        if self._request:
            self._text("request", self._request, patient_id=self._patient_id)
        previous = chain.hash_of(self._raw, self.seq - 1)
        tables: dict[str, list[dict[str, Any]]] = {table: [] for table in HASHED_TABLES}
        for row in self._rows:
            tables[str(row.__tablename__)].append(row.model_dump())
        computed = chain.digest(previous, self._entry, tables)
        self._transaction.add(EntryRow(**self._entry, hash=computed))
        self._transaction.flush()
        if chain.entry_hash(self._raw, self.seq, previous) != computed or chain.broken_commitments(self._raw, self.seq):
            raise LedgerDamaged(str(self._path), "what was written does not come back as it was; nothing was recorded")

    def _record(self, visit: Visit, kind: str, edition_id: int, *, drawn: Mapping[int, int] | None = None, origin: str = "recorded") -> int:
        patient = self._raw.execute("SELECT patient_id FROM patient WHERE code = ?", (visit.patient,)).fetchone()
        edition = self._raw.execute("SELECT protocol FROM edition WHERE edition_id = ?", (edition_id,)).fetchone()
        if patient is None or edition is None:
            raise NotFound("patient" if patient is None else "protocol")
        self._patient_id = int(patient[0])
        number, version_id = self._next(VisitVersionRow.visit), self._next(VisitVersionRow.visit_version_id)
        version = VisitVersionRow(
            visit_version_id=version_id, entry_seq=self.seq, visit=number, version=1, patient_id=self._patient_id, kind=kind,
            protocol=edition[0], edition_id=edition_id, date=visit.date.isoformat(), origin=origin,
        )  # fmt: skip
        self._add(version, *visit_rows(visit, version_id, self.seq, drawn or {}))
        for about, text in visit_texts(visit).items():
            self._text(about, text, patient_id=self._patient_id, version_id=version_id)
        return number

    def _drawn(self, session: Session) -> dict[int, int]:
        """What each vial of the stock holds that a session uses, now that nobody else can take it."""
        drawn: dict[int, int] = {}
        for use in session.vials:
            if use.vial_id is None:
                continue
            vial = self.reader.vial(use.vial_id)
            if vial.state != "unused" or vial.vial_id in drawn:
                raise ValueRefused("--vial", "the vial is not unused any more", "Take another vial; nothing was recorded.")
            if use.given_hundredths + (use.wasted_hundredths or 0) != vial.hundredths:
                raise ValueRefused("--vial", "what was given and what was wasted do not make up the vial")
            drawn[vial.vial_id] = vial.hundredths
        return drawn

    def _label(self, labels: Iterable[tuple[int, str, date]]) -> None:
        first = self._next(VialLabelRow.vial_label_id)
        self._add(
            *(
                VialLabelRow(vial_label_id=number, entry_seq=self.seq, vial_id=vial_id, lot=lot, lot_key=lot_key(lot), expires=expires.isoformat())
                for number, (vial_id, lot, expires) in enumerate(labels, start=first)
            )
        )

    def _text(self, about: str, content: str, *, patient_id: int | None = None, version_id: int | None = None) -> None:
        salt = secrets.token_hex(32)
        row = FreeTextRow(
            free_text_id=self._next(FreeTextRow.free_text_id), entry_seq=self.seq, patient_id=patient_id, visit_version_id=version_id,
            about=about, commitment="", salt=salt, content=content,
        )  # fmt: skip
        row.commitment = chain.commitment(salt, chain.erasable_value("free_text", row.model_dump()))
        self._add(row)

    def _add(self, *rows: Recorded) -> None:
        self._rows.extend(rows)
        self._transaction.add_all(rows)
        self._transaction.flush()

    def _next(self, number: int) -> int:
        """One more than the highest of a column; numbers begin at 1."""
        return (self._transaction.exec(select(func.max(number))).one() or 0) + 1


def _plain(value: Any) -> Any:
    """A request as plain JSON values: dates, numbers and the like by their text."""
    if isinstance(value, Mapping):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(inner) for inner in value]
    return value if value is None or isinstance(value, (str, int, bool)) else str(value)
