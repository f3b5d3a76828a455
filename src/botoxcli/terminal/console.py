"""The one place that decides how a stream is written to, and that makes Rich's console.

Rich is only for a terminal that can be drawn on; a pipe, a file and TERM=dumb get plain text. NO_COLOR is obeyed by Rich itself.
"""

from __future__ import annotations

import os
import sys
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console


def is_plain(stream: IO[str] | None = None) -> bool:
    """Whether plain text goes to the stream (stdout when none is given): no terminal, or one that cannot be drawn on."""
    stream = sys.stdout if stream is None else stream
    return not stream.isatty() or os.environ.get("TERM", "").lower() in ("dumb", "unknown")


def console(stream: IO[str] | None = None) -> Console:
    """Rich's console for a terminal: no markup, no emoji, no guessing of highlights; only ``Text`` is drawn."""
    from rich.console import Console

    return Console(file=sys.stdout if stream is None else stream, markup=False, emoji=False, highlight=False)
