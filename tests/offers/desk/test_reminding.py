"""Reminding: only whoever may be, as often as the law lets us, and never after an objection."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.members.people.contacting import ContactKind, record_contact
from app.members.people.kinds import Purpose as ContactPurpose
from app.members.roles import Role
from app.offers.closing import cancel_offer
from app.offers.desk.models import Reminder, ReminderKind
from app.offers.desk.reminders.judging import Verdict, last_receipt_age, payments_behind
from app.offers.desk.reminders.reminding import (
    NobodyToRemind,
    NothingToRemind,
    ReminderReasonMissing,
    outlook,
    start_reminders,
)
from app.offers.drafting import find_offer
from app.offers.pledging import make_pledge, withdraw_pledge
from app.privacy.consenting import Purpose, give_consent, withdraw_consent
from app.worker import run_until_idle
from tests import make
from tests.exports.test_trail import browser
from tests.privacy.test_pages import send

START = datetime(2026, 11, 2, 12, tzinfo=UTC)
PAY, CONFIRM = ReminderKind.PAY, ReminderKind.CONFIRM


def after(days: int):
    return clock.at(START + timedelta(days=days))


def verdicts(kind: ReminderKind, days: int) -> dict[Verdict, int]:
    with after(days), reading() as session:
        return outlook(session, find_offer(session, make.SLUG), kind).counts


def remind(kind: ReminderKind, days: int) -> None:
    with after(days), transaction() as session:
        start_reminders(session, make.SLUG, kind, by=make.staff_id, reason="the offer ends soon")
    with after(days):
        assert run_until_idle() == []


def letters(email: str) -> int:
    with reading() as session:
        return sum(name.startswith("remind-") for name in make.letters(session, email))


@pytest.fixture
def offer(database, monkeypatch):
    def opened(**changed) -> None:
        with after(0), transaction() as session:
            make.open_offer(session, deadline_at=START + timedelta(days=60), **changed)
            monkeypatch.setattr(make, "staff_id", make.staff(session, Role.ORGANIZER).id, raising=False)

    return opened


def test_who_has_not_paid_is_reminded_a_few_times_with_days_between(offer):
    offer()
    with after(1), transaction() as session:
        make.pledge(session, email="maya@example.org")
        make.paid_pledge(session, email="wei@example.org", legal_name="Wei Chan")
        part = make.pledge(session, email="ines@example.org", legal_name="Inès Garnier")
        make.pay(session, part.request, make.usd(100))
        gone = make.pledge(session, email="gone@example.org", legal_name="Gone Away")
        withdraw_pledge(session, gone.public_id, by=gone.person, reason="")
    assert verdicts(PAY, 2) == {Verdict.TOO_NEW: 2, Verdict.PAID: 1}
    assert verdicts(PAY, 4) == {Verdict.REMIND: 2, Verdict.PAID: 1}
    remind(PAY, 4)
    assert [letters(f"{name}@example.org") for name in ("maya", "ines", "wei", "gone")] == [1, 1, 0, 0]
    assert verdicts(PAY, 10) == {Verdict.LATELY: 2, Verdict.PAID: 1}
    with pytest.raises(NobodyToRemind):
        remind(PAY, 10)
    remind(PAY, 12)
    remind(PAY, 20)
    assert verdicts(PAY, 40) == {Verdict.OFTEN_ENOUGH: 2, Verdict.PAID: 1}
    assert letters("maya@example.org") == 3


def test_a_law_against_repeated_urging_lets_one_reminder_through(offer):
    offer(law="uk-community-shares", currency="GBP")
    with after(1), transaction() as session:
        make.pledge(session)
    remind(PAY, 4)
    assert verdicts(PAY, 50) == {Verdict.OFTEN_ENOUGH: 1} and letters("maya@example.org") == 1


def test_who_did_not_confirm_is_reminded_while_the_link_works(offer):
    offer()
    with after(1), transaction() as session:
        pledge = make_pledge(session, make.SLUG, make.wish(session))
        make_pledge(session, make.SLUG, make.wish(session, email="wei@example.org"))
        make.pledge(session, email="wei@example.org", legal_name="Wei Chan")
    assert verdicts(CONFIRM, 4) == {Verdict.REMIND: 1, Verdict.HAS_ANOTHER: 1}
    remind(CONFIRM, 4)
    assert (letters("maya@example.org"), letters("wei@example.org")) == (1, 0)
    assert verdicts(CONFIRM, 8)[Verdict.LINK_OVER] == 1
    with reading() as session:
        assert [row.pledge_id for row in session.scalars(select(Reminder))] == [pledge.id]


def test_nobody_is_urged_who_does_not_want_it(offer):
    offer()
    emails = ("maya@example.org", "wei@example.org", "ines@example.org", "omar@example.org")
    with after(1), transaction() as session:
        maya, wei, ines, omar = (make.pledge(session, email=email, legal_name=email[:4]).person for email in emails)
        record_contact(session, maya, ContactKind.EMAIL, maya.email, [], valid_from=clock.today(), by=None)
        news = [ContactPurpose.NEWS]
        record_contact(session, wei, ContactKind.EMAIL, wei.email, news, valid_from=clock.today(), by=None)
        give_consent(session, ines, Purpose.NEWS, "en")
        withdraw_consent(session, ines, Purpose.NEWS, "en")
        give_consent(session, omar, Purpose.NEWS, "en")
    assert verdicts(PAY, 4) == {Verdict.REMIND: 2, Verdict.OBJECTS: 2}
    remind(PAY, 4)
    assert [letters(email) for email in emails] == [0, 1, 0, 1]


def test_a_closed_offer_reminds_nobody_and_a_reason_is_needed(offer, monkeypatch):
    offer()
    with after(1), transaction() as session:
        make.pledge(session)
        assert (payments_behind(session), last_receipt_age(session)) == (None, None)
    with pytest.raises(ReminderReasonMissing), after(4), transaction() as session:
        start_reminders(session, make.SLUG, PAY, by=make.staff_id, reason=" ")
    with after(4), transaction() as session:
        start_reminders(session, make.SLUG, PAY, by=make.staff_id, reason="soon over")
        cancel_offer(session, make.SLUG, by=None, reason="the platform was sold")
    with after(4):
        assert run_until_idle() == []
    assert letters("maya@example.org") == 0, "the offer closed before the letters were written"
    with pytest.raises(NothingToRemind):
        remind(PAY, 5)


def test_the_desk_shows_who_and_starts_it(offer, monkeypatch):
    offer()
    with clock.at(clock.now() - timedelta(days=5)), transaction() as session:
        make.pledge(session)
        organizer = session.get_one(make.Person, make.staff_id)
        auditor = make.staff(session, Role.AUDITOR)
    page = f"/desk/offers/{make.SLUG}/reminders"
    assert "Remind 1 person" not in browser(auditor, monkeypatch).get(page).text
    desk = browser(organizer, monkeypatch)
    assert "Remind 1 person" in desk.get(page).text
    assert "The reminders are being written." in send(desk, page, f"{page}/pay", reason="soon over").text
    assert send(desk, page, f"{page}/everything", reason="x").status_code == 404
