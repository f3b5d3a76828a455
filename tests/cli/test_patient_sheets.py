"""The patient's own sheets, and the response for a payer, as text, HTML and PDF."""

from __future__ import annotations

from pathlib import Path

from pypdf import PdfReader

from .conftest import Botox
from .cycle import done

AFTER = """\
Example Practice
After your treatment
====================

For:     Ada Example (P0001)
Treated: Mon 2026-03-02 10:15 UTC

Please heed
-----------
- Do not rub or massage the sites, until Tue 2026-03-03 10:15 UTC.
- Nothing strenuous for the rest of the day; everything else as usual, at
  once, for the rest of 2026-03-02.

Usual
-----
Neck pain and a minor headache are usual and pass. The effect shows after 10
to 14 days, at times sooner, and lasts up to 3 months. Individual results
vary.

Your next dates
---------------
Ask how it works: from 2026-03-12, due by 2026-03-16, at the latest 2026-03-30
Next session:     from 2026-05-25, due by 2026-06-02, at the latest 2026-09-02

Get emergency help
------------------
! For hours to weeks after the session, get emergency help for trouble
  swallowing, speaking or breathing, weakness all over, double or blurred
  vision, loss of bladder control, or signs of allergy such as itch, rash,
  welts, wheezing or faintness. Do not drive if you are weak, dizzy or not
  seeing well.

Ring us
-------
Ring us for a drooping lid or a weak neck.
"""
BEFORE = """\
Example Practice
Before your treatment
=====================

For:         Ada Example (P0001)
Appointment: Mon 2026-06-01 10:00 UTC

Please leave off
----------------
- From Fri 2026-05-29 10:00 UTC: Anti-inflammatory painkillers bought without
  a prescription, such as ibuprofen or naproxen. Bruises are likelier after
  them.
- From Sun 2026-05-31 10:00 UTC: Alcohol. Bruises are likelier after alcohol.

Ask the prescriber
------------------
- By Fri 2026-05-29 10:00 UTC: Blood thinners. Only whoever prescribed a blood
  thinner can say whether it may be left off.

Always
------
Keep taking prescribed aspirin, clopidogrel, warfarin or any other blood
thinner unless its prescriber says otherwise.
"""
PREP = ("prep", "P0001", "--for", "2026-06-01T10:00")


def words(path: Path) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(path).pages).replace("•", "").split())


def facts(sheet: str) -> list[str]:
    """What stands on a sheet, without what only the text has: its rules and marks."""
    return [word for word in sheet.replace(":", " ").split() if word.strip("-=!")]


def test_aftercare_again_in_three_forms(cycle: Botox, tmp_path: Path) -> None:
    again = ("visit", "aftercare", "3", "--at", "10:15")
    assert done(cycle(*again)).stdout == AFTER
    path = tmp_path / "after.pdf"
    done(cycle(*again, "--format", "pdf", "--paper", "a4", "--output", str(path)))
    printed, page = facts(words(path)), done(cycle(*again, "--format", "html")).stdout
    assert [fact for fact in facts(AFTER) if fact not in printed] == []
    assert [fact for fact in facts(AFTER) if fact not in page] == []
    assert "until 2026-03-03 at the hour of the session" in " ".join(done(cycle("visit", "aftercare", "3")).stdout.split())


def test_aftercare_is_refused_without_a_session(cycle: Botox) -> None:
    assert cycle("visit", "aftercare", "1").exit_code == 21
    assert cycle("visit", "aftercare", "3", "--at", "2026-03-04T10:00").exit_code == 21
    done(cycle("visit", "void", "3", "--reason", "another patient's"))
    assert cycle("visit", "aftercare", "3").exit_code == 22


def test_prep_in_three_forms_and_as_it_was(cycle: Botox, tmp_path: Path) -> None:
    assert done(cycle(*PREP, "--format", "text")).stdout == BEFORE
    path = tmp_path / "before.pdf"
    done(cycle(*PREP, "--format", "pdf", "--output", str(path)))
    printed, page = facts(words(path)), done(cycle(*PREP, "--format", "html")).stdout
    assert [fact for fact in facts(BEFORE) if fact not in printed] == []
    assert [fact for fact in facts(BEFORE) if fact not in page] == []
    assert done(cycle(*PREP)).stdout.startswith("Before your treatment: P0001, Mon 2026-06-01 10:00 UTC\n=====")
    refused = cycle(*PREP, "--paper", "a4")
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "--paper is for --format text, html and pdf." in refused.stderr


def test_response_for_a_payer(cycle: Botox, tmp_path: Path) -> None:
    for day, count in (("2026-01-05", 14), ("2026-02-02", 11), ("2026-03-02", 9)):
        answers = ("--answer", f"headache-days={count}", "--answer", "diary-days=28", "--event", "none", "--no-input")
        done(cycle("follow-up", "P0001", "--on", day, *answers))
    text = done(cycle("response", "P0001", "--format", "text")).stdout
    told = ["P0001", "As of", "2026-03-09", "20 headache days in 28 (consult of 2025-12-01 (visit 1), days a month)", "nice-ta260", "ehf-2018"]
    told += ["Cycle 1, session 2025-12-08", "14 of 28", "Ledger's chain", "This advises; it does not decide."]
    path = tmp_path / "response.pdf"
    done(cycle("response", "P0001", "--format", "pdf", "--output", str(path)))
    page = done(cycle("response", "P0001", "--format", "html")).stdout
    assert page.count("<svg") == 1
    for sheet in (" ".join(text.split()), words(path), page.replace("&#39;", "'")):
        assert [fact for fact in told if fact not in sheet] == []
        assert "Ada Example" not in sheet
    assert "baseline 20" in words(path)  # drawn
    named = done(cycle("response", "P0001", "--format", "html", "--identify")).stdout
    assert "Ada Example (P0001)" in named
    assert "1980-02-29" in named
    assert "Headache days" not in done(cycle("response", "P0001", "--format", "text", "--rules", "nice-ta260")).stdout.split("What the rules say")[0]


def test_a_response_of_no_figures_is_a_sheet_too(cycle: Botox, tmp_path: Path) -> None:
    path = tmp_path / "response.pdf"
    done(cycle("response", "P0001", "--format", "pdf", "--output", str(path)))
    assert "undetermined" in words(path)
