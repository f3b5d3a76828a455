"""What the rules found, shown by level and settled one by one: a warning accepted, a stop overridden with a written reason.

A level is told by its word, never by colour alone: ``STOP``, ``WARN``, ``note``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from botoxcli.clinic.findings import Finding, is_reason, require_settled, resolve
from botoxcli.terminal.ask import confirm
from botoxcli.terminal.keys import HELP, interrupted_says, say, screen, typed

if TYPE_CHECKING:
    from rich.console import Console

_LEVELS = {"stop": ("STOP", "bold red"), "warn": ("WARN", "yellow"), "note": ("note", "dim")}


def show_findings(findings: Iterable[Finding]) -> None:
    """Each finding with its level, its reason, its source and what was said to it; stops first, then warnings, then notes."""
    _show(screen(), findings, {})


def settle(
    findings: Sequence[Finding], accepted: AbstractSet[str], overridden: Mapping[str, str], *, saved: str = ""
) -> tuple[set[str], dict[str, str]]:
    """The ids that are accepted and the overrides with their reasons, the given ones included, after asking about what is open.

    Shows all findings first. Raises StoppedByRule that names all which are open as soon as one is left so: a warning
    that is not accepted, a stop without a reason. Raises Interrupted, with ``saved`` as its next step, on Ctrl-C and at the end of the input.
    """
    console, yes, reasons = screen(), set(accepted), dict(overridden)
    _show(console, resolve(findings, yes, reasons), reasons)
    with interrupted_says(saved):
        for finding in _by_level(findings):
            if resolve([finding], yes, reasons)[0].resolution or finding.level == "note":
                continue
            if finding.level == "stop":
                reason = _reason(console, finding)
                reasons.update({finding.id: reason} if reason else {})
            elif confirm(f"Accept WARN {finding.id}?"):
                yes.add(finding.id)
            if not resolve([finding], yes, reasons)[0].resolution:
                break
    require_settled(resolve(findings, yes, reasons))
    return yes, reasons


def _reason(console: Console, finding: Finding) -> str:
    """A written reason, or nothing. A key that means something elsewhere (``?``, ``<``) is never taken for one."""
    while True:
        words = typed(console, f"Override STOP {finding.id}? Write the reason, or Enter to stop here > ")
        if not words or is_reason(words):
            return words
        say(console, f"{finding.because} (source: {finding.source or 'practice'})." if words in HELP else "That is no reason: write it in words.")


def _by_level(findings: Iterable[Finding]) -> list[Finding]:
    return sorted(findings, key=lambda finding: list(_LEVELS).index(finding.level))


def _show(console: Console, findings: Iterable[Finding], reasons: Mapping[str, str]) -> None:
    for finding in _by_level(findings):
        word, style = _LEVELS[finding.level]
        source = f" (source: {finding.source})" if finding.source else ""
        reason = f": {reasons[finding.id]}" if finding.resolution == "overridden" and finding.id in reasons else ""
        settled = f" [{finding.resolution}{reason}]" if finding.resolution else ""
        say(console, f"{finding.id}: {finding.because}{source}{settled}", style, front=f"{word} ")
