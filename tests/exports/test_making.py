"""Register files in the background: asked for on the page, told while they are made, downloaded, gone after a day."""

import hashlib
import io
import re
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.core.audit import AuditLine, Tag
from app.core.database import reading, transaction
from app.exports.models import RegisterExport
from app.exports.registers import making
from app.exports.registers.asking import TITLES, Wanted
from app.exports.registers.profiles import profiles
from app.exports.registers.writing.files import MEDIA, write_register
from app.worker import run_until_idle
from tests import make
from tests.distributions.test_pages import keep, send
from tests.exports.test_trail import browser

PAGE = "/desk/register"


@pytest.fixture
def organizer(database, monkeypatch):
    with transaction() as session:
        make.lot(session, make.member(session), 3)
        person = make.staff(session)
    return browser(person, monkeypatch)


def test_a_file_is_asked_for_told_made_downloaded_and_forgotten(organizer, monkeypatch):
    typed = {"as_of": clock.today().isoformat(), "register": "movements", "profile": "fr", "form": "xlsx"}
    assert send(organizer, PAGE, f"{PAGE}/exports", **typed | {"form": "doc"}).status_code == 422
    answer = send(organizer, PAGE, f"{PAGE}/exports", **typed)
    keep("making", answer)
    assert "The file is being made" in answer.text and answer.headers["refresh"] == "2"
    with transaction() as session:
        session.execute(update(RegisterExport).values(lines_done=3, lines_total=12))
    assert "3 of 12 lines are written." in organizer.get(answer.url.path).text
    assert run_until_idle() == []
    ready = organizer.get(answer.url.path)
    keep("ready", ready)
    assert "The file is ready" in ready.text and "refresh" not in ready.headers
    file = organizer.get(re.search(r'href="([^"]+/file)"', ready.text)[1])
    assert file.content[:2] == b"PK" and hashlib.sha256(file.content).hexdigest() in re.sub("<wbr>", "", ready.text)
    keep("register", organizer.get(PAGE))
    with reading() as session:
        noted = session.scalars(select(AuditLine).where(AuditLine.tag == Tag.REGISTER_EXPORTED)).one()
        assert (noted.details["profile"], noted.details["format"], noted.details["lines"]) == ("fr", "xlsx", 1)
    monkeypatch.setattr("app.exports.registers.writing.pdfs.MOST", 0)
    refused = send(organizer, PAGE, f"{PAGE}/exports", **typed | {"form": "pdf"})
    assert run_until_idle() == []
    assert "a PDF holds at most 0" in organizer.get(refused.url.path).text
    with transaction() as session:
        row = session.scalars(select(RegisterExport).where(RegisterExport.made_at.is_not(None))).one()
        row.expires_at = clock.now() - timedelta(seconds=1)
        session.flush()
        making.forget_exports(session)
        assert not making.place_of(row).exists()
    assert organizer.get(f"{answer.url.path}/file").status_code == 410


def test_every_format_and_profile_is_written(organizer):
    with reading() as session:
        for name, profile in profiles().items():
            for register in TITLES:
                for form in MEDIA if name == "uk" else ("csv", "xlsx", "parquet"):
                    file = io.BytesIO()
                    write_register(session, Wanted(register, clock.today(), None, profile), form, file)
                    assert file.getvalue(), (name, register, form)
