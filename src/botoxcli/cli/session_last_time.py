"""Last time at the chair: what the last session under the protocol had otherwise than today's plan has it.

Conventions. Sessions up to the day of this one count. A site that is given as planned every time says nothing. What today's plan alone
does not tell is said: a deviation with its reason, the dose of an optional site, a dose out of a range or per kg that is not today's usual
one, and one that another edition planned.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from botoxcli.clinic.checklist import Checklist
from botoxcli.clinic.history import PastSession
from botoxcli.clinic.quantity import units_text
from botoxcli.terminal.keys import say, screen


def last_session(sessions: Sequence[PastSession], protocol: str, on: date) -> PastSession | None:
    """The last one under the protocol, up to and with a day."""
    return next((session for session in reversed(sessions) if session.protocol == protocol and session.date <= on), None)


def last_time(session: PastSession | None, checklist: Checklist) -> Mapping[str, str]:
    """By site, in words, what the last session had there."""
    return {**deviations(session), **chosen(session, checklist)} if session else {}


def deviations(session: PastSession) -> dict[str, str]:
    """Where it left its own plan."""
    words = {}
    for deviation in session.deviations:
        why = f" ({deviation.reason})" if deviation.reason else ""
        said = {"skipped": "skipped", "extra": f"extra {units_text(deviation.hundredths)} U"}
        words[deviation.site] = said.get(deviation.state, f"{units_text(deviation.hundredths)} U") + why
    return words


def chosen(session: PastSession, checklist: Checklist) -> dict[str, str]:
    """The doses within its plan that today's plan does not tell."""
    told = {deviation.site for deviation in session.deviations}
    return {
        site: f"{units_text(hundredths)} U"
        for site, hundredths in session.doses
        if site not in told and hundredths and not _is_todays(checklist, site, hundredths)
    }


def _is_todays(checklist: Checklist, site_id: str, hundredths: int) -> bool:
    site = checklist.protocol.site(site_id)
    plan = checklist.plan(site) if site else None
    return site is not None and not site.optional and plan is not None and plan.usual == hundredths


def show_last_time(session: PastSession | None, checklist: Checklist) -> None:
    """The last session in a few lines, before the questions begin."""
    if session is None:
        say(screen(), "First session under this protocol.")
        return
    say(screen(), f"Last session: {session.date.isoformat()} (visit {session.visit}), {units_text(session.hundredths)} U.")
    for site, words in deviations(session).items():
        say(screen(), f"{site}: {words}", front="  ")
    doses = [f"{site} {words}" for site, words in chosen(session, checklist).items()]
    if doses:
        say(screen(), f"Given then: {', '.join(doses)}", front="  ")
    was_so = [question for question, answer in session.answers if answer == "yes" and question in ("weakness-or-ptosis-now", "trouble-since-last")]
    if was_so:
        say(screen(), f"Answered yes then: {', '.join(was_so)}", front="  ")
