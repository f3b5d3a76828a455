"""A draft's content as it is kept: JSON behind its own digest, since no chain covers a draft.

Conventions. ``sha256:HEX JSON``; the digest is over the row's other columns too, so that no draft comes back changed, or as another patient's.
What was saved before drafts had a digest is bare JSON.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

_MARK = "sha256:"


def sealed(columns: tuple[str, ...], content: Mapping[str, Any]) -> str:
    """The text for the content; ``columns`` are kind, patient, key, and when it was started and saved."""
    text = json.dumps(content, ensure_ascii=False)
    return f"{_MARK}{_digest(columns, text)} {text}"


def unsealed(columns: tuple[str, ...], kept: str) -> dict[str, Any]:
    """The content again. Raises ValueError when it is not what was saved."""
    mark, _, text = kept.partition(" ") if kept.startswith(_MARK) else ("", "", kept)
    if mark and mark != f"{_MARK}{_digest(columns, text)}":
        raise ValueError("a draft is not as it was saved")
    content = json.loads(text)
    if not isinstance(content, dict):
        raise ValueError("a draft holds no answers")
    return content


def _digest(columns: tuple[str, ...], text: str) -> str:
    return hashlib.sha256(json.dumps([*columns, text], ensure_ascii=True).encode()).hexdigest()
