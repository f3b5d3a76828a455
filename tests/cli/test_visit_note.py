"""``visit note``: the procedure note of a session, in each of its formats, whole; voided and amended ones; and who is refused."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from pypdf import PdfReader

from botoxcli.cli.paper import refuse_for_a_screen
from botoxcli.errors import UsageError

from .conftest import Botox
from .cycle import DATA, done, session, vials

AS_PLANNED = """\
Example Practice · visit 3
Procedure note: onabotulinumtoxinA, session of 2026-03-02
=========================================================

Patient:    Ada Example (P0001)
Born:       1980-02-29
Indication: Preventive treatment of chronic migraine in adults
Consult:    2025-12-01 (visit 1): eligible
Consent:    given
Asked:      infection-at-site no; alcohol no; nsaids no; blood-thinners no;
            pregnant-or-breastfeeding no; new-illness-or-medicine no;
            other-toxin-since no; trouble-since-last no;
            weakness-or-ptosis-now no

Product:     onabotulinumtoxinA
Given:       155 U in 3.10 mL at 31 sites; 45 U wasted
Dilution:    200 U in 4.00 mL = 50 U/mL
Made up:     time not recorded
Route:       intramuscular, needle 30 G, 0.5 inch (1 inch for a very thick
             neck)
Injected by: Dr Example
Protocol:    Chronic migraine, fixed-site and fixed-dose (PREEMPT); edition 1

Injected
--------
Muscle                Left  Right  Midline  Sites    U    mL
-------------------  -----  -----  -------  -----  ---  ----
corrugator           1 × 5  1 × 5        –      2   10  0.20
procerus                 –      –    1 × 5      1    5  0.10
frontalis            2 × 5  2 × 5        –      4   20  0.40
temporalis           4 × 5  4 × 5        –      8   40  0.80
occipitalis          3 × 5  3 × 5        –      6   30  0.60
cervical-paraspinal  2 × 5  2 × 5        –      4   20  0.40
trapezius            3 × 5  3 × 5        –      6   30  0.60
-------------------  -----  -----  -------  -----  ---  ----
Total                   75     75        5     31  155  3.10

Vials
-----
Lot    Expires     Held U  Given U  Wasted U
-----  ----------  ------  -------  --------
C1234  2027-06-30     200      155        45

Billing
-------
Code      Units
--------  -----
J0585       155
J0585-JW     45
64615         1

Head map, by the order of injection. Front: 1, 2, 3, 4, 5, 6, 7; Left side: 8,
9, 10, 11; Right side: 12, 13, 14, 15; Back: 16, 17, 18, 19, 20, 21, 22, 23,
24, 25, 26, 27, 28, 29, 30, 31.

Deviations from the plan
------------------------
None: every site as planned.

Aftercare
---------
- Do not rub or massage the sites, for 24 hours, until 2026-03-03 at the hour
  of the session.
- Nothing strenuous for the rest of the day; everything else as usual, at
  once, for the rest of 2026-03-02.
- Ring us for a drooping lid or a weak neck.

For hours to weeks after the session, get emergency help for trouble
swallowing, speaking or breathing, weakness all over, double or blurred
vision, loss of bladder control, or signs of allergy such as itch, rash,
welts, wheezing or faintness. Do not drive if you are weak, dizzy or not
seeing well.

Next dates
----------
Ask how it works: from 2026-03-12, due by 2026-03-16, at the latest 2026-03-30
Next session:     from 2026-05-25, due by 2026-06-02, at the latest 2026-09-02

------------------------------------------------------------------------------
Recorded 2026-03-09 10:00 (UTC) by Dr Example. Jurisdiction us.
Signed ______________________________   Date ______________
Edition chronic-migraine 1, sha256
SHA256
Ledger's chain HEAD
"""
FACTS = (
    "Ada Example (P0001)", "1980-02-29", "Preventive treatment of chronic migraine", "visit 3", "2026-03-02", "Consent", "given",
    "onabotulinumtoxinA", "C1234", "2027-06-30", "200 U in 4.00 mL = 50 U/mL", "155 U in 3.10 mL at 31 sites; 45 U wasted",
    "corrugator", "procerus", "frontalis",
    "temporalis", "occipitalis", "cervical-paraspinal", "trapezius", "4 × 5", "J0585-JW", "64615", "every site as planned", "Do not rub or massage",
    "get emergency help", "2026-05-25", "2026-09-02", "Dr Example", "edition 1", "Signed",
)  # fmt: skip


class Page(HTMLParser):
    """What a page is made of: its tags, its attributes' names, its words; open tags must be closed in their order."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def pdf(botox: Botox, folder: Path, *arguments: str) -> PdfReader:
    """The file that a command makes, read again."""
    path = folder / "sheet.pdf"
    done(botox(*arguments, "--format", "pdf", "--output", str(path)))
    return PdfReader(io.BytesIO(path.read_bytes()))


def words(reader: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_the_whole_note_as_text(cycle: Botox) -> None:
    said = done(cycle("visit", "note", "3")).stdout
    hashes = re.search(r"sha256\n([0-9a-f]{64})\nLedger's chain ([0-9a-f]{12})\n", said)
    assert hashes
    assert said.replace(hashes[1], "SHA256").replace(hashes[2], "HEAD") == AS_PLANNED
    (shown,) = re.findall(r"sha256 ([0-9a-f]{12})", done(cycle("visit", "show", "3")).stdout)
    assert hashes[1].startswith(shown)
    (head,) = re.findall(r"[0-9a-f]{64}", done(cycle("ledger", "log", "--format", "json")).stdout.rsplit('"hash"', 1)[1])[:1]
    assert head.startswith(hashes[2])


@pytest.mark.parametrize(("paper", "width"), [("a4", 595), ("letter", 612)])
def test_a_standard_session_is_one_page_with_every_fact(cycle: Botox, tmp_path: Path, paper: str, width: int) -> None:
    reader = pdf(cycle, tmp_path, "visit", "note", "3", "--paper", paper)
    assert len(reader.pages) == 1
    assert int(reader.pages[0].mediabox.width) == width
    said = words(reader)
    assert [fact for fact in FACTS if fact not in said] == []
    assert re.search(r"sha256 [0-9a-f]{64}", said)
    assert re.search(r"Ledger's chain [0-9a-f]{12}\b", said)
    drawn = [int(number) for number in re.findall(r"\b\d+\b", said.split("Left side")[0].split("Front")[1])]
    assert {1, 2, 3, 4, 5, 6, 7} <= set(drawn)
    assert reader.metadata is not None
    assert reader.metadata.creation_date_raw == "D:20260302000000+00'00'"
    assert (tmp_path / "sheet.pdf").stat().st_mode & 0o777 == 0o600


def test_paper_follows_the_jurisdiction(cycle: Botox, tmp_path: Path) -> None:
    assert int(pdf(cycle, tmp_path, "visit", "note", "3").pages[0].mediabox.width) == 612
    done(cycle("settings", "--jurisdiction", "eu-uk"))
    assert int(pdf(cycle, tmp_path, "visit", "note", "3").pages[0].mediabox.width) == 595


def test_html_has_every_fact_and_parses(cycle: Botox) -> None:
    written = done(cycle("visit", "note", "3", "--format", "html", "--paper", "a4")).stdout
    page = Page(written)
    assert [fact for fact in FACTS if fact not in page.text] == []
    assert page.tags.count("svg") == 1
    assert "@page { size: A4;" in written
    assert not re.search(r"(src|href)=", written)


def test_a_hostile_name_is_words(cycle: Botox, tmp_path: Path) -> None:
    name = '<script>alert(1)</script> <b>&amp; "Ada" <font name="x"/> {{ 7*7 }}'
    done(cycle("patient", "edit", "P0001", "--name", name, "--reason", "married"))
    written = done(cycle("visit", "note", "3", "--format", "html")).stdout
    page = Page(written)
    assert not {"script", "b", "font"} & set(page.tags)
    assert not {one for one in page.attributes if one.startswith("on")}
    assert name in page.text
    assert name in words(pdf(cycle, tmp_path, "visit", "note", "3"))


def test_an_eu_uk_session_has_its_wastage_and_no_billing(botox: Botox, ledger: Path, tmp_path: Path) -> None:
    done(botox("settings", "--jurisdiction", "eu-uk"))
    vials(botox, "C1234", 1)
    done(botox("consult", "P0001", "--name", "Ada Example", "--born", "1980-02-29", "--on", "2026-03-01", "--answers", str(DATA / "consult.yaml")))
    done(session(botox, "--on", "2026-03-02", "--vial", "C1234", "--as-planned"))
    said = done(botox("visit", "note", "2")).stdout
    assert "45 U wasted" in said
    assert "Jurisdiction eu-uk" in said
    assert "Billing" not in said
    assert "J0585" not in said


def test_deviations_overrides_and_amendments_stand_with_their_reasons(cycle: Botox, tmp_path: Path) -> None:
    done(
        session(
            cycle, "--on", "2026-03-09", "--vial", "C1234", "--as-planned", "--skip", "temporalis-left-2=bruise there", "--units",
            "frontalis-left-1=2.5", "--extra", "trapezius-right=5", "--accept", "site-dose", "--override", "interval=moves away tomorrow",
        )
    )  # fmt: skip
    told = (
        "152.5 U in 3.05 mL at 30 of 31 planned sites and 1 extra; 47.5 U wasted",
        "J0585 153",
        "J0585-JW 47",
        "temporalis-left-2: skipped, 0 U, planned 5 U. Why: bruise there",
        "frontalis-left-1: changed, 2.5 U, planned 5 U",
        "trapezius-right-4: extra, 5 U",
        "Why: moves away tomorrow",
        "accepted",
    )
    said = words(pdf(cycle, tmp_path, "visit", "note", "4"))
    assert [one for one in told if one not in said] == []
    assert "Amended" not in said
    done(cycle("visit", "amend", "4", "--minutes", "20", "--reason", "forgot the minutes"))
    for form in (words(pdf(cycle, tmp_path, "visit", "note", "4")), Page(done(cycle("visit", "note", "4", "--format", "html")).stdout).text):
        assert "Amended, version 2: 2026-03-09 10:00 (UTC) by Dr Example. Why: forgot the minutes." in form
        assert "20 minutes" in form
        assert "VOID" not in form


def test_the_course_up_to_the_session_is_drawn_and_told(cycle: Botox, tmp_path: Path) -> None:
    def asked(day: str, headache_days: int) -> None:
        counts = ("--answer", f"headache-days={headache_days}", "--answer", "diary-days=28", "--event", "none")
        done(cycle("follow-up", "P0001", "--on", day, *counts, "--no-input"))

    title, in_a_line = "Headache days in 28, up to this day", "Before 20, then 12"
    before = done(cycle("visit", "note", "3", "--format", "html")).stdout
    assert (Page(before).tags.count("svg"), title in before) == (1, False), "nothing is drawn before the first outcome"
    asked("2026-02-28", 12)
    page, text = Page(done(cycle("visit", "note", "3", "--format", "html")).stdout), done(cycle("visit", "note", "3")).stdout
    assert (page.tags.count("svg"), title in page.text) == (2, True)
    assert in_a_line in " ".join(text.split())
    reader = pdf(cycle, tmp_path, "visit", "note", "3")
    assert len(reader.pages) == 1
    said = words(reader)
    assert [one for one in (title, "baseline 20", "nice-ta260", "session 2 2026-03-02") if one not in said] == []
    assert title not in words(pdf(cycle, tmp_path, "visit", "note", "2")), "at the first session nobody knew any outcome"
    asked("2026-03-09", 3)
    later = done(cycle("visit", "note", "3")).stdout
    assert later.rpartition("Ledger's chain")[0] == text.rpartition("Ledger's chain")[0], "what came later is not in it"
    done(cycle("visit", "void", "3", "--reason", "another patient's"))
    assert Page(done(cycle("visit", "note", "3", "--format", "html")).stdout).tags.count("svg") == 1


def test_a_long_note_says_on_every_page_whose_it_is(cycle: Botox, tmp_path: Path) -> None:
    """Twelve deviations and an override, each with a long reason."""
    why = "a long reason, told in full so that nothing is lost: " + "the skin there was broken and sore, and we agreed to leave it. " * 3
    muscles = ("temporalis-left-{}", "temporalis-right-{}", "trapezius-left-{}")
    skips = [flag for muscle in muscles for number in (1, 2, 3) for flag in ("--skip", f"{muscle.format(number)}={why}{number}")]
    done(session(cycle, "--on", "2026-03-09", "--vial", "C1234", "--as-planned", *skips, "--override", f"interval={why}"))
    reader = pdf(cycle, tmp_path, "visit", "note", "4")
    pages = [" ".join(page.extract_text().split()) for page in reader.pages]
    assert len(pages) == 2
    for number, page in enumerate(pages, start=1):
        assert f"Page {number} of 2" in page
        assert re.search(r"Ada Example \(P0001\) · visit 4 · Ledger's chain [0-9a-f]{12}\b", page)
    assert [number for number in range(1, 4) if " ".join(pages).count(f"agreed to leave it. {number}") != 3] == []
    written = done(cycle("visit", "note", "4", "--format", "html")).stdout
    assert re.search(r'<thead class="running"><tr><td>Ada Example \(P0001\) · visit 4 · Ledger&#39;s chain [0-9a-f]{12}</td>', written)


@pytest.mark.skipif(not shutil.which("chromium"), reason="no chromium to print with")
@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_a_browser_prints_a_standard_session_on_one_page(cycle: Botox, tmp_path: Path, paper: str) -> None:
    counts = ("--answer", "headache-days=12", "--answer", "diary-days=28", "--event", "none")
    done(cycle("follow-up", "P0001", "--on", "2026-02-28", *counts, "--no-input"))
    done(cycle("visit", "note", "3", "--format", "html", "--paper", paper, "--output", str(tmp_path / "note.html")))
    command = ("chromium", "--headless", "--no-sandbox", f"--user-data-dir={tmp_path / 'browser'}", "--no-pdf-header-footer")
    subprocess.run([*command, f"--print-to-pdf={tmp_path / 'note.pdf'}", str(tmp_path / "note.html")], check=True, capture_output=True, timeout=120)
    reader = PdfReader(tmp_path / "note.pdf")
    assert [page.extract_text().count("Ada Example (P0001) · visit 3") for page in reader.pages] == [1]


def test_a_voided_one_is_marked(cycle: Botox, tmp_path: Path) -> None:
    done(cycle("visit", "void", "3", "--reason", "another patient's"))
    why = "VOID: withdrawn 2026-03-09 10:00 (UTC) by Dr Example. Why: another patient's."
    text = done(cycle("visit", "note", "3")).stdout
    assert "*** VOID ***" in text
    assert "Next dates" not in text
    reader = pdf(cycle, tmp_path, "visit", "note", "3")
    assert len(reader.pages) == 1
    assert words(reader).count("VOID") == 3  # across the page, below the title, with its reason
    page = Page(done(cycle("visit", "note", "3", "--format", "html")).stdout)
    for said in (" ".join(text.split()), words(reader), page.text):
        assert why in said
    done(cycle("undo", "--yes"))
    assert "VOID" not in done(cycle("visit", "note", "3")).stdout


def test_what_has_no_note_is_refused(cycle: Botox, tmp_path: Path) -> None:
    consult = cycle("visit", "note", "1")
    assert (consult.exit_code, consult.stdout) == (21, "")
    assert consult.stderr == "Error: VISIT: visit 1 is a consult, and this is made of sessions.\nSee it with `botox visit show 1`.\n"
    assert cycle("visit", "note", "99").exit_code == 22
    done(cycle("undo", "--yes"))
    assert cycle("visit", "note", "3").exit_code == 22


def test_a_pdf_never_goes_to_a_screen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "stdout", type("Screen", (io.StringIO,), {"isatty": lambda self: True})())
    with pytest.raises(UsageError, match="not for a screen"):
        refuse_for_a_screen("pdf", None)
    refuse_for_a_screen("pdf", tmp_path / "note.pdf")
    refuse_for_a_screen("html", None)


def test_the_same_record_gives_the_same_bytes(cycle: Botox, ledger: Path) -> None:
    def made(form: str, **differs: str) -> bytes:
        call = [sys.executable, "-m", "botoxcli", "--ledger", str(ledger), "visit", "note", "3", "--format", form]
        return subprocess.run(call, capture_output=True, check=True, timeout=60, env={**os.environ, **differs}).stdout

    here = made("pdf", TZ="UTC", PYTHONHASHSEED="1")
    there = made("pdf", TZ="Asia/Tokyo", PYTHONHASHSEED="2", SOURCE_DATE_EPOCH="1", LC_ALL="C")
    assert here.startswith(b"%PDF-")
    assert here == there
    assert made("html", TZ="UTC", PYTHONHASHSEED="1") == made("html", TZ="Asia/Tokyo", PYTHONHASHSEED="2")


@pytest.mark.parametrize("name", ["Ωμέγα Παράδειγμα", "Пример Примерович Ђуђић", "Łucja Žižek-Ñandú ẞ"])
def test_latin_greek_and_cyrillic_print(cycle: Botox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("botoxcli.paths.font_folders", lambda: ())
    done(cycle("patient", "edit", "P0001", "--name", name, "--reason", "mistyped"))
    assert name in words(pdf(cycle, tmp_path, "visit", "note", "3"))


@pytest.mark.parametrize("name", ["例 子", "دانا مثال", "אדה דוגמה", "उदाहरण", "ตัวอย่าง"])
def test_a_script_without_a_font_is_refused_and_not_repeated(cycle: Botox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr("botoxcli.paths.font_folders", lambda: ())
    done(cycle("patient", "edit", "P0001", "--name", name, "--reason", "mistyped"))
    path = tmp_path / "note.pdf"
    refused = cycle("visit", "note", "3", "--format", "pdf", "--output", str(path))
    assert refused.exit_code == 21
    assert "--format html" in refused.stderr
    assert not any(sign in refused.stderr for sign in name if sign != " ")
    assert not path.exists()
    assert name in done(cycle("visit", "note", "3", "--format", "html")).stdout
    assert name in done(cycle("visit", "note", "3")).stdout


@pytest.mark.parametrize("protocol", ["blepharospasm", "cervical-dystonia", "spasticity-child"])
def test_other_protocols_have_notes_too(botox: Botox, ledger: Path, tmp_path: Path, protocol: str) -> None:
    from botoxcli import paths
    from botoxcli.clinic.records import Injection, NewPatient, Session, VialUse
    from botoxcli.files.protocol_yaml import load_protocol
    from botoxcli.store.recorder import Recorder

    from .conftest import NOW

    loaded = load_protocol(paths.shipped_protocols() / f"{protocol}.yaml")
    sites = tuple(
        Injection(site=one.id, muscle=one.muscle, side=one.side, planned_hundredths=300, hundredths=300, state="given")
        for one in loaded.protocol.sites
    )
    total = sum(one.hundredths for one in sites)
    with Recorder(ledger).change(command="session", actor="Dr Example", at=NOW) as change:
        change.add_patient(NewPatient.checked({}, code="P0009", name="Cleo Example", born=NOW.date().replace(year=2018)))
        told = Session(
            patient="P0009", date=NOW.date(), product=loaded.protocol.product.name, injections=sites,
            vials=(VialUse(lot="X1", given_hundredths=total),), jurisdiction="us",
        )  # fmt: skip
        change.record_session(told, change.pin_edition(loaded))
    said = words(pdf(botox, tmp_path, "visit", "note", "1"))
    assert "Cleo Example" in said
    assert all(one.muscle in said for one in sites)
    assert "wastage not known" in said
