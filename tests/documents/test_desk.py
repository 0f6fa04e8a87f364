"""The vault at the desk: each role reads what it may, whoever it concerns sees that, and bundles have an index."""

import csv
import hashlib
import io
import zipfile

from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditLine, Tag
from app.core.database import reading, transaction
from app.documents.filing import file_certificate, file_document
from app.members.models import Person
from app.members.persons import record_particulars
from app.members.restricting import restrict
from app.members.roles import Role
from tests import make
from tests.documents.test_correcting import DECISION
from tests.documents.test_downloading import browser
from tests.web.reading import Page


def index_of(content: bytes) -> list[dict[str, str]]:
    package = zipfile.ZipFile(io.BytesIO(content))
    assert package.testzip() is None
    rows = list(csv.DictReader(io.StringIO(package.read("index.csv").decode("utf-8-sig"))))
    assert package.namelist() == [*(row["file"] for row in rows), "index.csv"]
    for row in rows:
        assert hashlib.sha256(package.read(row["file"])).hexdigest() == row["pdf_sha256"]
    return rows


def test_each_role_reads_what_it_may_and_every_reading_is_noted(database):
    with transaction() as session:
        certificate = file_certificate(session, make.lot(session, make.member(session)).id)
        maya = make.person(session)
        decision = file_document(session, "erasure-decision", "request:1", maya, DECISION)
        wei = make.person(session, "wei@example.org", "Wei Chen")
        hidden = file_document(session, "erasure-decision", "request:2", wei, DECISION)
        restrict(session, wei.id)
        staff = {role: make.staff(session, role).email for role in ("auditor", "secretary", "treasurer", "organizer")}
    seen = {}
    for role, email in staff.items():
        client = browser(email)
        seen[role] = [
            client.get(f"/desk/documents/{each.number}.pdf").status_code for each in (certificate, decision, hidden)
        ]
    assert seen == {
        Role.AUDITOR: [200, 200, 404],
        Role.SECRETARY: [200, 200, 404],
        Role.TREASURER: [200, 404, 404],
        Role.ORGANIZER: [403, 403, 403],
    }
    with reading() as session:
        read = select(AuditLine).where(AuditLine.tag == Tag.DOCUMENT_READ)
        assert len(session.scalars(read).all()) == 5
    assert "Document read" in browser("maya@example.org").get("/me/audit").text

    auditor, today = browser(staff["auditor"]), clock.today().isoformat()
    text = auditor.get("/desk/documents").text
    assert "Maya Whitfield" in text
    assert "Wei Chen" not in text
    found = auditor.get(f"/desk/documents?kind=certificate&since={today}&until={today}").text
    assert f"/desk/documents/{certificate.number}.pdf" in found
    assert f"/desk/documents/{decision.number}.pdf" not in found
    assert "No document fits" in auditor.get("/desk/documents?until=2020-01-01").text
    assert f"/desk/documents/{decision.number}.pdf" in auditor.get(f"/desk/documents?q={decision.verify_code}").text
    assert auditor.get("/desk/documents?since=2026-02-01&until=2026-01-01").status_code == 422
    assert auditor.get("/desk/documents?since=nonsense").status_code == 422
    rows = index_of(auditor.get("/desk/documents/bundle.zip").content)
    assert [int(row["number"]) for row in rows] == [decision.number, certificate.number]
    assert auditor.get("/desk/documents/bundle.zip?until=2020-01-01").status_code == 404

    own = browser("maya@example.org")
    assert "/documents/bundle.zip" in own.get("/documents").text
    answer = own.get("/documents/bundle.zip", headers={"accept-language": "fr"})
    assert answer.headers["content-type"] == "application/zip"
    assert "no-store" in answer.headers["cache-control"]
    rows = index_of(answer.content)
    assert {int(row["number"]) for row in rows} == {decision.number, certificate.number}
    with reading() as session:
        lines = session.scalars(select(AuditLine).where(AuditLine.tag == Tag.DOCUMENT_READ)).all()
        assert sum(line.details == {"bundle": True} for line in lines) == 4
    assert browser("zoe@example.org").get("/documents/bundle.zip").status_code == 404


def test_the_secretary_corrects_what_is_wrong_and_the_old_version_says_so(database):
    with transaction() as session:
        lot = make.lot(session, make.member(session))
        certificate = file_certificate(session, lot.id)
        maya = make.person(session)
        decision = file_document(session, "erasure-decision", "request:1", maya, DECISION)
        make.staff(session, "secretary")
        auditor = make.staff(session, "auditor").email
    secretary, path = browser("secretary@example.org"), f"/desk/documents/{decision.number}"
    page = Page(secretary.get(path).text)
    assert "asket for" in page.text
    fields = {"csrf": page.value("csrf"), "fact_legal_name": "Maya Whitfield", "fact_reason": "asked for"}
    fields |= {
        "fact_" + each["name"].removeprefix("fact_"): each.get("value") or "" for each in page.all("input", type="date")
    }
    assert secretary.post(f"{path}/correction", data=fields).status_code == 422
    answer = secretary.post(f"{path}/correction", data=fields | {"reason": "a slip"})
    assert answer.status_code == 303
    assert "replaced" in secretary.get(path).text
    assert "File the corrected version" not in secretary.get(path).text
    assert "it has been replaced" in browser(None).get(f"/verify/{decision.verify_code}").text
    assert "asked for" in secretary.get(answer.headers["location"]).text
    assert secretary.post(f"{path}/correction", data=fields | {"reason": "again"}).status_code == 409
    assert browser(auditor).post(f"{path}/correction", data=fields | {"reason": "x"}).status_code == 403

    path = f"/desk/documents/{certificate.number}"
    fields = {"csrf": Page(secretary.get(path).text).value("csrf"), "reason": "the name was wrong"}
    assert secretary.post(f"{path}/correction", data=fields).status_code == 422
    with transaction() as session:
        person = session.get_one(Person, certificate.person_id)
        record_particulars(session, person, "Maya W. Whitfield", make.OAKLAND, valid_from=lot.allotted_on, by=person.id)
    answer = secretary.post(f"{path}/correction", data=fields)
    assert answer.status_code == 303
    own = browser("maya@example.org").get("/holdings").text
    assert f"/documents/{answer.headers['location'].rpartition('/')[2]}.pdf" in own
    assert f"/documents/{certificate.number}.pdf" not in own
