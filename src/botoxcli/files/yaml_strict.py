"""One YAML document as plain values, with the place of every key and value, and every fault of its form at once.

The subset is what a careful person writes by hand: maps with text keys, lists, scalars. Plain ``true`` and ``false`` are
booleans, plain ``12`` and ``0.5`` are numbers, plain ``null``, ``~`` and nothing at all are None; everything else is
text, so ``no``, ``12:30`` and ``2026-01-05`` stay what they look like. Refused: equal keys in one map, aliases, anchors,
tags, more than one document, control characters, more than MAX_LEVELS levels, more than MAX_NODES values.

It reads PyYAML's events one by one and builds nothing that it has not checked; PyYAML's own loaders are not used, since
they take the last of two equal keys and read ``NO`` as false. Lines and columns count from 1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import yaml

MAX_LEVELS = 16
MAX_NODES = 20_000
MAX_PROBLEMS = 100
_TOO_DEEP = f"deeper than {MAX_LEVELS} levels; a protocol is flatter"

Path = tuple[str | int, ...]

_WHOLE = re.compile(r"[+-]?(0|[1-9]\d{0,14})\Z", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(0|[1-9]\d{0,14})\.\d{1,15}\Z", re.ASCII)
_NUMBERLIKE = re.compile(r"[+-]?\.?\d[\d_]*(\.[\d_]*)?([eE][+-]?\d+)?\Z|[+-]?0[xob][0-9a-fA-F_]+\Z|[+-]?\.(inf|nan)\Z", re.ASCII | re.IGNORECASE)
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
# Controls but tab and line ends, lone halves of pairs, signs that turn the direction of writing, invisible marks, non-characters.
_NOT_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff"
    "\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)


@dataclass(frozen=True, slots=True)
class Place:
    """A line and a column, both from 1."""

    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. Without a place it is the file as a whole."""

    place: Place | None
    path: Path
    message: str


class Refused:
    """Stands where a value was refused, so that the rest can still be looked at."""


@dataclass(slots=True)
class Document:
    """A document's value, where its keys and values stand, and what is wrong with its form.

    ``whole`` is False when reading could not go on to the end: then ``value`` says nothing.
    """

    value: Any = None
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    refused: set[Path] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    whole: bool = False


class _UnreadableError(Exception):
    """Nothing after this can be read with sense."""


def lines_of(text: str) -> list[str]:
    """The lines as YAML counts them."""
    return _LINE_END.split(text)


def place_of(text: str, index: int) -> Place:
    """The place of the character at ``index``."""
    line, start = 1, 0
    for end in _LINE_END.finditer(text, 0, index):
        line, start = line + 1, end.end()
    return Place(line, index - start + 1)


def read_document(text: str) -> Document:
    """The one document in ``text``. Never raises for what the text holds: what is wrong stands in ``problems``."""
    document = Document()
    text = text.removeprefix("\ufeff")
    if strange := _strange_characters(text):
        document.problems.extend(strange)
        return document
    builder = _Builder(document)
    try:
        builder.read(text)
        document.whole = True
    except _UnreadableError:
        pass
    except yaml.MarkedYAMLError as fault:
        document.problems.append(_syntax(fault))
    except (yaml.YAMLError, ValueError):
        document.problems.append(Problem(Place(1, 1), (), "is no YAML"))
    return document


def _strange_characters(text: str) -> list[Problem]:
    problems = []
    for found in _NOT_TEXT.finditer(text):
        problems.append(Problem(place_of(text, found.start()), (), f"holds the character U+{ord(found[0]):04X}, which has no place in a text"))
        if len(problems) == 10:
            break
    return problems


def _syntax(fault: yaml.MarkedYAMLError) -> Problem:
    mark = fault.problem_mark or fault.context_mark
    said = " ".join(part for part in (fault.context, fault.problem) if part) or "it cannot be read"
    place = Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
    if "nesting depth" in (fault.problem or ""):  # a newer C parser has a limit of its own, far above ours, and meets it while it looks ahead
        return Problem(place, (), _TOO_DEEP)
    return Problem(place, (), "is no YAML: " + said.replace("\n", " ")[:200])


def _events(text: str) -> Iterator[yaml.Event]:
    """PyYAML's events, one at a time, from its C parser where that was built."""
    parser: Any = yaml.CBaseLoader if yaml.__with_libyaml__ else yaml.BaseLoader
    return yaml.parse(text, Loader=parser)


class _Builder:
    """Walks the events of one text and fills a Document."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.nodes = 0
        self.stream: Iterator[yaml.Event] = iter(())

    def read(self, text: str) -> None:
        self.stream = _events(text)
        documents = 0
        for event in self.stream:
            if isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.problem(event, (), "a second document begins here; a protocol is one document")
                    raise _UnreadableError
                if event.tags:
                    self.problem(event, (), "%TAG is not taken here")
                self.document.value = self.node(next(self.stream), (), 1)
        if not documents:
            self.document.problems.append(Problem(None, (), "is empty"))
            raise _UnreadableError

    def problem(self, event: yaml.Event, path: Path, message: str) -> None:
        self.document.problems.append(Problem(_place(event), path, message))
        if len(self.document.problems) >= MAX_PROBLEMS:
            raise _UnreadableError

    def node(self, event: yaml.Event, path: Path, level: int) -> Any:
        """The value that begins with ``event``; its last event is consumed."""
        self.nodes += 1
        if self.nodes > MAX_NODES:
            self.problem(event, path, f"more than {MAX_NODES} values; a protocol is smaller")
            raise _UnreadableError
        self.document.values[path] = _place(event)
        if isinstance(event, yaml.AliasEvent):
            return self.refuse(event, path, "an alias (*) is not taken here; write the value out")
        if getattr(event, "anchor", None) is not None:
            self.problem(event, path, "an anchor (&) is not taken here")
        if (tag := getattr(event, "tag", None)) is not None and tag != "!":
            self.problem(event, path, "a tag (!) is not taken here")
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event, path)
        if level > MAX_LEVELS:
            self.problem(event, path, _TOO_DEEP)
            raise _UnreadableError
        return self.mapping(path, level) if isinstance(event, yaml.MappingStartEvent) else self.sequence(path, level)

    def refuse(self, event: yaml.Event, path: Path, message: str) -> Refused:
        self.problem(event, path, message)
        self.document.refused.add(path)
        return Refused()

    def sequence(self, path: Path, level: int) -> list[Any]:
        items: list[Any] = []
        for event in self.stream:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.append(self.node(event, (*path, len(items)), level + 1))
        return items

    def mapping(self, path: Path, level: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        for event in self.stream:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key = self.key(event, path, level)
            inside = (*path, "?" if key is None else key)
            twice = key is not None and key in pairs
            if twice:
                first = self.document.keys[inside]
                self.problem(event, inside, f"this key stands here twice; first on line {first.line}")
            if key is None or twice:
                self.skip(next(self.stream), inside, level)
                continue
            self.document.keys[inside] = _place(event)
            pairs[key] = self.node(next(self.stream), inside, level + 1)
        return pairs

    def key(self, event: yaml.Event, path: Path, level: int) -> str | None:
        """The key's text, or None when it is refused; its last event is consumed."""
        if isinstance(event, yaml.ScalarEvent) and event.tag is None and event.anchor is None:
            value = self.scalar(event, path)
            if isinstance(value, str) and event.value != "<<":
                return value
        self.problem(event, path, "a key must be plain text")
        if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            self.skip(event, (*path, "?"), level)
        return None

    def skip(self, event: yaml.Event, path: Path, level: int) -> None:
        """Reads over the value that begins with ``event``: faults of its form are still named, its places are not kept."""
        aside = _Builder(Document(problems=self.document.problems))
        aside.stream, aside.nodes = self.stream, self.nodes
        aside.node(event, path, level + 1)
        self.nodes = aside.nodes

    def scalar(self, event: yaml.ScalarEvent, path: Path) -> Any:
        text: str = event.value
        if strange := _NOT_TEXT.search(text):
            return self.refuse(event, path, f"holds the character U+{ord(strange[0]):04X}, which has no place in a text")
        if event.style:
            return text
        if text in ("", "~", "null"):
            return None
        if text in ("true", "false"):
            return text == "true"
        if _WHOLE.match(text):
            return int(text)
        if _DECIMAL.match(text):
            return Decimal(text)
        if _NUMBERLIKE.match(text):
            return self.refuse(event, path, "write a number plainly, such as 12 or 0.5; put it in quotes if it is text")
        return text


def _place(event: yaml.Event) -> Place:
    mark = event.start_mark
    return Place(mark.line + 1, mark.column + 1) if mark else Place(1, 1)
