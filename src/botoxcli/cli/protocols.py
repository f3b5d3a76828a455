"""Which protocol a command follows: the one that was named, else the practice's default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botoxcli import paths

if TYPE_CHECKING:
    from botoxcli.files.protocol_yaml import LoadedProtocol

DEFAULT_PROTOCOL = "chronic-migraine"


def edition_of(protocol: str | None) -> LoadedProtocol:
    """The newest edition of a protocol, read from its file. Raises NotFound, ProtocolInvalid."""
    from botoxcli.files.protocol_yaml import find_protocol, load_protocol

    return load_protocol(find_protocol(protocol or DEFAULT_PROTOCOL, paths.shipped_protocols()))
