"""The file of everything about one person: whole, without secrets, for that person only, and gone in time."""

import json
from datetime import timedelta
from io import BytesIO

import pikepdf
import pypdf
import pytest
from sqlalchemy import select, text

import app.tables
from app.core import clock
from app.core.database import Base, reading, transaction
from app.core.errors import NotFound
from app.members.models import Person
from app.members.people.sealing import Private, record_private
from app.members.signing_in import open_session
from app.privacy.consenting import Purpose, give_consent
from app.privacy.filing import FileExpired, ask_for_file, forget_files, latest_file, make_file, read_file
from app.privacy.gathering import gather
from app.privacy.left_out import NOT_IN_THE_FILE
from app.privacy.models import PersonalFile
from app.privacy.parts import PARTS
from app.worker import run_until_idle
from tests import make


@pytest.fixture
def maya(maya_world, database) -> Person:
    """A member with shares, who agreed to news and whose birth date is known."""
    return maya_world.given


@pytest.fixture(scope="module")
def maya_world(build):
    return build(_maya)


def _maya() -> Person:
    with transaction() as session:
        pledges = make.succeeded_offer(session)
        person = pledges[0].person
        assert person is not None
        record_private(session, person, Private(clock.today() - timedelta(days=12_000), "TAX-471"), by=None)
        give_consent(session, person, Purpose.NEWS, "en")
        open_session(session, person)
    assert run_until_idle() == []
    return person


def test_every_table_is_in_the_file_or_it_is_said_why_not():
    assert app.tables.metadata is Base.metadata
    tables = set(Base.metadata.tables)
    included = {part.table.__tablename__ for part in PARTS}
    assert not included & set(NOT_IN_THE_FILE)
    assert tables - included - set(NOT_IN_THE_FILE) == set(), "new tables: add them to PARTS, or say why not"
    assert set(NOT_IN_THE_FILE) <= tables, "tables that are no more"


def test_what_is_not_in_the_file_does_not_belong_to_one_person():
    for name in NOT_IN_THE_FILE:
        columns = set(Base.metadata.tables[name].columns.keys())
        assert "person_id" not in columns or name in ("person_key", "code_tries")


def test_the_file_tells_everything_that_is_kept(maya):
    with reading() as session:
        found = {part["table"]: part["rows"] for part in gather(session, session.get_one(Person, maya.id))["parts"]}
    assert found["person"][0]["email"] == "maya@example.org"
    assert found["particulars"][0]["legal_name"] == "Maya Whitfield"
    assert found["person_private"][0]["tax_number"] == "TAX-471"
    assert found["consent"][0]["given"] is True
    assert found["pledge"][0]["shares"] == 100 and found["pledge_move"]
    assert found["receipt"][0]["amount_cents"] == found["lot"][0]["paid_cents"] == 230_000
    assert found["membership"][0]["number"] == 1
    assert found["document"][0]["facts"]["legal_name"] == "Maya Whitfield"
    assert {row["name"] for row in found["letter"]} >= {"confirm-pledge", "pledge-confirmed", "shares-allotted"}
    assert found["signed_in"] and "cookie_sha256" not in found["signed_in"][0]
    assert {row["tag"] for row in found["audit_line"]} >= {"pledge:made", "shares:allotted", "session:opened"}


def test_nobody_elses_data_is_in_it(maya):
    with reading() as session:
        whole = json.dumps(gather(session, session.get_one(Person, maya.id)))
    assert "wei@example.org" not in whole


def test_the_worker_makes_it_a_letter_tells_and_its_person_downloads_it(maya):
    with transaction() as session:
        asked = ask_for_file(session, session.get_one(Person, maya.id))
        assert ask_for_file(session, session.get_one(Person, maya.id)).id == asked.id
    assert run_until_idle() == []
    with transaction() as session:
        person = session.get_one(Person, maya.id)
        assert make.letters(session, "maya@example.org").count("personal-file-ready") == 1
        made = latest_file(session, person.id)
        assert made is not None and made.expires_at is not None
        facts = json.loads(read_file(session, made.public_id, "json", by=person))
        pdf = read_file(session, made.public_id, "pdf", by=person)
        make_file(session, made.id)  # again, as the worker may: nothing happens
        wei = session.scalars(select(Person).where(Person.email == "wei@example.org")).one()
        with pytest.raises(NotFound):
            read_file(session, made.public_id, "json", by=wei)
    assert facts["about"] == f"person:{maya.id}"
    said = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    assert "Maya Whitfield" in said and "TAX-471" in said and "Everything that is kept of you" in said
    with pikepdf.open(BytesIO(pdf)) as opened:
        assert "record.json" in opened.attachments


def test_the_database_holds_it_sealed_and_it_goes_when_it_expires(maya):
    with transaction() as session:
        ask_for_file(session, session.get_one(Person, maya.id))
    assert run_until_idle() == []
    with transaction() as session:
        raw = session.execute(text("SELECT json, pdf FROM personal_file")).one()
        assert b"Maya" not in bytes(raw.json) and b"%PDF" not in bytes(raw.pdf)
        public_id = session.scalars(select(PersonalFile.public_id)).one()
    with clock.at(clock.now() + timedelta(days=8)), transaction() as session:
        person = session.get_one(Person, maya.id)
        with pytest.raises(FileExpired):
            read_file(session, public_id, "pdf", by=person)
        forget_files(session)
        assert session.execute(text("SELECT json IS NULL AND pdf IS NULL FROM personal_file")).scalar_one()
        assert ask_for_file(session, person).public_id != public_id


def test_it_speaks_french(database):
    with transaction() as session:
        person = make.person(session, "lea@example.org", "Léa Morel", "fr")
        ask_for_file(session, person)
    assert run_until_idle() == []
    with transaction() as session:
        made = latest_file(session, person.id)
        assert made is not None
        pdf = read_file(session, made.public_id, "pdf", by=session.get_one(Person, person.id))
    said = "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)
    assert "Tout ce qui est conservé à votre sujet" in said
