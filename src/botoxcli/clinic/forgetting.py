"""What is looked at when a patient is to be forgotten. Frozen values of what the ledger holds.

Conventions. Instants are UTC as text of the ledger. A text's number is for ever; ``patient`` is a code. ``where`` says in words what a text or a
value is about.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class ErasableText:
    """A text that somebody wrote freely. ``own``: it belongs to the patient in question; None as ``patient``: it belongs to nobody."""

    number: int
    own: bool
    patient: str | None
    visit: int | None
    about: str
    command: str
    at: str
    content: str

    @property
    def where(self) -> str:
        """``session of visit 4, site:procerus``: the change that wrote it, its visit, and what it is about."""
        visit = f" of visit {self.visit}" if self.visit is not None else f" of {self.patient}" if self.patient and not self.own else ""
        return f"{self.command}{visit}, {self.about}"


@dataclass(frozen=True, slots=True)
class CoveredText:
    """Words in a column that the chain covers: nothing ever blanks them."""

    where: str
    seq: int
    content: str


@dataclass(frozen=True, slots=True)
class OpenDraft:
    """An unfinished visit, with all that was entered so far."""

    kind: str
    patient: str
    content: str


@dataclass(frozen=True, slots=True)
class Erasable:
    """All that a ledger holds in words about a patient, or may. ``forgotten`` is (when, by whom) if they were and nothing of the identity is left.

    ``identities`` are those that are not blank, undone ones too; ``requests`` the numbers of the digests that let a retry be known.
    ``texts`` and ``drafts`` are those of the whole ledger; ``visits`` counts what stays under the code.
    """

    patient_id: int
    patient: str
    identities: tuple[tuple[str, date], ...]
    forgotten: tuple[str, str] | None
    texts: tuple[ErasableText, ...]
    requests: tuple[int, ...]
    covered: tuple[CoveredText, ...]
    drafts: tuple[OpenDraft, ...]
    visits: int
