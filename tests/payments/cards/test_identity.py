"""The identity check at the processor: begun on one's page, heard on return or by webhook, compared with the record."""

import re
from urllib.parse import urlsplit

import pytest
import requests

from app.core import clock, settings
from app.core.database import reading, transaction
from app.members.approvals.models import Proposal
from app.members.people.applying import admit, apply, refuse
from app.members.people.identifying import identity_checked, online_checks
from app.members.persons import find_person, record_particulars
from app.payments.cards.answers import NoAnswer
from app.payments.cards.hearing.parking import parked
from app.payments.cards.identity.models import IdentityRedacted, IdentityVisitOpened
from app.payments.cards.identity.redacting import redact
from app.privacy.erasing import ask_for_erasure, erase
from tests import make
from tests.journeys.conftest import address, visitor, work  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in
from tests.payments.cards.conftest import SECRET


@pytest.fixture
def maya(cards, visitor):  # noqa: F811
    """An applicant who is signed in."""
    with transaction() as session:
        apply(session, make.person(session), "I have used it for years.", by=None)
    return sign_in(visitor(), "maya@example.org")


def begin(browser) -> str:
    """Press the button; the address of the processor's page."""
    browser.get("/me/identity").fill_in("/me/identity")
    return re.search(r'content="0; url=([^"]+)"', browser.answer.text).group(1)


def show(url: str, **form: str) -> str:
    """Show a document on the processor's page; the path to which it leads back."""
    typed = {"first_name": "Maya Louise", "last_name": "Whitfield", "born": "1990-04-01"} | form
    return urlsplit(requests.post(url, data=typed, allow_redirects=False, timeout=60).headers["location"]).path


def test_an_applicant_shows_a_document_online_and_is_admitted(maya):
    maya.get("/me").sees("Show who you are")
    url = begin(maya)
    assert begin(maya) == url, "a check that is open is gone on with"
    maya.get(show(url, reason="document_expired")).sees("could not verify")
    maya.get(show(begin(maya))).sees("Identity checked", "Nothing more is needed")
    assert "Show who you are" not in maya.get("/me").sees("Identity checked").text()
    with transaction() as session:
        person = find_person(session, "maya@example.org")
        (check,) = online_checks(session, person.id)
        assert check.provider == "stripe" and session.query(Proposal).count() == 0
        assert admit(session, 1, by=make.staff(session, "secretary"), reason="welcome").number == 1


def test_a_check_is_redacted_at_the_processor_when_its_person_is_erased(cards, maya):
    maya.get(show(begin(maya)))
    with transaction() as session:
        person = find_person(session, "maya@example.org")
        secretary = make.staff(session, "secretary")
        refuse(session, 1, by=secretary, reason="they have left")
        request = ask_for_erasure(session, person, by=person, reason="I have left")
        decision = erase(session, request.id, by=secretary, reason="nothing stands against it")
        assert decision.erased["identity_visit"] == 1
        visit = session.query(IdentityVisitOpened).one()
    cards.control.fault("close", path="/v1/identity", method="POST", times=3)  # also of the client's own tries
    with pytest.raises(NoAnswer):
        redact(visit.visit_id)
    redact(visit.visit_id)
    redact(visit.visit_id)
    there = cards.client().v1.identity.verification_sessions.retrieve(visit.session, {"expand": ["verified_outputs"]})
    assert (there.redaction.status, there.verified_outputs) == ("redacted", None)
    with reading() as session:
        assert session.query(IdentityRedacted).count() == 1


def test_a_document_with_another_name_waits_for_a_person(maya):
    maya.get(show(begin(maya), first_name="Ivan", last_name="Whitfield")).sees("another name")
    with reading() as session:
        assert not identity_checked(session, find_person(session, "maya@example.org").id)
        (item,) = parked(session)
        assert item.reason == "the document shows another name than our record"


def test_a_webhook_alone_records_the_check(cards, maya, address, work):  # noqa: F811
    cards.control.ask("POST", "/endpoints", key=cards.key, url=address + "/webhooks/stripe", secret=SECRET)
    show(begin(maya))
    cards.control.await_deliveries()
    work()
    with reading() as session:
        assert identity_checked(session, find_person(session, "maya@example.org").id)


def test_only_persons_with_a_name_and_while_a_processor_is_there(cards, visitor, monkeypatch):  # noqa: F811
    wei = sign_in(visitor(), "wei@example.org")
    wei.get("/me/identity").fill_in("/me/identity", 409).sees("Record your legal name")
    with transaction() as session:
        person = find_person(session, "wei@example.org")
        record_particulars(session, person, "Wei GmbH", make.LYON, valid_from=clock.today(), by=None, kind="company")
    wei.get("/me/identity").fill_in("/me/identity", 409).sees("Only a person")
    cards.control.fault("error_before", path="/v1/identity/verification_sessions", times=20)
    with transaction() as session:
        make.person(session, "wei@example.org", "Wei Zhang")
        record_particulars(session, person, "Wei Zhang", make.LYON, valid_from=clock.today(), by=None, kind="person")
    wei.get("/me/identity").fill_in("/me/identity", 503).sees("does not answer")
    monkeypatch.delenv("COSTAKE_STRIPE_KEY")
    settings.settings.cache_clear()
    wei.get("/me/identity", 404)
