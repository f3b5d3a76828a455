"""What may be typed at the checklist's prompt: each form, the slips of a glove, and what is refused rather than guessed."""

from __future__ import annotations

import pytest

from botoxcli.clinic.planned_dose import SiteUnits
from botoxcli.clinic.protocol import Side, Site
from botoxcli.errors import ValueRefused
from botoxcli.terminal.session_words import Dose, End, Extra, Given, Go, Skip, read_command


def a_site(muscle: str, side: Side, number: int | None = None) -> Site:
    name = muscle if side == "midline" else f"{muscle}-{side}"
    return Site(
        id=f"{name}-{number}" if number else name,
        muscle=muscle,
        side=side,
        order=1,
        units=SiteUnits.model_validate(5),
        landmark="somewhere",
        view="front",
        x=1,
        y=1,
        source="practice",
    )


TEMPORALIS = tuple(a_site("temporalis", side, number) for side in ("left", "right") for number in (1, 2, 3, 4))
CORRUGATOR = (a_site("corrugator", "left"), a_site("corrugator", "right"))
PROCERUS = (a_site("procerus", "midline"),)


def temporalis(*numbers: int) -> tuple[Site, ...]:
    return tuple(TEMPORALIS[number - 1] for number in numbers)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("", Go("on")),
        ("<", Go("back")),
        ("Back", Go("back")),
        ("?", Go("help")),
        ("LIST", Go("list")),
        ("again", Go("again")),
        ("No  Extra", Go("no-extra")),
        ("skip 3 hair too thick", Skip(temporalis(3), "hair too thick")),
        ("skip3 sore", Skip(temporalis(3), "sore")),
        ("SKIP  3   Sore", Skip(temporalis(3), "Sore")),
        ("skip 3=sore", Skip(temporalis(3), "sore")),
        ("skip 3: 5 cm scar", Skip(temporalis(3), "5 cm scar")),
        ("skip 3, 5 cm scar", Skip(temporalis(3), "5 cm scar")),
        ("skip 3 5 cm scar", Skip(temporalis(3), "5 cm scar")),
        ("skip 1,3 sore", Skip(temporalis(1, 3), "sore")),
        ("skip 1-3,8 sore", Skip(temporalis(1, 2, 3, 8), "sore")),
        ("skip temporalis-right-3 sore", Skip(temporalis(7), "sore")),
        ("skip Temporalis-Right-3 sore", Skip(temporalis(7), "sore")),
        ("skip right 3 sore", Skip(temporalis(7), "sore")),
        ("skip r3 sore", Skip(temporalis(7), "sore")),
        ("skip all declined today", Skip(TEMPORALIS, "declined today")),
        ("3=2.5", Dose(temporalis(3), 250)),
        ("3 = 2,5 U", Dose(temporalis(3), 250)),
        ("3=.5", Dose(temporalis(3), 50)),
        ("3=7.5 thick muscle", Dose(temporalis(3), 750, "thick muscle")),
        ("units 3 2.5", Dose(temporalis(3), 250)),
        ("units 3=2.5", Dose(temporalis(3), 250)),
        ("units right 3 2.5", Dose(temporalis(7), 250)),
        ("UNITS temporalis-left-3 2.5 units", Dose(temporalis(3), 250)),
        ("all=2.5", Dose(TEMPORALIS, 250)),
        ("right 1=1.25", Dose(temporalis(5), 125)),
        ("extra left 5", Extra("temporalis-left", 500)),
        ("Extra Right 10 U", Extra("temporalis-right", 1000)),
        ("+left 5", Extra("temporalis-left", 500)),
        ("+ l5", Extra("temporalis-left", 500)),
        ("extra temporalis-left=10", Extra("temporalis-left", 1000)),
        ("given 1-2", Given(temporalis(1, 2))),
        ("given 1,8", Given(temporalis(1, 8))),
        ("end here fainted", End("fainted")),
        ("End Here: fainted", End("fainted")),
        ("end fainted", End("fainted")),
    ],
)
def test_is_understood(line: str, meant: object) -> None:
    assert read_command(line, TEMPORALIS) == meant


def test_one_site_a_side_and_the_midline_need_no_number() -> None:
    assert read_command("skip left bruise", CORRUGATOR) == Skip(CORRUGATOR[:1], "bruise")
    assert read_command("right=2.5", CORRUGATOR) == Dose(CORRUGATOR[1:], 250)
    assert read_command("extra 5", PROCERUS) == Extra("procerus", 500)
    assert read_command("skip procerus bruise", PROCERUS) == Skip(PROCERUS, "bruise")


@pytest.mark.parametrize(
    ("line", "next_step"),
    [
        ("skip", "Write it as: skip 3 REASON, or skip all REASON."),
        ("skip 3", "Write it as: skip 3 REASON."),
        ("skip all", "Write it as: skip all REASON."),
        ("skip 9 sore", "Type a number that stands before a site."),
        ("skip 0 sore", "Type a number that stands before a site."),
        ("skip 3-1 sore", "Type a number that stands before a site."),
        ("skip sore", "Write it as: skip 3 REASON, or skip all REASON."),
        ("skip left sore", "Write it as: skip 3 REASON, or skip all REASON."),
        ("skip frontalis-left-1 sore", "Write it as: skip 3 REASON, or skip all REASON."),
        ("3", "Another dose: 3=2.5. Left out: skip 3 REASON."),
        ("3=0", "A site that was left out is: skip 3 REASON."),
        ("3=-5", "Write it as: 3=2.5"),
        ("3=2.555", "Write it as: 3=2.5"),
        ("3=2,555", "Write it as: 3=2.5"),
        ("3=2 .5", "Write it as: 3=2.5"),
        ("3=2 5", "Write it as: 3=2.5"),
        ("3=1e2", "Write it as: 3=2.5"),
        ("3=٥", "Write it as: 3=2.5"),
        ("3=5000", "Write it as: 3=2.5"),
        ("units 3", "Write it as: 3=2.5"),
        ("extra 5", "Write it as: extra left 5 or extra right 5."),
        ("extra", "Write it as: extra left 5 or extra right 5."),
        ("extra middle 5", "Write it as: extra left 5 or extra right 5."),
        ("extra left 0", "To take the muscle's extras back: no extra."),
        ("end here", "Write it as: end here REASON."),
        ("end", "Write it as: end here REASON."),
        ("given 1 2", "Write it as: given 1-3, or given 1,2,5."),
        ("y", "Enter alone records what is open as planned."),
        ("skp 3 sore", "Did you mean skip? Type ? for all that can be typed."),
        ("agian", "Did you mean again? Type ? for all that can be typed."),
        ("skipper", "Did you mean skip? Type ? for all that can be typed."),
        ("%", "Type ? for all that can be typed."),
    ],
)
def test_is_refused_with_the_form_that_is_meant(line: str, next_step: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        read_command(line, TEMPORALIS)
    assert refused.value.next_step == next_step
