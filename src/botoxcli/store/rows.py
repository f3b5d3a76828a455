"""Records as rows: pure, one function a kind of record. Numbers that only the ledger knows are given.

Conventions. Positions count from 1 in the record's order. Text that a person wrote freely never stands in these rows; it goes,
by ``visit_texts``, to ``free_text`` under ``override:FINDING``, ``site:SITE`` or ``decision``: why the practitioner decided so at a consult,
and the note of a follow-up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.diary import DiaryDay
from botoxcli.clinic.records import Consult, FollowUpVisit, Session, Visit
from botoxcli.store.tables import Recorded
from botoxcli.store.visit_tables import (
    AdverseEventRow,
    AnswerRow,
    ConsultDetailRow,
    EventResolvedRow,
    FindingRow,
    InjectionRow,
    SessionDetailRow,
    VialUseRow,
)

if TYPE_CHECKING:
    from botoxcli.store.patient_tables import DiaryDayRow


def instant_text(moment: datetime) -> str:
    """An aware instant as the ledger keeps it: UTC, to the second, ``2026-03-09T14:00:00Z``."""
    if moment.tzinfo is None:
        raise ValueError("an instant needs its offset")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def visit_rows(visit: Visit, version_id: int, entry_seq: int, drawn: Mapping[int, int]) -> Iterator[Recorded]:
    """Everything below the visit's own row. ``drawn`` is what each vial of the stock holds."""
    for position, answer in enumerate(visit.answers, start=1):
        yield AnswerRow(visit_version_id=version_id, position=position, entry_seq=entry_seq, question=answer.question, value=answer.value)
    for position, finding in enumerate(visit.findings, start=1):
        yield FindingRow(
            visit_version_id=version_id, position=position, entry_seq=entry_seq, finding=finding.id, level=finding.level,
            met=None if finding.met is None else int(finding.met), because=finding.because, source=finding.source, resolution=finding.resolution,
        )  # fmt: skip
    if isinstance(visit, Consult):
        yield ConsultDetailRow(
            visit_version_id=version_id, entry_seq=entry_seq, decision=visit.decision, decided=visit.decided, jurisdiction=visit.jurisdiction
        )
    elif isinstance(visit, Session):
        yield from _session_rows(visit, version_id, entry_seq, drawn)
    elif isinstance(visit, FollowUpVisit):
        yield from _event_rows(visit, version_id, entry_seq)


def _session_rows(session: Session, version_id: int, entry_seq: int, drawn: Mapping[int, int]) -> Iterator[Recorded]:
    mixed = session.reconstituted_at
    yield SessionDetailRow(
        visit_version_id=version_id, entry_seq=entry_seq, product=session.product, diluent_ul=session.diluent_ul,
        reconstituted_at=instant_text(mixed) if mixed else None, minutes=session.minutes, injector=session.injector,
        jurisdiction=session.jurisdiction, ended_early=int(session.ended_early),
    )  # fmt: skip
    for position, injection in enumerate(session.injections, start=1):
        yield InjectionRow(
            visit_version_id=version_id, position=position, entry_seq=entry_seq, site=injection.site, muscle=injection.muscle,
            side=injection.side, planned_hundredths=injection.planned_hundredths, hundredths=injection.hundredths, state=injection.state,
        )  # fmt: skip
    for position, use in enumerate(session.vials, start=1):
        yield VialUseRow(
            visit_version_id=version_id, position=position, entry_seq=entry_seq, vial_id=use.vial_id, lot=use.lot,
            drawn_hundredths=None if use.vial_id is None else drawn[use.vial_id],
            given_hundredths=use.given_hundredths, wasted_hundredths=use.wasted_hundredths,
        )  # fmt: skip


def _event_rows(visit: FollowUpVisit, version_id: int, entry_seq: int) -> Iterator[Recorded]:
    for position, told in enumerate(visit.events, start=1):
        yield AdverseEventRow(
            visit_version_id=version_id, position=position, entry_seq=entry_seq, event=told.event, severity=told.severity,
            onset=day_text(told.onset), related=told.related, escalate=told.escalate, resolved_on=day_text(told.resolved_on),
        )  # fmt: skip
    for position, ended in enumerate(visit.resolved, start=1):
        yield EventResolvedRow(
            visit_version_id=version_id, position=position, entry_seq=entry_seq, event=ended.event, resolved_on=ended.resolved_on.isoformat()
        )


def diary_row(told: DiaryDay, patient_id: int, entry_seq: int) -> DiaryDayRow:
    """A day of the diary."""
    from botoxcli.store.patient_tables import DiaryDayRow

    return DiaryDayRow(
        patient_id=patient_id, day=told.day.isoformat(), entry_seq=entry_seq, headache=int(told.headache), hours_hundredths=told.hours_hundredths,
        migraine=_flag(told.migraine), severity=told.severity, acute=_flag(told.acute),
    )  # fmt: skip


def _flag(said: bool | None) -> int | None:
    return None if said is None else int(said)


def visit_texts(visit: Visit) -> dict[str, str]:
    """What was written freely, by what it is about. Findings of one name share their reason, as ``--override ID=REASON`` gives it."""
    texts: dict[str, str] = {}
    for finding in visit.findings:
        if finding.reason:
            texts.setdefault(f"override:{finding.id}", finding.reason)
    if isinstance(visit, Consult) and visit.reason:
        texts["decision"] = visit.reason
    if isinstance(visit, FollowUpVisit) and visit.note:
        texts["decision"] = visit.note
    if isinstance(visit, Session):
        texts.update({f"site:{injection.site}": injection.reason for injection in visit.injections if injection.reason})
    return texts


def day_text(day: date | None) -> str | None:
    """A civil date as the ledger keeps it."""
    return None if day is None else day.isoformat()
