"""JSON for scripts: ``{"schema": "botoxcli/due/1", "items": [...]}``, one item a line, valid also when there is none.

Characters that could steer a terminal or hide from a reader leave as ``\\uXXXX``, which any JSON reader takes back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, TextIO

_STRANGE = (
    "[\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u2800\u3164\uffa0\ue000-\uf8ff"
    "\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def write_json(schema: str, rows: Iterable[Mapping[str, Any]], stream: TextIO) -> None:
    """Writes the items as they come; holds no more than one. ``schema`` is the whole name, ``botoxcli/due/1``."""
    stream.write(f'{{"schema": {json.dumps(schema)}, "items": [')
    separator = "\n"
    for row in rows:
        stream.write(separator + json_text(row))
        separator = ",\n"
    stream.write("]}\n" if separator == "\n" else "\n]}\n")


def json_text(value: Any) -> str:
    """A value on one line: dates as ISO text, decimals as numbers."""
    text = _encoded(value)
    if text.isascii() and "\x7f" not in text:
        return text
    import re

    return re.sub(_STRANGE, lambda sign: json.dumps(sign[0])[1:-1], text)


def _plain(value: object) -> object:
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    from decimal import Decimal

    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")


_encoded = json.JSONEncoder(ensure_ascii=False, default=_plain).encode
