"""What the global options said, and what a command asks of them: the ledger, today, who is at the keyboard."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import typer

from botoxcli import clock, paths
from botoxcli.clinic.dates import parse_date
from botoxcli.errors import MissingInput, ValueRefused
from botoxcli.store.place import Place, asked_once

if TYPE_CHECKING:
    from botoxcli.store.key import Key
    from botoxcli.store.reader import Reader


class State(NamedTuple):
    """The global options of one run. ``today_words`` is as it was typed, ``today_where`` where it came from.

    ``ledger`` is where it is and how its key is come by; nobody is asked for one before an encrypted file is met, and never
    with ``no_input``. ``key_file`` is the file that holds the key, if one was named; ``ledger_named`` says that ``--ledger`` was typed.
    """

    ledger: Place
    today_words: str | None
    today_where: str
    actor_given: str | None
    key_file: Path | None = None
    ledger_named: bool = False

    @classmethod
    def from_options(
        cls, ledger: Path | None, today: str | None, actor: str | None, key_file: Path | None = None, *, no_input: bool = False
    ) -> State:
        """From the options as typed, else from the environment."""
        where = "--today" if today is not None else clock.TODAY_VARIABLE
        words = today if today is not None else os.environ.get(clock.TODAY_VARIABLE) or None
        path, keys = paths.ledger_path(ledger), paths.key_file(key_file)

        def key() -> Key:
            from botoxcli.cli.keys import key_for

            return key_for(path, keys, no_input=no_input)

        return cls(Place(path, asked_once(key)), words, where, actor, keys, ledger is not None)

    @property
    def today_is_set(self) -> bool:
        """Whether ``--today`` or BOTOX_TODAY replaces the civil date."""
        return self.today_words is not None

    @contextmanager
    def reader(self) -> Iterator[Reader]:
        """The ledger, open for reading. Raises NoLedger and its kin."""
        from botoxcli.store.reader import open_ledger

        with open_ledger(self.ledger) as reader:
            yield reader

    def zone(self, settings: Mapping[str, str]) -> str:
        """The practice's time zone."""
        return settings.get("time-zone", "UTC")

    def today(self, reader: Reader) -> date:
        """The civil date in the practice's time zone, or the one that was set instead."""
        machine = clock.today(self.zone(reader.settings()))
        if self.today_words is None:
            return machine
        return parse_date(self.today_words, today=machine, where=self.today_where)

    def actor(self, reader: Reader) -> str:
        """Who makes a change."""
        from botoxcli.cli.texts import clean_text

        named = clock.actor(self.actor_given, reader.settings().get("practitioner", ""))
        return clean_text("--as", named, longest=200)


def state_of(ctx: typer.Context) -> State:
    """The state of this run."""
    state = ctx.find_object(State)
    if state is None:
        raise TypeError("a command runs below the root")
    return state


def recording_date(on: str | None, today: date, today_is_set: bool, *, talk: bool = True) -> date:
    """The day of a visit that is about to be recorded: ``--on``, else today. While ``--today`` is set it must be given.

    With ``talk`` stderr says that today was set. Raises MissingInput, or ValueRefused for a day after today.
    """
    if on is None:
        if today_is_set:
            missing = MissingInput(["--on"])
            missing.next_step = f"Today is set to {today}; say with --on DATE for which day this is recorded."
            raise missing
        return today
    day = parse_date(on, today=today, where="--on")
    if day > today:
        raise ValueRefused("--on", f"this day is after today, {today}")
    if today_is_set and talk:
        from botoxcli.terminal.lines import note

        note(f"Today is set to {today}. This is recorded for {day}.")
    return day
