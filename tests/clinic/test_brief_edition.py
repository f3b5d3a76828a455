"""An edition in brief says what the protocol says, field for field, and what is no protocol has none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from botoxcli.clinic.brief_edition import BriefEdition, brief_edition
from botoxcli.clinic.dates import Span
from botoxcli.clinic.protocol import Protocol
from botoxcli.files.protocol_yaml import load_protocol, read_protocol
from botoxcli.files.yaml_strict import read_document

SHIPPED = sorted((Path(__file__).parents[2] / "protocols").glob("*.yaml"))
FLOW = """
  - {id: own-rule, title: Own, continue_when: [{fewer_headache_days: 4}, {fewer_headache_hours: 40}], note: A note., source: practice}
"""


def same(brief: Any, whole: Any) -> None:
    """Every field of ``brief``, however deep, is the whole protocol's of that name."""
    if isinstance(brief, tuple) and hasattr(brief, "_fields"):
        for name in brief._fields:
            same(getattr(brief, name), getattr(whole, name))
    elif isinstance(brief, tuple):
        assert len(brief) == len(whole)
        for one, other in zip(brief, whole, strict=True):
            same(one, other)
    else:
        assert (type(brief), brief) == (type(whole), whole)


def in_brief(text: str) -> BriefEdition:
    found = brief_edition(read_document(text).value)
    assert found is not None
    return found


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_brief_edition_of_a_file_is_its_protocol(path: Path) -> None:
    same(in_brief(path.read_text("utf-8")), load_protocol(path).protocol)


def test_one_written_otherwise_too() -> None:
    text = (next(path for path in SHIPPED if path.stem == "chronic-migraine").read_text("utf-8") + FLOW).replace(
        "complete_from_diary_days: 20", '"complete_from_diary_days": 21'
    )
    protocol: Protocol = read_protocol(text, "own.yaml").protocol
    brief = in_brief(text)
    same(brief, protocol)
    assert brief.outcomes.complete_from_diary_days == 21
    assert brief.response_rules[-1].continue_when[1].fewer_headache_hours == 40
    assert brief.limits.minimum_interval.span == Span(12, "weeks")


@pytest.mark.parametrize("value", [None, [], "text", {}, {"id": "x"}])
def test_what_is_no_protocol_has_none(value: object) -> None:
    assert brief_edition(value) is None


@pytest.mark.parametrize("broken", [("    span: 12 weeks", "    span: a while"), ("because: non-response", "becase: non-response")])
def test_nor_has_one_that_cannot_be_right(broken: tuple[str, str]) -> None:
    text = next(path for path in SHIPPED if path.stem == "chronic-migraine").read_text("utf-8")
    assert broken[0] in text
    assert brief_edition(read_document(text.replace(*broken)).value) is None
