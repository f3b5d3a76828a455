"""JSON: valid when empty, one item a line, nothing that steers a terminal."""

from __future__ import annotations

import io
import json
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.files.json_rows import json_text, write_json


def written(rows: Iterable[Mapping[str, Any]]) -> str:
    stream = io.StringIO()
    write_json("botoxcli/due/1", rows, stream)
    return stream.getvalue()


def test_empty_is_valid() -> None:
    assert written([]) == '{"schema": "botoxcli/due/1", "items": []}\n'


def test_one_item_a_line() -> None:
    assert written([{"a": 1}, {"a": None}]) == '{"schema": "botoxcli/due/1", "items": [\n{"a": 1},\n{"a": null}\n]}\n'


@given(st.lists(st.dictionaries(st.text(), st.none() | st.booleans() | st.integers() | st.text()), max_size=4))
def test_any_reader_takes_it_back(rows: list[dict[str, Any]]) -> None:
    text = written(rows)
    assert json.loads(text) == {"schema": "botoxcli/due/1", "items": rows}
    assert not [sign for sign in text.replace("\n", "") if unicodedata.category(sign) in ("Cc", "Cs", "Zl", "Zp")]


def test_letters_stay_letters_and_steering_signs_do_not() -> None:
    assert json_text("Zoë \u202e\x9b\x1b") == '"Zoë \\u202e\\u009b\\u001b"'


def test_dates_and_decimals() -> None:
    assert json_text([date(2026, 3, 9), Decimal("2.50"), Decimal(5)]) == '["2026-03-09", 2.5, 5]'
    with pytest.raises(TypeError, match="no form in JSON"):
        json_text({"x": object()})
