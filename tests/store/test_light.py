"""What the daily list loads: reading the ledger takes neither SQLModel nor SQLAlchemy nor pydantic nor YAML."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "pydantic_core", "yaml", "pendulum", "rich", "typer")


@pytest.mark.parametrize("use", ["due", "visit", "drafts"])
def test_reading_and_drafting_are_light(full_ledger: Path, use: str) -> None:
    script = f"""
import sys
from pathlib import Path
from botoxcli.store.drafts import Drafts
from botoxcli.store.reader import open_ledger
path = Path(sys.argv[1])
if {use!r} == "drafts":
    from datetime import UTC, datetime
    with Drafts(path) as drafts:
        drafts.save("session", "P0001", "k", {{}}, datetime.now(UTC))
else:
    with open_ledger(path) as reader:
        reader.due_candidates() and reader.follow_up_rules(1)
        if {use!r} == "visit":
            reader.visit(1), reader.visits(), reader.patient_history(1), reader.find_patient("ann"), reader.vials()
print(*sorted({{name.partition(".")[0] for name in sys.modules}} & set({HEAVY!r})))
"""
    done = subprocess.run([sys.executable, "-c", script, str(full_ledger)], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_the_daily_list_does_not_load_what_shows_a_visit() -> None:
    script = "import sys, botoxcli.store.reader; print(*(n for n in sys.modules if n in ('botoxcli.clinic.past_visit', 'unicodedata', 'json')))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split() == []
