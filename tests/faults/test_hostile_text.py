"""Hostile text in every field, through every screen and export: no raw control byte, no colour but ours, no crash, and all comes back equal.

The short form, some 200 texts, runs with the other tests; the long one, 5,000 texts, takes some minutes, with

    FAULTS=long pytest tests/faults/test_hostile_text.py -s -n auto
"""

from __future__ import annotations

import csv
import functools
import io
import json
import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pexpect
import pytest

from botoxcli.cli.texts import clean_text
from botoxcli.errors import ValueRefused
from botoxcli.files.csv_rows import unguarded

from .hostile_practice import FIELDS, NOT_IN_CSV, SCREENS, entries, looked_at, rows, views, without_a_door
from .hostile_texts import NO_TEXT, REFUSED, SGR, kept, plain, raw_in, texts
from .writing_commands import TODAY

pytestmark = pytest.mark.plain_only  # what is shown does not depend on how it is kept
LONG = os.environ.get("FAULTS") == "long"
IN_EACH, AT_LEAST = 200, 120  # texts for one practice, and how many of them its fields have room for
PRACTICES = 42 if LONG else 1
LONGEST, PRODUCT, A_PRODUCT_IS = 190, 13, 60  # characters of a field; the toxin's product takes fewer
DOOR = 5_000 if LONG else 80


def fields(seed: int) -> list[str]:
    """A practice's texts, a field's many in one as far as a name may be long."""
    joined, made = [""] * FIELDS, 0
    for number, (text, _) in enumerate(texts(IN_EACH, seed)):
        longer = f"{joined[number % FIELDS]} {text}".strip(" ")
        if len(plain(longer)) <= (A_PRODUCT_IS if number % FIELDS == PRODUCT else LONGEST):
            joined[number % FIELDS], made = longer, made + 1
    joined[PRODUCT] = joined[PRODUCT] or "=1+1 [/] 0000000"
    assert made >= AT_LEAST
    return joined


_FILLED: dict[tuple[str, ...], bytes] = {}


def filled(ledger: Path, said: Sequence[str]) -> Path:
    """A practice with these texts in its fields, whatever they hold. The same texts are entered once and copied from then on."""
    ledger.parent.mkdir()
    if kept_ledger := _FILLED.get(tuple(said)):
        ledger.write_bytes(kept_ledger)
        return ledger
    given = iter(said)
    with pytest.MonkeyPatch.context() as patch:
        without_a_door(patch)
        for words in entries(functools.partial(next, given), ledger.parent):
            seen = looked_at(ledger, words, terminal=False)
            assert seen.code == 0, (words, seen.talk)
            assert raw_in(seen.out + seen.talk) is None, words
    assert not list(given)
    _FILLED[tuple(said)] = ledger.read_bytes()
    return ledger


def colours(screen: str) -> list[str]:
    return SGR.findall(screen)


def screens(ledger: Path, lot: str, *, terminal: bool) -> Iterator[tuple[tuple[str, ...], str]]:
    """What every view shows, and at a terminal every questionnaire."""
    for words in views(lot):
        seen = looked_at(ledger, words, terminal=terminal)
        assert seen.code in (0, 3), (words, seen)
        yield words, seen.out + seen.talk
    for form in ("csv", "json") if terminal and LONG else ():
        for words in rows(form, lot):
            seen = looked_at(ledger, words, terminal=True)
            assert seen.code in (0, 3), (words, seen)
            yield words, seen.out + seen.talk
    for words, typed in SCREENS if terminal else ():
        seen = looked_at(ledger, words, terminal=True, typed=typed)
        assert seen.code == 130, (words, seen)
        yield words, seen.out + seen.talk


@pytest.mark.parametrize("seed", range(PRACTICES))
def test_through_every_screen(tmp_path: Path, seed: int) -> None:
    said = fields(seed)
    hostile, harmless = filled(tmp_path / "hostile" / "l.db", said), filled(tmp_path / "harmless" / "l.db", [plain(text) for text in said])
    came_back(hostile, said)
    piped = seen = drawn = 0
    for words, screen in screens(hostile, said[0], terminal=False):
        assert raw_in(screen) is None and not colours(screen), (words, raw_in(screen))
        piped += 1
    pairs = zip(screens(hostile, said[0], terminal=True), screens(harmless, plain(said[0]), terminal=True), strict=True)
    for (words, screen), (_, other) in pairs:
        assert raw_in(screen) is None, (words, raw_in(screen))
        assert sorted(colours(screen)) == sorted(colours(other)), words
        seen, drawn = seen + 1, drawn + len(colours(screen))
    print(
        f"\nhostile text: at least {AT_LEAST} texts in {FIELDS} fields,"
        f" {seen} screens of a terminal and {piped} in a pipe, {drawn} colours, each ours"
    )


def came_back(ledger: Path, said: Sequence[str]) -> None:
    """Every field is among the strings of the JSON, and all but the named ones among the cells of the CSV."""
    held: dict[str, set[str]] = {"json": set(), "csv": set()}
    for form in held:
        for words in rows(form, said[0]):
            seen = looked_at(ledger, words, terminal=False)
            assert seen.code in (0, 3), (words, seen.talk)
            held[form].update(_strings(json.loads(seen.out)) if form == "json" else _cells(seen.out))
    whole = ledger.parent / "whole"
    assert looked_at(ledger, ("export", "all", "--identify", f"--output={whole}"), terminal=False).code == 0
    for path in whole.glob("*.jsonl"):
        for line in path.read_text().splitlines():
            held["json"].update(_strings(json.loads(line)))
    missing = {form: {place for place, text in enumerate(said) if kept(text) not in strings} for form, strings in held.items()}
    assert missing == {"json": set(), "csv": NOT_IN_CSV}


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _strings(part)


def _cells(text: str) -> Iterator[str]:
    for row in csv.reader(io.StringIO(text, newline="")):
        yield from map(unguarded, row)


def test_at_the_door() -> None:
    """What holds a refused character is refused by its number and place in what was typed, and never repeated; the rest is kept whole."""
    counted = {True: 0, False: 0}
    for text, refused in texts(DOOR, 7):
        if not refused:
            assert clean_text("--note", text) == kept(text)
        else:
            with pytest.raises(ValueRefused) as error:
                clean_text("--note", text)
            place, code = error.value.sentence.partition("character ")[2].split(" ")[:2]
            assert f"(U+{ord(text[int(place) - 1]):04X})" == code
            assert raw_in(text[int(place) - 1]) or text[int(place) - 1] in "\n\u200c\u200d\ufe0f\u0378\U0010ffff"
            assert kept(text) not in error.value.sentence and "Example" not in error.value.sentence
        counted[refused] += 1
    print(f"\nat the door: {counted[True]} texts refused by the place of a character, {counted[False]} kept and equal")


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A practice of harmless texts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TERM", "xterm-256color")
        return filled(tmp_path_factory.mktemp("practice") / "p" / "l.db", [plain(text) for text in fields(0)])


HOSTILE = "a\x1b[31mb"


def test_every_field_has_that_door(practice: Path, tmp_path: Path) -> None:
    """Each command that takes text refuses it with 21 in each field, before it is recorded, and says neither it nor a part of it."""
    before, tried = practice.read_bytes(), 0
    (tmp_path / "new").mkdir()
    for field in range(FIELDS):
        said = [f"Harmless {number}" for number in range(FIELDS)]
        for place, now in ((5, 15), (0, 0), (1, 34), (2, 2)):  # the name that P0001 has by now, and the lots
            said[place] = plain(fields(0)[now])
        said[field] = HOSTILE
        for line in entries(functools.partial(next, iter(said)), tmp_path):
            words = line
            if any(HOSTILE in word for word in words):
                if words[:2] == ("patient", "add"):
                    words = (*words[:2], "P0099", *words[3:])
                seen = looked_at(tmp_path / "new" / "l.db" if words[0] == "init" else practice, words, terminal=False)
                assert seen.code == 21 and "character 2 (U+001B)" in seen.talk, (words, seen)
                assert "31m" not in seen.talk + seen.out, (words, seen)
                tried += 1
    assert practice.read_bytes() == before and not (tmp_path / "new" / "l.db").exists()
    print(f"\nat the door: {tried} commands with ESC in a field, each refused with 21 and nothing recorded")


@pytest.mark.parametrize("sign", [*NO_TEXT, "\x1b", "\x9b", "\u202e", "\U000e0041", "\x00"])
@pytest.mark.parametrize("what", ["protocol", "answers"])
def test_files(practice: Path, tmp_path: Path, sign: str, what: str) -> None:
    """A protocol and an answers file are refused for it, raw and spelt as a YAML escape."""
    for number, spelt in enumerate((sign, f"\\U{ord(sign):08x}")):
        path = tmp_path / f"{number}.yaml"
        path.write_bytes(f'title: "Harmless {spelt}"\nconsent: "ye{spelt}s"\n'.encode("utf-8", "surrogatepass"))
        words = ("protocol", "check", str(path)) if what == "protocol" else ("session", "P0002", f"--answers={path}", "--no-input", "--on=2026-03-09")
        for terminal in (True, False):
            seen = looked_at(practice, words, terminal=terminal)
            assert seen.code == (20 if what == "protocol" else 21), seen
            assert raw_in(seen.out + seen.talk) is None


def test_a_diary(practice: Path, tmp_path: Path) -> None:
    """Hostile cells and headers are refused, or passed over, and never shown."""
    for number, (text, _) in enumerate(texts(400 if LONG else 24, 3)):
        path = tmp_path / "diary.csv"
        shape = ("Date,Headache\n{0},yes\n", "Date,Headache\n2026-01-02,{0}\n", "Date,Headache,{0}\n2026-01-02,yes,{0}\n", "{0}\n")[number % 4]
        path.write_bytes(shape.format('"' + text.replace('"', '""') + '"').encode())
        for terminal in (True, False):
            seen = looked_at(practice, ("diary", "import", "P0001", str(path), "--dry-run"), terminal=terminal)
            assert seen.code in (0, 24), seen
            assert raw_in(seen.out + seen.talk) is None, seen


@pytest.mark.parametrize("flag", ["--name", "--reason", "--key", "--as"])
def test_a_megabyte(practice: Path, flag: str) -> None:
    """A text of a megabyte is refused by its length and not repeated."""
    before = practice.read_bytes()
    given = {"--name": "Harmless", "--reason": "harmless", "--key": "k", "--as": "Harmless"} | {flag: "x" * 2**20}
    seen = looked_at(practice, ("patient", "edit", "P0001", *(word for pair in given.items() for word in pair)), terminal=False)
    assert seen.code == 21 and len(seen.talk) < 1_000, seen.talk[:200]
    assert practice.read_bytes() == before


def test_halves_of_pairs_on_the_command_line(practice: Path) -> None:
    """Bytes that are no UTF-8 arrive as such halves."""
    for half in (*NO_TEXT, "\udc9b"):
        for words in (["patient", "edit", "P0001", "--name", f"a{half}b", "--reason", "x1"], ["chart", f"a{half}b"], ["lot", f"a{half}"]):
            seen = looked_at(practice, words, terminal=True)
            assert seen.code in (0, 2, 21, 22) and raw_in(seen.out + seen.talk) is None, (words, seen)


def test_a_true_terminal(tmp_path: Path) -> None:
    """The same by the real program on a pseudo-terminal: its bytes, as a terminal gets them."""
    said = fields(11 if LONG else 0)
    ledger = filled(tmp_path / "hostile" / "l.db", said)
    tried = list(views(said[0])) if LONG else [("chart", "P0001"), ("export", "patients", "--identify")]
    environment = {**os.environ, "PYTHONUTF8": "1", "TERM": "xterm-256color"}
    total = 0
    for words in tried:
        command = ["-m", "botoxcli", "--ledger", str(ledger), "--today", TODAY, *words]
        child = pexpect.spawn(sys.executable, command, env=environment, dimensions=(50, 100), timeout=120)
        screen = child.read().decode()
        child.close()
        assert child.exitstatus in (0, 3), screen
        assert raw_in(screen.replace("\r\n", "\n")) is None, (words, raw_in(screen.replace("\r\n", "\n")))
        total += len(screen.encode())
    print(f"\na true terminal: {len(tried)} screens, {total} bytes, none of them raw")


def test_the_table_of_what_is_refused_is_whole() -> None:
    """Each kind of it is refused by itself."""
    for middle in REFUSED:
        with pytest.raises(ValueRefused):
            clean_text("--note", f"a{middle}b")
