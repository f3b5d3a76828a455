"""Text from people: normalised and trimmed; what could deceive a reader or a terminal is refused by its place, never repeated."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.text import bad_character, clean


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Ann Example", "Ann Example"),
        ("  Ann Example\n", "Ann Example"),
        ("Mu\u0308ller", "Müller"),
        ("", ""),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("क्\u200dष", "क्\u200dष"),
        ("5 µg – “naïve” 🙂", "5 µg – “naïve” 🙂"),
    ],
)
def test_clean_text(given: str, kept: str) -> None:
    assert clean(given) == kept


@pytest.mark.parametrize(
    ("sign", "what"),
    [
        ("\x00", "NUL"),
        ("\x1b", "escape"),
        ("\x07", "bell"),
        ("\n", "a new line inside"),
        ("\t", "a tab"),
        ("\x7f", "delete"),
        ("\x9b", "C1 CSI"),
        ("\u202e", "right-to-left override"),
        ("\u2066", "isolate"),
        ("\u200b", "zero-width space"),
        ("\u200d", "a joiner after a space"),
        ("\ufeff", "byte order mark"),
        ("\u00ad", "soft hyphen"),
        ("\u2028", "line separator"),
        ("\ue000", "private use"),
        ("\U000e0041", "tag"),
        ("\ud800", "half a surrogate"),
    ],
    ids=lambda value: value if len(value) > 1 else "",
)
def test_a_character_that_can_deceive_is_refused(sign: str, what: str) -> None:
    with pytest.raises(ValueError, match=rf"^character 5 \(U\+{ord(sign):04X}\) is a control or invisible character$"):
        clean(f"Ann {sign}Example")


def test_a_joiner_at_the_end_or_the_beginning_is_refused() -> None:
    for text in ("\u200cAnn", "Ann\u200d", "\u200d"):
        with pytest.raises(ValueError, match="control or invisible"):
            clean(text)


def test_lines_are_allowed_where_they_are_asked_for() -> None:
    assert bad_character("one\ntwo", lines=True) is None
    assert bad_character("one\ntwo") == 4
    assert bad_character("one\r\ntwo", lines=True) == 4


@settings(max_examples=250, deadline=None)
@given(text=st.text(max_size=30))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    try:
        once = clean(text)
    except ValueError:
        return
    assert clean(once) == once and bad_character(once) is None
    assert once == once.strip() and unicodedata.is_normalized("NFC", once)
