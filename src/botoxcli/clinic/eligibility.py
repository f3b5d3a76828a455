"""The consultation's decision: answers -> one finding a criterion -> eligible, not eligible, or needs review.

A criterion is met, not met or unknown. ``not-eligible``: a requirement is not met or an exclusion is. Else ``needs-review``: one of
those is unknown, or a caution is met or unknown. Else ``eligible``. Advisory criteria never change the decision. It advises; the
practitioner decides beside it. Conventions: a person comes of age on the birthday; someone born on 29 February on 1 March.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from botoxcli.clinic.answers import UNKNOWN
from botoxcli.clinic.decisions import Decision, treats
from botoxcli.clinic.findings import Finding, Level
from botoxcli.clinic.history import PastConsult
from botoxcli.clinic.protocol import Condition, Criterion, Jurisdiction, Protocol, Role
from botoxcli.clinic.quantity import text
from botoxcli.clinic.questions import listed


@dataclass(frozen=True, slots=True)
class Judged:
    """One criterion with its answer and whether it is met; None is unknown."""

    criterion: Criterion
    answer: str
    met: bool | None

    @property
    def role(self) -> Role | None:
        return self.criterion.rule[0] if self.criterion.rule else None

    @property
    def level(self) -> Level:
        """stop: speaks against; warn: needs a look; note: nothing to do."""
        if self.role == "require":
            return "note" if self.met else "warn" if self.met is None else "stop"
        if self.role == "exclude_when":
            return "stop" if self.met else "warn" if self.met is None else "note"
        if self.role == "caution_when":
            return "note" if self.met is False else "warn"
        return "note"

    def finding(self) -> Finding:
        """The criterion as a finding, its rule set with its source."""
        criterion = self.criterion
        unit = f" {criterion.unit}" if criterion.unit and self.answer != UNKNOWN else ""
        said = f"{criterion.id} {self.answer}{unit}"
        because = f"{said}; {_ROLE_WORDS[self.role]} {condition_words(criterion.rule[1])}" if criterion.rule and self.role else said
        named = criterion.source.startswith(criterion.rule_set)
        return Finding(criterion.id, self.level, because, criterion.source if named else f"{criterion.rule_set}; {criterion.source}", self.met)


ADVISED = "usual:"
_ROLE_WORDS: dict[Role, str] = {"require": "required:", "exclude_when": "excluded when", "caution_when": "caution when", "advise": ADVISED}


def condition_words(condition: Condition) -> str:
    """``at least 15``, ``more than 3``, ``at least 2 and less than 18``, ``yes``."""
    bounds = (
        ("at least", condition.at_least),
        ("more than", condition.more_than),
        ("at most", condition.at_most),
        ("less than", condition.less_than),
    )
    return " and ".join(f"{words} {text(bound)}" for words, bound in bounds if bound is not None) or " or ".join(listed(condition.one_of or ()))


def holds(condition: Condition, answer: str) -> bool | None:
    """Whether an answer meets a condition; None when the answer is unknown."""
    if answer == UNKNOWN:
        return None
    if condition.one_of is not None:
        return answer in condition.one_of
    value = Decimal(answer)
    return (
        (condition.at_least is None or value >= condition.at_least)
        and (condition.more_than is None or value > condition.more_than)
        and (condition.at_most is None or value <= condition.at_most)
        and (condition.less_than is None or value < condition.less_than)
    )


def age(born: date, on: date) -> int:
    """Completed years on a day."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def judge(protocol: Protocol, answers: Mapping[str, str], *, born: date | None, on: date, jurisdiction: Jurisdiction) -> tuple[Judged, ...]:
    """Every criterion that holds in the jurisdiction, judged. An answer that is not there counts as unknown."""
    judged = []
    for criterion in protocol.criteria:
        if criterion.jurisdictions and jurisdiction not in criterion.jurisdictions:
            continue
        answer = answers.get(criterion.id, UNKNOWN)
        if criterion.type == "age" and born is not None:
            answer = str(age(born, on))
        met = holds(criterion.rule[1], answer) if criterion.rule else None
        judged.append(Judged(criterion, answer, met))
    return tuple(judged)


def decide(judged: tuple[Judged, ...]) -> Decision:
    """The decision of the rules."""
    if any(item.level == "stop" for item in judged):
        return "not-eligible"
    return "needs-review" if any(item.level == "warn" for item in judged) else "eligible"


def allows_treatment(consult: PastConsult | None) -> bool:
    """Whether a consult stands as a yes."""
    return consult is not None and treats(consult.decision, consult.decided)
