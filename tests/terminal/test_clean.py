"""What may deceive a reader or steer a terminal is made visible."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.terminal.clean import padded, shown, width


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain — Zoë 頭痛", "plain — Zoë 頭痛"),
        ("a\x1b[31mb", "a\\x1b[31mb"),
        ("a\nb\tc\r", "a\\x0ab\\x09c\\x0d"),
        ("\x9b2J", "\\x9b2J"),
        ("x\u202ey\u2066z", "x\\u202ey\\u2066z"),
        ("\u200bx\ufeff", "\\u200bx\\ufeff"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("\u0645\u06cc\u200c\u062e", "\u0645\u06cc\u200c\u062e"),
        ("\u200c", "\\u200c"),
    ],
)
def test_shown(text: str, seen: str) -> None:
    assert shown(text) == seen


@given(st.text())
def test_nothing_strange_is_left(text: str) -> None:
    seen = shown(text)
    assert not [sign for sign in seen if unicodedata.category(sign) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp")]
    assert not set(seen) & set("\u202a\u202b\u202d\u202e\u2066\u2067\u2068\u200b\ufeff")
    assert shown(seen) == seen


def test_padding_counts_columns() -> None:
    assert [width(text) for text in ("ab", "頭痛", "e\u0301", "สิริ", "\u0645\u200c\u062e")] == [2, 4, 1, 2, 2]
    assert padded("頭", 4) == "頭  "
    assert padded("5", 3, right=True) == "  5"
