"""What is otherwise between two editions: said in clinical words, and nothing goes unseen."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from botoxcli.clinic.dates import Span
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.protocol_diff import differences
from botoxcli.files.protocol_yaml import find_protocol, load_protocol, protocol_ids, read_protocol
from botoxcli.paths import shipped_protocols

FOLDER = shipped_protocols()
TEXT = (FOLDER / "chronic-migraine.yaml").read_text(encoding="utf-8")
SHIPPED = {name: load_protocol(find_protocol(name, FOLDER)).protocol for name in protocol_ids(FOLDER)}


def without_site(text: str, site: str, following: str) -> str:
    start, end = text.index(f"  - id: {site}\n"), text.index(f"  - id: {following}\n")
    return text[:start] + text[end:]


def said(text: str, old: str = TEXT) -> list[str]:
    found = differences(read_protocol(old, "old").protocol, read_protocol(text, "new").protocol)
    return [f"{one.section}: {one.words()}" for one in found]


def test_the_words_of_the_issue() -> None:
    text = TEXT.replace("span: 12 weeks", "span: 13 weeks").replace("earliest: 12 weeks", "earliest: 13 weeks")
    text = text.replace("due: 3 months", "due: 14 weeks")
    assert said(without_site(text, "temporalis-left-4", "temporalis-right-1")) == [
        "protocol: sum 31 sites, 155 U; with follow-the-pain 39 sites, 195 U -> 30 sites, 150 U; with follow-the-pain 38 sites, 190 U",
        "sites: temporalis-left-4 removed (5 U)",
        "limits: minimum interval 12 weeks -> 13 weeks",
        "follow-ups: session after session from 12 weeks, due after 3 months, at the latest after 6 months "
        "-> from 13 weeks, due after 14 weeks, at the latest after 6 months",
    ]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("    units: 5\n", "    units: {from: 2.5, to: 5}\n", "sites: corrugator-left 5 U -> 2.5 to 5 U"),
        ("    units: 5\n", "    units: 5\n    optional: true\n", "sites: corrugator-left 5 U -> 5 U, optional"),
        ("before: 24 hours", "before: 48 hours", "pre-care: alcohol avoid from 24 hours before -> avoid from 48 hours before"),
        ("require: {at_least: 15}", "require: {at_least: 10}", "criteria: headache-days require at least 15 -> require at least 10"),
        ("require: {at_least: 15}", "advise: {at_least: 15}", "criteria: headache-days require at least 15 -> advise at least 15"),
        ("  alcohol: warn", "  alcohol: stop", "findings: alcohol warn -> stop"),
        ("    - units: 195\n", "    - units: 200\n", "limits: in a session 195 U -> 200 U"),
        ("units: 400\n", "units: 360\n", "limits: onabotulinumtoxinA in 3 months 400 U -> 360 U"),
        ("    window: 3 months\n", "    window: 2 months\n", "limits: onabotulinumtoxinA in 3 months removed (400 U)"),
        ("    units_per_ml: 50\n", "    units_per_ml: 25\n", "product: dilution 50 U/mL -> 25 U/mL"),
        ("    escalate: emergency\n    source: US label\n", "    source: US label\n", "adverse events: hoarseness emergency -> told"),
        ("reduction_below_percent: 30", "reduction_below_percent: 50", "response: nice-ta260 stop when because non-response, "),
    ],
)
def test_a_change_in_clinical_words(old: str, new: str, words: str) -> None:
    assert old in TEXT
    found = said(TEXT.replace(old, new, 1))
    assert any(one.startswith(words) for one in found), found


def test_another_order_of_injection_names_only_what_moved() -> None:
    text = TEXT.replace("order: 1\n", "order: 99\n").replace("order: 2\n", "order: 1\n").replace("order: 99\n", "order: 2\n")
    assert said(text) == ["sites: order of injection corrugator-left, corrugator-right -> corrugator-right, corrugator-left"]


def test_a_comment_is_no_difference() -> None:
    assert said(f"# mine\n{TEXT}") == []


def test_what_came_and_went_is_turned_round_the_other_way() -> None:
    one, other = SHIPPED["blepharospasm"], SHIPPED["chronic-migraine"]
    there, back = differences(one, other), differences(other, one)
    assert {(d.section, d.thing, d.what, d.old, d.new) for d in there} == {(d.section, d.thing, d.what, d.new, d.old) for d in back}


def leaves(part: BaseModel, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every field that holds no further part; of a list of parts the first and the last."""
    for name in type(part).model_fields:
        value = getattr(part, name)
        if isinstance(value, BaseModel):
            yield from leaves(value, (*path, name))
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for index in {0, len(value) - 1}:
                yield from leaves(value[index], (*path, name, index))
        elif value is not None and value != ():
            yield (*path, name)


def changed(part: Any, path: tuple[Any, ...]) -> Any:
    """The part with another value at the path, unchecked."""
    if not path:
        return other_value(part)
    if isinstance(part, tuple):
        return tuple(changed(one, path[1:]) if index == path[0] else one for index, one in enumerate(part))
    return part.model_copy(update={path[0]: changed(getattr(part, path[0]), path[1:])})


def other_value(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, Span):
        return Span(value.count + 1, value.unit)
    if isinstance(value, str):
        return f"{value}x"
    if isinstance(value, tuple):
        return value[1:] if value else ("x",)
    if isinstance(value, dict):
        return {**value, "consent": "note"}
    return value + 1


@pytest.mark.parametrize("name", SHIPPED)
def test_no_field_changes_unseen(name: str) -> None:
    protocol = SHIPPED[name]
    unseen = [path for path in leaves(protocol) if path[-1] != "order" and not differences(protocol, changed(protocol, path))]
    assert unseen == []
    assert differences(protocol, Protocol.model_validate(protocol.model_dump(by_alias=True))) == ()
