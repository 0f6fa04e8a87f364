"""Erasure: the register stays whole, what no law keeps is gone, the rest is out of sight and has an end."""

from datetime import timedelta
from io import BytesIO, StringIO

import psycopg
import pypdf
import pytest
from sqlalchemy import func, select, text

from app.core import clock, vault
from app.core.database import reading, transaction
from app.documents.models import Document
from app.exports.register import register_lines, write_csv
from app.members.models import Membership, Person
from app.members.people.applying import apply, refuse
from app.members.people.contacting import ContactKind, record_contact
from app.members.people.kinds import Capacity, Purpose
from app.members.people.leaving import resign
from app.members.people.naming import names_of
from app.members.people.representing import appoint, end_representation
from app.members.people.sealing import Private, private_of, record_private
from app.members.persons import find_person, name_of, particulars_on, versions_of
from app.members.signing_in import open_session
from app.privacy import erasing
from app.privacy.erasing import ask_for_erasure, erase, refuse_erasure, what_stays
from app.privacy.removing import finish_erasures
from app.worker import run_until_idle
from tests import make

ERASED = "maya@example.org"


@pytest.fixture
def former(former_world, database) -> Person:
    """Maya held shares and has left; she has a session, a telephone number and a birth date here."""
    return former_world.given


@pytest.fixture(scope="module")
def former_world(build):
    return build(_former)


def _former() -> Person:
    with transaction() as session:
        person = make.succeeded_offer(session)[0].person
        assert person is not None
        record_contact(
            session, person, ContactKind.PHONE, "+15105550123", [Purpose.NEWS], valid_from=clock.today(), by=None
        )
        record_private(session, person, Private(clock.today() - timedelta(days=12_000), "TAX-471"), by=None)
        open_session(session, person)
        resign(session, person, clock.today(), by=None)
    assert run_until_idle() == []
    return person


def everything(session) -> str:
    """Every row of every table as text: what somebody with a copy of the database reads."""
    names = session.scalars(
        text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'procrastinate%'")
    ).all()
    return "\n".join(
        line for name in names for line in session.scalars(text(f'SELECT row_to_json(t)::text FROM "{name}" t'))
    )


def asked_and_granted(session, person: Person) -> erasing.ErasureDecision:
    person = session.get_one(Person, person.id)
    request = ask_for_erasure(session, person, by=person, reason="I have left")
    return erase(session, request.id, by=make.staff(session, "secretary"), reason="nothing stands against it")


def test_a_former_member_is_erased_and_the_register_stays_whole(former):
    with reading() as session:
        before = list(register_lines(session, clock.today()))
    with transaction() as session:
        asked_and_granted(session, former)
    with reading() as session:
        assert list(register_lines(session, clock.today())) == before
        file = StringIO()
        write_csv(session, clock.today(), file)
        assert "Maya Whitfield" in file.getvalue()
        assert find_person(session, ERASED) is None
        assert particulars_on(session, former.id, clock.today()) is None
        assert versions_of(session, former.id) == []
        assert "Maya" not in name_of(session, session.get_one(Person, former.id))
        people = session.scalars(select(Person)).all()
        assert names_of(session, (each.id for each in people)) == {each.id: name_of(session, each) for each in people}


def test_what_no_law_keeps_is_gone_from_the_database(former):
    with transaction() as session:
        assert "+15105550123" in everything(session)
        decision = asked_and_granted(session, former)
        assert decision.erased["letter"] > 3 and decision.erased["contact"] == decision.erased["signed_in"] == 1
    with transaction() as session:
        whole = everything(session)
        assert "+15105550123" not in whole
        assert [row for row in whole.splitlines() if ERASED in row and '"name":"erasure-decided"' not in row] == []
        assert private_of(session, former.id).tax_number == "TAX-471"  # kept for the time that the law says


def test_the_person_is_told_before_the_address_goes_and_the_letter_forgets_it_later(former):
    with transaction() as session:
        asked_and_granted(session, former)
    assert run_until_idle() == []
    with transaction() as session:
        assert make.letters(session, ERASED) == ["erasure-decided"]
        assert session.scalars(text("SELECT count(*) FROM letter_sent WHERE letter_id = (SELECT max(id) FROM letter)"))
    with clock.at(clock.now() + timedelta(days=31)), transaction() as session:
        finish_erasures(session)
        assert make.letters(session, ERASED) == []


def test_what_stays_ends_when_its_time_is_over(former):
    with transaction() as session:
        decision = asked_and_granted(session, former)
        assert decision.delete_after is not None
        assert decision.delete_after.year == clock.today().year + 10
        finish_erasures(session)
        assert private_of(session, former.id).tax_number == "TAX-471"
    late = clock.now() + timedelta(days=366 * 11)
    with clock.at(late), transaction() as session:
        finish_erasures(session)
        assert private_of(session, former.id).tax_number == ""
        rest = [row for row in everything(session).splitlines() if ERASED in row]
        assert rest == []


def test_the_decision_says_what_stays_why_and_until_when(former):
    with transaction() as session:
        asked_and_granted(session, former)
        document = session.scalars(select(Document).where(Document.kind == "erasure-decision")).one()
        said = " ".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(vault.get(document.pdf_sha256))).pages)
    said = " ".join(said.split())
    assert "Maya Whitfield" in said
    assert "The line in the register of members" in said and "as long as the register is kept" in said
    assert f"December 31, {clock.today().year + 10}" in said
    assert "to be confirmed with counsel" in said


@pytest.mark.parametrize(
    ("law", "years"), [("de", {10, 5, 3}), ("fr", {5, 10, 3}), ("uk", {10, 5, 3}), ("us", {10, 5, 3})]
)
def test_times_come_from_the_law_of_the_register(former, monkeypatch, law, years):
    from app.core import settings

    monkeypatch.setenv("COSTAKE_REGISTER_LAW", law)
    settings.settings.cache_clear()
    with reading() as session:
        _, stays = what_stays(session, session.get_one(Person, former.id))
    assert {keeping.years for keeping in stays} - {None} == years
    papers = stays[1]
    assert papers.years == {"de": 3, "fr": 5, "uk": 10, "us": 10}[law]
    assert papers.counsel == (law in ("uk", "us", "fr"))


def test_a_supporter_who_never_paid_leaves_nothing_behind(database):
    with transaction() as session:
        make.open_offer(session)
        make.make_pledge(session, make.SLUG, make.wish(session, email="jo@example.org", legal_name="Jo Never"))
        person = make.person(session, "jo@example.org", "Jo Never")
        record_private(session, person, Private(None, "TAX-999"), by=None)
        request = ask_for_erasure(session, person, by=person, reason="")
        decision = erase(session, request.id, by=make.staff(session), reason="asked for")
        assert decision.kept == [] and decision.erased["pledge"] == 1 and decision.erased["person_private"] == 1
        rows = [row for row in everything(session).splitlines() if "Jo Never" in row]
        assert all("erasure-decision" in row or '"valid_from"' in row for row in rows)


def test_who_asked_does_not_decide(former):
    with transaction() as session:
        secretary = make.staff(session, "secretary")
        person = session.get_one(Person, former.id)
        request = ask_for_erasure(session, person, by=secretary, reason="by telephone")
        with pytest.raises(erasing.AskedAlready):
            ask_for_erasure(session, person, by=person, reason="")
        for somebody in (secretary, person):
            with pytest.raises(erasing.OwnRequest):
                erase(session, request.id, by=somebody, reason="yes")
        organizer = make.staff(session)
        with pytest.raises(erasing.NoReason):
            erase(session, request.id, by=organizer, reason=" ")
        refuse_erasure(session, request.id, by=organizer, reason="identity not shown")
        with pytest.raises(erasing.DecidedAlready):
            erase(session, request.id, by=organizer, reason="after all")
        assert make.letters(session, ERASED)[-1] == "erasure-decided"
        assert find_person(session, ERASED) is not None
        ask_for_erasure(session, person, by=person, reason="again")


def test_members_staff_and_open_money_stand_against_it(database):
    with transaction() as session:
        member = make.member(session)
        secretary = make.staff(session, "secretary")
        request = ask_for_erasure(session, member.person, by=member.person, reason="")
        with pytest.raises(erasing.StillMember):
            erase(session, request.id, by=secretary, reason="yes")
        organizer = make.staff(session)
        request = ask_for_erasure(session, organizer, by=organizer, reason="")
        with pytest.raises(erasing.StillStaff):
            erase(session, request.id, by=secretary, reason="yes")
        make.open_offer(session)
        supporter = make.pledge(session, email="jo@example.org").person
        assert supporter is not None
        request = ask_for_erasure(session, supporter, by=supporter, reason="")
        with pytest.raises(erasing.MoneyOpen):
            erase(session, request.id, by=secretary, reason="yes")
        agent, today = make.person(session, "agent@example.org"), clock.today()
        request = ask_for_erasure(session, agent, by=agent, reason="")
        application = apply(session, agent, "please", by=agent.id)
        acting = appoint(session, agent, organizer, Capacity.AGENT, basis="letter", valid_from=today, by=None)
        with pytest.raises(erasing.StillActing, match="organizer"):
            erase(session, request.id, by=secretary, reason="yes")
        end_representation(session, acting.id, ended_on=today, reason="over", by=None)
        with pytest.raises(erasing.StillApplying):
            erase(session, request.id, by=secretary, reason="yes")
        refuse(session, application.id, by=secretary, reason="no")
        assert erase(session, request.id, by=secretary, reason="yes").granted


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE letter SET name = 'other', to_address = '', facts = '{}' WHERE person_id = 1",
        "UPDATE letter SET to_address = 'else@example.org' WHERE person_id = 1",
        "DELETE FROM letter",
        "TRUNCATE letter CASCADE",
        "UPDATE contact SET value = ''",
        "UPDATE letter SET to_address = '', facts = '{}'",
    ],
)
def test_the_database_lets_nothing_be_emptied_of_somebody_who_is_not_restricted(former, database, statement):
    assert former.id == 1
    with psycopg.connect(database) as superuser, pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
        superuser.execute(statement)


def test_only_emptying_is_let_through_for_the_restricted(former, database):
    with transaction() as session:
        asked_and_granted(session, former)
    for statement in (
        "UPDATE letter SET facts = '{\"a\": 1}' WHERE person_id = 1",
        "UPDATE letter SET written_at = now() WHERE person_id = 1",
        "DELETE FROM letter WHERE person_id = 1",
        "UPDATE particulars SET legal_name = '' WHERE person_id = 1",
    ):
        with psycopg.connect(database) as superuser, pytest.raises(psycopg.errors.RestrictViolation):
            superuser.execute(statement)


def test_an_erased_person_may_come_back_as_somebody_new(former):
    with transaction() as session:
        asked_and_granted(session, former)
        again = make.person(session, ERASED)
        assert again.id != former.id and name_of(session, again) == "Maya Whitfield"
        assert session.scalar(select(func.count()).select_from(Membership)) == 2
