"""The checklist with scripted keys: what is recorded, what is saved when, and the whole screen at a width of 80."""

from __future__ import annotations

import contextlib
import io
import itertools
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.dosing import volume_ul
from botoxcli.clinic.planned_dose import SiteUnits
from botoxcli.clinic.protocol import Allowance, Protocol, Side, Site
from botoxcli.clinic.quantity import ml_text
from botoxcli.errors import Interrupted
from botoxcli.files.protocol_yaml import load_protocol
from botoxcli.terminal.session_screen import run_checklist

SHIPPED = load_protocol(Path(__file__).parents[2] / "protocols" / "chronic-migraine.yaml").protocol


def a_site(site_id: str, order: int, side: Side, landmark: str, *, sitting: bool = False) -> Site:
    return Site(
        id=site_id,
        muscle=site_id.split("-")[0],
        side=side,
        order=order,
        units=SiteUnits.model_validate(5),
        position="sitting" if sitting else "supine",
        landmark=landmark,
        view="back" if sitting else "front",
        x=order,
        y=10,
        source="practice",
    )


SITES = (
    a_site("brow", 1, "midline", "Between the brows"),
    a_site("temple-left-1", 2, "left", "Above the ear, where the pulse is felt, a thumb's breadth behind the hairline"),
    a_site("temple-left-2", 3, "left", "A thumb's breadth forward"),
    a_site("temple-right-1", 4, "right", "Above the ear, where the pulse is felt, a thumb's breadth behind the hairline"),
    a_site("temple-right-2", 5, "right", "A thumb's breadth forward"),
    a_site("neck-left", 6, "left", "Stay high", sitting=True),
    a_site("neck-right", 7, "right", "Stay high", sitting=True),
)
SMALL = SHIPPED.model_copy(update={"sites": SITES, "follow_the_pain": (Allowance(muscle="temple", sites=2, hundredths=10, source="practice"),)})
FIXED = {site.id for site in SITES}


def volume(hundredths: int) -> int:
    return volume_ul(hundredths, diluent_ul=4_000, vial_hundredths=20_000)


class Chair:
    """A run with scripted lines; the input ends after the last."""

    def __init__(self) -> None:
        self.saves: list[Checklist] = []
        self.screen = ""

    def run(self, lines: Sequence[str], checklist: Checklist | None = None, **more: object) -> Checklist:
        typed = io.StringIO("".join(f"{line}\n" for line in lines))
        shown = io.StringIO()
        with mock.patch.object(sys, "stdin", typed), mock.patch.dict("os.environ", {"COLUMNS": "80"}), contextlib.redirect_stderr(shown):
            try:
                return run_checklist(checklist or Checklist(SMALL), save=self.saves.append, **{"volume_ul": volume, **more})  # type: ignore[arg-type]
            finally:
                self.screen = shown.getvalue()

    def doses(self) -> dict[str, int]:
        return {site: tick.hundredths for site, tick in self.saves[-1].ticks.items()}


@pytest.fixture
def chair() -> Chair:
    return Chair()


def test_seven_enters_record_the_whole_protocol_as_planned(chair: Chair) -> None:
    done = chair.run([""] * 7, Checklist(SHIPPED))
    assert done.hundredths == 15_500
    assert [tick.state for tick in done.in_order()] == ["given"] * 31
    assert [save.hundredths for save in chair.saves] == [1_000, 1_500, 3_500, 7_500, 10_500, 12_500, 15_500]
    assert chair.screen.endswith("total 155 of 155 U, 3.10 mL\n")


def test_the_whole_screen_as_planned(chair: Chair) -> None:
    chair.run(["", "", ""])
    assert chair.screen == textwrap.dedent(
        """\
        7 sites, 35 U, 3 muscles. Enter records a muscle as planned, ? shows what else
        can be typed. Left and right are the patient's.

        === POSITION: SUPINE ===

        1/3 BROW | supine | 1 site 5 U
        [ ] 1 midline  5 U  Between the brows
        brow 0 of 5 U | so far 0 of 35 U, 0.00 mL
        Enter = as planned, ? = help > [x] brow 5 U: 1 site as planned

        2/3 TEMPLE | supine | 4 sites 20 U | extras: 10 of 10 U left
        [ ] 1 left 1   5 U  Above the ear, where the pulse is felt, a thumb's breadth
                            behind the hairline
        [ ] 2 left 2   5 U  A thumb's breadth forward
        [ ] 3 right 1  5 U  as left 1
        [ ] 4 right 2  5 U  as left 2
        temple 0 of 20 U | so far 5 of 35 U, 0.10 mL
        Enter = as planned, ? = help > [x] temple 20 U: 4 sites as planned

        === POSITION: SITTING (was supine) ===

        3/3 NECK | sitting | 2 sites 10 U
        [ ] 1 left   5 U  Stay high
        [ ] 2 right  5 U  as left
        neck 0 of 10 U | so far 25 of 35 U, 0.50 mL
        Enter = as planned, ? = help > [x] neck 10 U: 2 sites as planned

        The checklist is complete:
        [x] brow 5 U: 1 site as planned
        [x] temple 20 U: 4 sites as planned
        [x] neck 10 U: 2 sites as planned
        total 35 of 35 U, 0.70 mL
        """
    )


def test_exceptions_are_shown_with_what_was_otherwise_last_time(chair: Chair) -> None:
    last_time = {"temple-left-1": "skipped: sore", "temple-right-3": "extra 5 U", "neck-left": "2.5 U"}
    with pytest.raises(Interrupted):
        chair.run(["", "skip 3 a scar", "2=2,5 thin", "+left 5"], last_time=last_time)
    assert chair.screen.rpartition("> \n")[0].rpartition("2/3 TEMPLE")[2] == textwrap.dedent(
        """\
         | supine | 4 sites 20 U | extras: 5 of 10 U left
        [ ] 1 left 1     5 U  last time: skipped: sore | Above the ear, where the pulse
                              is felt, a thumb's breadth behind the hairline
        [~] 2 left 2   2.5 U  planned 5 U: thin | A thumb's breadth forward
        [-] 3 right 1    0 U  skipped: a scar | as left 1
        [ ] 4 right 2    5 U  as left 2
        [+] + left 3     5 U  follow-the-pain
            last time also temple-right-3: extra 5 U
        temple 7.5 of 20 U | so far 12.5 of 35 U, 0.25 mL
        Enter = the 2 open as planned, ? = help """
    )


def test_the_summary_names_each_deviation_with_its_reason(chair: Chair) -> None:
    chair.run(["", "skip right 1 a scar", "2=2.5 thin", "extra left 5", "", "end here felt faint", "y"])
    assert chair.screen.partition("The session was ended early:\n")[2] == textwrap.dedent(
        """\
        [x] brow 5 U: 1 site as planned
        [~] temple 17.5 U: 2 sites as planned, 1 changed, 1 skipped, 1 extra
            [~] temple-left-2 2.5 U, planned 5 U: thin
            [-] temple-right-1 0 U, skipped: a scar
            [+] temple-left-3 5 U
        [~] neck 0 U: 2 skipped
            [-] neck-left 0 U, skipped: felt faint
            [-] neck-right 0 U, skipped: felt faint
        total 22.5 of 35 U, 0.45 mL
        """
    )


def test_a_resumed_checklist_starts_at_the_first_open_muscle(chair: Chair) -> None:
    begun = Checklist(SMALL).give(SITES[:1]).skip("temple-left-1", "sore").give(SITES[2:5])
    done = chair.run([""], begun)
    assert chair.screen.startswith(
        textwrap.dedent(
            """\
            Going on at neck: 5 of 7 sites are recorded.
            [x] brow 5 U: 1 site as planned
            [~] temple 15 U: 3 sites as planned, 1 skipped
                [-] temple-left-1 0 U, skipped: sore

            === POSITION: SITTING ===
            """
        )
    )
    assert done.hundredths == 3_000
    assert len(chair.saves) == 1


def test_a_complete_checklist_asks_nothing_unless_it_is_to_be_looked_at_again(chair: Chair) -> None:
    complete = Checklist(SMALL).give_rest()
    assert chair.run([], complete) == complete
    looked_at = chair.run(["1=2.5", ""], complete, start_at="neck")
    assert looked_at.hundredths == 3_250
    assert len(chair.saves) == 1


def test_back_shows_what_was_recorded_and_enter_keeps_it(chair: Chair) -> None:
    chair.run(["", "skip 1 sore", "", "<", "", ""])
    after_back = chair.screen.rpartition("2/3 TEMPLE")[2]
    assert "[-] 1 left 1   0 U  skipped: sore" in after_back
    assert "[x] 2 left 2   5 U" in after_back
    assert "Enter = keep it, go on" in after_back
    assert [save.hundredths for save in chair.saves] == [500, 500, 2_000, 3_000]


def test_back_at_the_first_muscle_stays_there(chair: Chair) -> None:
    chair.run(["<", "back", "", "", ""])
    assert chair.screen.count("This is the first muscle.") == 2
    assert len(chair.saves) == 3


def test_an_earlier_muscle_that_was_reopened_is_asked_again_before_the_end(chair: Chair) -> None:
    done = chair.run(["", "", "<", "again", "<", "", "", ""])
    assert not done.open_sites()
    assert [save.hundredths for save in chair.saves] == [500, 2_500, 500, 2_500, 3_500]


def test_again_asks_before_it_takes_back_what_was_typed(chair: Chair) -> None:
    done = chair.run(["", "skip 1 sore", "again", "n", "again", "", "y", "", ""])
    assert "Take back what was typed for 1 site of temple?" in chair.screen
    assert done.hundredths == 3_500


def test_extras_are_taken_back_by_a_word(chair: Chair) -> None:
    done = chair.run(["", "extra right 5", "no extra", "no extra", "", ""])
    assert "temple has no extras." in chair.screen
    assert done.hundredths == 3_500
    assert [save.hundredths for save in chair.saves] == [500, 1_000, 500, 2_500, 3_500]


@pytest.mark.parametrize(
    ("line", "question"),
    [
        ("1=40", "Really 40 U at one site? The limit is 10 U."),
        ("all=10.01", "Really 10.01 U at one site? The limit is 10 U."),
        ("extra left 15", "Really 15 U of extras in temple? The allowance is 10 U."),
    ],
)
def test_a_slip_of_the_glove_is_asked_about_first(chair: Chair, line: str, question: str) -> None:
    done = chair.run(["", line, "", "n", "", ""])
    assert question in chair.screen
    assert done.hundredths == 3_500
    assert len(chair.saves) == 3
    assert chair.run(["", line, "y", "", ""]).hundredths > 3_500


def test_the_limit_itself_is_not_asked_about(chair: Chair) -> None:
    assert chair.run(["1=10", "", "extra left 10", "", ""]).hundredths == 3_500 + 500 + 1_000
    assert "Really" not in chair.screen


def test_extras_where_none_are_allowed_are_asked_about(chair: Chair) -> None:
    assert chair.run(["extra 5", "y", "", "", ""]).hundredths == 4_000
    assert "Really 5 U of extras? brow has no allowance for them." in chair.screen


def test_extras_come_in_steps_of_the_sites_dose(chair: Chair) -> None:
    chair.run(["", "extra left 3", "", ""])
    assert "Extra units come in steps of 5 U, each a site of its own." in chair.screen


def test_end_here_asks_first_and_changes_nothing_on_no(chair: Chair) -> None:
    done = chair.run(["", "given 1-2", "end here fainted", "", "x", "n", "", ""])
    assert "Skip what is still open, 4 sites and 20 U, and end here?" in chair.screen
    assert done.hundredths == 3_500
    assert not done.ended_early


def test_keys_that_are_no_text_are_never_enter(chair: Chair) -> None:
    chair.run(["\x1b[A", "\x1b", "\x00", "\u200b", "", "", ""])
    assert chair.screen.count("That held keys that are no text. Type it again.") == 4
    assert len(chair.saves) == 3


def test_spaces_and_tabs_alone_are_enter(chair: Chair) -> None:
    assert chair.run(["  ", "\t", " \t "]).hundredths == 3_500


def test_markup_and_hostile_text_in_a_reason_are_shown_as_they_are(chair: Chair) -> None:
    begun = Checklist(SMALL).skip("temple-left-1", "\x1b[2J\u202eevil")
    chair.run(["", "skip 2 [bold]x[/] [/red]", "", ""], begun, last_time={"neck-left": "[red]\x1b]0;title\x07"})
    assert "skipped: [bold]x[/] [/red]" in chair.screen
    assert "skipped: \\x1b[2J\\u202eevil" in chair.screen
    assert "last time: [red]\\x1b]0;title\\x07" in chair.screen
    assert "\x1b" not in chair.screen


def test_a_volume_that_is_not_known_is_said_to_be_so(chair: Chair) -> None:
    chair.run([""] * 3, volume_ul=lambda hundredths: None)
    assert "so far 5 of 35 U, volume unknown" in chair.screen


def test_the_end_of_the_input_interrupts_and_says_how_to_go_on(chair: Chair) -> None:
    with pytest.raises(Interrupted) as interrupted:
        chair.run(["", "skip 1 sore"], saved="Go on with --resume.")
    assert interrupted.value.next_step == "Go on with --resume."
    assert chair.doses() == {"brow": 500, "temple-left-1": 0}


def test_half_a_line_at_the_end_of_the_input_is_no_command(chair: Chair) -> None:
    typed = io.StringIO("\nskip all lost the connect")
    with mock.patch.object(sys, "stdin", typed), contextlib.redirect_stderr(io.StringIO()), pytest.raises(Interrupted):
        run_checklist(Checklist(SMALL), volume_ul=volume, save=chair.saves.append)
    assert chair.doses() == {"brow": 500}


def test_ctrl_c_interrupts_wherever_it_comes(chair: Chair) -> None:
    keys = mock.Mock()
    keys.readline.side_effect = KeyboardInterrupt
    with mock.patch.object(sys, "stdin", keys), contextlib.redirect_stderr(io.StringIO()), pytest.raises(Interrupted) as interrupted:
        run_checklist(Checklist(SMALL), volume_ul=volume, save=chair.saves.append, saved="It is saved.")
    assert interrupted.value.next_step == "It is saved."

    def pressed_while_saving(checklist: Checklist) -> None:
        raise KeyboardInterrupt

    with mock.patch.object(sys, "stdin", io.StringIO("\n")), contextlib.redirect_stderr(io.StringIO()), pytest.raises(Interrupted):
        run_checklist(Checklist(SMALL), volume_ul=volume, save=pressed_while_saving)


LINES = st.sampled_from(
    [
        *[""] * 4,
        *["<", "again", "list", "?", "y", "n", "no extra", "end here late", "given 1", "skip all sore", "skip 1 sore", "skip 2", "skip left 1 x"],
        *["1=2.5", "all=1.25", "2=40", "extra left 5", "+right 10", "extra 5", "extra left 3", "skip temple-right-2 x", "\x1b[A", "nonsense", "1"],
    ]
)
STARTS: tuple[Callable[[], Checklist], ...] = (
    lambda: Checklist(SMALL),
    lambda: Checklist(SMALL).skip("neck-left", "weak").dose("temple-left-2", 250),
    lambda: Checklist(SMALL).give_rest(),
)


@given(st.lists(LINES, max_size=25), st.sampled_from(STARTS), st.sampled_from([None, "brow", "neck"]))
def test_whatever_is_typed_every_site_has_one_tick_or_it_was_interrupted(
    lines: list[str], start: Callable[[], Checklist], start_at: str | None
) -> None:
    chair, begun = Chair(), start()
    try:
        done = chair.run(lines, begun, start_at=start_at)
    except Interrupted:
        done = None
    states = [begun, *chair.saves]
    assert all(before != after for before, after in itertools.pairwise(states)), "each save is a change"
    if done is not None:
        assert states[-1] == done, "what was saved last is what came out"
        assert {site for site in done.ticks if done.ticks[site].state != "extra"} == FIXED
        total = sum(tick.hundredths for tick in done.in_order())
        assert f"total {total / 100:g} of 35 U, {ml_text(volume(total))} mL" in chair.screen.splitlines()[-1]
    for tick in states[-1].ticks.values():
        assert tick.state != "skipped" or tick.reason
        assert tick.hundredths > 0 or tick.state == "skipped"


def test_the_small_protocol_is_what_these_tests_think() -> None:
    assert isinstance(SMALL, Protocol)
    assert SMALL.planned_hundredths == 3_500
    assert SMALL.muscles == ("brow", "temple", "neck")
    assert SMALL.limits.site.hundredths == 1_000


def test_what_was_left_open_before_the_starting_muscle_is_asked_before_the_end(chair: Chair) -> None:
    done = chair.run([""] * 4, start_at="neck")
    assert not done.open_sites()
    assert [save.hundredths for save in chair.saves] == [1_000, 1_500, 3_500]
