"""A document as a value: what stands on a sheet, and in which order, without a word about how it looks. One writer a format sets it.

Conventions. Texts are plain, never marked up: each writer escapes for its own format. A blank ``heading`` is none. ``dated`` is the day of the
record that the sheet is made from, never the day of printing, so that the same record gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import date
from typing import Any, Literal, TypeAlias, TypeVar


@dataclass(frozen=True, slots=True)
class Heading:
    """The head of what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Words. ``strong`` ones must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Points:
    """A list, point by point."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names, each with what is said of it; short ones."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Grid:
    """A table. ``right`` are the columns of numbers, by place; ``total`` is a last row that sums up."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: frozenset[int] = frozenset()
    total: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """A picture: ``shape`` is what is drawn (a head map, a plot of a course), ``told`` says the same in words, for a reader without pictures.

    A ``small`` one stands beside text, and a heading says what it shows.
    """

    shape: object
    told: str
    small: bool = False


@dataclass(frozen=True, slots=True)
class Columns:
    """Two parts side by side, where the page is wide enough; ``share`` is the left one's per cent."""

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    share: int = 50


Block: TypeAlias = Heading | Paragraph | Points | Facts | Grid | Figure | Columns


Reader: TypeAlias = Literal["chart", "patient"]


@dataclass(frozen=True, slots=True)
class Document:
    """A sheet. ``over`` stands above the title (whose it is), ``mark`` across the page (``VOID``), ``foot`` below all.

    ``running`` says on every page of paper whose and which record it is, so that a page that goes astray is known again; text has no pages.

    ``reader`` is who holds it: a page for the ``chart`` is set close, one for a ``patient`` large.
    """

    title: str
    over: str
    blocks: tuple[Block, ...]
    dated: date
    mark: str = ""
    foot: tuple[str, ...] = ()
    running: str = ""
    reader: Reader = "chart"


_Part = TypeVar("_Part")


def with_texts(part: _Part, change: Callable[[str], str]) -> _Part:
    """The document, or a part of it, with every text changed."""
    return _changed(part, change)  # type: ignore[no-any-return]


def _changed(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, tuple):
        return tuple(_changed(one, change) for one in value)
    if isinstance(value, Figure):  # what is drawn has names of its own, which the drawing's writer escapes
        return replace(value, told=change(value.told))
    if is_dataclass(value) and not isinstance(value, type):
        kept = {"reader"}  # no text of the sheet
        return replace(value, **{field.name: _changed(getattr(value, field.name), change) for field in fields(value) if field.name not in kept})
    return value


def texts(value: object) -> Iterator[str]:
    """Every text of a document or of a part of it."""
    found: list[str] = []

    def keep(text: str) -> str:
        found.append(text)
        return text

    _changed(value, keep)
    yield from found


def flat(blocks: tuple[Block, ...]) -> Iterator[Block]:
    """The blocks one below the other: what stood side by side, the left part first."""
    for block in blocks:
        if isinstance(block, Columns):
            yield from flat(block.left)
            yield from flat(block.right)
        else:
            yield block
