"""Run by itself, it holds the whole program ready and makes a real process for each command line that it is told, in some milliseconds.

Conventions. It reads one request a line from stdin and writes one answer a line to stdout, as JSON (see ``killed_processes``). Each command runs in
a forked process of its own, by the program's own entry point, with the environment, folder and output files of the request. The one that is to be
killed is killed with SIGKILL: after some seconds, before its n-th change of a file, or at the beginning of its n-th SQL statement.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import select
import signal
import sys
import time
from contextlib import suppress
from typing import Any

import system_calls  # type: ignore[import-not-found]


def serve() -> None:
    told, answers = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    _load_all()
    gc.freeze()
    for line in told:
        answers.write(json.dumps(_ran(json.loads(line))) + "\n")
        answers.flush()


def _load_all() -> None:
    """Every module of the program, and what its writing loads late, so that a process begins where a started one is after its imports."""
    import botoxcli

    for module in pkgutil.walk_packages(botoxcli.__path__, "botoxcli."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    from sqlalchemy import create_engine
    from sqlalchemy.orm import configure_mappers

    configure_mappers()
    for dialect in ("sqlite3", "sqlcipher3.dbapi2"):
        with suppress(ImportError):
            create_engine("sqlite://", module=importlib.import_module(dialect)).dispose()


def _ran(request: dict[str, Any]) -> dict[str, Any]:
    """How one command ended: its exit code, None when it was killed; the seconds it took, and how many changes or statements it made."""
    counted, counts = os.pipe()
    began = time.monotonic()
    pid = os.fork()
    if not pid:
        _be_the_command(request, counts)
    os.close(counts)
    changes = 0
    if request["by"] == "changes":
        status, changes = system_calls.follow(pid, request["at"])
    else:
        if request["by"] == "seconds":
            _kill_after(pid, request["at"])
        status = os.waitpid(pid, 0)[1]
    seconds = time.monotonic() - began
    with os.fdopen(counted, "rb") as numbers:
        statements = len(numbers.read())
    code = None if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL else os.waitstatus_to_exitcode(status)
    return {"code": code, "seconds": seconds, "changes": changes, "statements": statements}


def _kill_after(pid: int, seconds: float) -> None:
    watched = os.pidfd_open(pid)
    try:
        if not select.select([watched], [], [], seconds)[0]:
            os.kill(pid, signal.SIGKILL)
    finally:
        os.close(watched)


def _be_the_command(request: dict[str, Any], counts: int) -> None:
    """Never returns. Nothing of the server's is left in the way: the streams are the request's own."""
    code = 70
    try:
        for stream, name, flags in ((1, "stdout", os.O_WRONLY), (2, "stderr", os.O_WRONLY)):
            os.dup2(os.open(request[name], flags | os.O_CREAT | os.O_TRUNC, 0o600), stream)
        sys.stdin, sys.stdout, sys.stderr = open(0), open(1, "w"), open(2, "w")  # noqa: SIM115
        os.environ.clear()
        os.environ.update(request["environment"])
        if request["by"] == "statements":
            _count_statements(request["at"], counts)
        if request["by"] == "changes" and not system_calls.followed():
            os._exit(71)
        code = _the_command(request["arguments"])
    finally:
        with suppress(Exception):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _the_command(arguments: list[str]) -> int:
    from botoxcli.cli.main import app

    sys.argv = ["botox", *arguments]
    try:
        app(prog_name="botox")
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    return 0


def _count_statements(kill_at: int | None, counts: int) -> None:
    """Each connection that is opened from now on tells of every statement as it begins; at number ``kill_at`` the process is no more."""
    seen = 0

    def begins(_statement: str) -> None:
        nonlocal seen
        seen += 1
        os.write(counts, b".")
        if seen == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(module: Any) -> None:
        connect = module.connect

        def connect_and_watch(*args: Any, **given: Any) -> Any:
            connection = connect(*args, **given)
            connection.set_trace_callback(begins)
            return connection

        module.connect = connect_and_watch

    for name in ("sqlite3", "sqlcipher3.dbapi2"):
        with suppress(ImportError):
            watch(importlib.import_module(name))


if __name__ == "__main__":
    serve()
