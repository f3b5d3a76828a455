"""The name that must not leak: in every field of text of the practice, and in those of every command that is tried.

Names, notes and reasons are the same canary; lots have one of their own, for a refusal by rule or a look-up that fails names the stock's lots.
Who acts (``--as``, the practitioner) has none: an actor is no patient, and an error may name them. No protocol has a question that takes free
text; what is typed for one is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from .hostile_practice import looked_at
from .trials import Trial, trial
from .writing_commands import PROTOCOLS, WRITING

CANARY, LOT = "Zzcanary Example", "Zzlot Example"
LOTS_ARE_NAMED = (22, 23)
# How each reading command is asked; what a person may type of a patient stands in it.
READ: dict[str, tuple[str, ...]] = {
    "demo": ("demo",), "prep": ("prep", "P0002", "--for=2026-03-20T09:30"), "due": ("due",), "chart": ("chart", "P0001"),
    "response": ("response", "P0001"), "audit": ("audit",), "diary show": ("diary", "show", "P0001"), "patient list": ("patient", "list"),
    "patient show": ("patient", "show", "P0001"), "vial list": ("vial", "list"), "visit list": ("visit", "list"),
    "visit show": ("visit", "show", "2"), "protocol list": ("protocol", "list"), "protocol show": ("protocol", "show"),
    "protocol check": ("protocol", "check", str(PROTOCOLS / "chronic-migraine.yaml")), "protocol schema": ("protocol", "schema"),
    "protocol diff": ("protocol", "diff", str(PROTOCOLS / "chronic-migraine.yaml"), str(PROTOCOLS / "cervical-dystonia.yaml")),
    "ledger path": ("ledger", "path"), "ledger log": ("ledger", "log"), "ledger verify": ("ledger", "verify"),
    "completion": ("completion", "bash"),
}  # fmt: skip
NAMED = ("--name", "--note", "--practice", "--injector", "--reason")
LOTS = {"C1234": LOT, "D5": f"{LOT} D5", "E6": f"{LOT} E6"}
# More fields of text, of the commands that have them.
MORE: dict[str, tuple[str, ...]] = {
    "consult": ("--decide=treat", f"--reason={CANARY}"),
    "session": (f"--injector={CANARY}", f"--skip=procerus={CANARY}"),
    "follow-up": (f"--note={CANARY}",),
    "patient toxin": (f"--note={CANARY}",),
    "patient archive": ("--reason=other", f"--note={CANARY}"),
    "vial discard": (f"--note={CANARY}",),
    "visit amend": (f"--injector={CANARY}", f"--skip=corrugator-left={CANARY}"),
    "vial amend": (f"--lot={LOT} anew",),
}
# The practice as it came about once more: by these the canary is in each of its fields.
SEEDS: tuple[tuple[str, ...], ...] = (
    ("patient", "edit", "P0001", f"--name={CANARY}", f"--reason={CANARY}"),
    ("settings", f"--practice={CANARY}"),
    *(("vial", "amend", old, f"--lot={new}", f"--reason={CANARY}") for old, new in LOTS.items() if old != "E6"),
    ("visit", "amend", "2", f"--injector={CANARY}", f"--skip=corrugator-left={CANARY}", f"--reason={CANARY}"),
    ("patient", "toxin", "P0003", f"--product={CANARY}", "--units=100", "--on=2026-02-01", f"--note={CANARY}"),
    ("visit", "missed", "P0002", "--on=2026-03-08", f"--reason={CANARY}"),
)


def with_canary(name: str, words: list[str]) -> list[str]:
    """The same with the canary in every field of text that the command has. A reason that is one of a list stays, and the one
    of forgetting, which is refused when it names the patient."""
    told = NAMED if name not in ("vial discard", "patient archive", "patient forget") else tuple(flag for flag in NAMED if flag != "--reason")
    filled = [CANARY if before in told else LOTS.get(word, word) for before, word in zip(["", *words], words, strict=False)]
    return [*filled, *MORE.get(name, ())]


def commands(root: Path, wanted: Callable[[int, str], bool] = lambda _number, _name: True) -> Iterator[tuple[str, Trial, list[str]]]:
    """Every command that is wanted, by its number and name, on a copy of the practice that is full of the canary."""
    for number, name in enumerate((*WRITING, *READ)):
        if not wanted(number, name):
            continue
        one = trial(name if name in WRITING else "session", root)
        if WRITING[one.name].begins == "plain":
            seeded(one)
        yield name, one, with_canary(name, one.words) if name in WRITING else list(READ[name])


_SEEDED: list[bytes] = []


def seeded(one: Trial) -> None:
    """The practice's ledger once more, the canary in it."""
    if not _SEEDED:
        for words in SEEDS:
            seen = looked_at(one.ledger, words, terminal=False)
            assert seen.code == 0, (words, seen)
        _SEEDED.append(one.ledger.read_bytes())
    one.ledger.write_bytes(_SEEDED[0])


def tells(code: int, talk: str) -> bool:
    """Whether a failed command says what it must not."""
    return code not in (0, 3) and ("Zzcanary" in talk or (code not in LOTS_ARE_NAMED and "Zzlot" in talk))


def leaked_files(one: Trial, before: set[Path]) -> list[Path]:
    """New files that hold the canary, but a ledger, its backups and what the command was told to write."""
    new = {path for path in one.root.rglob("*") if path.is_file() and one.files / "out" not in path.parents} - before - {one.ledger}
    return [path for path in new if path.suffix not in (".db", ".bak") and any(sign in path.read_bytes() for sign in (b"Zzcanary", b"Zzlot"))]
