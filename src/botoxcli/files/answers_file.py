"""Answers from a file or from standard input: one flat map of question to answer, as YAML or JSON.

The same strict reading as a protocol's: equal keys, aliases, tags and several documents are refused. ``yes`` and ``no`` stay
words, and a JSON ``true`` is a yes. Errors name the line and never repeat a value.
"""

from __future__ import annotations

import stat
import sys
from pathlib import Path

from botoxcli.errors import ValueRefused
from botoxcli.files.yaml_strict import Problem, read_document

MAX_BYTES = 256 * 1024
_HOW = "Write one answer a line, as `headache-days: 20`, or a JSON object."


def read_answers_file(source: str) -> dict[str, object]:
    """The answers in the file ``source``, or on standard input for ``-``. Raises ValueRefused."""
    raw = _standard_input() if source == "-" else _bytes(Path(source))
    if len(raw) > MAX_BYTES:
        raise ValueRefused("--answers", f"the file holds more than {MAX_BYTES // 1024} KB", _HOW)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueRefused("--answers", "the file is not UTF-8 text", _HOW) from None
    document = read_document(text)
    if document.problems:
        raise ValueRefused("--answers", _first(document.problems[0]), _HOW)
    if not isinstance(document.value, dict):
        raise ValueRefused("--answers", "the file must hold one map of question to answer", _HOW)
    for place, answer in enumerate(document.value.values(), start=1):
        if answer is None or isinstance(answer, (dict, list)):
            raise ValueRefused("--answers", f"answer {place} of the file is no single value", _HOW)
    return document.value


def _standard_input() -> bytes:
    if sys.stdin is None:
        raise ValueRefused("--answers", "there is no standard input", _HOW)
    return sys.stdin.buffer.read(MAX_BYTES + 1)


def _first(problem: Problem) -> str:
    where = f"line {problem.place.line}, column {problem.place.column}: " if problem.place else ""
    return f"{where}{problem.message}"


def _bytes(path: Path) -> bytes:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ValueRefused("--answers", "this is no file", _HOW)
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError:
        raise ValueRefused("--answers", "the file cannot be read", "Look at the path and at its permissions.") from None
