"""The checklist at the chair: muscle by muscle in injection order, Enter for what is as planned, a few words for what is not.

Every change is handed to ``save`` before the next prompt, so whatever happens to the machine, what was ticked stands. The running
total and its volume stand above every prompt. Left and right are the patient's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.quantity import units_text
from botoxcli.errors import ValueRefused
from botoxcli.terminal.ask import confirm
from botoxcli.terminal.keys import interrupted_says, say, screen, typed
from botoxcli.terminal.session_block import (
    SIGNS,
    VolumeOf,
    count_of,
    extras_in,
    position_of,
    show_block,
    show_muscle,
    show_so_far,
    sites_of,
    sites_words,
    status_line,
)
from botoxcli.terminal.session_words import Command, Dose, End, Extra, Given, Go, Skip, read_command

if TYPE_CHECKING:
    from rich.console import Console

_NOTHING: Mapping[str, str] = MappingProxyType({})
_HELP = (
    ("Enter", "what is still open in this muscle as planned; on to the next"),
    ("3=2.5", "another dose at site 3, in units; also 1-4=2.5, all=2.5"),
    ("skip 3 REASON", "site 3 is left out; also skip 1,3 REASON, skip all REASON"),
    ("extra left 5", "5 U follow-the-pain on the left; also +left 5"),
    ("no extra", "takes the muscle's extras back"),
    ("given 1-3", "these as planned, the others stay open"),
    ("again", "this muscle anew, as if nothing were recorded in it"),
    ("< or back", "back to the muscle before"),
    ("list", "everything so far"),
    ("end here REASON", "ends the session; all that is open is skipped"),
    ("Ctrl-C", "leaves; what was ticked is saved"),
)


_HELP_OPTIONAL = (("done", "nothing more at any optional site; finishes"),)


def run_checklist(
    checklist: Checklist,
    *,
    volume_ul: VolumeOf,
    save: Callable[[Checklist], None],
    last_time: Mapping[str, str] = _NOTHING,
    start_at: str | None = None,
    saved: str = "",
) -> Checklist:
    """The checklist with a tick for every fixed site.

    Starts at the first muscle with an open site, or at ``start_at`` to look at a complete one again. ``last_time`` says in words, by
    site id, what was otherwise at the session before. ``save`` is called once for each change. Raises Interrupted, with ``saved``
    as its next step, on Ctrl-C and at the end of the input.
    """
    with interrupted_says(saved):
        return _Run(screen(), checklist, volume_ul, save, last_time).through(start_at)


class _Run:
    """One run of the checklist: what is recorded so far, and the muscle on the screen."""

    def __init__(
        self, console: Console, checklist: Checklist, volume_ul: VolumeOf, save: Callable[[Checklist], None], last_time: Mapping[str, str]
    ) -> None:
        self.console = console
        self.checklist = checklist
        self.volume_ul = volume_ul
        self.save = save
        self.last_time = last_time
        self.muscles = checklist.protocol.muscles
        self.place = 0
        self.position = ""

    @property
    def muscle(self) -> str:
        return self.muscles[self.place]

    def through(self, start_at: str | None) -> Checklist:
        """From the first muscle that is to be looked at to the last; then back to any that was left open."""
        goal = start_at or self._first_open()
        self._introduce(goal)
        while goal:
            self.place = self.muscles.index(goal)
            self._show()
            while self.place < len(self.muscles):
                self._ask()
            goal = self._first_open()
        self._summary()
        return self.checklist

    def _first_open(self) -> str | None:
        return next(iter(self.checklist.open_muscles()), None)

    def _introduce(self, goal: str | None) -> None:
        protocol = self.checklist.protocol
        if not self.checklist.ticks:
            words = [part.replace(" sites ", " sites, ").replace(" site ", " site, ") for part in sites_words(self.checklist, protocol.sites)]
            plan = ", ".join([*words, "1 muscle" if len(self.muscles) == 1 else f"{len(self.muscles)} muscles"])
            how = "Enter records a muscle as planned" if protocol.fixed_sites else "Type what was given, such as 1=20; Enter goes on, done finishes"
            say(self.console, f"{plan}. {how}, ? shows what else can be typed. Left and right are the patient's.")
        elif goal:
            fixed = sum(tick.state != "extra" for tick in self.checklist.ticks.values())
            say(self.console, f"Going on at {goal}: {fixed} of {count_of(len(protocol.sites))} are recorded.")
            for muscle in self.muscles[: self.muscles.index(goal)]:
                show_muscle(self.console, self.checklist, muscle)

    def _show(self) -> None:
        position = position_of(self.checklist.protocol, self.muscle)
        if position and position != self.position:
            was = f" (was {self.position})" if self.position else ""
            self.console.print()
            say(self.console, f"=== POSITION: {position.upper()}{was} ===", "bold reverse")
            self.position = position
        show_block(self.console, self.checklist, self.muscle, self.last_time)

    def _ask(self) -> None:
        """One line, and what it asks for. A refusal changes nothing."""
        say(self.console, status_line(self.checklist, self.muscle, self.volume_ul), "bold")
        line = typed(self.console, self._prompt())
        try:
            self._obey(read_command(line, sites_of(self.checklist.protocol, self.muscle)))
        except ValueRefused as refused:
            why = refused.sentence.removeprefix(f"{refused.where}: ")
            say(self.console, f"{why[0].upper()}{why[1:]} {refused.next_step}")

    def _prompt(self) -> str:
        sites = sites_of(self.checklist.protocol, self.muscle)
        still_open = sum(site in self.checklist.open_sites() for site in sites)
        if not still_open and self.muscle in self.checklist.open_muscles():
            does = "nothing more here, go on" if self.muscle != self.muscles[-1] else "nothing more here, finish"
        elif not still_open:
            does = "keep it, go on" if self.muscle != self.muscles[-1] else "keep it, finish"
        elif still_open == len(sites):
            does = "as planned"
        else:
            does = f"the {still_open} open as planned"
        return f"Enter = {does}, ? = help > "

    def _obey(self, command: Command) -> None:
        match command:
            case Go("on"):
                self._on()
            case Go("back"):
                self._back()
            case Go("help"):
                self._help()
            case Go("list"):
                show_so_far(self.console, self.checklist, self.volume_ul)
            case Go("again"):
                self._again()
            case Go("done"):
                self._done()
            case Go("no-extra"):
                self._no_extra()
            case End(reason):
                self._end(reason)
            case Given(sites):
                self._change(self.checklist.give(sites))
            case Skip() | Dose() | Extra():
                self._exception(command)

    def _on(self) -> None:
        """What is open as planned; on to the next muscle."""
        self._record(self.checklist.give_muscle(self.muscle))
        show_muscle(self.console, self.checklist, self.muscle)
        self.place += 1
        if self.place < len(self.muscles):
            self._show()

    def _back(self) -> None:
        if self.place == 0:
            say(self.console, "This is the first muscle.")
            return
        self.place -= 1
        self._show()

    def _help(self) -> None:
        optional = any(site.optional for site in self.checklist.protocol.sites)
        for keys, meaning in (*_HELP[:-2], *(_HELP_OPTIONAL if optional else ()), *_HELP[-2:]):
            say(self.console, meaning, front=f"  {keys:<15}  ")
        say(self.console, "  ".join(f"{sign} {state}" for state, sign in SIGNS.items()), front="  ")

    def _record(self, changed: Checklist) -> None:
        """Keeps a change and has it saved; no change is no save."""
        if changed != self.checklist:
            self.checklist = changed
            self.save(changed)

    def _change(self, changed: Checklist) -> None:
        self._record(changed)
        self._show()

    def _again(self) -> None:
        typed_in = [tick for tick in self.checklist.deviations() if tick.muscle == self.muscle]
        if typed_in and not self._sure(f"Take back what was typed for {count_of(len(typed_in))} of {self.muscle}?"):
            return
        self._change(self.checklist.reopen(self.muscle))

    def _no_extra(self) -> None:
        if not extras_in(self.checklist, self.muscle):
            say(self.console, f"{self.muscle} has no extras.")
            return
        self._change(self.checklist.without_extras(self.muscle))

    def _done(self) -> None:
        """Nothing more at the optional sites. What is always given is never passed over so."""
        if still_open := self.checklist.open_sites():
            say(self.console, f"{count_of(len(still_open))} of the plan are still open: Enter goes on, end here REASON ends.")
            return
        self._record(self.checklist.give_rest())
        self.place = len(self.muscles)

    def _end(self, reason: str) -> None:
        still_open = self.checklist.open_sites()
        if not still_open:
            going_on = "done finishes" if self.checklist.open_muscles() else "Enter goes on"
            say(self.console, f"Nothing is open any more: {going_on}.")
            return
        left_out = units_text(sum(plan.usual for plan in map(self.checklist.plan, still_open) if plan))
        if self._sure(f"Skip what is still open, {count_of(len(still_open))} and {left_out} U, and end here?"):
            self._record(self.checklist.end_here(reason))
            self.place = len(self.muscles)

    def _exception(self, command: Skip | Dose | Extra) -> None:
        """Decides first, then asks about what looks like a slip of the glove, then records it as one change."""
        changed = self.checklist
        match command:
            case Skip(sites, reason):
                for site in sites:
                    changed = changed.skip(site.id, reason)
            case Dose(sites, hundredths, reason):
                for site in sites:
                    changed = changed.dose(site.id, hundredths, reason)
            case Extra(place, hundredths):
                changed = changed.extra(place, hundredths)
        doubt = self._doubt(command, changed)
        if not doubt or self._sure(doubt):
            self._change(changed)

    def _doubt(self, command: Skip | Dose | Extra, changed: Checklist) -> str:
        """The question to ask before a dose over the site's limit, or extras over the allowance, are recorded."""
        protocol = self.checklist.protocol
        most = protocol.limits.site.at(self.checklist.weight)
        if isinstance(command, Dose) and command.hundredths > most:
            return f"Really {units_text(command.hundredths)} U at one site? The limit is {units_text(most)} U."
        if isinstance(command, Extra):
            extras = extras_in(changed, self.muscle)
            total, allowance = sum(tick.hundredths for tick in extras), protocol.allowance(self.muscle)
            if allowance is None:
                return f"Really {units_text(total)} U of extras? {self.muscle} has no allowance for them."
            if total > allowance.hundredths or len(extras) > allowance.sites:
                return f"Really {units_text(total)} U of extras in {self.muscle}? The allowance is {units_text(allowance.hundredths)} U."
        return ""

    def _sure(self, question: str) -> bool:
        answer = confirm(question)
        if not answer:
            say(self.console, "Nothing was changed.")
        return answer

    def _summary(self) -> None:
        self.console.print()
        say(self.console, "The checklist is complete:" if not self.checklist.ended_early else "The session was ended early:", "bold")
        show_so_far(self.console, self.checklist, self.volume_ul)
