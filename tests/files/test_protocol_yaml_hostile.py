"""Protocol files that mean harm, and random ones: refused, each, and nothing but refused."""

from __future__ import annotations

import multiprocessing
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from botoxcli.errors import NotFound, ProtocolInvalid
from botoxcli.files.protocol_yaml import MAX_BYTES, load_protocol, read_protocol
from botoxcli.files.yaml_strict import MAX_PROBLEMS
from botoxcli.paths import shipped_protocols

SHIPPED = shipped_protocols() / "chronic-migraine.yaml"
GOOD = SHIPPED.read_text("utf-8")
SECONDS = 20  # a wall, not a measure: what is hostile comes back at all


def refused(text: str | bytes) -> ProtocolInvalid:
    with pytest.raises(ProtocolInvalid) as caught:
        read_protocol(text, "own.yaml")
    return caught.value


def said(text: str | bytes) -> list[str]:
    return [f"{problem['line']}:{problem['column']} {problem['path']}: {problem['message']}" for problem in refused(text).problems]


HOSTILE: dict[str, str | bytes] = {
    "nothing": "",
    "a comment": "# nothing\n",
    "one word": "hello",
    "a list": "- a",
    "lists in lists": "[" * 200_000,
    "maps in maps": "{a: " * 60_000,
    "open maps": "{" * 200_000,
    "block lists in lists": "- " * 100_000,
    "keys as keys": "? " * 100_000,
    "deep blocks": "\n".join(" " * level + "a:" for level in range(600)),
    "many values": "a: [" + "x," * 120_000 + "]",
    "many dashes": "-\n" * 100_000,
    "many keys": "\n".join(f"k{number}: 1" for number in range(19_000)),
    "one key many times": "\n".join("k: 1" for _ in range(40_000)),
    "many sites": "sites:\n" + "- {a: 1}\n" * 9_000,
    "a billion laughs": "a: &a [x, x]\n" + "".join(f"k{number}: &b{number} [*a, *a]\n" for number in range(50)),
    "itself": "a: &a [*a]",
    "a tag": "id: !!python/object/apply:os.getcwd []",
    "a tag directive": "%TAG ! tag:example.org,2026:\n---\na: 1",
    "a merge": "<<: {id: a}",
    "keys that are no text": "[a]: 1\n{b: c}: 2\n1: 3\n~: 4\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "many documents": "---\n" * 60_000,
    "YAML 3": "%YAML 3.0\n---\na: 1",
    "a long text": "id: " + "x" * 250_000,
    "a long key": "? " + "k" * 200_000 + "\n: 1\n",
    "a long number": "id: " + "9" * 200_000,
    "a long anchor": "id: &" + "b" * 200_000 + " 1",
    "quotes": '"' * 250_000,
    "colons": ":" * 250_000,
    "tabs": "\t" * 250_000,
    "line ends": "\n" * 250_000,
    "carriage returns": "\r" * 250_000 + "a: [",
    "odd escapes": 'id: "\\ud800"',
    "an escape too far": 'id: "\\U00110000"',
    "half a pair": "id: \ud800",
    "NUL": "id: \0",
    "NEL": "id: a\x85b",
    "UTF-16": GOOD.encode("utf-16"),
    "UTF-16 without a mark": GOOD.encode("utf-16-le"),
    "UTF-32": GOOD.encode("utf-32"),
    "Latin-1": "title: Kopfschmerz für alle".encode("latin-1"),
    "all bytes": bytes(range(256)) * 500,
    "too big": "#" * (MAX_BYTES + 1),
    "a mark in the middle": GOOD.replace("title:", "\ufefftitle:", 1),
}


def _expect_refusal(text: str | bytes) -> None:
    try:
        read_protocol(text, "own.yaml")
    except ProtocolInvalid as error:
        assert error.exit_code == 20
        assert 0 < len(error.problems) <= MAX_PROBLEMS
        assert len(error.report) < 60_000
        raise SystemExit(20) from None


@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused(what: str) -> None:
    child = (multiprocessing.get_context("fork") if sys.platform != "win32" else multiprocessing.get_context("spawn")).Process(
        target=_expect_refusal, args=(HOSTILE[what],)
    )
    child.start()
    child.join(SECONDS)
    if child.is_alive():
        child.kill()
        pytest.fail("it did not come back")
    assert child.exitcode == 20


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        ("many values", "more than 20000 values; a protocol is smaller"),
        ("lists in lists", "deeper than 16 levels; a protocol is flatter"),
        ("two documents", "a second document begins here; a protocol is one document"),
        ("itself", "an alias (*) is not taken here; write the value out"),
        ("a tag", "a tag (!) is not taken here"),
        ("a tag directive", "%TAG is not taken here"),
        ("a merge", "a key must be plain text"),
        ("UTF-16", "is UTF-16; save it as UTF-8"),
        ("Latin-1", "is not UTF-8: byte 21 of the file; save it as UTF-8"),
        ("nothing", "is empty"),
    ],
)
def test_why_it_is_refused(what: str, sentence: str) -> None:
    assert sentence in [problem["message"] for problem in refused(HOSTILE[what]).problems]


def test_the_largest_file_that_is_read() -> None:
    padding = "#" * (MAX_BYTES - len(GOOD.encode()))
    assert read_protocol(GOOD + padding, "own.yaml").protocol.id == "chronic-migraine"
    assert said(GOOD + padding + "#") == ["None:None : is over 256 KB; a protocol is smaller"]


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    huge = tmp_path / "huge.yaml"
    with huge.open("wb") as file:
        file.truncate(10_000_000_000)
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("it was opened"))
    with pytest.raises(ProtocolInvalid, match=r"huge\.yaml is no valid protocol"):
        load_protocol(huge)


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ProtocolInvalid) as caught:
        load_protocol(tmp_path)
    assert caught.value.report == f"{tmp_path.name}: is a folder, not a protocol file"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no FIFOs here")
def test_a_fifo_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    code = "import sys; from pathlib import Path; from botoxcli.files.protocol_yaml import load_protocol; load_protocol(Path(sys.argv[1]))"
    run = subprocess.run([sys.executable, "-c", code, str(tmp_path / "pipe.yaml")], capture_output=True, text=True, timeout=SECONDS, check=False)
    assert "ProtocolInvalid" in run.stderr


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices here")
def test_a_device() -> None:
    with pytest.raises(ProtocolInvalid) as caught:
        load_protocol(Path("/dev/zero"))
    assert caught.value.report == "zero: is no regular file"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the administrator may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    shut = tmp_path / "shut.yaml"
    shut.touch(0o000)
    with pytest.raises(ProtocolInvalid) as caught:
        load_protocol(shut)
    assert caught.value.report == "shut.yaml: cannot be read: permission denied"


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        load_protocol(tmp_path / "nowhere.yaml")


@pytest.mark.parametrize("name", ["a\0b", "n" * 300 + ".yaml"])
def test_a_name_that_no_file_can_have(tmp_path: Path, name: str) -> None:
    with pytest.raises(ProtocolInvalid):
        load_protocol(tmp_path / name)


def test_the_files_name_does_no_harm_in_the_report() -> None:
    with pytest.raises(ProtocolInvalid) as caught:
        read_protocol("", "a\x1b[2J\n.yaml")
    assert caught.value.report == "a�[2J .yaml: is empty"


def _taken_or_refused(text: str | bytes) -> None:
    try:
        read_protocol(text, "own.yaml")
    except ProtocolInvalid as error:
        assert error.problems
        assert all(line.isprintable() for line in error.report.split("\n"))


@given(st.one_of(st.binary(max_size=400), st.text(max_size=200), st.text("[]{}:,-?&*!|>'\"%@# \n\ta1~.", max_size=120)))
@settings(max_examples=400, deadline=None)
def test_random_text_is_taken_or_refused(text: str | bytes) -> None:
    _taken_or_refused(text)


LINES = GOOD.split("\n")
VALUES = [
    "5",
    "-1",
    "yes",
    "~",
    "''",
    "[]",
    "{}",
    "[[a]]",
    "1e9",
    "12 weeks",
    "3 hours",
    "0 days",
    "*a",
    "&a 1",
    "!t 1",
    "true",
    "999999999999999",
    "unknown",
]


def _mutations(rng: random.Random) -> Iterator[str]:
    lines = list(LINES)
    for _ in range(rng.randint(1, 4)):
        at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
        kind = rng.choice(["delete", "double", "swap", "value", "indent", "character"])
        if kind == "delete":
            del lines[at]
        elif kind == "double":
            lines.insert(at, lines[at])
        elif kind == "swap":
            lines[at], lines[other] = lines[other], lines[at]
        elif kind == "value":
            lines[at] = f"{lines[at].split(': ')[0]}: {rng.choice(VALUES)}"
        elif kind == "indent":
            lines[at] = "  " + lines[at]
        elif lines[at]:
            place = rng.randrange(len(lines[at]))
            lines[at] = lines[at][:place] + rng.choice("[]{}:,-?&*!|>'\"%@# \t\x07\u202e") + lines[at][place + 1 :]
    yield "\n".join(lines)


@given(st.integers(min_value=0, max_value=2**32))
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_good_file_with_random_faults_is_taken_or_refused(seed: int) -> None:
    for text in _mutations(random.Random(seed)):
        _taken_or_refused(text)
