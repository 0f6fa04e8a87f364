"""Uploads over HTTP: sent by a form of ours, bounded while they stream, given back as files and never as pages."""

import tracemalloc
from collections.abc import Iterator

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import Response

from app.core import audit
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.core.uploads import UPLOAD_MAX, Reader, SentFile, Upload, read_upload, register_subject, take_upload
from app.main import build
from app.members.access import Someone
from app.members.signing_in import open_session
from app.offers.documents import documents_offered, offer_document
from app.offers.models import OfferTerms
from app.web import tickets
from app.web.database import Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import redirect
from app.web.uploads import Kind, UploadField, takes_files
from tests import make
from tests.core import files

FIELD = UploadField("paper", (Kind.PDF, Kind.PNG))
router = APIRouter()


@router.post("/papers")
@takes_files
def add(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    with shown_again(request, "web/refusal.html", fields, title="", text="", listed=[]):
        form = Form(fields)
        note, file = form.text("note"), FIELD.read(fields, form)
        form.done()
    row = take_upload(session, file, kinds=FIELD.kinds, subject="paper:1", by=viewer.person_id)
    return redirect(request, f"/uploads/{row.id}?{len(note)}")


@router.post("/plain")
def plain(fields: Fields) -> Response:
    return Response(str(len(fields)))


register_subject("paper", lambda session, id_, reader: reader.person_id is not None)


@pytest.fixture
def served(database, serve) -> str:
    app: FastAPI = build()
    app.include_router(router)
    return serve(app)


@pytest.fixture
def browser(served) -> Iterator[httpx.Client]:
    with transaction() as session:
        cookie = open_session(session, make.person(session))
    with httpx.Client(base_url=served, cookies={"session": cookie, "form": "ticket"}, timeout=60) as client:
        yield client


def send(browser: httpx.Client, name: str, content: bytes, to: str = "/papers", **fields: str) -> httpx.Response:
    given = {"csrf": tickets._field_for("ticket"), "note": "Zoë", **fields}
    return browser.post(to, data=given, files={"paper": (name, content, "text/html")})


def test_a_file_is_kept_and_given_back_as_a_file(browser):
    answer = send(browser, "../../Statuts «Zoë».html", files.pdf())
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("?3")
    given = browser.get(answer.headers["location"])
    assert given.content == files.pdf()
    assert given.headers["content-type"] == "application/pdf"
    assert given.headers["content-disposition"].startswith('attachment; filename="Statuts _Zo_')
    assert "filename*=UTF-8''Statuts%20%C2%ABZo%C3%AB%C2%BB.html.pdf" in given.headers["content-disposition"]
    assert given.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in given.headers["content-security-policy"]
    with reading() as session:
        lines = {line.tag for line in session.query(audit.AuditLine) if line.subject.startswith("upload:")}
    assert lines == {"upload:taken", "upload:read"}


def test_nobody_else_learns_that_it_is_there(browser, served):
    place = send(browser, "a.pdf", files.pdf()).headers["location"]
    with httpx.Client(base_url=served, timeout=60) as stranger:
        known, unknown = stranger.get(place), stranger.get("/uploads/99999")
    assert known.status_code == unknown.status_code == 404
    assert browser.get("/uploads/99999999999999999999").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("statutes.pdf", b"<html><script>alert(1)</script></html>", "not a file of a kind that is taken here"),
        ("picture.png", files.jpeg(), "not a file of a kind that is taken here"),
        ("statutes.pdf", files.pdf() + b"<script>", "damaged or has something else in it"),
        ("empty.pdf", b"", "The file is empty"),
        ("", b"", "Please fill in this field"),
    ],
)
def test_content_counts_and_not_the_name_nor_the_type_that_is_claimed(browser, name, content, says):
    answer = send(browser, name, content)
    assert answer.status_code == 422
    assert says in answer.text
    with reading() as session:
        assert session.query(Upload).count() == 0


def test_it_is_sent_by_our_own_page_only(browser):
    assert send(browser, "a.pdf", files.pdf(), csrf="forged").status_code == 403
    answer = browser.post("/papers", files={"paper": ("a.pdf", files.pdf())})
    assert answer.status_code == 403


def test_other_forms_take_no_files(browser):
    assert send(browser, "a.pdf", files.pdf(), to="/plain").status_code == 415


def test_a_field_is_no_file_whatever_it_is_called(browser):
    part = b'--x\r\nContent-Disposition: form-data; name="filename"\r\n\r\n%s\r\n--x--\r\n'
    kind = {"content-type": "multipart/form-data; boundary=x"}
    assert browser.post("/papers", content=part % (b"a" * 70_000), headers=kind).status_code == 413


def test_a_file_above_the_limit_is_refused(browser):
    answer = send(browser, "a.pdf", bytes(UPLOAD_MAX + 1))
    assert answer.status_code == 413
    assert "larger than 10 MB" in answer.text


def test_half_a_gigabyte_is_refused_long_before_it_is_all_sent(browser):
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        yield b'--x\r\nContent-Disposition: form-data; name="paper"; filename="a.pdf"\r\n\r\n%PDF-1.7\n'
        piece = bytes(64 * 1024)
        while sent < 500 * 1024 * 1024:
            sent += len(piece)
            yield piece

    tracemalloc.start()
    try:
        answer = browser.post("/papers", content=endless(), headers={"content-type": "multipart/form-data; boundary=x"})
        assert answer.status_code == 413
    except httpx.TransportError:
        pass  # the server hung up while we were sending
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sent < 40 * 1024 * 1024
    assert peak < 60 * 1024 * 1024


BROKEN = [
    b"",
    b"--x",
    b"--y\r\n\r\n--y--",
    b"--x\r\nContent-Disposition: form-data\r\n\r\nno name\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end',
    b'--x\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nv\r\n--x--\r\n',
    b'--x\r\nContent-Disposition: form-data; name="a"; filename="\xff\xfe"\r\n\r\nv\r\n--x--\r\n',
    b"--x\r\n" + b"A: b\r\n" * 1000 + b"\r\n--x--\r\n",
    b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 70_000 + b"\r\n--x--\r\n",
    b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nv\r\n' for _ in range(600)) + b"--x--\r\n",
]


def test_broken_bodies_are_refused_and_break_nothing(browser):
    for boundary in ("x", "", '"', "x" * 200):
        kind = {"content-type": f"multipart/form-data; boundary={boundary}"}
        for body in BROKEN:
            status = browser.post("/papers", content=body, headers=kind).status_code
            assert status in (400, 403, 413), (boundary, body[:80])


def test_documents_of_an_offer_are_read_by_the_desk_and_by_everyone_once_it_is_open(database):
    with transaction() as session:
        organizer = make.staff(session)
        offer = make.open_offer(session, "later")
        terms = session.query(OfferTerms).filter_by(offer_id=offer.id).one()
        row = offer_document(session, terms, SentFile("Statutes.pdf", files.pdf()), by=organizer)
        assert documents_offered(session, terms) == [row]
        assert read_upload(session, row.id, Reader(None, frozenset()))[1] == files.pdf()
        offer.state = "draft"
        with pytest.raises(NotFound):
            read_upload(session, row.id, Reader(organizer.id, frozenset({"member"})))
        assert read_upload(session, row.id, Reader(organizer.id, frozenset({"auditor"})))
        session.rollback()
