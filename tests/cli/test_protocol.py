"""``botox protocol``: list, show, check, schema."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from botoxcli import paths

FILE = paths.shipped_protocols() / "chronic-migraine.yaml"


def test_list(botox: Any) -> None:
    said = botox("protocol", "list").stdout.splitlines()
    assert said[0].split() == ["Protocol", "Edition", "Title", "Sites", "Units", "From"]
    assert [line.split()[0] for line in said[1:]] == [path.stem for path in sorted(FILE.parent.glob("*.yaml"))]
    items = json.loads(botox("protocol", "list", "--format", "json").stdout)["items"]
    ours = next(item for item in items if item["protocol"] == "chronic-migraine")
    assert (ours["sites"], ours["units"], ours["sha256"]) == (31, 155, hashlib.sha256(FILE.read_bytes()).hexdigest())


def test_show_needs_no_ledger(botox: Any) -> None:
    said = botox("protocol", "show").stdout
    assert said == botox("protocol", "show", "chronic-migraine").stdout
    assert "31 sites, 155 U; with\nfollow-the-pain 39 sites, 195 U." in said
    sites = [line.split()[1].rstrip(":") for line in said.splitlines() if line[:3].strip().isdigit() and line[3:4] == "."]
    content = json.loads(botox("protocol", "show", "--format", "json").stdout)["items"][0]["content"]
    assert sites == [site["id"] for site in content["sites"]]
    assert len(sites) == 31


def test_check_proves_the_arithmetic(botox: Any) -> None:
    said = botox("protocol", "check", "chronic-migraine")
    assert said.exit_code == 0
    assert said.stdout.splitlines()[0] == "chronic-migraine.yaml: 31 sites, 155 U; with follow-the-pain 39 sites, 195 U"
    assert said.stdout == botox("protocol", "check", str(FILE)).stdout
    item = json.loads(botox("protocol", "check", "chronic-migraine", "--format", "json").stdout)["items"][0]
    assert item["arithmetic"] == "31 sites, 155 U; with follow-the-pain 39 sites, 195 U"
    assert all(set(entry) == {"path", "what"} for entry in item["unverified"])


def test_check_reports_like_a_compiler(botox: Any, tmp_path: Path) -> None:
    text = FILE.read_text(encoding="utf-8")
    one, two = tmp_path / "one.yaml", tmp_path / "two.yaml"
    one.write_text(text.replace("route: intramuscular", "route: intravenous\nfoo: 1", 1), encoding="utf-8")
    two.write_text("id: [\n", encoding="utf-8")
    refused = botox("protocol", "check", str(one))
    assert (refused.exit_code, refused.stdout) == (20, "")
    assert "one.yaml:" in refused.stderr
    assert "^" in refused.stderr
    assert refused.stderr.splitlines()[-2:] == [
        "Error: one.yaml is no valid protocol: 2 errors.",
        "Mend the file and run `botox protocol check FILE` again.",
    ]
    both = botox("protocol", "check", str(one), str(FILE), str(two))
    assert both.exit_code == 20
    assert both.stdout.startswith("chronic-migraine.yaml: 31 sites")
    assert "one.yaml:" in both.stderr
    assert "two.yaml:" in both.stderr
    told = json.loads(botox("protocol", "check", str(one), "--format", "json").stderr)
    assert [problem["file"] for problem in told["problems"]] == ["one.yaml", "one.yaml"]


def test_a_file_that_is_not_there(botox: Any) -> None:
    assert botox("protocol", "check", "/nowhere.yaml").exit_code == 22
    assert botox("protocol", "show", "other").exit_code == 22


def test_the_schema_is_json(botox: Any) -> None:
    schema = json.loads(botox("protocol", "schema").stdout)
    assert schema["type"] == "object"
    assert "sites" in schema["properties"]
