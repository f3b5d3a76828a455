"""Which edition a word on the command line means: an id, a file, or the beginning of a sha256."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli import paths
from botoxcli.cli.protocols import SHORT_HASH, edition_of
from botoxcli.cli.state import State
from botoxcli.errors import Ambiguous, NotFound

if TYPE_CHECKING:
    from botoxcli.files.protocol_yaml import LoadedProtocol
    from botoxcli.store.reader import Reader

_SHA256 = re.compile(r"[0-9a-f]{6,64}\Z")


def edition_named(word: str, state: State) -> LoadedProtocol:
    """The edition that a word means: a protocol's id is the one in use, else it is a file, else six or more characters of a sha256.

    Known by their sha256 are all editions in files, those before the ones in use too, and those that the ledger keeps.
    Raises NotFound, Ambiguous, ProtocolInvalid.
    """
    from botoxcli.files.protocol_yaml import load_protocol, protocol_ids

    if word in (*protocol_ids(paths.own_protocols()), *protocol_ids(paths.shipped_protocols())):
        return edition_of(word)
    if _SHA256.match(word) and not Path(word).exists():
        return _by_sha256(word, state)
    return load_protocol(Path(word))


def reader_if_any(state: State) -> AbstractContextManager[Reader | None]:
    """The ledger, or None where there is none: protocols can be looked at without one."""
    return state.reader() if os.path.lexists(state.ledger) else nullcontext()


def _by_sha256(prefix: str, state: State) -> LoadedProtocol:
    from botoxcli.files.protocol_yaml import read_protocol

    texts = dict(_texts(prefix, state))
    if not texts:
        raise NotFound("edition", "`botox protocol list --all` lists the editions.")
    if len(texts) > 1:
        raise Ambiguous("edition", sorted(sha256[:SHORT_HASH] for sha256 in texts))
    ((sha256, text),) = texts.items()
    return read_protocol(text, f"edition {sha256[:SHORT_HASH]}")


def _texts(prefix: str, state: State) -> Iterator[tuple[str, str | bytes]]:
    from botoxcli.files.own_protocols import files_of_editions
    from botoxcli.files.protocol_yaml import read_bytes

    for file in files_of_editions(paths.own_protocols(), paths.shipped_protocols()):
        if file.sha256.startswith(prefix):
            yield file.sha256, read_bytes(file.path)
    with reader_if_any(state) as reader:
        for pinned in reader.editions() if reader else ():
            if reader and pinned.sha256.startswith(prefix):
                yield pinned.sha256, reader.edition_text(pinned.sha256)
