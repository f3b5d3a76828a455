"""The checklist: a value that each tick replaces, whatever the order of the hands at the chair."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.protocol import Protocol
from botoxcli.errors import ValueRefused
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.paths import shipped_protocols


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(shipped_protocols() / "chronic-migraine.yaml").protocol


def test_as_planned(protocol: Protocol) -> None:
    checklist = Checklist(protocol).give_rest()
    assert (checklist.hundredths, len(checklist.ticks), checklist.open_sites(), checklist.deviations()) == (15_500, 31, (), ())
    assert [tick.site for tick in checklist.in_order()] == [site.id for site in protocol.sites_in_order]
    assert checklist.muscle_hundredths("temporalis") == 4_000
    assert {tick.state for tick in checklist.in_order()} == {"given"}


def test_give_leaves_what_was_recorded_otherwise(protocol: Protocol) -> None:
    checklist = Checklist(protocol).skip("procerus", " bruised ").dose("corrugator-left", 250).give_rest()
    assert checklist.hundredths == 15_500 - 500 - 250
    assert [(tick.site, tick.state, tick.hundredths, tick.reason) for tick in checklist.deviations()] == [
        ("corrugator-left", "changed", 250, None),
        ("procerus", "skipped", 0, "bruised"),
    ]


def test_the_planned_dose_by_hand_is_as_planned(protocol: Protocol) -> None:
    assert Checklist(protocol).dose("procerus", 500).deviations() == ()


def test_the_last_word_on_a_site_stands(protocol: Protocol) -> None:
    checklist = Checklist(protocol).skip("procerus", "asked to").dose("procerus", 250).skip("procerus", "bruised")
    assert [(tick.hundredths, tick.reason) for tick in checklist.in_order()] == [(0, "bruised")]


def test_a_checklist_is_not_changed_by_a_tick(protocol: Protocol) -> None:
    empty = Checklist(protocol)
    empty.give_rest()
    assert empty.ticks == {} and len(empty.open_sites()) == 31


def test_extras_are_sites_of_their_own_numbered_on(protocol: Protocol) -> None:
    checklist = Checklist(protocol).extra("temporalis-left", 1_000).extra("temporalis-right", 500).extra("temporalis-left", 500)
    assert [tick.site for tick in checklist.in_order()] == ["temporalis-left-5", "temporalis-left-6", "temporalis-left-7", "temporalis-right-5"]
    assert {(tick.state, tick.hundredths, tick.planned_hundredths) for tick in checklist.extras()} == {("extra", 500, 0)}
    assert [tick.site for tick in Checklist(protocol).extra("procerus", 500).extra("corrugator-left", 500).in_order()] == [
        "corrugator-left-2",
        "procerus-2",
    ]


def test_a_muscles_extras_follow_its_fixed_sites(protocol: Protocol) -> None:
    sites = [tick.site for tick in Checklist(protocol).extra("temporalis-left", 500).give_rest().in_order()]
    assert sites[sites.index("temporalis-right-4") + 1] == "temporalis-left-5" and sites[sites.index("temporalis-left-5") + 1] == "occipitalis-left-1"


def test_extras_are_taken_back_by_muscle(protocol: Protocol) -> None:
    checklist = Checklist(protocol).give_rest().extra("temporalis-left", 1_000).extra("trapezius-left", 500)
    assert [tick.site for tick in checklist.without_extras("temporalis").extras()] == ["trapezius-left-4"]
    assert checklist.without_extras("temporalis").hundredths == 16_000


def test_a_muscle_opened_again_is_as_if_nothing_had_been_recorded(protocol: Protocol) -> None:
    checklist = Checklist(protocol).give_rest().extra("temporalis-left", 500).reopen("temporalis")
    assert {site.muscle for site in checklist.open_sites()} == {"temporalis"} and len(checklist.open_sites()) == 8
    assert checklist.hundredths == 11_500


def test_end_here_skips_the_rest_for_one_reason(protocol: Protocol) -> None:
    begun = Checklist(protocol).give(protocol.sites_in_order[:7])
    ended = begun.end_here(" felt faint ")
    assert (ended.hundredths, ended.ended_early, ended.open_sites()) == (3_500, True, ())
    assert {tick.reason for tick in ended.deviations()} == {"felt faint"} and len(ended.deviations()) == 24
    assert not begun.ended_early and not ended.reopen("trapezius").ended_early


@pytest.mark.parametrize(
    ("act", "where", "next_step"),
    [
        (lambda one: one.skip("temporalis-left-5", "x"), "--skip", "Did you mean temporalis-left-"),
        (lambda one: one.skip("nose", "x"), "--skip", "`botox protocol show` lists the sites."),
        (lambda one: one.skip("procerus", "  "), "--skip procerus", "Write it as --skip procerus=REASON."),
        (lambda one: one.dose("procerus", 0), "--units procerus", "A site that was left out is --skip procerus=REASON."),
        (lambda one: one.dose("procerus", -5), "--units procerus", ""),
        (lambda one: one.extra("temporalis", 500), "--extra", "Places are: corrugator-left, corrugator-right, procerus, "),
        (lambda one: one.extra("procerus-left", 500), "--extra", "Places are: "),
        (lambda one: one.extra("temporalis-left", 250), "--extra temporalis-left", ""),
        (lambda one: one.extra("temporalis-left", 750), "--extra temporalis-left", ""),
        (lambda one: one.extra("temporalis-left", 0), "--extra temporalis-left", ""),
        (lambda one: one.end_here(" "), "end here", ""),
    ],
)
def test_what_cannot_be_is_refused(protocol: Protocol, act: Any, where: str, next_step: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        act(Checklist(protocol))
    assert refused.value.where == where and refused.value.next_step.startswith(next_step)


# Any sequence of hands
steps = st.lists(
    st.tuples(st.sampled_from(["give", "rest", "skip", "dose", "extra", "without", "reopen", "end"]), st.integers(0, 30), st.integers(1, 4)),
    max_size=14,
)


def after(checklist: Checklist, step: tuple[str, int, int]) -> Checklist:
    what, number, units = step
    site = checklist.protocol.sites_in_order[number]
    place = site.muscle if site.side == "midline" else f"{site.muscle}-{site.side}"
    hands: dict[str, Callable[[], Checklist]] = {
        "give": lambda: checklist.give([site]),
        "rest": checklist.give_rest,
        "skip": lambda: checklist.skip(site.id, "bruised"),
        "dose": lambda: checklist.dose(site.id, 250 * units),
        "extra": lambda: checklist.extra(place, 500 * units),
        "without": lambda: checklist.without_extras(site.muscle),
        "reopen": lambda: checklist.reopen(site.muscle),
        "end": lambda: checklist.end_here("felt faint"),
    }
    return hands[what]()


@settings(max_examples=120, deadline=None)
@given(hands=steps)
def test_whatever_is_done_the_sums_agree(protocol: Protocol, hands: list[tuple[str, int, int]]) -> None:
    checklist = Checklist(protocol)
    fixed = {site.id: site for site in protocol.sites}
    for hand in hands:
        earlier, checklist = checklist, after(checklist, hand)
        added = sum(tick.hundredths for tick in checklist.extras()) - sum(tick.hundredths for tick in earlier.extras())
        assert hand[0] != "extra" or added == 500 * hand[2], "an extra never takes the place of another"
        ticks = checklist.in_order()
        assert sorted(tick.site for tick in ticks) == sorted(checklist.ticks) == sorted({tick.site for tick in ticks})
        assert checklist.hundredths == sum(tick.hundredths for tick in ticks) == sum(map(checklist.muscle_hundredths, protocol.muscles))
        assert {tick.site for tick in ticks if tick.state != "extra"} | {site.id for site in checklist.open_sites()} == set(fixed)
        assert not {tick.site for tick in checklist.extras()} & set(fixed)
        for tick in ticks:
            planned = fixed[tick.site].hundredths if tick.site in fixed else 0
            assert tick.planned_hundredths == planned and (tick.hundredths > 0) == (tick.state != "skipped")
            assert tick.state != "skipped" or tick.reason
    assert checklist.give_rest().open_sites() == () and checklist.end_here("done").open_sites() == ()
