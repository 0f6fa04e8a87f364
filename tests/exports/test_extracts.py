"""Extracts of the register: a member's own, and one for somebody else as far as the law lets."""

import io
from datetime import timedelta

from pypdf import PdfReader
from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditLine, Tag
from app.core.database import reading, transaction
from app.core.settings import settings
from app.documents.models import Document
from app.exports.registers.profiles import profiles
from app.members.restricting import restrict
from app.shares.acts.transferring import transfer
from tests import make
from tests.documents.test_downloading import browser
from tests.shares.acts.making import days_ago, passing, two_members
from tests.web.reading import Page


def text_of(content: bytes) -> str:
    return " ".join("".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def filed(page: Page, client, path: str, **typed: str):
    fields = {each["name"]: each.get("value") or "" for each in page.all("input") if each.get("name")}
    return client.post(path, data=fields | typed)


def extracts() -> list[Document]:
    with reading() as session:
        return list(session.scalars(select(Document).where(Document.kind == "register-extract").order_by(Document.id)))


def test_a_member_takes_an_extract_and_the_desk_gives_one_where_the_law_lets_it(database, monkeypatch):
    monkeypatch.setenv("COSTAKE_REGISTER_LAW", "de")
    settings.cache_clear()
    with transaction() as session:
        maya, wei, lot = two_members(session, on=days_ago(9))
        transfer(session, passing(session, maya, wei.person, lot.share_class, 3, way="gift"), by=None)
        organizer, auditor = make.staff(session).email, make.staff(session, "auditor").email
        restrict(session, wei.person_id)
    own, path = browser("maya@example.org"), "/me/shares/extract"
    assert path in own.get("/me/shares/statement").text
    page = Page(own.get(path).text)
    assert filed(page, own, path, as_of="2099-01-01").status_code == 422
    assert filed(page, own, path, since=(clock.today() + timedelta(days=1)).isoformat()).status_code == 422
    for _ in range(2):  # the same form again gives the same document
        answer = filed(page, own, path, purpose="for my bank", since=days_ago(9).isoformat())
        assert (answer.status_code, answer.headers.get("location")) == (303, "/documents")
    [document] = extracts()
    facts = document.facts
    assert (facts["shares"], facts["legal_name"], document.profile_id) == (7, "Maya Whitfield", "de-eg")
    assert sorted(each["change"] for each in facts["movements"]) == [-10, 7, 10]
    assert sum(each["change"] for each in facts["movements"]) == sum(each["shares"] for each in facts["holdings"])
    assert all(each["entry"] for each in facts["movements"])
    assert "acquisition_basis" in profiles()["de"].columns["members"]
    said = text_of(own.get(f"/documents/{document.number}.pdf").content)
    for part in ("for my bank", "Genossenschaftsgesetz, section 30", "Acquired by", "Maya Whitfield", "de-eg v1"):
        assert part in said
    assert "Wei Zhang" not in said and facts["signatories"] == []

    desk, path = browser(organizer), f"/desk/shares/members/{maya.number}/extract"
    assert path in desk.get(f"/desk/shares/members/{maya.number}/statement").text
    assert browser(auditor).get(path).status_code == 403
    page, asked = Page(desk.get(path).text), {"name": "Bank of Lyon", "purpose": "a loan", "place": "Oakland"}
    assert filed(page, desk, path, profile="de", **asked).status_code == 422
    assert filed(page, desk, path, profile="uk", **asked).status_code == 422
    interest = "the member pledges the shares to the bank"
    assert filed(page, desk, path, profile="de", interest=interest, **asked).status_code == 303
    said = text_of(own.get(f"/documents/{extracts()[1].number}.pdf").content)
    for part in ("Bank of Lyon", "a loan", interest, "organizer", "Oakland"):
        assert part in said
    assert desk.get("/desk/shares/members/99/extract").status_code == 404
    page = Page(desk.get(f"/desk/shares/members/{wei.number}/extract").text)
    assert filed(page, desk, f"/desk/shares/members/{wei.number}/extract", profile="fr", **asked).status_code == 404
    assert len(extracts()) == 2
    with reading() as session:
        lines = session.scalars(select(AuditLine).where(AuditLine.tag == Tag.REGISTER_EXTRACTED)).all()
        assert [line.details["for"] for line in lines] == ["member", "Bank of Lyon"]
    assert browser("zoe@example.org").get("/me/shares/extract").status_code == 404
