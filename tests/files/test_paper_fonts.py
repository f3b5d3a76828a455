"""Which characters a page can set: from the packed font, from one on the machine, or not at all; and never a box."""

from __future__ import annotations

import struct
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader

from botoxcli.clinic.document import Document, Paragraph
from botoxcli.files import paper_fonts
from botoxcli.files.font_characters import covers
from botoxcli.files.note_pdf import document_pdf
from botoxcli.files.paper_fonts import PaperRefused, fonts_for

PACKED = Path(paper_fonts.__file__).parent / "fonts"


def made_font(path: Path, codes: list[int], *, glyph: int = 40, form: int = 12) -> Path:
    """A copy of the packed font whose table of characters has these alone, all as one glyph."""
    data = (PACKED / "DejaVuSansCondensed.ttf").read_bytes()
    for code in ("ascii", "utf-16-be"):  # under a name of its own
        data = data.replace("DejaVuSansCondensed".encode(code), path.stem.ljust(19, "x")[:19].encode(code))
    count = struct.unpack_from(">H", data, 4)[0]
    rows = [struct.unpack_from(">4sLLL", data, 12 + 16 * place) for place in range(count)]
    if form == 12:
        groups = b"".join(struct.pack(">LLL", code, code, glyph) for code in sorted(codes))
        table = struct.pack(">HHHHL", 0, 1, 3, 10, 12) + struct.pack(">HHLLL", 12, 0, 16 + len(groups), 0, len(codes)) + groups
    else:
        ends = [*sorted(codes), 0xFFFF]
        deltas = [(glyph - code) % 65536 for code in ends[:-1]] + [1]
        words = [*ends, 0, *ends, *deltas, *([0] * len(ends))]
        body = struct.pack(f">{len(words)}H", *words)
        table = struct.pack(">HHHHL", 0, 1, 3, 1, 12) + struct.pack(">HHHHHHH", 4, 14 + len(body), 0, 2 * len(ends), 0, 0, 0) + body
    at = len(data) + -len(data) % 4
    rows = [(name, check, at, len(table)) if name == b"cmap" else (name, check, offset, size) for name, check, offset, size in rows]
    head = data[:12] + b"".join(struct.pack(">4sLLL", *row) for row in rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((head + data[len(head) :]).ljust(at, b"\0") + table)
    return path


def a_page(text: str) -> Document:
    return Document("A title", "Example Practice", (Paragraph(text),), date(2026, 3, 2))


@pytest.mark.parametrize("form", [4, 12])
def test_a_font_of_the_machine_sets_what_the_packed_one_lacks(tmp_path: Path, form: int) -> None:
    made_font(tmp_path / "a" / "Some-Regular.ttf", [ord("例")], form=form)
    whole = made_font(tmp_path / "b" / "Whole-Regular.ttf", [ord("例"), ord("子")], form=form)
    assert covers(whole, {ord("例"), ord("子")})
    assert not covers(whole, {ord("例"), ord("A")})
    written = document_pdf(a_page("Ada 例子 Example"), paper="a4", folders=[tmp_path / "none", tmp_path])
    path = tmp_path / "page.pdf"
    path.write_bytes(written)
    assert "Ada 例子 Example" in " ".join(PdfReader(path).pages[0].extract_text().split())
    assert written == document_pdf(a_page("Ada 例子 Example"), paper="a4", folders=[tmp_path])


def test_a_font_without_the_outline_is_not_taken(tmp_path: Path) -> None:
    made_font(tmp_path / "Blank-Regular.ttf", [ord("例")], glyph=3)  # the space
    with pytest.raises(PaperRefused, match="no TrueType font on this machine"):
        fonts_for(["例"], [tmp_path])


def test_files_that_are_no_fonts_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.ttf").write_bytes(b"")
    (tmp_path / "b.otf").write_bytes(b"OTTO" + b"\xff" * 40)
    (tmp_path / "c.ttc").write_bytes(b"ttcf" + b"\xff" * 40)
    (tmp_path / "d.ttf").write_bytes((PACKED / "DejaVuSansCondensed.ttf").read_bytes()[:5000])
    made_font(tmp_path / "e.ttf", [ord("例")])
    assert list(fonts_for(["例x"], [tmp_path]).runs("例x")) == [("例", True), ("x", False)]


@pytest.mark.parametrize("text", ["دانا", "אדה", "उदाहरण", "ตัวอย่าง", "ମ", "မြန်မာ", "ᠮᠣᠩ", "x\u20dd"])
def test_what_needs_more_than_glyphs_in_a_row_is_refused_whatever_the_fonts(tmp_path: Path, text: str) -> None:
    made_font(tmp_path / "All.ttf", sorted({ord(sign) for sign in text}))
    with pytest.raises(PaperRefused) as refused:
        fonts_for([text], [tmp_path])
    assert refused.value.exit_code == 21
    assert not any(sign in str(refused.value) + refused.value.next_step for sign in text if not sign.isascii())


def test_the_packed_fonts_have_what_our_own_words_need() -> None:
    signs = "–·•×’°±≥≤→ €ÀÿĀſΑωЀӿ"
    fonts = fonts_for([signs], [])
    assert list(fonts.runs(signs)) == [(signs, False)]
    assert "Bitstream Vera" in (PACKED / "LICENSE-DejaVu.txt").read_text(encoding="utf-8")


def test_nothing_in_a_text_is_markup() -> None:
    assert fonts_for([], []).marked_up('<b>&amp;</b> "x"') == '&lt;b&gt;&amp;amp;&lt;/b&gt; "x"'


def test_an_accent_on_a_letter_of_another_font_is_refused(tmp_path: Path) -> None:
    """It would be set by itself, beside its letter."""
    made_font(tmp_path / "Whole-Regular.ttf", [ord("王"), 0x301])
    assert document_pdf(a_page("王 and a\u0301"), paper="a4", folders=[tmp_path])
    with pytest.raises(PaperRefused, match="accent"):
        document_pdf(a_page("王\u0301"), paper="a4", folders=[tmp_path])


def test_what_an_accent_and_its_letter_make_is_one_sign(tmp_path: Path) -> None:
    path = tmp_path / "page.pdf"
    path.write_bytes(document_pdf(a_page("A\u0301da Nguye\u0302\u0303n"), paper="a4"))
    assert "Áda Nguyễn" in PdfReader(path).pages[0].extract_text()


@pytest.mark.parametrize("text", ["🇩🇪", "👍🏽", "👩‍⚕"])
def test_signs_that_join_are_refused(tmp_path: Path, text: str) -> None:
    made_font(tmp_path / "Whole-Regular.ttf", [ord(sign) for sign in text])
    with pytest.raises(PaperRefused, match="join"):
        document_pdf(a_page(text), paper="a4", folders=[tmp_path])


def test_what_we_lean_on_in_reportlab_is_still_there() -> None:
    """If this fails, a new reportlab has moved what paper_fonts.py and note_pdf.py use: the fonts' inner names, their glyphs, the file's id."""
    import re

    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont("probe", str(PACKED / "DejaVuSansCondensed.ttf"))
    assert ord("A") in font.face.charToGlyph
    assert font.face.name
    assert len(font.face.glyphPos) > 1_000
    assert len(re.findall(rb"/ID\s*\[<[0-9a-f]{32}><[0-9a-f]{32}>\]", document_pdf(a_page("x"), paper="a4"))) == 1
