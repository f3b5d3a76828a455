"""What is otherwise between two editions of a protocol, in clinical words: ``temporalis-left-4 removed``, ``minimum interval 12 weeks -> 13 weeks``.

Each edition is laid out as facts: a section of the protocol, a thing in it, what is said of the thing, and the words. Two editions differ
where their facts do. The wording of a question or a sheet counts; the order of the file does not, but the order of injection does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.protocol_facts import SECTIONS, Fact


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is otherwise. ``what`` names what is said of the ``thing``, None is its main fact or the thing itself.

    ``old`` None: it was not there. ``new`` None: it is gone.
    """

    section: str
    thing: str
    what: str | None
    old: str | None
    new: str | None

    def words(self) -> str:
        """``temporalis-left-4 removed (5 U)``, ``procerus added (5 U)``, ``minimum interval 12 weeks -> 13 weeks``."""
        name = f"{self.thing} {self.what}" if self.what else self.thing
        if self.new is None:
            return f"{name} removed" + (f" ({self.old})" if self.old else "")
        if self.old is None:
            return f"{name} added" + (f" ({self.new})" if self.new else "")
        return f"{name} {self.old} -> {self.new}"


def differences(old: Protocol, new: Protocol) -> tuple[Difference, ...]:
    """Everything that is otherwise, section by section in the protocol's order."""
    found: list[Difference] = []
    for section, facts in SECTIONS:
        found += _between(section, _by_thing(facts(old)), _by_thing(facts(new)))
        found += _order(old, new) if section == "sites" else ()
    return tuple(found)


Facts = dict[str, dict[str, str]]


def _by_thing(facts: Iterator[Fact]) -> Facts:
    things: Facts = {}
    for thing, what, words in facts:
        said = things.setdefault(thing, {})
        said[what] = f"{said[what]}; {words}" if what in said else words
    return things


def _order(old: Protocol, new: Protocol) -> Iterator[Difference]:
    """The sites of both editions that are injected in another order."""
    before, after = ([site.id for site in one.sites_in_order if other.site(site.id)] for one, other in ((old, new), (new, old)))
    moved = [place for place, (one, other) in enumerate(zip(before, after, strict=True)) if one != other]
    if moved:
        told = slice(moved[0], moved[-1] + 1)
        yield Difference("sites", "order of injection", None, ", ".join(before[told]), ", ".join(after[told]))


def _between(section: str, old: Facts, new: Facts) -> Iterator[Difference]:
    for thing, said in old.items():
        if thing not in new:
            yield Difference(section, thing, None, said.get("", ""), None)
            continue
        for what in dict.fromkeys((*said, *new[thing])):
            before, after = said.get(what), new[thing].get(what)
            if before != after:
                yield Difference(section, thing, what or None, before, after)
    for thing, said in new.items():
        if thing not in old:
            yield Difference(section, thing, None, None, said.get("", ""))
