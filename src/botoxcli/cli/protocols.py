"""Which protocol a command follows: the one that was named, else the practice's default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from botoxcli import paths

if TYPE_CHECKING:
    from botoxcli.cli.state import State
    from botoxcli.clinic.brief_edition import AnyEdition
    from botoxcli.files.protocol_yaml import LoadedProtocol
    from botoxcli.store.reader import Reader

DEFAULT_PROTOCOL = "chronic-migraine"
SHORT_HASH = 12


def named(protocol: str) -> str:
    """`` --protocol ID`` for a command line that is shown, or nothing for the default."""
    return "" if protocol == DEFAULT_PROTOCOL else f" --protocol {protocol}"


def edition_of(protocol: str | None) -> LoadedProtocol:
    """The newest edition of a protocol, read from its file: the practitioner's own before the one that came along.

    Raises NotFound, ProtocolInvalid, ValueRefused.
    """
    from botoxcli.files.own_protocols import load_in_use

    return load_in_use(protocol or DEFAULT_PROTOCOL, paths.own_protocols(), paths.shipped_protocols())


def brief_edition_of(reader: Reader, protocol: str | None) -> AnyEdition:
    """The same as far as a course needs it: a text that this ledger has pinned was checked whole then, and is not checked again."""
    from botoxcli.errors import NotFound
    from botoxcli.files.checked_protocol import checked_in_use

    def is_pinned(sha256: str) -> bool:
        try:
            return bool(reader.edition_text(sha256))
        except NotFound:
            return False

    protocol_id = protocol or DEFAULT_PROTOCOL
    known = checked_in_use(protocol_id, (paths.own_protocols(), paths.shipped_protocols()), is_pinned)
    return known or edition_of(protocol_id).protocol


def brief_pinned_edition(reader: Reader, edition_id: int) -> AnyEdition:
    """The edition that a visit followed, as far as a course needs it, from the ledger's own copy of its text."""
    from botoxcli.files.checked_protocol import checked_text

    return checked_text(reader.edition_text(edition_id)) or pinned_edition(reader, edition_id).protocol


def edition_for(state: State, patient: str, protocol: str | None) -> LoadedProtocol:
    """The protocol that was named, else the one that the patient is under. Raises NotFound or Ambiguous for the patient first."""
    from botoxcli.workflow.response import followed_protocol

    with state.reader() as reader:
        history = reader.patient_history(reader.find_patient(patient).patient_id)
    return edition_of(followed_protocol(history, protocol, DEFAULT_PROTOCOL))


def sha256_in_use(protocol: str) -> str | None:
    """The sha256 of the file that is followed now; None where there is none of that id."""
    from botoxcli.errors import NotFound
    from botoxcli.files.own_protocols import file_in_use
    from botoxcli.files.protocol_yaml import read_bytes, sha256_of

    try:
        return sha256_of(read_bytes(file_in_use(protocol, paths.own_protocols(), paths.shipped_protocols())))
    except NotFound:
        return None


def shipped_edition(protocol: str) -> LoadedProtocol:
    """The edition that came with the program. Raises NotFound."""
    from botoxcli.files.protocol_yaml import find_protocol, load_protocol

    return load_protocol(find_protocol(protocol, paths.shipped_protocols()))


def pinned_edition(reader: Reader, edition_id: int) -> LoadedProtocol:
    """The edition that a visit followed, read from the ledger's own copy of its text."""
    from botoxcli.files.protocol_yaml import read_protocol

    return read_protocol(reader.edition_text(edition_id), f"the ledger's edition {edition_id}")
