"""What a file is, is told by its content: true files are taken, and what pretends, hides or explodes is not."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.contents import ActiveContent, BrokenFile, EmptyFile, Kind, WrongKind, kind_of
from app.core.errors import Refusal
from app.core.uploads import clean_name
from tests.core import files

ALL = tuple(Kind)
TRUE = {
    Kind.PDF: files.pdf(),
    Kind.PNG: files.png(),
    Kind.JPEG: files.jpeg(),
    Kind.CSV: 'name,shares\r\nZoë,"1,000"\r\n'.encode(),
    Kind.XLSX: files.xlsx(),
    Kind.XML: b'<?xml version="1.0"?><Document xmlns="urn:iso:std:iso:20022"><a/></Document>',
}
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
LAUGHS = b'<!DOCTYPE a [<!ENTITY b "x"><!ENTITY c "&b;&b;">]><a>&c;</a>'


@pytest.mark.parametrize(("kind", "content"), TRUE.items())
def test_true_files_are_known(kind, content):
    assert kind_of(content, ALL) == kind
    assert kind_of(content, (kind,)) == kind
    with pytest.raises(WrongKind):
        kind_of(content, tuple(each for each in (Kind.PDF, Kind.XML) if each != kind))


def test_plain_text_is_taken_as_what_is_wanted():
    assert kind_of("Bonjour, Zoë 👋\n".encode(), (Kind.TEXT, Kind.CSV)) == Kind.TEXT
    with pytest.raises(WrongKind):
        kind_of("Grüße".encode("latin-1"), (Kind.TEXT, Kind.CSV))
    with pytest.raises(WrongKind):
        kind_of("a,b\n".encode("utf-16"), (Kind.CSV,))


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", EmptyFile),
        (PAGE, ActiveContent),
        (b"\n  " + PAGE, ActiveContent),
        (b"<p onclick=x()>", BrokenFile),
        (b"GIF89a", None),
        (b"%PDF-1.7\n" + PAGE, BrokenFile),
        (files.pdf() + PAGE, BrokenFile),
        (b"<!--" + files.pdf() + b"-->", BrokenFile),
        (files.pdf()[:-20], BrokenFile),
        (files.png() + PAGE, BrokenFile),
        (files.png() + files.xlsx(), BrokenFile),
        (files.png()[:-4] + b"abcd", BrokenFile),
        (files.png(100_000, 100_000), BrokenFile),
        (files.png(0, 1), BrokenFile),
        (files.jpeg() + PAGE, BrokenFile),
        (files.jpeg(65_535, 65_535), BrokenFile),
        (b"\xff\xd8\xff" + PAGE, BrokenFile),
        (b"PK\x03\x04" + PAGE, BrokenFile),
        (files.xlsx(without="xl/workbook.xml"), BrokenFile),
        (files.xlsx({"xl/vbaProject.bin": b"x"}), ActiveContent),
        (files.xlsx({"xl/externalLinks/externalLink1.xml": b"<a/>"}), ActiveContent),
        (files.xlsx(types=b"<Types x='application/vnd.ms-excel.sheet.macroEnabled.main+xml'/>"), ActiveContent),
        (files.xlsx({"../../etc/cron.d/x": b"x"}), BrokenFile),
        (files.xlsx({"xl/styles.xml": LAUGHS}), ActiveContent),
        (files.bomb(), BrokenFile),
        (files.lying_bomb(), BrokenFile),
        (LAUGHS, ActiveContent),
        (b"<a>" * 200 + b"</a>" * 200, ActiveContent),
        (b'<a xmlns:h="http://www.w3.org/1999/xhtml"><h:script>x()</h:script></a>', ActiveContent),
        (b'<?xml-stylesheet href="x.xsl"?><a/>', ActiveContent),
        (b"<svg/>", ActiveContent),
        (b"a,b\n1\n", BrokenFile),
        (b'a,b\n"1,2\n', BrokenFile),
    ],
)  # fmt: skip
def test_what_pretends_hides_or_explodes_is_refused(content, refusal):
    kinds = tuple(each for each in ALL if each != Kind.TEXT)
    if refusal is None:
        assert kind_of(content, kinds) == Kind.CSV  # it is but text, and only ever given as text
        return
    with pytest.raises(refusal):
        kind_of(content, kinds)


def test_a_zip_that_is_cut_is_refused():
    with pytest.raises(BrokenFile):
        kind_of(files.xlsx()[:-30], ALL)


@given(st.binary(max_size=300), st.sampled_from([b"", *(content[:12] for content in TRUE.values())]))
def test_whatever_the_bytes_they_are_known_or_refused(content, beginning):
    with suppress(Refusal):  # and nothing else is ever raised
        assert kind_of(beginning + content, ALL) in ALL


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Statutes 2026.pdf", "Statutes 2026.pdf"),
        ("STATUTES.PDF", "STATUTES.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\maya\\Plan.pdf", "Plan.pdf"),
        ("page.html", "page.html.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe.pdf"),
        ("قانون.pdf", "قانون.pdf"),
        ("👩‍👧 plan.pdf", "👩‍👧 plan.pdf"),
        ('a"; filename="b.html.pdf', "a; filename=b.html.pdf"),
        ("a\r\nSet-Cookie: x\x00.pdf", "a Set-Cookie x.pdf"),
        ("...", "file.pdf"),
        ("", "file.pdf"),
        ("x" * 500 + ".pdf", "x" * 120 + ".pdf"),
    ],
)
def test_names_are_only_shown_and_cannot_mislead(name, shown):
    assert clean_name(name, Kind.PDF) == shown


@given(st.text())
def test_no_name_is_a_path_or_breaks_a_header(name):
    shown = clean_name(name, Kind.PNG)
    assert shown.endswith(".png")
    assert not set(shown) & set('/\\"\r\n\0<>')
    assert len(shown) <= 124
