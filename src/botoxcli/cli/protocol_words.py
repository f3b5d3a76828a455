"""Which edition a word on the command line means: an id, a file, or the beginning of a sha256; and what the ledger knows of editions."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from botoxcli import paths
from botoxcli.cli.protocols import SHORT_HASH, edition_of
from botoxcli.cli.state import State
from botoxcli.errors import Ambiguous, BotoxError, NotFound

if TYPE_CHECKING:
    from botoxcli.clinic.editions import PinnedEdition
    from botoxcli.files.protocol_yaml import LoadedProtocol
    from botoxcli.store.reader import Reader

_SHA256 = re.compile(r"[0-9a-f]{6,64}\Z")


def edition_named(word: str, state: State) -> LoadedProtocol:
    """The edition that a word means: a protocol's id is the one in use, else it is a file, else six or more characters of a sha256.

    Known by their sha256 are all editions in files, those before the ones in use too, and those that the ledger keeps.
    Raises NotFound, Ambiguous, ProtocolInvalid.
    """
    from botoxcli.files.protocol_yaml import protocol_ids

    if word in (*protocol_ids(paths.own_protocols()), *protocol_ids(paths.shipped_protocols())):
        return edition_of(word)
    return file_or_known(word, state)


def file_or_known(word: str, state: State) -> LoadedProtocol:
    """The same without ids: a file, else six or more characters of a sha256."""
    from botoxcli.files.protocol_yaml import load_protocol

    if _SHA256.match(word) and not Path(word).exists():
        return _by_sha256(word, state)
    return load_protocol(Path(word))


def reader_if_any(state: State) -> AbstractContextManager[Reader | None]:
    """The ledger, or None where there is none: protocols can be looked at without one."""
    return state.reader() if os.path.lexists(state.ledger.path) else nullcontext()


@dataclass(frozen=True, slots=True)
class LedgerEditions:
    """What the ledger knows of the protocols' editions. ``in_use`` is what ``due`` reckons by; both None where there is no ledger."""

    pinned: Mapping[str, PinnedEdition] | None
    in_use: Mapping[str, PinnedEdition] | None

    @classmethod
    def read(cls, state: State) -> LedgerEditions:
        """``pinned`` by sha256, ``in_use`` by protocol. A ledger that cannot be read is none here: every other command says so."""
        try:
            with reader_if_any(state) as reader:
                if reader is None:
                    return cls(None, None)
                pinned, numbers = reader.editions(), reader.editions_in_use()
        except BotoxError:
            return cls(None, None)
        return cls({one.sha256: one for one in pinned}, {one.protocol: one for one in pinned if numbers.get(one.protocol) == one.edition_id})

    def has(self, protocol: str, sha256: str, *, in_use: bool) -> bool | None:
        """Whether the ledger has the edition; of one that is in use, whether as the one in use. None without a ledger."""
        if self.pinned is None or self.in_use is None:
            return None
        if not in_use:
            return sha256 in self.pinned
        return protocol in self.in_use and self.in_use[protocol].sha256 == sha256

    def words(self, protocol: str, edition: str, sha256: str) -> Iterator[str]:
        """A sentence where the edition in use is not yet the ledger's; nothing otherwise."""
        if self.has(protocol, sha256, in_use=True) is not False:
            return
        until = self.in_use.get(protocol) if self.in_use else None
        meanwhile = f"; until then `due` goes by edition {until.edition} ({until.sha256[:SHORT_HASH]})" if until else ""
        yield f"{protocol} edition {edition} ({sha256[:SHORT_HASH]}) is not yet in the ledger: the next visit takes it in{meanwhile}."


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
