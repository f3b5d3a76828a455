"""A correction of sites laid over a checklist: what is not named stays."""

from __future__ import annotations

import pytest

from botoxcli import paths
from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.protocol import Protocol
from botoxcli.clinic.site_patch import SitePatch
from botoxcli.errors import ValueRefused
from botoxcli.files.protocol_yaml import load_protocol


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return load_protocol(paths.shipped_protocols() / "chronic-migraine.yaml").protocol


@pytest.fixture
def told(protocol: Protocol) -> Checklist:
    """procerus skipped, corrugator-left at 2.5 U, 10 U extra in the right trapezius, the rest as planned."""
    return Checklist(protocol).skip("procerus", "scar").dose("corrugator-left", 250).extra("trapezius-right", 1000).give_rest()


def deviations(checklist: Checklist) -> dict[str, int]:
    return {tick.site: tick.hundredths for tick in checklist.deviations()}


@pytest.mark.parametrize(
    ("patch", "left"),
    [
        (SitePatch(), {"procerus": 0, "corrugator-left": 250, "trapezius-right-4": 500, "trapezius-right-5": 500}),
        (SitePatch(planned=("procerus",)), {"corrugator-left": 250, "trapezius-right-4": 500, "trapezius-right-5": 500}),
        (SitePatch(planned=("trapezius-right-5",)), {"procerus": 0, "corrugator-left": 250, "trapezius-right-4": 500}),
        (SitePatch(extras={"trapezius-right": 0}), {"procerus": 0, "corrugator-left": 250}),
        (SitePatch(extras={"trapezius-right": 500}), {"procerus": 0, "corrugator-left": 250, "trapezius-right-4": 500}),
        (SitePatch(dosed={"procerus": 300}, extras={"trapezius-right": 0}), {"procerus": 300, "corrugator-left": 250}),
        (SitePatch(as_planned=True), {}),
        (SitePatch(as_planned=True, skipped={"corrugator-left": "scar"}), {"corrugator-left": 0}),
    ],
)
def test_what_is_not_named_stays(told: Checklist, patch: SitePatch, left: dict[str, int]) -> None:
    now = patch.onto(told)
    assert deviations(now) == left
    assert not now.open_sites()
    if not patch.planned:
        assert patch.onto(now) == now, "laid over twice it is the same"


def test_ended_early_as_long_as_a_site_is_left_out(protocol: Protocol) -> None:
    ended = Checklist(protocol).give(protocol.sites_in_order[:30]).end_here("felt faint")
    (last,) = deviations(ended)
    assert SitePatch(skipped={last: "scar"}).onto(ended).ended_early
    assert not SitePatch(planned=(last,)).onto(ended).ended_early
    assert not SitePatch(as_planned=True).onto(ended).ended_early


@pytest.mark.parametrize(
    "said",
    [
        {"skipped": {"procerus": "x"}, "dosed": {"procerus": 100}},
        {"planned": ("procerus",), "dosed": {"procerus": 100}},
        {"planned": ("procerus",), "skipped": {"procerus": "x"}},
    ],
)
def test_a_site_is_told_one_thing(said: dict[str, dict[str, str]]) -> None:
    with pytest.raises(ValueRefused, match="procerus"):
        SitePatch(**said)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("patch", "where"),
    [
        (SitePatch(planned=("nowhere",)), "--planned nowhere"),
        (SitePatch(skipped={"temporalis-left-9": "x"}), "--skip"),
        (SitePatch(skipped={"procerus": " "}), "--skip procerus"),
        (SitePatch(extras={"nose-left": 0}), "--extra nose-left"),
        (SitePatch(extras={"trapezius-left": 300}), "--extra trapezius-left"),
    ],
)
def test_what_cannot_be_names_the_flag(told: Checklist, patch: SitePatch, where: str) -> None:
    with pytest.raises(ValueRefused) as refused:
        patch.onto(told)
    assert refused.value.where == where
