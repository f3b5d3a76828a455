"""What the small recording commands share: how a change is recorded, what must be written, and how the answer leaves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from botoxcli import clock
from botoxcli.cli.rows import Form, write_item
from botoxcli.cli.state import State
from botoxcli.errors import MissingInput, ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.reader import Reader
    from botoxcli.workflow.recording import Recorded, Recording

Value = TypeVar("Value")


def recording(state: State, reader: Reader, *, key: str | None, dry_run: bool) -> Recording:
    """Who records, on which day, now. Raises ValueRefused for a key that cannot be one."""
    from botoxcli.cli.given import checked_key
    from botoxcli.workflow.recording import Recording

    key = checked_key(key)
    return Recording(state.actor(reader), state.today(reader), clock.utc_now(), key=key, dry_run=dry_run)


def required(flag: str, words: str | None, prompt: str, read: Callable[[str], Value], *, asking: bool) -> Value:
    """What a flag says as ``read`` understands it; asked for when a person can be. Raises MissingInput, ValueRefused."""
    if words is not None:
        return read(words)
    if not asking:
        raise MissingInput([flag])
    from botoxcli.terminal.ask import ask_value

    return ask_value(prompt, read)


def written(flag: str) -> Callable[[str], str]:
    """A reader of free text that must say something."""
    from botoxcli.cli.texts import clean_text

    def read(words: str) -> str:
        text = clean_text(flag, words)
        if not text:
            raise ValueRefused(flag, "must say something")
        return text

    return read


def answer(kind: str, item: Mapping[str, Any], told: Recorded, how: Recording, *, form: Form, done: str, after: Iterable[str] = ()) -> None:
    """The answer on stdout: JSON with what became of it, or ``done`` as a sentence. Remarks are in both."""
    from botoxcli.terminal.lines import print_lines

    if form is Form.JSON:
        state = {"recorded": not how.dry_run and not told.standing, "standing": told.standing, "dry_run": how.dry_run}
        write_item(kind, {**item, **state, "remarks": list(told.remarks)})
        return
    head = "Would record" if how.dry_run else "Stands already" if told.standing else "Recorded"
    print_lines([f"{head}: {done}", *told.remarks, *after])
    if how.dry_run:
        print_lines(["Nothing was recorded."])
