"""Which characters a font file has, read from its table of characters alone: a whole machine's fonts are looked through without loading any.

Understands the two forms that fonts of today have (segments of the first plane, groups of all planes), and the first font of a collection. A file
that is none, or is broken, has no characters.
"""

from __future__ import annotations

import struct
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import BinaryIO

_MOST = 4 * 1024 * 1024  # bytes of a table of characters that is worth reading


def covers(path: Path, codes: Collection[int]) -> bool:
    """Whether the font's table has a glyph for every one of these code points."""
    try:
        with path.open("rb") as file:
            return all(any(first <= code <= last for first, last in spans) for spans in [list(_spans(file))] for code in codes)
    except (OSError, struct.error):
        return False


def _spans(file: BinaryIO) -> Iterator[tuple[int, int]]:
    table = _table(file)
    if len(table) < 4:
        return
    for place in range(struct.unpack_from(">H", table, 2)[0]):
        platform, encoding, offset = struct.unpack_from(">HHL", table, 4 + 8 * place)
        if platform == 0 or (platform, encoding) in ((3, 1), (3, 10)):
            form = struct.unpack_from(">H", table, offset)[0]
            if form == 4:
                yield from _segments(table, offset)
            elif form == 12:
                yield from _groups(table, offset)


def _table(file: BinaryIO) -> bytes:
    """The table ``cmap``; nothing when there is none."""
    start, head = 0, file.read(16)
    if head[:4] == b"ttcf":
        start = struct.unpack_from(">L", head, 12)[0]
    file.seek(start)
    kind, count = struct.unpack(">4sH6x", file.read(12))
    if kind not in (b"\0\1\0\0", b"true"):  # outlines of another kind cannot be embedded
        return b""
    for _ in range(count):
        name, offset, length = struct.unpack(">4s4xLL", file.read(16))
        if name == b"cmap":
            file.seek(offset)
            return file.read(min(length, _MOST))
    return b""


def _segments(table: bytes, at: int) -> Iterator[tuple[int, int]]:
    count = struct.unpack_from(">H", table, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", table, at + 14)
    starts = struct.unpack_from(f">{count}H", table, at + 16 + 2 * count)
    yield from ((first, last) for first, last in zip(starts, ends, strict=True) if first <= last and first != 0xFFFF)


def _groups(table: bytes, at: int) -> Iterator[tuple[int, int]]:
    for place in range(struct.unpack_from(">L", table, at + 12)[0]):
        first, last, glyph = struct.unpack_from(">LLL", table, at + 16 + 12 * place)
        if glyph:
            yield first, last
