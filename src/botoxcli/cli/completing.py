"""What the shell is told when a word of the command line is to be completed. ``cli/completion.py`` has the shells' side of it.

Conventions. The answer is a line a word, ``WORD<TAB>what it is``; ``:files`` alone stands for the names of files. Patients are completed by
their codes; no name, no text of a person's own is read. Whatever goes wrong, nothing is completed, nothing is said, and the exit code is 0:
no ledger, a busy or a broken one, one without its key. Nobody is asked for a passphrase, and the system's keyring is not either.

A shell may read a word once more as program text. So a word out of a ledger is offered only when it is of harmless characters throughout.
"""

from __future__ import annotations

import importlib
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, redirect_stderr, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from botoxcli import paths
from botoxcli.store.place import Place

if TYPE_CHECKING:
    from botoxcli.store.glance import Glance

LINE_VARIABLE = "_TYPER_COMPLETE_ARGS"
FILES = ":files"
_HARMLESS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/+-]{0,63}\Z")
_ASSIGNED = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*)=((?:'[^']*'|\"[^\"]*\"|\\.|[^\s'\"\\])*)\s+")
_OF_FILES = re.compile(r"(?:^|[\[|])(?:FILE|FOLDER|DEST|PATH|OLD|NEW)(?:$|[\]|])")
_OF_WORDS = re.compile(r"[a-z-]+(?:\|[a-z-]+)+\Z")
_SPOKEN = ("yes", "no", "unknown")


class Offer(NamedTuple):
    """A word that would fit, as Typer's printers take it."""

    value: str
    help: str = ""
    type: str = "plain"


Offering = Callable[[Any, str], Iterable[Offer]]


def answered(complete: Callable[[], Any]) -> None:
    """Has the answer written by ``complete``, which is Typer's, and ends the process. No failure is told, whatever it is."""
    sys.modules.setdefault("rich", None)  # type: ignore[arg-type]  # Typer would load it to print one word
    with Path(os.devnull).open("w", encoding="utf-8") as unheard, redirect_stderr(unheard), suppress(BaseException):
        _take_assignments()
        if (files := _value_of_a_global_option(os.environ.get(LINE_VARIABLE, ""))) is not None:
            sys.stdout.write(f"{FILES}\n" if files else "")
        else:
            importlib.import_module("typer.completion").completion_init()
            complete()
    sys.exit(0)


def _take_assignments() -> None:
    """``BOTOX_LEDGER=other.db botox chart``: what stands before the command on the line goes before the environment."""
    line = os.environ.get(LINE_VARIABLE, "")
    while found := _ASSIGNED.match(line):
        if found[1] in (paths.LEDGER_VARIABLE, paths.KEY_FILE_VARIABLE):
            os.environ[found[1]] = str(_expanded(found[2].strip("'\"")))
        line = line[found.end() :]
        os.environ[LINE_VARIABLE] = line


def _value_of_a_global_option(line: str) -> bool | None:
    """Whether files fit, where the value of an option of the root is completed; None where it is not."""
    words = line.split()
    if not words:
        return None
    last = "" if line[-1].isspace() else words.pop()
    option = last.partition("=")[0] if "=" in last else words[-1] if words else ""
    return option != "--today" if option in ("--ledger", "--key-file", "--today") else None


def attach(command: Any) -> None:
    """Gives the parameters of a command, and of the commands below it, their words; those with words of their own keep them."""
    for each in (command, *getattr(command, "commands", {}).values()):
        for parameter in each.params:
            if offering := _offering(each.name or "", parameter):
                parameter.shell_complete = _guarded(offering)


def _guarded(offering: Offering) -> Callable[[Any, str], list[Offer]]:
    def complete(ctx: Any, incomplete: str) -> list[Offer]:
        try:
            return list(offering(ctx, incomplete))
        except Exception:
            return []

    return complete


def _offering(command: str, parameter: Any) -> Offering | None:
    """Whose words a parameter takes, by its name and by what its help calls its value."""
    name, value = parameter.name, parameter.metavar or ""
    if command == "add" and name in ("code", "lot"):
        return lambda *_: ()  # it is to be a new one
    if name in ("patient", "code"):
        return lambda ctx, begins: _fitting(begins, _seen(ctx, lambda glance: glance.patients()))
    if name == "visit":
        return lambda ctx, begins: [Offer(*one) for one in _seen(ctx, lambda glance: glance.visits(begins))]
    if name in ("lot", "vial"):
        return lambda ctx, begins: _fitting(begins, _without_spaces(_seen(ctx, lambda glance: glance.lots(unused=name == "vial"))))
    if value.startswith(("SITE", "MUSCLE-SIDE")):
        return lambda ctx, begins: _fitting(begins, _sites(ctx, value))
    if value == "ID=VALUE":
        return lambda ctx, begins: _fitting(begins, _answers(ctx, command, begins))
    if name in ("protocol", "old", "new", "files") or value == "[FILE|ID]...":
        return lambda ctx, begins: _protocols(ctx, begins, files=value != "ID")
    if getattr(parameter.type, "name", "") in ("path", "file", "filename") or _OF_FILES.search(value):
        return lambda *_: [Offer(FILES)]
    if _OF_WORDS.match(value):
        return lambda ctx, begins: _fitting(begins, value.split("|"))
    return None


def _fitting(begins: str, words: Iterable[str]) -> Iterator[Offer]:
    """The harmless words that begin so, in whatever case."""
    for word in words:
        head = word.replace("=", "", 1)
        if _HARMLESS.match(head) and word.casefold().startswith(begins.casefold()):
            yield Offer(word)


def _without_spaces(lots: Iterable[str]) -> Iterator[str]:
    """A lot is the same lot without its spaces, and needs no quotes then."""
    return (re.sub(r"\s+", "", lot) for lot in lots)


def _sites(ctx: Any, value: str) -> Iterator[str]:
    given = {name: word if isinstance(word := ctx.params.get(name), str) else None for name in ("protocol", "patient")}
    visit = ctx.params.get("visit")
    rows = _seen(ctx, lambda glance: glance.sites(visit=str(visit) if visit else None, **given))
    ending = "=" if "=" in value else ""
    if value.startswith("SITE"):
        return (f"{site}{ending}" for site, _, _ in rows)
    return iter(dict.fromkeys(f"{muscle}-{side}{ending}" for _, muscle, side in rows if side in ("left", "right")))


def _answers(ctx: Any, command: str, begins: str) -> Iterator[str]:
    kind = command if command in ("consult", "session", "follow-up") else ""
    for question, value in _seen(ctx, lambda glance: glance.answers(kind)):
        if begins.startswith(f"{question}="):
            yield from (f"{question}={word}" for word in _SPOKEN if value in _SPOKEN)
        else:
            yield f"{question}="


def _protocols(ctx: Any, begins: str, *, files: bool) -> Iterator[Offer]:
    """The ids of the practitioner's own, the shipped ones and those of the ledger; and files, where one may be given."""
    found = {file.stem for folder in (paths.own_protocols(), paths.shipped_protocols()) for file in folder.glob("*.yaml") if "." not in file.stem}
    yield from _fitting(begins, sorted(found.union(_or_nothing(lambda: _seen(ctx, lambda glance: glance.protocols())))))
    if files:
        yield Offer(FILES)


def _or_nothing(look: Callable[[], list[str]]) -> list[str]:
    try:
        return look()
    except Exception:
        return []


def _seen(ctx: Any, look: Callable[[Glance], Any]) -> Any:
    """What a glance at the ledger of this line sees. Raises what stands in the way of it."""
    from botoxcli.store.glance import Glance

    with closing(Glance(_place(ctx))) as glance:
        return look(glance)


def _place(ctx: Any) -> Place:
    given = ctx.find_root().params
    path, key_file = (_expanded(given[name]) if given.get(name) else None for name in ("ledger", "key_file"))
    keys = paths.key_file(key_file)

    def key() -> Any:
        from botoxcli.files.key_file import read_key_file
        from botoxcli.store.key import Key

        return Key.of_text(read_key_file(keys)) if keys else None

    return Place(paths.ledger_path(path), key if keys else None)


def _expanded(path: str | Path) -> Path:
    """As the shell would hand it over: the words of an unfinished line still have their ``~`` and ``$HOME``."""
    return Path(os.path.expandvars(Path(path).expanduser()))
