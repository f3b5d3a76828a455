"""The checklist's screen where sites are chosen, doses are ranges, or both follow the weight: whole, at a width of 80."""

from __future__ import annotations

import contextlib
import io
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.dosing import volume_ul
from botoxcli.clinic.protocol import Protocol
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.terminal.session_screen import run_checklist

FOLDER = Path(__file__).parents[2] / "protocols"
DYSTONIA = load_protocol(FOLDER / "cervical-dystonia.yaml").protocol
LIDS = load_protocol(FOLDER / "blepharospasm.yaml").protocol
CHILD = load_protocol(FOLDER / "spasticity-child.yaml").protocol


def volume(hundredths: int) -> int:
    return volume_ul(hundredths, diluent_ul=4_000, vial_hundredths=20_000)


def only(protocol: Protocol, *muscles: str) -> Protocol:
    """The protocol with the sites of a few muscles."""
    return protocol.model_copy(update={"sites": tuple(site for site in protocol.sites if site.muscle in muscles)})


def run(lines: Sequence[str], checklist: Checklist) -> tuple[Checklist, str]:
    typed, shown = io.StringIO("".join(f"{line}\n" for line in lines)), io.StringIO()
    with mock.patch.object(sys, "stdin", typed), mock.patch.dict("os.environ", {"COLUMNS": "80"}), contextlib.redirect_stderr(shown):
        return run_checklist(checklist, volume_ul=volume, save=lambda _: None), shown.getvalue()


def test_the_whole_screen_where_sites_are_chosen() -> None:
    done, screen = run(["1=20", "done"], Checklist(only(DYSTONIA, "scalenus-medius", "splenius-cervicis")))
    assert {site: tick.hundredths for site, tick in done.ticks.items()} == {"scalenus-medius-left": 2_000}
    assert screen == textwrap.dedent(
        """\
        4 optional sites, 2 muscles. Type what was given, such as 1=20; Enter goes on,
        done finishes, ? shows what else can be typed. Left and right are the patient's.

        1/2 SCALENUS-MEDIUS | 2 optional sites | 15 to 100 U
        [ ] 1 left   5 to 50 U  Behind the sternocleidomastoid, low in the side of the
                                neck; guided by EMG or ultrasound
        [ ] 2 right  5 to 50 U  as left
        scalenus-medius 0 U | so far 0 U, 0.00 mL
        Enter = nothing more here, go on, ? = help > 
        1/2 SCALENUS-MEDIUS | 2 optional sites | 15 to 100 U
        [x] 1 left        20 U  Behind the sternocleidomastoid, low in the side of the
                                neck; guided by EMG or ultrasound
        [ ] 2 right  5 to 50 U  as left
        scalenus-medius 20 U | so far 20 U, 0.40 mL
        Enter = nothing more here, go on, ? = help > 
        The checklist is complete:
        [x] scalenus-medius 20 U: 1 site as planned
            [x] scalenus-medius-left 20 U
        [-] splenius-cervicis 0 U: nothing given
        total 20 U, 0.40 mL
        """  # noqa: W291
    )


def test_a_dose_within_its_range_is_as_planned_and_enter_gives_the_usual_one() -> None:
    done, screen = run(["2=2.5", "3=3", ""], Checklist(LIDS))
    assert (done.hundredths, [tick.site for tick in done.deviations()]) == (1_050, ["orbicularis-oculi-left-3"])
    assert "6 sites, 7.5 U, 1 muscle. Enter records a muscle as planned" in screen
    assert "    [x] orbicularis-oculi-left-2 2.5 U\n    [~] orbicularis-oculi-left-3 3 U" in screen.rpartition("complete:")[2]
    assert "[x] 2 left 2           2.5 U  Upper lid, outer end" in screen and "[~] 3 left 3             3 U  planned 1.25 U" in screen
    assert "Enter = the 4 open as planned" in screen


def test_doses_and_limits_are_shown_at_the_weight() -> None:
    _, screen = run(["given 1-2", "done"], Checklist(CHILD).at_weight(20_000))
    assert "1/11 BICEPS-BRACHII | 4 optional sites | upper limb 60 to 120 U" in screen
    assert "[ ] 1 left 1   15 to 30 U  In the front of the upper arm, upper of two" in screen
    assert "total 30 U, 0.60 mL" in screen


def test_without_the_weight_the_doses_are_shown_per_kg() -> None:
    _, screen = run(["given 1", "1=20", "done"], Checklist(CHILD))
    assert "[ ] 1 left 1   0.75 to 1.5 U/kg, at most 50 U" in screen
    assert "upper limb at most 200 U" in screen
    assert "total 20 U, 0.40 mL" in screen


def test_done_passes_over_nothing_that_is_always_given() -> None:
    done, screen = run(["done", "end here faint", "y"], Checklist(LIDS))
    assert "6 sites of the plan are still open: Enter goes on, end here REASON ends." in screen
    assert done.ended_early


def test_ending_where_nothing_is_owed_is_done() -> None:
    _, screen = run(["end here faint", "done"], Checklist(DYSTONIA))
    assert "Nothing is open any more: done finishes." in screen
