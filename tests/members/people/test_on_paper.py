"""Holders without an e-mail address: entered at the desk, written to by post; and the dead, as whom nobody signs in."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.letters.models import Letter
from app.letters.writing import write
from app.members.apitokens.issuing import tokens_of
from app.members.models import Person, SignedIn
from app.members.people.bequeathing import Death, record_death
from app.members.people.contacting import ContactKind, record_contact
from app.members.people.kinds import HolderKind, Purpose
from app.members.people.living import HasDied
from app.members.persons import find_person, name_of, new_person, record_particulars
from app.members.posting.posting import (
    NoSuchLetter,
    PostedAlready,
    PostedBeforeWritten,
    note_posted,
    paper_letter,
    waiting_letters,
)
from app.members.signin.sessions import hash_of, open_sessions, session_of
from app.members.signing_in import new_link, open_session, send_link, use_link
from app.payments.requesting import request_payment
from app.worker import run_until_idle
from tests import make
from tests.security.conftest import House, belongings, configure, doorstep, doorstep_world, portal  # noqa: F401  (fixtures)

NEW = {
    "language": "en",
    "legal_name": "Blue Ridge Housing Trust",
    "street": "4 Mill Lane",
    "locality": "Asheville",
    "postal_code": "28801",
    "region": "NC",
    "country": "US",
    "kind": "company",
    "registration_number": "C-1",
    "reason": "came on paper",
}


def on_paper(session) -> Person:
    holder = new_person(session, "en")
    kind = HolderKind.COMPANY
    record_particulars(session, holder, "Blue Ridge Trust", make.OAKLAND, valid_from=clock.today(), by=None, kind=kind)
    return holder


def paid_letter(session, holder: Person) -> Letter:
    """The letter that tells a holder of a payment."""
    make.pay(session, request_payment(session, "test:paper", holder, make.usd(10)), make.usd(10))
    return session.scalars(select(Letter).where(Letter.person_id == holder.id).order_by(Letter.id.desc())).first()


def test_two_holders_without_an_address_are_two_people(database):
    with transaction() as session:
        one, other = on_paper(session), new_person(session, "fr")
        assert one.id != other.id
        assert name_of(session, one) == "Blue Ridge Trust"
        assert name_of(session, other) == f"№ {other.id}"
        assert find_person(session, "") is None


def test_their_letters_wait_for_the_post_and_are_noted_as_posted_once(database):
    with transaction() as session:
        secretary = make.staff(session, "secretary")
        letter = paid_letter(session, on_paper(session))
        assert (letter.channel, letter.to_address) == ("post", "")
        [paper] = waiting_letters(session)
        assert (paper.letter.id, paper.name, paper.address) == (letter.id, "Blue Ridge Trust", make.OAKLAND)
    assert not run_until_idle()
    for day in (clock.today() + timedelta(days=1), clock.today() - timedelta(days=1)):
        with pytest.raises(PostedBeforeWritten), transaction() as session:
            note_posted(session, letter.id, day, by=secretary.id)
    with transaction() as session:
        note_posted(session, letter.id, clock.today(), by=secretary.id)
        assert waiting_letters(session) == []
    with pytest.raises(PostedAlready), transaction() as session:
        note_posted(session, letter.id, clock.today(), by=secretary.id)
    with transaction() as session:
        sent = write(session, "refund-paid", "a@example.org", "en", amount_minor=1, currency="USD", reference="RF")
    for letter_id in (sent.id, 999):
        with pytest.raises(NoSuchLetter), reading() as session:
            paper_letter(session, letter_id)


def test_letters_go_to_the_address_for_notices_when_there_is_one(database):
    with transaction() as session:
        maya = make.person(session)
        assert paid_letter(session, maya).to_address == "maya@example.org"

        def contact(value: str, *purposes: Purpose) -> None:
            record_contact(session, maya, ContactKind.EMAIL, value, purposes, valid_from=clock.today(), by=None)

        send_link(session, "maya@example.org")
        contact("news@example.org", Purpose.NEWS)
        refund = {"amount_minor": 1, "currency": "USD", "reference": "RF"}
        for address, expected in (("", "maya@example.org"), ("office@example.org", "office@example.org")):
            contact(address, Purpose.NOTICES)
            letter = write(session, "refund-paid", maya.email, "en", person_id=maya.id, **refund)
            assert letter.to_address == expected
        send_link(session, "maya@example.org")
        assert make.letters(session, "maya@example.org").count("sign-in") == 2


def test_the_desk_enters_a_holder_without_an_address_and_posts_its_letter(doorstep):  # noqa: F811
    browser = doorstep.browser("organizer")
    entered = browser.ask("POST", "/desk/people/new", **NEW, valid_from=clock.today().isoformat())
    assert entered.status_code == 303, entered.text
    record = browser.ask("GET", entered.headers["location"]).text
    assert "does not sign in" in record
    assert "None" not in record
    person_id = int(entered.headers["location"].rpartition("/")[2])
    with transaction() as session:
        letter = paid_letter(session, session.get_one(Person, person_id))
    assert "Blue Ridge Housing Trust" in browser.ask("GET", "/desk/letters/post").text
    page = browser.ask("GET", f"/desk/letters/post/{letter.id}").text
    assert "4 Mill Lane" in page
    assert "$10.00" in page
    posted = {"posted_on": clock.today().isoformat()}
    assert browser.ask("POST", f"/desk/letters/post/{letter.id}/posting", **posted).status_code == 303
    assert "Blue Ridge Housing Trust" not in browser.ask("GET", "/desk/letters/post").text
    for page in ("/desk/people", "/desk/people/duplicates", "/desk/refunds", "/desk/register", "/desk/roles"):
        assert browser.ask("GET", page).status_code == 200


def test_after_a_death_nobody_signs_in_as_the_dead(database):
    with transaction() as session:
        maya, secretary = make.lot(session, make.member(session)).membership.person, make.staff(session, "secretary")
        belongings(session, maya.id)
        link = new_link(session, maya)
        assert open_sessions(session, maya.id)
        assert tokens_of(session, maya.id)
        death = Death(clock.today(), "certificate 12", "Estate of Maya Whitfield", make.LYON)
        record_death(session, maya, death, by=secretary)
        assert open_sessions(session, maya.id) == []
        assert tokens_of(session, maya.id) == []
        before = len(make.letters(session, "maya@example.org"))
        send_link(session, "maya@example.org")
        assert len(make.letters(session, "maya@example.org")) == before
        for how in ("link", "passkey", "account", "pledge"):
            with pytest.raises(HasDied):
                open_session(session, maya, how=how)
        crept_in = SignedIn(person_id=maya.id, cookie_sha256=hash_of("a"), opened_at=clock.now(), how="link")
        crept_in.expires_at, crept_in.used_on = clock.now() + timedelta(days=1), clock.today()
        session.add(crept_in)  # begun while the death was being recorded
        session.flush()
        assert session_of(session, "a") is None and open_sessions(session, maya.id) == []
    from app.core.tokens import seal
    from app.members.signing_in import PURPOSE

    with pytest.raises(HasDied), transaction() as session:
        use_link(session, seal(PURPOSE, link.id))


def test_letters_to_the_dead_go_to_the_contact_of_the_estate_or_by_post(database):
    with transaction() as session:
        maya, secretary = make.person(session), make.staff(session, "secretary")

        def contact(value: str) -> None:
            notices = [Purpose.NOTICES]
            record_contact(session, maya, ContactKind.EMAIL, value, notices, valid_from=clock.today(), by=None)

        contact("maya.own@example.org")
        death = Death(clock.today(), "certificate 12", "Estate of Maya Whitfield", make.LYON)
        record_death(session, maya, death, by=secretary)
        letter = paid_letter(session, maya)
        assert letter.channel == "post"
        assert paper_letter(session, letter.id).name == "Estate of Maya Whitfield"
        contact("executor@example.org")
        refund = {"amount_minor": 1, "currency": "USD", "reference": "RF"}
        letter = write(session, "refund-paid", maya.email, "en", person_id=maya.id, **refund)
        assert letter.to_address == "executor@example.org"
