"""Protocol files: the good one comes through, the careless one is explained."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from botoxcli.errors import NotFound, ProtocolInvalid
from botoxcli.files.protocol_yaml import find_protocol, load_protocol, protocol_ids, protocol_schema, read_protocol
from botoxcli.files.yaml_strict import read_document
from botoxcli.paths import shipped_protocols

SHIPPED = shipped_protocols() / "chronic-migraine.yaml"
GOOD = SHIPPED.read_text("utf-8")


def refused(text: str | bytes) -> ProtocolInvalid:
    with pytest.raises(ProtocolInvalid) as caught:
        read_protocol(text, "own.yaml")
    return caught.value


def said(text: str | bytes) -> list[str]:
    return [f"{problem['line']}:{problem['column']} {problem['path']}: {problem['message']}" for problem in refused(text).problems]


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n") + 1


def test_the_shipped_protocol_loads_with_its_text_and_hash() -> None:
    loaded = load_protocol(SHIPPED)
    assert loaded.protocol.id == "chronic-migraine"
    assert loaded.text == GOOD
    assert loaded.sha256 == hashlib.sha256(SHIPPED.read_bytes()).hexdigest()


def test_text_and_bytes_are_the_same_protocol() -> None:
    assert read_protocol(GOOD, "a") == read_protocol(GOOD.encode(), "b")


def test_the_hash_is_of_the_bytes_as_they_are() -> None:
    windows = ("\ufeff" + GOOD.replace("\n", "\r\n")).encode()
    loaded = read_protocol(windows, "own.yaml")
    assert loaded.protocol == read_protocol(GOOD, "own.yaml").protocol
    assert loaded.sha256 == hashlib.sha256(windows).hexdigest() == hashlib.sha256(loaded.text.encode()).hexdigest()


def test_the_parser_written_in_python_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with_c = read_document(GOOD)
    monkeypatch.setattr(yaml, "__with_libyaml__", False)
    assert read_document(GOOD) == with_c


def test_protocols_are_found_by_their_id(tmp_path: Path) -> None:
    for name in ("b.yaml", "a-1.yaml", "Not An Id.yaml", "c.yml", "notes.txt"):
        (tmp_path / name).touch()
    assert protocol_ids(tmp_path) == ("a-1", "b")
    assert find_protocol("b", tmp_path) == tmp_path / "b.yaml"
    assert protocol_ids(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("protocol_id", ["c", "../b", "", "b.yaml", "/etc/passwd", "a\0"])
def test_no_such_protocol(tmp_path: Path, protocol_id: str) -> None:
    (tmp_path / "b.yaml").touch()
    with pytest.raises(NotFound) as caught:
        find_protocol(protocol_id, tmp_path)
    assert (caught.value.exit_code, caught.value.next_step) == (22, "There is b.")


def test_the_schema_names_the_keys_of_the_file() -> None:
    schema = protocol_schema()
    assert "units" in schema["$defs"]["Site"]["properties"]
    assert "hundredths" not in str(schema)
    assert schema["$defs"]["Condition"]["properties"]["is"]["anyOf"][0] == {"type": "string"}
    assert schema["additionalProperties"] is False


def test_the_report_reads_like_a_compilers() -> None:
    text = GOOD.replace("    units: 5\n    position: sitting", "    units: five\n    position: sitting", 1)
    line = line_of(text, "units: five")
    assert refused(text).report == (
        f"own.yaml:{line}:12: sites[15].units: must be a number of units, 0.1 to 50\n"  #
        "        units: five\n"
        "               ^"
    )


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("    units: 5\n", "    unit: 5\n", "sites[0].unit: unknown key; did you mean `units`?"),
        ("    side: left\n", "    sides: left\n", "sites[0].side: is missing"),
        ("    units: 5\n", "    hundredths: 5\n", "sites[0].hundredths: unknown key"),
        ("    units: 5\n", '    units: "5"\n', "sites[0].units: must be a number of units, 0.1 to 50"),
        ("    units: 5\n", "    units: 0.001\n", "sites[0].units: must be a number of units in steps of 0.01"),
        ("    units: 5\n", "    units:\n", "sites[0].units: is missing: a site has units, or units_per_kg"),
        ("    side: left\n", "    side:\n", "sites[0].side: is empty; give it a value, or leave the key out"),
        ("    units: 5\n", "    units: {from: 2.5, to: 60}\n", "sites[0].units.to: must be a number of units, 0.1 to 50"),
        ("    units: 5\n", "    units: {from: 5, to: 2.5}\n", "sites[0].units: from is more than to"),
        ("    units: 5\n", "    units: {from: 2.5, to: 5, usual: 6}\n", "sites[0].units: usual lies outside from and to"),
        ("    units: 5\n", "    units: {from: 2.5, till: 5}\n", "sites[0].units.till: unknown key; here may stand from, to, usual"),
        ("    units: 5\n", "    units: {from: 2.5}\n", "sites[0].units.to: is missing"),
        ("side: left", "side: both", "sites[0].side: must be one of left, right, midline"),
        ("order: 7\n", 'order: "7"\n', "sites[6].order: must be a whole number"),
        ("order: 7\n", "order: 0\n", "sites[6].order: must be at least 1"),
        ("order: 7\n", "order: 501\n", "sites[6].order: must be at most 500"),
        ("x: 55", "x: 101", "sites[0].x: must be a number, 0 to 100"),
        ("id: corrugator-left\n", "id: Corrugator\n", "sites[0].id: must be an id of small letters, digits and hyphens"),
        ("name: onabotulinumtoxinA", "name: onabotulinum toxin A", "product.name: must be a name of letters, digits and hyphens"),
        ('edition: "1"', "edition: 1", "edition: must be text; put a number or true and false in quotes"),
        ('edition: "1"', 'edition: ""', "edition: must not be empty"),
        ('edition: "1"', f"edition: {'x' * 2001}", "edition: must be at most 2000 characters"),
        ("not_applicable: true", "not_applicable: yes", "criteria[20].not_applicable: must be true or false"),
        ("vial_units: [50, 100, 200]", "vial_units: 200", "product.vial_units: must be a list"),
        ("vial_units: [50, 100, 200]", "vial_units: []", "product.vial_units: needs at least one entry"),
        (
            "window: 3 months",
            "window: 3 mounths",
            "limits.cumulative[0].window: must be a span of time such as 12 weeks, 3 months, 10 days or 24 hours",
        ),
        ("lasts: rest-of-day", "lasts: a day", "aftercare.rules[1].lasts: must be a span of time"),
        ("lasts: rest-of-day", "lasts: a day", "or 24 hours, or must be rest-of-day"),
        ("require: {is: yes}", "require: {is: 5}", "criteria[6].require.is: must be a list"),
        ("require: {at_least: 15}", "require: {at_least: a}", "criteria[1].require.at_least: must be a number"),
        ("require: {at_least: 15}", "require: {atleast: 15}", "criteria[1].require.atleast: unknown key; did you mean `at_least`?"),
        ("require: {at_least: 15}", "require: {at_least: 15, more_than: 20}", "criteria[1].require: must hold at most one of at_least and more_than"),
        ("  site-dose: warn", "  Site-Dose: warn", "finding_levels.Site-Dose: must be an id of small letters"),
        ("  site-dose: warn", "  site-dose: warm", "finding_levels.site-dose: must be one of note, warn, stop"),
        ("limits:\n", "limit:\n", "limit: unknown key; did you mean `limits`?"),
        ("    max: 31\n", "", "criteria[1]: a number needs min and max, min first"),
        ("    units: 5\n", "    units: 11\n", "sites[0].units: more than the 10 U that limits.site allows"),
    ],
)
def test_a_mistake_in_the_practitioners_words(old: str, new: str, sentence: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    where = f"{line_of(text, new)}:" if new else ""
    sentences = said(text)
    assert any(sentence in found and (found.startswith(where) or "missing" in found or "criteria[1]" in found) for found in sentences), sentences


def test_all_mistakes_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace("    units: 5\n", "    units: five\n").replace("side: right", "side: Right").replace("edition:", "editon:")
    problems = refused(text).problems
    assert len(problems) == 31 + 15 + 2
    assert [problem["line"] for problem in problems] == sorted(problem["line"] for problem in problems)


def test_faults_of_form_and_of_content_come_together() -> None:
    sentences = said(
        GOOD.replace("title: Chronic", "id: again\ntitle: &name Chronic", 1).replace("order: 7\n", "order: *name\n").replace("x: 55", "x: 200")
    )
    assert [sentence.split(" ", 1)[1] for sentence in sentences] == [
        "id: this key stands here twice; first on line 11",
        "title: an anchor (&) is not taken here",
        "sites[0].x: must be a number, 0 to 100",
        "sites[6].order: an alias (*) is not taken here; write the value out",
    ]


def test_a_missing_key_points_at_what_it_is_missing_from() -> None:
    text = GOOD.replace("    use_within: 24 hours\n", "", 1)
    assert said(text) == [f"{line_of(text, '  dilution:')}:3 product.dilution.use_within: is missing"]


def test_the_units_key_twice_is_not_taken_silently() -> None:
    text = GOOD.replace("    units: 5\n", "    units: 5\n    units: 50\n", 1)
    line = line_of(text, "units: 50\n")
    assert said(text) == [f"{line}:5 sites[0].units: this key stands here twice; first on line {line - 1}"]


def test_the_caret_stands_below_a_place_after_tabs_and_in_a_long_line() -> None:
    _, source, caret = refused('title:\t"\t"\t\nid: A').report.split("\n")[-3:]
    assert (source, caret) == ("    id: A", "        ^")
    long = "{" + "k: 1, " * 2 + "a: 1, " + "b: '" + "x" * 500 + "', a: 2}"
    report = refused(long).report.split("\n")
    source, caret = next((report[index + 1], report[index + 2]) for index, line in enumerate(report) if "a: this key" in line)
    assert source[caret.index("^") :] == "a: 2}"
    assert len(source) < 140


def test_control_characters_do_no_harm_in_the_report() -> None:
    error = refused(GOOD.replace("title: ", "title: \x1b[2J\u202e", 1))
    assert "\x1b" not in error.report
    assert "\u202e" not in error.report
    assert [problem["message"] for problem in error.problems] == [
        "holds the character U+001B, which has no place in a text",
        "holds the character U+202E, which has no place in a text",
    ]


def test_a_control_character_that_is_spelt_out_is_refused_too() -> None:
    assert said(GOOD.replace('edition: "1"', 'edition: "\\x1b[2J"', 1)) == ["13:10 edition: holds the character U+001B, which has no place in a text"]


def test_no_problem_holds_a_value_from_the_file() -> None:
    secret = "Zebedee-Fictitious"
    for old in ("units: 5", "side: left", 'edition: "1"', "order: 7", "span: 12 weeks", "site-dose: warn", "type: choice", "x: 55"):
        key = old.split(":")[0]
        error = refused(GOOD.replace(f"{old}\n", f"{key}: [{secret}]\n", 1) if f"{old}\n" in GOOD else GOOD.replace(old, f"{key}: [{secret}]", 1))
        assert secret not in str(error.problems)
