"""The answers of a visit as QuestionnaireResponse: what was asked, what was said, what was found, and what was decided."""

from __future__ import annotations

from collections.abc import Iterator

from botoxcli.clinic.answers import AFTERCARE, NOT_APPLICABLE, UNKNOWN
from botoxcli.clinic.outcomes import outcome_questions
from botoxcli.clinic.past_visit import PastFinding, VisitVersion, WholeVisit
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import number, parse_number
from botoxcli.clinic.questions import Question
from botoxcli.files.fhir_people import Staff
from botoxcli.files.fhir_values import ENTERED_IN_ERROR, Book, Resource, absent, instant


def version_name(version: VisitVersion) -> str:
    """What the resources of one version of a visit are called by: ``visit-3-v2``."""
    return f"visit-{version.visit.head.visit}-v{version.version}"


def answers(book: Book, staff: Staff, version: VisitVersion, protocol: Protocol) -> Resource:
    """The answers of one version of a visit; those at the chair belong to its procedure."""
    visit, name = version.visit, version_name(version)
    stands = "amended" if version.version > 1 else "completed"
    return book.begun("QuestionnaireResponse", name, named=False) | {
        "identifier": book.identifier(f"{name}-answers"),
        "partOf": [book.reference("Procedure", name)] if visit.head.kind == "session" else [],
        "status": stands if version.standing == "current" else ENTERED_IN_ERROR,
        "subject": book.reference("Patient", visit.head.patient),
        "authored": instant(visit.head.recorded_at),
        "author": staff.reference(visit.head.recorded_by),
        "item": [_group("answers", "Answers", list(_answers(visit, protocol))), *_findings(book, visit), *_decision(book, visit)],
    }


def _group(link: str, text: str, items: list[Resource]) -> Resource:
    return {"linkId": link, "text": text, "item": items}


def _answers(visit: WholeVisit, protocol: Protocol) -> Iterator[Resource]:
    questions = {one.id: one for one in (AFTERCARE, *outcome_questions(protocol), *protocol.criteria, *protocol.chair)}
    asked = protocol.chair if visit.head.kind == "session" else protocol.criteria if visit.head.kind == "consult" else outcome_questions(protocol)
    questions |= {one.id: one for one in asked}
    for question, value in visit.answers:
        known = questions.get(question)
        yield {"linkId": question, "text": known.ask if known else question, "answer": [_value(known, value)]}


def _value(question: Question | None, value: str) -> Resource:
    if value in (UNKNOWN, NOT_APPLICABLE):
        return {"valueCoding": absent(value)}
    if question is None or question.type == "choice":
        return {"valueString": value}
    figure = parse_number(value)
    if figure is not None:
        return {"valueDecimal": number(figure)}
    return {"valueBoolean": value == "yes"} if value in ("yes", "no") else {"valueString": value}


def _findings(book: Book, visit: WholeVisit) -> Iterator[Resource]:
    if visit.findings:
        yield _group("findings", "Findings", [_finding(book, place, one) for place, one in enumerate(visit.findings, start=1)])


def _finding(book: Book, place: int, finding: PastFinding) -> Resource:
    link = f"finding.{place}.{finding.id}"
    met = {True: "met", False: "not met", None: None}[finding.met]
    answer: Resource = {"valueString": ", ".join(word for word in (finding.level, met, finding.resolution) if word)}
    if reason := book.words(finding.reason):
        answer["item"] = [{"linkId": f"{link}.reason", "text": "Reason", "answer": [{"valueString": reason}]}]
    return {"linkId": link, "text": f"{finding.id}: {finding.because}", "answer": [answer]}


def _decision(book: Book, visit: WholeVisit) -> Iterator[Resource]:
    told = (
        ("decision", "Decision by the rules", visit.head.decision),
        ("decided", "The practitioner's decision", visit.head.decided),
        ("reason", "Reason or note", book.words(visit.reason)),
        ("jurisdiction", "Jurisdiction", visit.jurisdiction),
    )
    yield from ({"linkId": link, "text": text, "answer": [{"valueString": value}]} for link, text, value in told if value)
