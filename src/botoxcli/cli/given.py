"""What the flags of a recording command say, as values: answers, acceptances, overrides, pairs of ``NAME=VALUE``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from botoxcli.clinic.answers import read_answers
from botoxcli.clinic.quantity import parse_number, scaled
from botoxcli.clinic.questions import Question
from botoxcli.clinic.text import clean
from botoxcli.errors import UsageError, ValueRefused


def pairs(flag: str, given: Iterable[str]) -> dict[str, str]:
    """``NAME=VALUE`` of a repeatable flag. Raises UsageError for one without ``=``, or a name that is given two values."""
    said: dict[str, str] = {}
    for item in given:
        name, sign, value = item.partition("=")
        name = name.strip()
        if not sign or not name:
            raise UsageError(f"{flag} needs NAME=VALUE.", f"Write it as {flag} NAME=VALUE.")
        if said.get(name, value) != value:
            raise UsageError(f"{flag} gives one name two values.", "Give each name once.")
        said[name] = value
    return said


def reasons(flag: str, given: Iterable[str]) -> dict[str, str]:
    """The same where the values are written reasons: cleaned, and refused when they hold control characters."""
    return {name: clean_text(f"{flag} {name}", reason) for name, reason in pairs(flag, given).items()}


def clean_text(where: str, words: str) -> str:
    """Free text as it is kept. Raises ValueRefused naming the flag and the character's place."""
    try:
        return clean(words)
    except ValueError as refused:
        raise ValueRefused(where, str(refused)) from None


def answers_given(questions: Sequence[Question], answer: Sequence[str], answers: str | None) -> dict[str, str]:
    """The answers of ``--answers`` with those of ``--answer`` over them, canonical. Raises ValueRefused."""
    said: dict[str, object] = {}
    if answers is not None:
        from botoxcli.files.answers_file import read_answers_file

        said.update(read_answers_file(answers))
    said.update(pairs("--answer", answer))
    return read_answers(questions, said)


def units_given(flag: str, given: Mapping[str, str]) -> dict[str, int]:
    """``PLACE=UNITS`` as hundredths of a unit. Raises ValueRefused naming the flag and the place."""
    doses = {}
    for place, words in given.items():
        value = parse_number(words)
        hundredths = scaled(value, 100) if value is not None else None
        if hundredths is None or not 0 < hundredths <= 200_000:
            raise ValueRefused(f"{flag} {place}", "must be a number of units above 0, in steps of 0.01")
        doses[place] = hundredths
    return doses


def millilitres(flag: str, words: str) -> int:
    """A volume in mL as microlitres. Raises ValueRefused."""
    value = parse_number(words)
    microlitres = scaled(value, 1000) if value is not None else None
    if microlitres is None or not 0 < Decimal(microlitres) <= 1_000_000:
        raise ValueRefused(flag, "must be a number of mL above 0, in steps of 0.001")
    return microlitres


def may_ask(no_input: bool) -> bool:
    """Whether a person can be asked: not with ``--no-input``, and not without a terminal."""
    from botoxcli.terminal.ask import can_ask

    return not no_input and can_ask()
