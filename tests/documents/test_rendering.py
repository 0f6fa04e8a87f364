"""Certificates as files: archival, accessible, the same every time, and legible whatever people are called."""

import hashlib
import io
import json
from datetime import UTC, datetime
from functools import cache

import pikepdf
import pytest
from pypdf import PdfReader

from app.documents.rendering import canonical, render

ISSUED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
FACTS = {
    "organization": "WeAreTwitter Purchase Cooperative",
    "organization_seat": "Oakland, California",
    "certificate_number": 17,
    "member_number": 12,
    "legal_name": "Maya Whitfield",
    "address": "1200 Adeline Street, 94607 Oakland, CA, US",
    "share_class": "User-owner share",
    "share_class_code": "A",
    "shares": 3_500,
    "price_minor": 23_00,
    "paid_minor": 80_500_00,
    "currency": "USD",
    "allotted_on": "2026-11-23",
    "basis": "subscription",
    "entry_sha256": "0" * 64,
    "document_number": 5,
    "document_version": 1,
    "replaces_number": None,
    "profile": None,
    "verify_code": "7K3M-9QXA-T2VW-D5",
    "verify_at": "https://shares.example.org/verify/7K3M-9QXA-T2VW-D5",
    "seal": "test",
    "issued_at": ISSUED.isoformat(),
}


def digest_of(facts: dict) -> str:
    return hashlib.sha256(canonical(facts)).hexdigest()


@cache
def certificate(language: str = "en", **changed: object) -> bytes:
    facts = FACTS | changed
    return render("certificate", facts, language, issued_at=ISSUED, digest=digest_of(facts))


def said(content: bytes) -> str:
    [page] = PdfReader(io.BytesIO(content)).pages
    return " ".join(page.extract_text().split())


@pytest.fixture(scope="module", params=["en", "fr"])
def pdf(request):
    with pikepdf.open(io.BytesIO(certificate(request.param))) as opened:
        yield request.param, opened


def test_it_says_who_holds_what_in_the_holder_s_language():
    english, french = said(certificate("en")), said(certificate("fr"))
    for expected in ("Share certificate", "No. 17", "Maya Whitfield", "1200 Adeline Street, 94607 Oakland, CA, US",
                     "holds, fully paid,", "3,500", "shares of the class “User-owner share”", "number 12",
                     "$23.00", "$80,500.00", "November 23, 2026",
                     "Oakland, California", "WeAreTwitter Purchase Cooperative", digest_of(FACTS)):  # fmt: skip
        assert expected in english
    for expected in (
        "Certificat",
        "Maya Whitfield",
        "3 500",
        "actions de la catégorie",
        "23,00 $US",
        "80 500,00 $US",
        "23 novembre 2026",
    ):
        assert expected in french
    for word in ("Share certificate", "certifies", "Allotted", "Price", "subscription", "Evidence"):
        assert word not in french


def test_it_is_an_archival_and_accessible_file(pdf):
    language, opened = pdf
    with opened.open_metadata() as metadata:
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert metadata["pdfuaid:part"] == "1"
        assert metadata["dc:title"]
    [intent] = opened.Root.OutputIntents
    assert intent.S == "/GTS_PDFA1"
    assert len(intent.DestOutputProfile.read_bytes()) > 100
    assert str(opened.Root.Lang) == language
    assert opened.Root.MarkInfo.Marked
    assert opened.Root.ViewerPreferences.DisplayDocTitle
    assert not opened.is_encrypted
    assert "/JavaScript" not in opened.Root.get("/Names", {})
    roles = set(structure(opened.Root.StructTreeRoot))
    assert {"/H1", "/P", "/Table", "/TR", "/TH", "/TD", "/Figure"} <= roles


def structure(element: pikepdf.Object):
    """The roles of every element of the structure tree."""
    if isinstance(element, pikepdf.Array):
        for each in element:
            yield from structure(each)
    elif isinstance(element, pikepdf.Dictionary):
        if "/S" in element:
            yield str(element.S)
        if "/K" in element:
            yield from structure(element.K)


def test_every_font_is_embedded(pdf):
    _, opened = pdf
    fonts = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary) and each.get("/Type") == "/Font"]
    described = [font.FontDescriptor for font in fonts if "/FontDescriptor" in font]
    assert len(described) >= 3
    assert all(any(name in each for name in ("/FontFile", "/FontFile2", "/FontFile3")) for each in described)
    assert {str(font.Subtype) for font in fonts if "/FontDescriptor" not in font} <= {"/Type0"}


def test_its_facts_are_attached_and_match_their_hash(pdf):
    _, opened = pdf
    [specification] = opened.Root.AF
    assert specification.AFRelationship == "/Data"
    assert list(opened.attachments) == ["record.json"]
    attached = opened.attachments["record.json"].get_file().read_bytes()
    assert hashlib.sha256(attached).hexdigest() == digest_of(FACTS)
    assert json.loads(attached) == FACTS


def test_the_same_facts_are_the_same_bytes_and_other_facts_are_not():
    again = render("certificate", dict(reversed(FACTS.items())), "en", issued_at=ISSUED, digest=digest_of(FACTS))
    assert again == certificate("en")
    assert certificate("en", shares=3_501) != again


@pytest.mark.parametrize(
    "name",
    [
        "<b>x</b> & \"Söhne\" {{ 7*7 }} %(name)s",
        "محمد بن عبد الله",
        "יעל כהן",
        "Żaneta Đặng Ünï Ångström",
        "Ольга Ковальчук-Ιωάννου",
    ],
)  # fmt: skip
def test_a_name_is_shown_as_it_is_written(name):
    assert name in said(certificate("en", legal_name=name))


@pytest.mark.parametrize("sign", ["W", "W ", "م"])
def test_the_longest_name_and_address_stay_on_the_page(sign):
    name, address = (sign * 200)[:200].strip(), (sign * 520)[:520].strip()
    [page] = PdfReader(io.BytesIO(certificate("en", legal_name=name, address=address))).pages
    text = page.extract_text()
    assert text.count(sign.strip()) >= len(name.replace(" ", "")) + len(address.replace(" ", "")) - 2
    assert max(line.count(sign.strip()) for line in text.splitlines()) < 190  # no line runs off the page
    assert "$80,500.00" in text
