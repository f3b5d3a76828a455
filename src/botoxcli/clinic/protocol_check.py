"""What the parts of a protocol say together: contradictions, the arithmetic, and what was never verified.

A contradiction is a path into the file (its own key names, counted from 0) and a sentence that follows it. The rules
themselves stand in ``protocol_rules``; each is a small function, and the loop is written once, here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pydantic import BaseModel

from botoxcli.clinic.planned_dose import range_text
from botoxcli.clinic.protocol import UNVERIFIED, Protocol, Site
from botoxcli.clinic.protocol_rules import FINDINGS as FINDINGS
from botoxcli.clinic.protocol_rules import RULES
from botoxcli.clinic.quantity import units_text
from botoxcli.clinic.question_rules import Contradiction, Path


def contradictions(protocol: Protocol) -> Iterator[Contradiction]:
    """Everything in the protocol that cannot hold together, rule by rule."""
    for rule in RULES:
        yield from rule(protocol)


def arithmetic(protocol: Protocol) -> str:
    """The sums, to read: ``31 sites, 155 U; with follow-the-pain 39 sites, 195 U``.

    With ranges ``6 sites, 7.5 U (7.5 to 15 U)``, per kg ``2 sites, 3 U/kg (3 to 6 U/kg)``, and ``12 optional sites`` beside those always given.
    """
    planned = sites_sum(protocol.sites)
    if not protocol.follow_the_pain:
        return planned
    sites, hundredths = len(protocol.fixed_sites), protocol.planned_hundredths
    sites += sum(allowance.sites for allowance in protocol.follow_the_pain)
    hundredths += sum(allowance.hundredths for allowance in protocol.follow_the_pain)
    return f"{planned}; with follow-the-pain {_sum(sites, hundredths)}"


def sites_sum(sites: Sequence[Site]) -> str:
    """The sums of some sites: of those that are always given the usual doses, and the range where there is one; how many are optional."""
    optional = sum(site.optional for site in sites)
    parts = [_planned([site for site in sites if not site.optional])] if optional < len(sites) else []
    return "; ".join(parts + ([f"{optional} optional {'site' if optional == 1 else 'sites'}"] if optional else []))


def _planned(sites: Sequence[Site]) -> str:
    doses = [site.units for site in sites if site.units]
    weighed = [site.per_kg for site in sites if site.per_kg]
    sums = [_range([(one.lowest, one.usual or one.lowest, one.highest) for one in doses], "U")] if doses else []
    sums += [_range([(one.lowest, one.usual or one.lowest, one.highest) for one in weighed], "U/kg")] if weighed else []
    return f"{len(sites)} {'site' if len(sites) == 1 else 'sites'}, {' and '.join(sums)}"


def _range(doses: Sequence[tuple[int, int, int]], unit: str) -> str:
    lowest, usual, highest = (sum(dose[end] for dose in doses) for end in range(3))
    return f"{units_text(usual)} {unit}" + (f" ({range_text(lowest, highest)} {unit})" if lowest < highest else "")


def _sum(sites: int, hundredths: int) -> str:
    return f"{sites} {'site' if sites == 1 else 'sites'}, {units_text(hundredths)} U"


def unverified(protocol: Protocol) -> tuple[tuple[str, str], ...]:
    """Where the file says ``unverified``, and of what: ``("limits.session[1].source", "155 U, us")``.

    The landmarks of one muscle are one entry, at the first of its sites.
    """
    listed: dict[str, tuple[str, str]] = {}
    for path, part in _parts(protocol, ()):
        for name in type(part).model_fields:
            if not name.endswith("source") or not _says_unverified(getattr(part, name)):
                continue
            where = path_text((*path, name))
            if name == "landmark_source":
                muscle = str(getattr(part, "muscle", ""))
                listed.setdefault(f"landmarks of {muscle}", (where, f"landmarks of {muscle}"))
            else:
                listed[where] = (where, _title(part))
    return tuple(listed.values())


def path_text(path: Path) -> str:
    """A path as it is read: ``sites[30].units``."""
    words = ""
    for step in path:
        words += f"[{step}]" if isinstance(step, int) else f".{step}" if words else step
    return words


def _says_unverified(source: object) -> bool:
    return isinstance(source, str) and any(part.strip().casefold() == UNVERIFIED for part in source.split(";"))


def _parts(part: BaseModel, path: Path) -> Iterator[tuple[Path, BaseModel]]:
    yield path, part
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, BaseModel):
            yield from _parts(value, (*path, name))
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, BaseModel):
                    yield from _parts(item, (*path, name, index))


def _title(part: BaseModel) -> str:
    for name in ("title", "what", "ask", "id", "muscle", "name", "kind", "span"):
        if value := getattr(part, name, None):
            return str(value)
    hundredths = getattr(part, "hundredths", None)
    words = [f"{units_text(hundredths)} U"] if hundredths else [type(part).__name__.lower()]
    return ", ".join([*words, *(str(value) for value in (getattr(part, "jurisdiction", None), getattr(part, "window", None)) if value)])
