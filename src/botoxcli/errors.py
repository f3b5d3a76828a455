"""Every failure that the program foresees: each takes facts, builds its sentence, and owns its exit code.

An error holds two sentences: what is wrong and where, and what to do next. No error ever carries a patient's
name, birth date, answer or free text: a sentence may end in a log. Errors are raised anywhere and caught once, in ``cli/``.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class BotoxError(Exception):
    """The family's head. ``sentence`` says what is wrong and where, ``next_step`` what to do about it."""

    exit_code: ClassVar[int] = 1
    kind: ClassVar[str] = "error"

    def __init__(self, sentence: str, next_step: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.next_step = next_step

    def facts(self) -> dict[str, Any]:
        """What a script may want beside the sentence, in plain JSON values."""
        return {}

    def as_dict(self) -> dict[str, Any]:
        """The error as ``--format json`` prints it on stderr."""
        return {
            "schema": "botoxcli/error/1",
            "error": self.kind,
            "exit_code": self.exit_code,
            "message": self.sentence,
            "next": self.next_step,
            **self.facts(),
        }


class UsageError(BotoxError):
    """The command line itself is off."""

    exit_code = 2
    kind = "usage"


class MissingInput(UsageError):
    """Nothing may be asked (``--no-input``, or no terminal) and something required was not given.

    ``flags`` are the options that would have said it, in the order in which they were looked for.
    """

    kind = "missing"

    def __init__(self, flags: Sequence[str]) -> None:
        self.flags = tuple(flags)
        one = len(self.flags) == 1
        super().__init__(
            f"{'This is' if one else 'These are'} missing: {', '.join(self.flags)}.",
            f"Give {'it' if one else 'them'} on the command line, or run the command in a terminal without --no-input.",
        )

    def facts(self) -> dict[str, Any]:
        return {"missing": list(self.flags)}


class NoLedger(BotoxError):
    """There is no ledger where one was looked for. ``path`` is that place."""

    exit_code = 10
    kind = "no-ledger"

    def __init__(self, path: str) -> None:
        super().__init__(f"There is no ledger at {path}.", "Make one with `botox init`, or name another with --ledger PATH.")


class LedgerBusy(BotoxError):
    """Another process has held the ledger's lock for longer than we wait."""

    exit_code = 11
    kind = "busy"

    def __init__(self, path: str) -> None:
        super().__init__(
            f"The ledger at {path} is in use by another program; nothing was written.",
            "Let the other command finish, then run this one again.",
        )


class WrongKey(BotoxError):
    """An encrypted ledger that the key does not open, or for which there is none (``given`` False). The file is as it was.

    To SQLCipher a wrong key, a damaged first page and a file of another kind look the same: the sentence names all of them.
    """

    exit_code = 12
    kind = "wrong-key"

    def __init__(self, path: str, *, given: bool = True) -> None:
        why = "this key does not open it" if given else "no key was given"
        super().__init__(
            f"The file at {path} is encrypted and {why}; if the key is right, its first page is damaged or it is no ledger.",
            "Nothing was touched. Give the key with --key-file FILE or BOTOX_KEY_FILE, or type the passphrase or the recovery code when asked.",
        )


class LedgerReplaced(LedgerBusy):
    """While this command waited, another one put a new file in the ledger's place: restored, encrypted, moved."""

    kind = "replaced"

    def __init__(self, path: str) -> None:
        sentence = f"The ledger at {path} was replaced while this command waited for it; nothing was written."
        BotoxError.__init__(self, sentence, "Run the command again.")


class NotOurLedger(BotoxError):
    """The file is no ledger of this program. ``why`` is one clause; the file's bytes are as they were."""

    exit_code = 13
    kind = "not-our-ledger"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"{path} is not a botoxcli ledger: {why}.", "It was left as it is; name the right file with --ledger PATH.")


class NewerLedger(BotoxError):
    """The ledger was written by a newer program: ``found`` and ``known`` are schema versions."""

    exit_code = 13
    kind = "newer-ledger"

    def __init__(self, path: str, found: int, known: int) -> None:
        super().__init__(
            f"The ledger at {path} has schema version {found}; this program knows {known} and older.",
            "Update botoxcli; the file was left as it is.",
        )


class LedgerDamaged(BotoxError):
    """The file was ours and can no longer be read as such. ``why`` is one clause."""

    exit_code = 14
    kind = "damaged"

    def __init__(self, path: str, why: str) -> None:
        self.why = why
        super().__init__(f"The ledger at {path} is damaged: {why}.", "Stop using it, keep a copy of the file as it is, and go back to a backup.")


class BackupDiffers(LedgerDamaged):
    """A backup that is not what its manifest, or what stands now, says of it. ``why`` is one clause."""

    kind = "backup-differs"

    def __init__(self, path: str, why: str) -> None:
        sentence = f"The backup {path} is not as it was made: {why}."
        BotoxError.__init__(self, sentence, "Nothing was changed. Take another backup; if only the manifest is at fault, move it away first.")


class CannotWrite(BotoxError):
    """The disk refused: full, read-only, no permission, no such folder, something in the way."""

    exit_code = 15
    kind = "cannot-write"

    def __init__(self, path: str, why: str) -> None:
        super().__init__(f"Could not write {path}: {why}.", "Nothing was changed; make room or mend the permissions, then run it again.")


class ValueRefused(BotoxError):
    """A value that cannot be. ``where`` names the flag, the answer, the column: never the value itself."""

    exit_code = 21
    kind = "value-refused"

    def __init__(self, where: str, why: str, next_step: str = "") -> None:
        self.where = where
        super().__init__(f"{where}: {why}.", next_step or "Give another value; nothing was recorded.")

    def facts(self) -> dict[str, Any]:
        return {"where": self.where}


class NotFound(BotoxError):
    """No such patient, visit, vial, protocol. ``hint`` names near ones that may be named."""

    exit_code = 22
    kind = "not-found"

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(f"There is no such {what}.", hint or f"List what there is, then name a {what} that exists.")


class Withdrawn(NotFound):
    """The visit stands no more: it was ``voided``, or ``taken back`` by an undo. ``at`` says when, in UTC."""

    def __init__(self, visit: int, how: str, at: str) -> None:
        BotoxError.__init__(self, f"Visit {visit} was {how} on {at}.", f"`botox visit show {visit} --history` shows it.")


class Ambiguous(BotoxError):
    """More than one fits. ``codes`` are the codes that do, never names."""

    exit_code = 22
    kind = "ambiguous"

    def __init__(self, what: str, codes: Sequence[str]) -> None:
        self.codes = tuple(codes)
        super().__init__(f"More than one {what} fits: {', '.join(self.codes)}.", "Give the code of the one that is meant.")

    def facts(self) -> dict[str, Any]:
        return {"codes": list(self.codes)}


class ProtocolInvalid(BotoxError):
    """A protocol file is refused. ``report`` is the compiler-like text of all that is wrong, ``problems`` the same as data."""

    exit_code = 20
    kind = "protocol-invalid"

    def __init__(self, name: str, problems: Sequence[dict[str, Any]], report: str) -> None:
        self.problems = tuple(problems)
        self.report = report
        count = len(self.problems)
        super().__init__(
            f"{name} is no valid protocol: {count} {'error' if count == 1 else 'errors'}.",
            "Mend the file and run `botox protocol check FILE` again.",
        )

    def facts(self) -> dict[str, Any]:
        return {"problems": list(self.problems)}


class StoppedByRule(BotoxError):
    """Warnings that were not accepted and stops that were not overridden. ``findings`` are (id, level, because)."""

    exit_code = 23
    kind = "stopped"

    def __init__(self, findings: Sequence[tuple[str, str, str]]) -> None:
        self.findings = tuple(findings)
        named = "; ".join(f"{level} {finding}: {because}" for finding, level, because in self.findings)
        flags = " ".join(f"--accept {finding}" if level == "warn" else f"--override {finding}=REASON" for finding, level, _ in self.findings)
        super().__init__(f"Stopped by the protocol. {named}.", f"Nothing was recorded. If it is right all the same: {flags}")

    def facts(self) -> dict[str, Any]:
        return {"findings": [{"id": finding, "level": level, "because": because} for finding, level, because in self.findings]}


class ImportRefused(BotoxError):
    """A file is not taken, and nothing of it was recorded.

    ``problems`` are all that is wrong, each with ``row`` and ``column`` (None where it is about the whole file or row) and ``why``, and
    with ``file`` where there is more than one;
    ``column`` is a name of the header, and nothing ever repeats a cell. ``report`` is the same as lines to read.
    """

    exit_code = 24
    kind = "import-refused"
    MOST_LINES: ClassVar[int] = 50

    def __init__(self, problems: Sequence[dict[str, Any]], next_step: str = "") -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        more = [f"and {count - self.MOST_LINES} more"] if count > self.MOST_LINES else []
        self.report = "\n".join([*(_problem_line(problem) for problem in self.problems[: self.MOST_LINES]), *more])
        super().__init__(
            f"The file is refused for {count} {'problem' if count == 1 else 'problems'}; nothing was recorded.",
            next_step or "Mend the file and import it again: it is taken whole or not at all.",
        )

    def tell_all(self) -> None:
        """Has the report tell every problem, not only the first ``MOST_LINES``."""
        self.report = "\n".join(map(_problem_line, self.problems))

    def facts(self) -> dict[str, Any]:
        return {"problems": list(self.problems)}


def _problem_line(problem: dict[str, Any]) -> str:
    where = [str(problem["file"])] if problem.get("file") else []
    where += [f"{name} {problem[name]}" for name in ("row", "column") if problem.get(name) is not None]
    return f"{', '.join(where) or 'file'}: {problem['why']}"


class FolderRefused(ImportRefused):
    """A folder with a whole ledger is not taken, and no ledger was made. Each problem names the ``file``; ``row`` is its line."""

    def __init__(self, problems: Sequence[dict[str, Any]], next_step: str = "") -> None:
        super().__init__(problems, next_step or "Take the folder as it was exported, or export it anew: it is taken whole or not at all.")
        count = len(self.problems)
        self.sentence = f"The folder is refused for {count} {'problem' if count == 1 else 'problems'}; no ledger was made."
        self.args = (self.sentence,)

    @classmethod
    def of(cls, file: str, why: str, *, row: int | None = None, column: str | None = None, next_step: str = "") -> FolderRefused:
        """For one problem."""
        return cls([{"file": file, "row": row, "column": column, "why": why}], next_step)


class Interrupted(BotoxError):
    """The person pressed Ctrl-C or closed the input. ``saved`` says what stands and how to go on."""

    exit_code = 130
    kind = "interrupted"

    def __init__(self, saved: str = "") -> None:
        super().__init__("Interrupted.", saved or "Nothing was recorded.")
