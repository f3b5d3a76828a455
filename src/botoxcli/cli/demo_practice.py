"""``botox demo --patients``: a fictitious practice of any size, in a new file that was named."""

from __future__ import annotations

from random import Random

from botoxcli import clock
from botoxcli.cli.state import State
from botoxcli.errors import MissingInput
from botoxcli.store.place import Place


def demo_practice(state: State, *, patients: int | None, in_care: int | None, years: int | None, seed: int | None) -> None:
    """Writes it, whole or not at all. Raises MissingInput unless ``--ledger`` was typed: a made-up practice never goes where the real one may."""
    from botoxcli.cli.protocols import DEFAULT_PROTOCOL, shipped_edition
    from botoxcli.clinic.dates import parse_date
    from botoxcli.store.many_changes import ManyChanges
    from botoxcli.store.recorder import create_ledger
    from botoxcli.terminal.lines import print_lines
    from botoxcli.terminal.progress import progress
    from botoxcli.workflow.demo import ACTOR, SETTINGS
    from botoxcli.workflow.practice import furnish_practice, opens_at
    from botoxcli.workflow.practice_lives import PracticeSize, lives

    if not state.ledger_named or patients is None:
        raise MissingInput([flag for flag, there in (("--ledger", state.ledger_named), ("--patients", patients is not None)) if not there])
    size = PracticeSize(patients, patients // 4 if in_care is None else in_care, 10 if years is None else years, 1 if seed is None else seed)
    machine = clock.today(SETTINGS["time-zone"])
    today = parse_date(state.today_words, today=machine, where=state.today_where) if state.today_words else machine
    edition, chance = shipped_edition(DEFAULT_PROTOCOL), Random(size.seed)  # noqa: S311 - nobody's secrets: a made-up practice is to be made again
    people = lives(size, chance, today)
    made: dict[str, int] = {}
    with progress("Living the years") as told:

        def furnish(place: Place) -> None:
            with ManyChanges(place, salt=lambda: chance.randbytes(32).hex()) as ledger:
                furnish_practice(ledger, edition, people, today=today, chance=chance, told=told)
                made.update(ledger.counts())

        create_ledger(Place(state.ledger.path), settings=SETTINGS, actor=ACTOR, at=opens_at(people[0].begins), furnish=furnish)
    print_lines(
        [
            f"A practice that does not exist, as it would stand on {today.isoformat()}: {state.ledger.path}",
            f"{size.patients:,} patients ever, {size.in_care:,} in care, {size.years} years, seed {size.seed}: {made['consult']:,} consults, "
            f"{made['session']:,} sessions, {made['follow-up']:,} follow-ups in {made['entries']:,} changes.",
        ]
    )
