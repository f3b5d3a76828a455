"""What is said of a spreadsheet that was read: which columns, which not, and which rows counted once or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

SHOWN = 10  # of a list without end


def shortened(names: Sequence[str]) -> str:
    """The first of many names, and how many more there are."""
    return ", ".join(names[:SHOWN]) + (f" and {len(names) - SHOWN:,} more" if len(names) > SHOWN else "")


def said_of_file(columns: Sequence[tuple[str, str]], unread: Sequence[str], doubles: int, others: int = 0) -> Iterator[str]:
    """Lines of talk."""
    yield f"Read: {', '.join(f'{field} from column {name}' for field, name in columns)}."
    if unread:
        yield f"Not read: {'column' if len(unread) == 1 else 'columns'} {shortened(unread)}."
    if others:
        yield f"{others:,} {'row tells a consult or a follow-up and was' if others == 1 else 'rows tell consults or follow-ups and were'} left out."
    if doubles:
        yield f"{doubles:,} {'row says' if doubles == 1 else 'rows say'} again what another says: taken once."
