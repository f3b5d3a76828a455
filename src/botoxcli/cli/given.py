"""What the flags of a recording command say, as values: answers, acceptances, overrides, pairs of ``NAME=VALUE``."""

from __future__ import annotations

import difflib
from collections.abc import Container, Iterable, Mapping, Sequence
from decimal import Decimal

from botoxcli.cli.texts import clean_text
from botoxcli.clinic.answers import read_answers
from botoxcli.clinic.findings import is_reason
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.quantity import parse_number, scaled
from botoxcli.clinic.questions import Question
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


def reasons(flag: str, given: Iterable[str], known: Container[str]) -> dict[str, str]:
    """The same where the values are written reasons: cleaned, and refused when they hold control characters or no word.

    A name is only named in an error when it is ``known``: anything else may be a patient's.
    """
    said = {}
    for name, words in pairs(flag, given).items():
        where = _where(flag, name, known)
        if not is_reason(words):
            raise ValueRefused(where, "needs a written reason", f"Write it as {flag} NAME=REASON.")
        said[name] = clean_text(where, words)
    return said


def _where(flag: str, name: str, known: Container[str]) -> str:
    return f"{flag} {name}" if name in known else flag


def answers_given(questions: Sequence[Question], answer: Sequence[str], answers: str | None) -> dict[str, str]:
    """The answers of ``--answers`` with those of ``--answer`` over them, canonical. Raises ValueRefused."""
    said: dict[str, object] = {}
    if answers is not None:
        from botoxcli.files.answers_file import read_answers_file

        said.update(read_answers_file(answers))
    said.update(pairs("--answer", answer))
    return read_answers(questions, said)


def accepted_ids(given: Sequence[str], protocol: Protocol) -> frozenset[str]:
    """The findings of ``--accept``. Raises ValueRefused for one that no rule can raise: a mistyped one must not pass unseen."""
    for name in given:
        _known_finding("--accept", name, protocol)
    return frozenset(given)


def overridden_ids(given: Sequence[str], protocol: Protocol) -> dict[str, str]:
    """The findings of ``--override`` with their reasons. Raises ValueRefused likewise."""
    for name in pairs("--override", given):
        _known_finding("--override", name, protocol)
    return reasons("--override", given, protocol.finding_levels)


def _known_finding(flag: str, name: str, protocol: Protocol) -> None:
    if name not in protocol.finding_levels:
        near = difflib.get_close_matches(name, protocol.finding_levels, n=1)
        hint = f"Did you mean {near[0]}?" if near else f"Findings are: {', '.join(protocol.finding_levels)}."
        raise ValueRefused(flag, "no rule raises such a finding", hint)


def checked_key(key: str | None) -> str | None:
    """The key as it is kept, one spelling for one text. Raises ValueRefused for an empty or overlong one: it would protect nothing."""
    return None if key is None else clean_text("--key", key, longest=200)


def units_given(flag: str, given: Mapping[str, str], known: Container[str]) -> dict[str, int]:
    """``PLACE=UNITS`` as hundredths of a unit. Raises ValueRefused naming the flag and the place."""
    doses = {}
    for place, words in given.items():
        value = parse_number(words)
        hundredths = scaled(value, 100) if value is not None else None
        if hundredths is None or not 0 < hundredths <= 200_000:
            raise ValueRefused(_where(flag, place, known), "must be a number of units above 0, in steps of 0.01")
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
