"""Where every failure ends: one sentence of what is wrong, one of what to do next, and an exit code.

Ours say it themselves. A command line that cannot be read is put into words here without repeating what was typed, since
that may be a patient's name. Anything else is a bug: its type and its place in our files are told, never its text.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import itertools
import os
import re
import shutil
import sys
import textwrap
import traceback
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer

from botoxcli.errors import BotoxError, CannotWrite, Interrupted, LedgerDamaged, UsageError, ValueRefused

if TYPE_CHECKING:
    from botoxcli.store.place import Place

DEBUG_VARIABLE = "BOTOX_DEBUG"
_OPTION = re.compile(r"--?[a-z][a-z0-9-]*\Z")
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def exit_code_of(run: Callable[[], Any], *, as_json: bool) -> int:
    """Runs a command, tells its failure on stderr, and says the exit code. Output that nobody reads any more is no failure."""
    try:
        code = run()
        code = code if isinstance(code, int) else 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 0
    except BotoxError as error:
        code = _tell(error, as_json)
    except typer.TyperException as error:
        code = _tell(usage_error(error), as_json)
    except typer.Abort:
        code = _tell(Interrupted(), as_json)
    except UnicodeEncodeError:
        code = _tell(ValueRefused("the command line", "holds bytes that are no text"), as_json)
    except OSError as error:
        code = _tell(_unwritten(error), as_json) if error.errno in _NO_ROOM else _tell_bug(error, as_json)
    except Exception as error:
        code = _tell_bug(error, as_json)
    return _flushed(code, as_json)


def leave(end: SystemExit) -> NoReturn:
    """Ends the process as ``end`` says, without taking the interpreter apart: everything is closed and written, and that alone would take a
    sixth of the daily list. What a library asked to be done at the end is done.
    """
    if isinstance(end.code, int | None):
        with contextlib.suppress(OSError, ValueError):  # what cannot be written is told where an interpreter ends
            atexit._run_exitfuncs()
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(end.code or 0)
    raise end


def wants_json(args: Sequence[str]) -> bool:
    """Whether the command runs with ``--format json``."""
    words = list(args[: args.index("--")] if "--" in args else args)
    return "--format=json" in words or any(pair == ("--format", "json") for pair in itertools.pairwise(words))


def make_streams_safe() -> None:
    """No character and no closed stream ends the program, whatever the locale; what goes into a pipe or a file is UTF-8."""
    if sys.stdout is None:
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - open for the life of the process
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115
    for stream in (sys.stdout, sys.stderr):
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors="backslashreplace", **({} if stream.isatty() else {"encoding": "utf-8"}))
    if reconfigure := getattr(sys.stdin, "reconfigure", None):
        reconfigure(errors="surrogateescape")


@contextlib.contextmanager
def closed_pipe_is_success() -> Iterator[None]:
    """``botox ... | head -1`` is no failure."""
    try:
        yield
    except BrokenPipeError:
        _drop_output()
        raise typer.Exit(0) from None


@contextlib.contextmanager
def keys_that_interrupt() -> Iterator[None]:
    """Ctrl-C and a closed input become the error that says so."""
    try:
        yield
    except (KeyboardInterrupt, EOFError):
        raise Interrupted("Nothing more was recorded.") from None


@contextlib.contextmanager
def damage_is_told(ledger: Callable[[], Place | None]) -> Iterator[None]:
    """What looks like a bug may be a damaged ledger, which no code of ours foresees: then that is what is told."""
    try:
        yield
    except (BotoxError, typer.TyperException, typer.Exit, typer.Abort, OSError, UnicodeEncodeError):
        raise
    except Exception as error:
        place = ledger()
        if place and (told := _damage_of(place)):
            raise told from error
        raise


def _damage_of(place: Place) -> BotoxError | None:
    from botoxcli.store.integrity import require_whole

    try:
        require_whole(place)
    except LedgerDamaged as damaged:
        return damaged
    except BotoxError:
        return None
    return None


def usage_error(error: typer.TyperException) -> UsageError:
    """What Typer says about a command line, in our words and without the value that was typed."""
    ctx = getattr(error, "ctx", None)
    path = ctx.command_path if ctx is not None else getattr(error, "at", "botox")
    return UsageError(_usage_sentence(error, path), f"See `{path} --help`.")


def _usage_sentence(error: typer.TyperException, path: str) -> str:
    kind, param, option = type(error).__name__, getattr(error, "param", None), str(getattr(error, "option_name", ""))
    if kind == "NoSuchOption":
        near = [name for name in getattr(error, "possibilities", None) or () if name.startswith("--")]
        named = f"option {option}" if _OPTION.match(option) else "such option"
        return f"`{path}` has no {named}." + (f" Did you mean {near[0]}?" if near else "")
    if kind == "BadOptionUsage":
        return f"{option} {'takes no value' if 'does not take' in error.message else 'needs a value'}."
    if kind == "MissingParameter" and param is not None:
        return f"This is missing: {_named(param)}."
    if isinstance(error, typer.BadParameter) and param is not None:
        return f"{_named(param)} must be {_expected(param.type)}."
    if error.message.startswith("Got unexpected extra argument"):
        return f"`{path}` was given more words than it takes; words that belong together need quotes."
    return f"`{path}` cannot be read as it was written."


def _named(param: Any) -> str:
    return str(param.opts[0] if param.param_type_name == "option" else param.metavar or param.name.upper())


def _expected(kind: Any) -> str:
    if choices := getattr(kind, "choices", None):
        return "one of " + ", ".join(str(getattr(choice, "value", choice)) for choice in choices)
    lowest, highest = getattr(kind, "min", None), getattr(kind, "max", None)
    limits = f" from {lowest}" if lowest is not None else ""
    limits += f" to {highest}" if highest is not None else ""
    return {"int": "a whole number", "float": "a number"}.get(str(kind.name).removesuffix(" range"), "of another form") + limits


def _tell(error: BotoxError, as_json: bool) -> int:
    from botoxcli.terminal.clean import shown

    if as_json:
        import json

        text = json.dumps(error.as_dict(), ensure_ascii=True)
    else:
        report = getattr(error, "report", "").splitlines()
        said = [_wrapped(shown(line)) for line in (f"Error: {error.sentence}", error.next_step) if line]
        text = "\n".join([*map(shown, report), *said])
    _write_to_stderr(text)
    return error.exit_code


def _wrapped(line: str) -> str:
    """On a terminal broken between words only, so that a flag can be read and copied; elsewhere one line."""
    if not sys.stderr.isatty():
        return line
    return textwrap.fill(line, max(shutil.get_terminal_size().columns - 1, 20), break_long_words=False, break_on_hyphens=False)


def _tell_bug(error: BaseException, as_json: bool) -> int:
    if os.environ.get(DEBUG_VARIABLE):
        _write_to_stderr(_trace(error))
    place = _our_place(error)
    bug = BotoxError(
        f"This is a bug in botoxcli: {type(error).__name__} at {place}.",
        "What was recorded before stands. Please report this line, with the command but without any patient's data.",
    )
    bug.kind = "bug"  # type: ignore[misc]
    return _tell(bug, as_json)


def _trace(error: BaseException) -> str:
    """The ways through the code that led there, of what caused it first. No exception's own words: they may hold a patient's value."""
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    lines = [_trace(cause)] if cause is not None and cause is not error else []
    places = "".join(traceback.format_tb(error.__traceback__))
    return "\n".join([*lines, f"Traceback (most recent call last):\n{places}{type(error).__name__}"])


def _our_place(error: BaseException) -> str:
    """The innermost line of ours: ``store/reader.py:120``."""
    house = Path(__file__).resolve().parent.parent
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        file = Path(frame.filename)
        if file.is_relative_to(house) and file.name != "main.py":
            return f"{file.relative_to(house).as_posix()}:{frame.lineno}"
    return "an unknown place"


def _unwritten(error: OSError) -> CannotWrite:
    unwritten = CannotWrite("the output", (error.strerror or "the disk refused").lower())
    unwritten.next_step = "What was recorded before stands; look at the ledger before you run it again."
    return unwritten


def _write_to_stderr(text: str) -> None:
    with contextlib.suppress(OSError, ValueError):
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()


def _flushed(code: int, as_json: bool) -> int:
    """Flushes stdout while there is still someone to tell about it."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _drop_output()
    except OSError as error:
        _drop_output()
        return code or _tell(_unwritten(error), as_json)
    except ValueError:
        return code
    return code


def _drop_output() -> None:
    """Sends what is still in stdout's buffer nowhere, so that the interpreter does not stumble over it at its end."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)
