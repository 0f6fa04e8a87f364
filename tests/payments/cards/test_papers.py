"""Papers of payments by card: a receipt when money came, a confirmation when it went back, a word when it failed."""

from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.documents.models import Document
from app.members.models import Person
from app.offers.pledging.withdrawing import withdraw_pledge
from app.payments.cards.hearing.repairing import repair
from app.payments.cards.returning.asking import send_back
from app.payments.cards.returning.models import ProcessorRefund
from app.payments.cards.returning.sending import send_refund
from app.payments.refunding import refunds_of
from app.payments.requesting import instalments_of
from app.worker import run_until_idle
from tests import make
from tests.documents.test_paying import filed, work

FAILS = "4000000000005126"


def test_what_is_paid_by_card_and_paid_back_is_on_paper(cards):
    with transaction() as session:
        make.open_offer(session)
        made = make.pledge(session, shares=10)
        pledge, request_id, amount = made.public_id, made.request.id, made.amount
        part = instalments_of(session, made.request)[0].id
    cards.save(request_id, FAILS)
    cards.charge(part)
    work()
    work()  # again: nothing is filed twice
    receipt = filed()["receipt"]
    assert (receipt["amount_minor"], receipt["held_minor"], receipt["payer"]) == (
        amount.minor,
        amount.minor,
        "Maya Whitfield",
    )
    assert (receipt["method"], receipt["last4"]) == ("card", "5126")
    with transaction() as session:
        maya = session.scalars(select(Person).where(Person.email == "maya@example.org")).one()
        request = withdraw_pledge(session, pledge, by=maya, reason="").request
        (standing,) = refunds_of(session, request)
        send_back(session, standing.refund.id, by=make.staff(session, "treasurer"), reason="withdrawn")
        (sent,) = session.scalars(select(ProcessorRefund.id))
    send_refund(sent)
    work()
    refund = filed()["refund"]
    assert (refund["amount_minor"], refund["method"], refund["last4"]) == (amount.minor, "card", "5126")
    assert refund["bank_reference"].startswith("re_")
    cards.control.advance(days=4)
    repair(clock.now() - timedelta(minutes=5))
    assert run_until_idle() == []
    with reading() as session:
        old, new = session.scalars(select(Document).where(Document.kind == "refund").order_by(Document.version))
    assert (new.replaces_id, new.facts["came_back_on"]) == (old.id, clock.today().isoformat())
    assert "came_back_on" not in old.facts
