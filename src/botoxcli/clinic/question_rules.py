"""The rules that the questions of a protocol must keep: ranges, answers, conditions, and what the chair raises."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from botoxcli.clinic.protocol import Condition, Protocol, Question

Path = tuple[str | int, ...]
Contradiction = tuple[Path, str]

_COMPARISONS = ("at_least", "more_than", "at_most", "less_than")
_ROLES = ("require", "exclude_when", "caution_when", "advise")


def _questions(protocol: Protocol) -> Iterator[tuple[Path, Question]]:
    for index, criterion in enumerate(protocol.criteria):
        yield ("criteria", index), criterion
    for index, question in enumerate(protocol.chair):
        yield ("chair", index), question


def answers(question: Question) -> tuple[str, ...]:
    """The words that may answer the question, beside a number."""
    words = ("yes", "no") if question.type == "yes-no" else question.choices
    return (*words, *(("not-applicable",) if question.not_applicable else ()), "unknown")


def ranges(protocol: Protocol) -> Iterator[Contradiction]:
    for path, question in _questions(protocol):
        for field, said in _range(question):
            yield (*path, *field), said


def _range(question: Question) -> Iterator[Contradiction]:
    if question.type != "number":
        written = {"min": question.min is not None, "max": question.max is not None, "never": bool(question.never), "step": question.step != 1}
        yield from (((name,), "belongs to a number only") for name, given in written.items() if given)
    elif question.min is not None and question.max is not None:
        if question.step <= 0:
            yield ("step",), "must be more than none"
        for place, value in enumerate(question.never):
            if not question.min <= value <= question.max:
                yield ("never", place), "lies outside min and max anyway"
    for place, choice in enumerate(question.choices):
        if choice in question.choices[:place]:
            yield ("choices", place), "stands here twice"
        if choice in ("unknown", "not-applicable"):
            yield ("choices", place), "is an answer everywhere; do not list it"
    if question.type == "age" and question.not_applicable:
        yield ("not_applicable",), "an age is computed, never answered"
    if question.default is not None and question.type in ("yes-no", "choice") and question.default not in answers(question):
        yield ("default",), "is no answer to this question"


def conditions(protocol: Protocol) -> Iterator[Contradiction]:
    for index, criterion in enumerate(protocol.criteria):
        for role in _ROLES:
            condition = getattr(criterion, role)
            if condition is not None:
                for field, said in _condition(criterion, condition):
                    yield ("criteria", index, role, *field), said


def _condition(question: Question, condition: Condition) -> Iterator[Contradiction]:
    counted = question.type in ("number", "age")
    if condition.one_of is not None:
        if counted:
            yield ("is",), "fits no number; use at_least, more_than, at_most or less_than"
            return
        for place, answer in enumerate(condition.one_of):
            if answer == "unknown" or answer not in answers(question):
                yield ("is", place), "is no answer that meets or misses a condition; unknown is judged by itself"
        return
    for name in _COMPARISONS:
        value = getattr(condition, name)
        if value is None:
            continue
        if not counted:
            yield (name,), "fits a number only; use is"
        elif question.min is not None and question.max is not None and not question.min <= value <= question.max:
            yield (name,), "lies outside min and max"


def computed_age(protocol: Protocol) -> Iterator[Contradiction]:
    """An age is computed from the birth date: one criterion may use it, no chair question."""
    ages = [index for index, criterion in enumerate(protocol.criteria) if criterion.type == "age"]
    yield from ((("criteria", index, "type"), "there is an age criterion already") for index in ages[1:])
    yield from ((("chair", index, "type"), "an age is not asked at the chair") for index, part in enumerate(protocol.chair) if part.type == "age")


def raised(protocol: Protocol) -> Iterator[Contradiction]:
    """A chair question has no default, and an unknown answer is never read as a clean one."""
    for index, question in enumerate(protocol.chair):
        if question.default is not None:
            yield ("chair", index, "default"), "a question at the chair has no default"
        for place, answer in enumerate(question.raises.when):
            if answer not in answers(question):
                yield ("chair", index, "raises", "when", place), "is no answer to this question"
        if "unknown" not in question.raises.when:
            yield ("chair", index, "raises", "when"), "must name unknown too: it is never read as a clean answer"


QUESTION_RULES: tuple[Callable[[Protocol], Iterator[Contradiction]], ...] = (ranges, conditions, computed_age, raised)
