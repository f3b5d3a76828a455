"""Doses over time, as a practitioner reads them: 400 U of onabotulinumtoxinA in 3 months, whoever gave it, whatever for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from botoxcli.clinic.cumulative import Dose, DoseWindow, still_allowed
from botoxcli.clinic.dates import Span
from botoxcli.clinic.dose_outlook import after_lines, dose_outlook, outlook_item, outlook_lines
from botoxcli.clinic.history import PastToxin

OURS, OTHER = "onabotulinumtoxinA", "rimabotulinumtoxinB"


def elsewhere(on: str, units: float | None, product: str = OURS) -> PastToxin:
    return PastToxin(date.fromisoformat(on), product, None if units is None else round(units * 100))


# The session is of 155 U on 2026-05-31; so many units were given elsewhere on another day
@pytest.mark.parametrize(
    ("toxin", "level"),
    [
        (elsewhere("2026-03-01", 245), None),
        (elsewhere("2026-03-01", 245.01), "stop"),
        (elsewhere("2026-02-28", 400), None),
        (elsewhere("2026-05-31", 245.01), "stop"),
        (elsewhere("2026-08-30", 245.01), "stop"),
        (elsewhere("2026-08-31", 400), None),
        (elsewhere("2026-05-01", 245.01, "ONABOTULINUMTOXINa"), "stop"),
        (elsewhere("2026-05-01", 400, OTHER), None),
        (elsewhere("2026-05-01", None), "warn"),
        (elsewhere("2026-02-28", None), None),
        (elsewhere("2026-08-30", None), "warn"),
        (elsewhere("2026-05-01", None, OTHER), None),
    ],
    ids=["400 U", "400.01 U", "outside the window", "the same day", "later, within reach", "later, out of reach", "the name in another case",
         "another product is not added", "unknown units", "unknown, outside", "unknown, later", "unknown of another product"],
)  # fmt: skip
def test_toxin_given_elsewhere_counts_in_its_product_s_window(chair: Any, toxin: PastToxin, level: str | None) -> None:
    assert chair.level("cumulative-dose", "2026-05-31", toxins=[toxin]) == level


def test_here_and_elsewhere_are_one_sum(chair: Any) -> None:
    given = {"sessions": [chair.session("2026-04-01", 100, protocol="cervical-dystonia")], "toxins": [elsewhere("2026-05-01", 145.01)]}
    found = chair.found("2026-05-31", **given)["cumulative-dose"]
    assert found.because == f"400.01 U of {OURS} in the 3 months to 2026-05-31, over 400 U"


def test_unknown_units_say_what_is_known(chair: Any) -> None:
    found = chair.found("2026-05-31", toxins=[elsewhere("2026-05-01", None)])["cumulative-dose"]
    assert found.because == (
        f"undetermined: {OURS} of unknown units on 2026-05-01; 155 U of {OURS} in the 3 months to 2026-05-31 without it, at most 400 U"
    )


def test_what_is_known_alone_may_be_too_much(chair: Any) -> None:
    found = chair.found("2026-05-31", toxins=[elsewhere("2026-05-01", None), elsewhere("2026-05-02", 300)])["cumulative-dose"]
    assert (found.level, found.because) == ("stop", f"455 U of {OURS} in the 3 months to 2026-05-31, over 400 U")


@pytest.mark.parametrize(
    ("day", "level"),
    [("2026-03-09", "warn"), ("2025-11-10", "warn"), ("2025-11-09", None), ("2026-03-10", None)],
    ids=["today", "the window's first day", "4 months ago to the day", "after today"],
)
def test_another_product_elsewhere_is_shown(chair: Any, day: str, level: str | None) -> None:
    found = chair.found(toxins=[elsewhere(day, None, OTHER)])
    assert (found["other-product"].level if "other-product" in found else None) == level
    if level:
        assert found["other-product"].because == f"unknown units of {OTHER} on {day}; units of different products are not added"


# What is still allowed of 400 U in 3 months after 155 U on 2026-03-09 and 100 U elsewhere on 2026-04-30, day by day around the borders
@pytest.mark.parametrize(
    ("day", "left"),
    [("2026-03-08", 145), ("2026-03-09", 145), ("2026-04-29", 145), ("2026-06-08", 145), ("2026-06-09", 300), ("2026-07-29", 300),
     ("2026-07-30", 400), ("2026-01-29", 245), ("2026-01-30", 245), ("2025-12-09", 400)],
)  # fmt: skip
def test_what_is_still_allowed(day: str, left: float) -> None:
    limit = DoseWindow(OURS, 40_000, Span(3, "months"))
    doses = [Dose(date(2026, 3, 9), OURS, 15_500), Dose(date(2026, 4, 30), OURS, 10_000)]
    assert still_allowed(limit, doses, date.fromisoformat(day)).left_hundredths == left * 100


def outlook(chair: Any, on: str, **given: Any) -> Any:
    return dose_outlook(chair.protocol, chair.facts(on, **given).history, on=date.fromisoformat(on))


@pytest.mark.parametrize(
    ("on", "given", "first"),
    [
        ("2026-06-01", {}, "2026-06-01"),
        ("2026-05-31", {}, "2026-06-01"),
        ("2026-03-10", {}, "2026-06-01"),
        ("2026-06-01", {"toxins": [elsewhere("2026-05-15", 90)]}, "2026-06-01"),
        ("2026-06-01", {"toxins": [elsewhere("2026-05-15", 90.01)]}, "2026-06-09"),
        ("2026-06-01", {"toxins": [elsewhere("2026-05-15", 245)]}, "2026-06-09"),
        ("2026-06-01", {"toxins": [elsewhere("2026-05-15", 245.01)]}, "2026-08-15"),
        ("2026-06-01", {"toxins": [elsewhere("2026-05-15", None)]}, "2026-08-15"),
        ("2026-06-01", {"toxins": [elsewhere("2026-05-15", 400, OTHER)]}, "2026-06-01"),
        ("2026-12-01", {"toxins": [elsewhere("2026-11-30", 400)]}, "2027-03-01"),
    ],
    ids=["84 days", "83 days", "the day after", "90 + 155 + 155", "a hundredth more", "245 U", "a hundredth more than that",
         "unknown units", "another product", "30 Nov clips to 28 Feb"],
)  # fmt: skip
def test_the_first_day_on_which_the_plan_fits(chair: Any, on: str, given: Any, first: str) -> None:
    """A session of 155 U on 2026-03-09 stands before it: 12 weeks are 2026-06-01, its window ends with 2026-06-08."""
    assert outlook(chair, on, sessions=[chair.session("2026-03-09")], **given).first_day == date.fromisoformat(first)


def test_the_outlook_in_words(chair: Any) -> None:
    found = outlook(
        chair, "2026-06-05", sessions=[chair.session("2026-03-09")], toxins=[elsewhere("2026-05-15", 245), elsewhere("2026-05-16", 10, OTHER)]
    )
    assert list(outlook_lines(found)) == [
        f"Still allowed on 2026-06-05: 0 of the 400 U of {OURS} in 3 months (400 U given).",
        "The plan of 155 U fits first on 2026-06-09, not on 2026-06-05: the doses in each window and the minimum interval are counted.",
        f"Another product: 10 U of {OTHER} on 2026-05-16. Units of different products are not added.",
    ]
    assert next(after_lines(found)) == f"Left on 2026-06-05 of the 400 U of {OURS} in 3 months: 0 U"


def test_a_session_that_is_entered_late_says_which_later_dose_decides(chair: Any) -> None:
    """155 U on 2026-06-01 stand already: what a session of 2026-03-09 leaves on its day is what the window to 2026-06-01 leaves."""
    found = outlook(chair, "2026-03-09", sessions=[chair.session("2026-06-01")])
    assert list(after_lines(found)) == [f"Left on 2026-03-09 of the 400 U of {OURS} in 3 months: 90 U (the window to 2026-06-01 decides)"]


def test_an_undetermined_window_in_words_and_as_values(chair: Any) -> None:
    found = outlook(chair, "2026-06-05", sessions=[chair.session("2026-03-09")], toxins=[elsewhere("2026-05-15", None)])
    assert next(outlook_lines(found)) == (
        f"Undetermined how much of the 400 U of {OURS} in 3 months is still allowed on 2026-06-05: 155 U are known, and unknown units on 2026-05-15."
    )
    item: Any = outlook_item(found)
    (window,) = item["windows"]
    assert (window["still_allowed_units"], window["left_after_units"], window["undetermined"]) == (None, None, True)
    assert window["unknown_on"] == [date(2026, 5, 15)]


def test_more_than_a_window_allows_fits_never(chair: Any) -> None:
    history = chair.facts("2026-06-01").history
    found = dose_outlook(chair.protocol, history, on=date(2026, 6, 1), planned_hundredths=40_001)
    assert found.first_day is None and "more than a window allows" in list(outlook_lines(found))[-1]


# Out of order
@pytest.mark.parametrize(
    ("given", "because"),
    [
        ({}, None),
        ({"sessions": [("2026-03-09", 7)]}, None),
        ({"sessions": [("2026-03-10", 7)]}, "a session on 2026-03-10 (visit 7) stands already and is later than 2026-03-09"),
        ({"sessions": [("2026-07-01", 8), ("2026-06-20", 7)]},
         "a session on 2026-06-20 (visit 7) stands already and is later than 2026-03-09, and 1 more after it"),
        ({"follow_ups": [(5, date(2026, 3, 20))]}, "a follow-up on 2026-03-20 (visit 5) stands already and is later than 2026-03-09"),
    ],
    ids=["alone", "the same day", "a day later", "two later", "a follow-up"],
)  # fmt: skip
def test_a_session_out_of_order_is_named_and_never_stopped_for_it(chair: Any, given: Any, because: str | None) -> None:
    sessions = [chair.session(on, visit=visit) for on, visit in given.get("sessions", [])]
    found = chair.found("2026-03-09", sessions=sessions, follow_ups=given.get("follow_ups", ())).get("out-of-order")
    assert (found.because if found else None) == because
    assert found is None or found.level == "note"


def test_a_session_that_is_corrected_is_not_out_of_order_by_what_came_after_it(chair: Any) -> None:
    later = [chair.session("2026-06-20", visit=7)]
    assert chair.level("out-of-order", "2026-03-09", sessions=later, corrects=2) is None
    assert chair.level("out-of-order", "2026-03-09", sessions=later, corrects=8) == "note"
