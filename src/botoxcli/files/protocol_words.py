"""A refused protocol in the practitioner's words: what pydantic says, said again, and the report with its lines and carets.

No sentence holds a value from the file: a value may be long, or a key to a terminal. The source line below a problem is
cut to WIDTH characters round the place, and every character in it that is not plainly visible is shown as �.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel

from botoxcli.clinic.protocol_check import path_text
from botoxcli.files.yaml_strict import Document, Path, Place, Problem, Refused, lines_of

WIDTH = 120

_FIXED = {
    "string_type": "must be text; put a number or true and false in quotes",
    "string_too_short": "must not be empty",
    "int_type": "must be a whole number",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "model_type": "must be a group of keys",
    "model_attributes_type": "must be a group of keys",
    "dict_type": "must be a group of keys",
    "too_short": "needs at least one entry",
}
_ID_LIKE = "must be an id of small letters, digits and hyphens, such as temporalis-left-1"
_NAME_LIKE = "must be a name of letters, digits and hyphens, such as onabotulinumtoxinA"
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_-]{1,60}\Z")


def worded(faults: Iterable[Mapping[str, Any]], document: Document, model: type[BaseModel]) -> Iterator[Problem]:
    """pydantic's faults as problems with their places. Those of values that were refused already are left out."""
    said: dict[tuple[Path, Place | None], list[str]] = {}
    for fault in faults:
        found = _problem(fault, document, model)
        if found is None:
            continue
        sentences = said.setdefault((found.path, found.place), [])
        if found.message not in sentences:
            sentences.append(found.message)
    for (path, place), sentences in said.items():
        yield Problem(place, path, ", or ".join(sentences))


def _problem(fault: Mapping[str, Any], document: Document, model: type[BaseModel]) -> Problem | None:
    path, value, key = _resolved(fault["loc"], document.value)
    if isinstance(value, Refused):
        return None
    kind = fault["type"]
    if kind == "too_short" and value:
        return None  # pydantic counts the good entries only; the others have their own sentence
    if kind == "missing":
        name = fault["loc"][-1]
        return Problem(nearest(document, path), (*path, name), "is missing")
    if kind == "extra_forbidden":
        return Problem(document.keys.get(path), path, _unknown_key(str(path[-1]), _fields(model, path[:-1])))
    place = document.keys.get(path) if key else document.values.get(path)
    if value is None and not key:
        return Problem(place, path, "is empty; give it a value, or leave the key out")
    return Problem(place, path, _sentence(fault))


def nearest(document: Document, path: Path) -> Place | None:
    """The place of the key at ``path``, else of its value, else of the nearest part around it."""
    while path:
        if found := document.keys.get(path) or document.values.get(path):
            return found
        path = path[:-1]
    return document.values.get(())


def _resolved(loc: Sequence[str | int], value: Any) -> tuple[Path, Any, bool]:
    """As much of pydantic's location as is in the file, what stands there, and whether its key is meant.

    pydantic adds names of its own for the branches of a union and for keys; they are no part of the path.
    """
    path: Path = ()
    for step in loc:
        if step == "[key]":
            return path, value, True
        inside = step in value if isinstance(value, dict) else isinstance(value, list) and isinstance(step, int) and step < len(value)
        if not inside:
            break
        path, value = (*path, step), value[step]
    return path, value, False


def _sentence(fault: Mapping[str, Any]) -> str:
    kind, facts = str(fault["type"]), fault.get("ctx") or {}
    if kind in _FIXED:
        return _FIXED[kind]
    if kind == "value_error":
        return str(facts.get("error", "does not hold"))[:300]
    if kind == "string_pattern_mismatch":
        return _NAME_LIKE if "A-Z" in str(facts.get("pattern")) else _ID_LIKE
    if kind == "string_too_long":
        return f"must be at most {facts.get('max_length')} characters"
    if kind == "literal_error":
        words = re.findall(r"'([^']*)'", str(facts.get("expected")))
        return f"must be {words[0]}" if len(words) == 1 else f"must be one of {', '.join(words)}"
    if kind == "greater_than_equal":
        return f"must be at least {facts.get('ge')}"
    if kind == "less_than_equal":
        return f"must be at most {facts.get('le')}"
    return str(fault["msg"])[:200]


def _unknown_key(key: str, known: Sequence[str]) -> str:
    near = get_close_matches(key[:60], known, n=1, cutoff=0.5)
    if near:
        return f"unknown key; did you mean `{near[0]}`?"
    return f"unknown key; here may stand {', '.join(known)}" if known else "unknown key"


def _fields(model: type[BaseModel], path: Path) -> list[str]:
    """The keys that the part at ``path`` knows; none when there is no such part."""
    kind: Any = model
    for step in path:
        if isinstance(step, int):
            continue
        names = {field.alias or name: field.annotation for name, field in kind.model_fields.items()}
        kind = _part(names.get(str(step)))
        if kind is None:
            return []
    return [field.alias or name for name, field in kind.model_fields.items()]


def _part(annotation: Any) -> type[BaseModel] | None:
    """The part that an annotation holds: of ``tuple[Site, ...]`` or ``Condition | None`` it is Site, Condition."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (tuple, Union, UnionType, Annotated):
        return next((part for part in map(_part, get_args(annotation)) if part), None)
    return None


def shown_path(path: Path) -> str:
    """The path as it is read; a key that is no plain word is shown as ``?``."""
    return path_text(tuple(step if isinstance(step, int) or _PLAIN_KEY.match(step) else "?" for step in path))


def report(name: str, problems: Iterable[Problem], text: str) -> str:
    """All problems as a compiler prints them, each with its line and a caret below the place."""
    lines = lines_of(text.removeprefix("\ufeff"))
    return "\n".join(line for problem in problems for line in _reported(name, problem, lines))


def _reported(name: str, problem: Problem, lines: Sequence[str]) -> Iterator[str]:
    place, path = problem.place, shown_path(problem.path)
    where = f"{visible(name)}:{place.line}:{place.column}: " if place else f"{visible(name)}: "
    yield f"{where}{path}: {problem.message}" if path else f"{where}{problem.message}"
    if place and place.line <= len(lines):
        yield from _excerpt(lines[place.line - 1], place.column - 1)


def _excerpt(line: str, column: int) -> tuple[str, str]:
    start = max(0, column - WIDTH // 2) if len(line) > WIDTH else 0
    before, from_there = visible(line[start:column]), visible(line[column : start + WIDTH])
    lead = "…" if start else ""
    tail = "…" if len(line) > start + WIDTH else ""
    return f"    {lead}{before}{from_there}{tail}".rstrip(), " " * (4 + len(lead) + _cells(before)) + "^"


def visible(text: str) -> str:
    """The text with a space for every kind of space and � for whatever cannot be seen or would move the cursor."""
    return "".join(" " if char.isspace() else char if char.isprintable() else "�" for char in text)


def _cells(text: str) -> int:
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(bool(unicodedata.combining(char)) for char in text)
