"""What a change adds about visits: the edition that they follow, new ones, new versions, and void ones.

Conventions. A visit keeps its number, kind, patient and edition through all its versions; the last one that stands counts. A vial is free
for a session when no session that stands has used it: that is looked up here again, where nobody else can take it any more.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Protocol

from botoxcli.clinic.protocol import Protocol as TreatmentProtocol
from botoxcli.clinic.records import Consult, FollowUpVisit, Session, Visit
from botoxcli.errors import NotFound, ValueRefused
from botoxcli.store.due_reader import EDITIONS_IN_USE
from botoxcli.store.entry import Entry
from botoxcli.store.rows import visit_rows, visit_texts
from botoxcli.store.tables import SettingRow
from botoxcli.store.visit_tables import VisitVersionRow, VisitVoidRow

_KINDS: Mapping[type[Visit], str] = {Consult: "consult", Session: "session", FollowUpVisit: "follow-up"}


class PinnedText(Protocol):
    """A protocol with the text that it was read from, and the sha256 of that text."""

    @property
    def protocol(self) -> TreatmentProtocol: ...
    @property
    def text(self) -> str: ...
    @property
    def sha256(self) -> str: ...


class VisitChanges(Entry):
    """Editions and visits."""

    def pin_edition(self, loaded: PinnedText) -> int:
        """The number of this edition, which is from now on the one in use.

        It is added with its sites, windows and limits when its text was not seen before.
        """
        if hashlib.sha256(loaded.text.encode()).hexdigest() != loaded.sha256:
            raise ValueError("the sha256 is not that of the text")
        pinned = self._raw.execute("SELECT edition_id FROM edition WHERE sha256 = ?", (loaded.sha256,)).fetchone()
        edition_id = int(pinned[0]) if pinned else self._add_edition(loaded)
        if self.reader.editions_in_use().get(loaded.protocol.id) != edition_id:
            self._name_in_use(loaded.protocol.id, loaded.sha256)
        return edition_id

    def _add_edition(self, loaded: PinnedText) -> int:
        from botoxcli.store.edition_rows import edition_rows
        from botoxcli.store.edition_tables import EditionRow

        edition_id = self._next(EditionRow.edition_id)
        protocol = loaded.protocol
        edition = EditionRow(
            edition_id=edition_id, entry_seq=self.seq, protocol=protocol.id, label=protocol.edition, sha256=loaded.sha256, text=loaded.text
        )
        self._add(edition, *edition_rows(protocol, edition_id, self.seq))
        return edition_id

    def _name_in_use(self, protocol: str, sha256: str) -> None:
        """An edition that is not the one pinned last is in use: the setting says so, from then on for each that follows too."""
        named = self._raw.execute("SELECT value FROM setting_now WHERE name = ?", (EDITIONS_IN_USE,)).fetchone()
        value = json.dumps({**(json.loads(named[0]) if named else {}), protocol: sha256}, sort_keys=True)
        self._add(SettingRow(setting_id=self._next(SettingRow.setting_id), entry_seq=self.seq, name=EDITIONS_IN_USE, value=value))

    def record_consult(self, consult: Consult, edition_id: int) -> int:
        """The number of the new visit."""
        return self._record(consult, "consult", edition_id)

    def record_session(self, session: Session, edition_id: int) -> int:
        """The number of the new visit. Raises ValueRefused when a vial is not unused any more, or not whole with what was wasted."""
        return self._record(session, "session", edition_id)

    def record_follow_up(self, follow_up: FollowUpVisit, edition_id: int) -> int:
        """The number of the new visit."""
        return self._record(follow_up, "follow-up", edition_id)

    def amend_visit(self, visit: int, record: Visit, *, reason: str) -> None:
        """A new version of a visit that stands: same number, kind, patient and edition. The vials of the old version are free for it.

        Raises NotFound when no such visit stands.
        """
        stands = self._standing_version(visit)
        if self._patient(record.patient) != stands["patient_id"] or _KINDS[type(record)] != stands["kind"]:
            raise ValueError("an amendment keeps the kind and the patient")
        (last,) = self._raw.execute("SELECT max(version) FROM visit_version WHERE visit = ?", (visit,)).fetchone()
        version = VisitVersionRow(
            **stands,
            visit_version_id=self._next(VisitVersionRow.visit_version_id),
            entry_seq=self.seq,
            version=last + 1,
            date=record.date.isoformat(),
        )
        self._write_version(version, record)
        self.reason(reason, version.patient_id)

    def void_visit(self, visit: int, *, reason: str) -> None:
        """Withdraws a visit; its vials are unused again. Raises NotFound when no such visit stands."""
        stands = self._standing_version(visit)
        self._add(VisitVoidRow(visit_void_id=self._next(VisitVoidRow.visit_void_id), entry_seq=self.seq, visit=visit))
        self.reason(reason, stands["patient_id"])

    def _record(self, visit: Visit, kind: str, edition_id: int) -> int:
        patient_id = self._patient(visit.patient)
        edition = self._raw.execute("SELECT protocol FROM edition WHERE edition_id = ?", (edition_id,)).fetchone()
        if edition is None:
            raise NotFound("protocol")
        self._patient_id = patient_id
        number = self._next(VisitVersionRow.visit)
        version = VisitVersionRow(
            visit_version_id=self._next(VisitVersionRow.visit_version_id), entry_seq=self.seq, visit=number, version=1, patient_id=patient_id,
            kind=kind, protocol=edition[0], edition_id=edition_id, date=visit.date.isoformat(),
            origin="imported" if isinstance(visit, Session) and visit.imported else "recorded",
        )  # fmt: skip
        self._write_version(version, visit)
        return number

    def _write_version(self, version: VisitVersionRow, visit: Visit) -> None:
        """The version first: an older one no longer stands from then on, and its vials are unused."""
        self._add(version)
        drawn = self._drawn(visit) if isinstance(visit, Session) else {}
        self._add(*visit_rows(visit, version.visit_version_id, self.seq, drawn))
        for about, text in visit_texts(visit).items():
            self._text(about, text, patient_id=version.patient_id, version_id=version.visit_version_id)

    def _patient(self, code: str) -> int:
        found = self._raw.execute("SELECT patient_id FROM patient_now WHERE code = ?", (code,)).fetchone()
        if found is None:
            raise NotFound("patient")
        return int(found[0])

    def _standing_version(self, visit: int) -> dict[str, Any]:
        """What every version of a visit has in common. Raises NotFound when none stands."""
        row = self._raw.execute("SELECT visit, patient_id, kind, protocol, edition_id, origin FROM visit_now WHERE visit = ?", (visit,)).fetchone()
        if row is None:
            raise NotFound("visit")
        return dict(zip(("visit", "patient_id", "kind", "protocol", "edition_id", "origin"), row, strict=True))

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
