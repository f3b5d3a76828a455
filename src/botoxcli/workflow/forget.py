"""A patient is forgotten: who they were is blanked, what was done to them stays under their code.

What belongs to the patient is blanked unless it is to be kept; what belongs to others, or to nobody, and may name the patient, only where it is
chosen. What the chain covers cannot be blanked by anything; it is told. All is looked at again inside the transaction.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from botoxcli.clinic.forgetting import CoveredText, Erasable, ErasableText, OpenDraft
from botoxcli.clinic.name_search import NameSearch
from botoxcli.errors import ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.store.recorder import Recorder

COMMAND = "patient forget"


@dataclass(frozen=True)
class Forgetting:
    """What there is about a patient. ``own`` belongs to them; ``others`` may name them, and so may ``covered`` and the drafts ``elsewhere``.

    ``code_names``: the code itself reads like the name. ``drafts`` counts the patient's own unfinished visits.
    """

    held: Erasable
    own: tuple[ErasableText, ...]
    others: tuple[ErasableText, ...]
    covered: tuple[CoveredText, ...]
    elsewhere: tuple[OpenDraft, ...]
    drafts: int
    code_names: bool
    search: NameSearch

    def blanked(self, choice: Choice) -> tuple[int, ...]:
        """The numbers of the texts that go, by a choice."""
        return tuple(one.number for one in self.own if one.number not in choice.keep) + tuple(
            one.number for one in self.others if one.number in choice.blank
        )


@dataclass(frozen=True)
class Choice:
    """Which of the patient's own texts stay, which of others' go, and what else to look for. Numbers of texts."""

    keep: frozenset[int] = frozenset()
    blank: frozenset[int] = frozenset()
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class ForgetRequest:
    """Who is to be forgotten, why, and the choice of texts. The reason names nobody: it stays."""

    patient: str
    reason: str
    choice: Choice = Choice()

    def content(self) -> dict[str, object]:
        """What makes two requests the same one, for a retry under one key. Not the choice: afterwards nobody could make it again."""
        return {"patient": self.patient.casefold(), "reason": self.reason}


@dataclass(frozen=True)
class Forgotten:
    """What became of it. ``standing``: this key did so already, and the rest is empty."""

    patient: str
    visits: int
    identities: int = 0
    blanked: tuple[int, ...] = ()
    kept: tuple[int, ...] = ()
    drafts: int = 0
    standing: bool = False


def look(reader: Reader, code: str, also: Iterable[str] = ()) -> Forgetting:
    """All that is to be looked at. Raises NotFound, AlreadyForgotten."""
    return _forgetting(reader.erasable(code), also)


class AlreadyForgotten(ValueRefused):
    """Nothing of the patient's identity is left."""


def checked_choice(found: Forgetting, keep: Iterable[int], blank: Iterable[int], also: Iterable[str] = ()) -> Choice:
    """A choice of texts that were shown. Raises ValueRefused for another number, and for one that is to be kept and blanked."""
    keep, blank = frozenset(keep), frozenset(blank)
    shown = {one.number for one in (*found.own, *found.others)}
    for flag, numbers in (("--keep", keep), ("--blank", blank)):
        if strange := sorted(numbers - shown):
            raise ValueRefused(flag, f"text {strange[0]} is none of those that were found", f"--dry-run lists them; {_ALSO} Nothing was recorded.")
    if both := sorted(keep & blank):
        raise ValueRefused("--keep", f"text {both[0]} is to be blanked too", "Give one of the two; nothing was recorded.")
    return Choice(keep, blank, tuple(also))


_ALSO = "--also WORD looks for more."


def undecided(found: Forgetting, keep: Iterable[int], blank: Iterable[int]) -> tuple[ErasableText, ...]:
    """The texts of others about which nothing was said."""
    said = {*keep, *blank}
    return tuple(one for one in found.others if one.number not in said)


def refuse_named(found: Forgetting, words: str | None, where: str) -> None:
    """Raises ValueRefused for words that are kept for ever and name who is forgotten."""
    if words and found.search.names(words):
        raise ValueRefused(where, "it may name the patient, and it stays in the ledger", "Say it without the name; nothing was recorded.")


def forget(recorder: Recorder, request: ForgetRequest, *, actor: str, now: datetime, key: str | None = None, dry_run: bool = False) -> Forgotten:
    """Blanks it as one change, that nothing takes back. Raises NotFound, AlreadyForgotten, ValueRefused.

    A text of the patient that was written since it was looked at goes too; one of another stays unless it was chosen.
    """
    with recorder.change(command=COMMAND, actor=actor, at=now, key=key) as change:
        held = change.reader.erasable(request.patient)
        if change.standing(key, request.content()) is not None:
            return Forgotten(held.patient, held.visits, standing=True)
        found = _forgetting(held, request.choice.also)
        refuse_named(found, request.reason, "--reason")
        refuse_named(found, key, "--key")
        checked_choice(found, request.choice.keep, request.choice.blank)
        gone = found.blanked(request.choice)
        kept = tuple(one.number for one in (*found.own, *found.others) if one.number not in gone)
        if not dry_run:
            change.forget_patient(held.patient_id, (*gone, *held.requests))
            change.reason(request.reason)
    return Forgotten(held.patient, held.visits, len(held.identities), gone, kept, found.drafts)


def _forgetting(held: Erasable, also: Iterable[str]) -> Forgetting:
    if held.forgotten is not None:
        at, by = held.forgotten
        raise AlreadyForgotten("CODE", f"this patient was forgotten already on {at[:10]} by {by}", "Nothing was recorded.")
    if not held.identities and not held.requests and not any(one.own for one in held.texts):
        raise AlreadyForgotten("CODE", "nothing of this patient's identity is in this ledger", "Nothing was recorded.")
    search = NameSearch.of((name for name, _ in held.identities), (born for _, born in held.identities), also)
    mine = held.patient.casefold()
    return Forgetting(
        held=held,
        own=tuple(one for one in held.texts if one.own),
        others=tuple(one for one in held.texts if not one.own and search.names(one.content)),
        covered=tuple(one for one in held.covered if search.names(one.content)),
        elsewhere=tuple(one for one in held.drafts if one.patient.casefold() != mine and search.names(one.content)),
        drafts=sum(one.patient.casefold() == mine for one in held.drafts),
        code_names=search.names(held.patient),
        search=search,
    )
