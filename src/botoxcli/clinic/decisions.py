"""What a consult decided: the rules' word, and the practitioner's own beside it; and what follows from both. Light: the daily list loads it."""

from __future__ import annotations

from typing import Literal

Decision = Literal["eligible", "not-eligible", "needs-review"]
OwnDecision = Literal["treat", "defer", "decline"]


def treats(decision: Decision | None, decided: OwnDecision | None) -> bool:
    """Whether a consult is a yes: eligible and not deferred or declined, or a needs-review that the practitioner treats.

    ``treat`` on a ``not-eligible`` is none: it needs an override at each session.
    """
    return decided in (None, "treat") if decision == "eligible" else decision == "needs-review" and decided == "treat"


def awaits_session(decision: Decision | None, decided: OwnDecision | None) -> bool:
    """Whether somebody waits for a session after it: eligible, or to be treated whatever the rules said."""
    return decided == "treat" or (decision == "eligible" and decided is None)


def is_undecided(decision: str | None, decided: str | None) -> bool:
    """Whether it needs a review, and nobody decided."""
    return decision == "needs-review" and decided is None
