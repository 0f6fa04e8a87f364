"""Refunds made on the processor's own pages: taken into the books once, and told whenever nothing was owed."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.offers.closing import close_offer
from app.offers.drafting import find_offer
from app.offers.models import Pledge
from app.offers.result.deciding import TooLittleCollected, allot_offer
from app.offers.tallying import tally
from app.payments.cards.hearing.models import ParkedItem
from app.payments.cards.hearing.repairing import repair
from app.payments.cards.proofs import PROOFS
from app.payments.cards.returning.asking import CameOtherwise, send_back
from app.payments.cards.returning.models import AdoptedRefund
from app.payments.cards.returning.sending import sweep_refunds
from app.payments.models import PaymentRequest
from app.payments.refunding import owe_back, unpaid_refunds
from app.payments.requesting import end_request, instalments_of, locked_request
from tests import make
from tests.payments.cards.test_disputing import allotted, dispute, of, paid
from tests.payments.cards.test_returning import clearing, due, letters, staff, unpaid

FAILS = "4000000000005126"


def refund(cards, amount: int | None = None) -> str:
    """Somebody refunds the latest charge on the processor's own pages."""
    said = {"charge": cards.own_charges()[0].id} | ({"amount": amount} if amount else {})
    return cards.client().v1.refunds.create(said).id


def hear():
    repair(clock.now() - timedelta(minutes=5))
    repair(clock.now() - timedelta(minutes=5))  # again: nothing is booked twice


def parked() -> list[str]:
    with reading() as session:
        return [item.reason for item in session.scalars(select(ParkedItem).order_by(ParkedItem.id))]


def holds() -> bool:
    """Whether the processor holds what the books say, with nothing on its way but what waits for a person."""
    with reading() as session:
        proof = next(each for each in PROOFS if each.name == "The card processor holds what the books say")
        return proof.check(session).wrong == []


def test_what_was_owed_is_settled_and_comes_back_when_the_refund_fails(cards):
    cards.control.ask("POST", "/settings", key=cards.key, payouts="manual")
    refund_id = due(cards, FAILS)
    before = clearing()
    refund(cards)
    hear()
    assert (clearing(), unpaid(), of("refund_receivable"), parked()) == (before - 230_00, [], 0, [])
    assert letters()[-1] == "refund-paid" and holds()
    cards.control.advance(days=4)
    hear()
    assert (clearing(), unpaid()) == (before, [("the refund to your card or account came back", 230_00)])
    with reading() as session:
        assert [each.id for each in unpaid_refunds(session)] != [refund_id]
    assert letters()[-1] == "refund-came-back"


def test_what_was_held_is_held_no_more_and_a_person_is_told(cards):
    request_id, _ = paid(cards)
    refund(cards, 100_00)
    hear()
    assert (cards.held(request_id), of("refund_receivable"), unpaid()) == (make.usd(130), 0, [])
    assert len(parked()) == 1 and "nothing was owed" in parked()[0]


def test_what_became_shares_stays_receivable_until_something_is_owed(cards):
    request_id, _ = paid(cards)
    allotted(request_id)
    name = refund(cards)
    hear()
    assert of("refund_receivable", "adopted-refund:1") == 230_00
    assert len(parked()) == 1 and "became shares" in parked()[0]
    with transaction() as session:
        make.pay(session, session.get_one(PaymentRequest, request_id), make.usd(230))  # after the end: owed at once
        sweep_refunds(session)
    assert (of("refund_receivable"), unpaid()) == (0, [])
    with reading() as session:
        assert session.scalars(select(AdoptedRefund.processor_id)).all() == [name]


def test_money_goes_back_once_whoever_sends_it(cards):
    request_id, _ = paid(cards)
    refund(cards, 100_00)
    hear()
    with transaction() as session:
        request = locked_request(session, request_id)
        end_request(session, request, "withdrawn")
        rest = owe_back(session, request, "test", "withdrawn", by=None)
        assert rest.amount_cents == 130_00
        send_back(session, rest.id, by=staff(session), reason="withdrawn")
    with pytest.raises(CameOtherwise), transaction() as session:
        request = locked_request(session, request_id)
        more = make.paid_request(session, request.person, make.usd(1))
        end_request(session, more, "x")
        send_back(session, owe_back(session, more, "other", "x", by=None).id, by=staff(session), reason="x")


def test_disputed_money_is_not_collected(cards):
    with transaction() as session:
        make.open_offer(session, target_cents=230_00, collecting_days=10)
        made = make.pledge(session, shares=10)
        request_id, part = made.request.id, instalments_of(session, made.request)[0].id
    cards.save(request_id)
    cards.charge(part)
    name = dispute(cards)
    hear()
    with transaction() as session:
        offer = find_offer(session, make.SLUG)
        assert (tally(session, offer).paid_in_full, tally(session, offer).disputed) == (make.usd(0), make.usd(230))
        close_offer(session, make.SLUG, by=None)
    with pytest.raises(TooLittleCollected), transaction() as session, clock.at(clock.now() + timedelta(days=60)):
        allot_offer(session, make.SLUG, by=None, reason="x")
    cards.control.ask("POST", "/disputes/decide", dispute=name, won=True)
    hear()
    with transaction() as session:
        assert tally(session, find_offer(session, make.SLUG)).collected
        assert session.scalars(select(Pledge)).one().state == "confirmed"
