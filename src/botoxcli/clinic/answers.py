"""Answers: from what a person typed, or a file holds, to the canonical text that a record keeps.

Canonical are ``yes``, ``no``, ``unknown``, ``not-applicable``, a choice's id, and the shortest decimal of a number. ``unknown`` is an
answer to every question and is never read as ``no``. A refusal names the question and what it allows, never what was given.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from decimal import Decimal

from botoxcli.clinic.protocol import Jurisdiction, Protocol, Question
from botoxcli.clinic.quantity import parse_number, text
from botoxcli.clinic.question_rules import answers as answer_words
from botoxcli.clinic.questions import listed
from botoxcli.errors import ValueRefused

GROUPS = ("history", "medication", "conditions", "severity")
UNKNOWN = "unknown"
NOT_APPLICABLE = "not-applicable"
AFTERCARE = Question(
    id="aftercare",
    ask="Was the aftercare sheet given?",
    type="yes-no",
    why="It is printed with every session, so it counts as given unless it is answered no.",
    source="practice",
)
_SHORT = {"y": "yes", "n": "no", "u": UNKNOWN, "na": NOT_APPLICABLE, "n/a": NOT_APPLICABLE}


def allowed(question: Question) -> str:
    """What may be answered, in words: ``a whole number of days a month, 0 to 31, or unknown``."""
    if question.type == "number":
        return f"{_number_words(question)}, or unknown"
    words = listed(answer_words(question))
    return f"{', '.join(words[:-1])} or {words[-1]}"


def short_range(question: Question) -> str:
    """The same for a prompt: ``0-31`` or ``yes/no/unknown``."""
    if question.type == "number" and question.min is not None and question.max is not None:
        return f"{text(question.min)}-{text(question.max)}"
    return "/".join(listed(answer_words(question)))


def _number_words(question: Question) -> str:
    kind = "a whole number" if question.step == 1 else f"a number in steps of {text(question.step)}"
    unit = f" of {question.unit}" if question.unit else ""
    never = f" ({', '.join(text(value) for value in question.never)} cannot occur)" if question.never else ""
    lowest, highest = question.min or Decimal(0), question.max or Decimal(0)
    return f"{kind}{unit}, {text(lowest)} to {text(highest)}{never}"


def read_answer(question: Question, given: object, *, where: str) -> str:
    """The canonical text of an answer. ``given`` is text, or a number or a truth value from a file.

    Raises ValueRefused naming ``where``.
    """
    answer = _canonical(question, given)
    if answer is None:
        raise ValueRefused(where, f"must be {allowed(question)}")
    return answer


def _canonical(question: Question, given: object) -> str | None:
    if isinstance(given, bool):
        given = "yes" if given else "no"
    if isinstance(given, (int, float, Decimal)):
        given = str(given)
    if not isinstance(given, str):
        return None
    word = given.strip().lower()
    word = word if word in question.choices else _SHORT.get(word, word)
    if word == UNKNOWN:
        return UNKNOWN
    if question.type == "number":
        return _number(question, word)
    return word if word in answer_words(question) else None


def _number(question: Question, word: str) -> str | None:
    value = parse_number(word)
    if value is None or question.min is None or question.max is None:
        return None
    fits = question.min <= value <= question.max and value % question.step == 0 and value not in question.never
    return text(value) if fits else None


def read_answers(questions: Iterable[Question], given: Mapping[str, object]) -> dict[str, str]:
    """All answers canonical, in the order of the questions. Raises ValueRefused for an unknown question or a bad answer."""
    known = {question.id: question for question in questions}
    for name in given:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"It asks: {', '.join(known)}."
            raise ValueRefused("--answer", "the protocol asks no such question", hint)
    return {name: read_answer(question, given[name], where=f"--answer {name}") for name, question in known.items() if name in given}


def missing(questions: Iterable[Question], answers: Mapping[str, str]) -> tuple[str, ...]:
    """The ids that nobody answered, in the order in which they are asked."""
    return tuple(question.id for question in questions if question.id not in answers)


def chair_questions(protocol: Protocol) -> tuple[Question, ...]:
    """The safety questions at the chair."""
    return tuple(protocol.chair)


def session_questions(protocol: Protocol) -> tuple[Question, ...]:
    """What a session may answer: the safety questions, and whether the aftercare sheet was given, which is never asked."""
    return (*protocol.chair, AFTERCARE)


def consult_questions(protocol: Protocol, jurisdiction: Jurisdiction | None = None) -> tuple[Question, ...]:
    """The criteria that are asked, group by group; a computed one (age) is not. With a jurisdiction only those that hold there."""
    asked = [
        criterion
        for criterion in protocol.criteria
        if criterion.type != "age" and (jurisdiction is None or not criterion.jurisdictions or jurisdiction in criterion.jurisdictions)
    ]
    return tuple(sorted(asked, key=lambda criterion: GROUPS.index(criterion.group)))
