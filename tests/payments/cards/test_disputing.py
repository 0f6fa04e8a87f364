"""Disputes: the bank takes money, shares stand still, and end when the dispute is lost; won, all is as before."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.ledger.journal import balance
from app.members.entering import enter_member
from app.members.models import Person
from app.payments.cards.hearing.models import ParkedItem
from app.payments.cards.hearing.repairing import repair
from app.payments.cards.models import ProcessorFee, SavedMethodEnd
from app.payments.cards.payouts.standing import payouts_expected
from app.payments.cards.proofs import PROOFS
from app.payments.cards.returning.asking import CameOtherwise, send_back
from app.payments.cards.returning.disputing import state
from app.payments.cards.returning.models import Dispute, ProcessorRefund
from app.payments.cards.returning.sending import send_refund
from app.payments.models import PaymentRequest
from app.payments.refunding import RefundDisputed, owe_back, pay_refund, unpaid_refunds
from app.payments.requesting import end_request, held_account, locked_request
from app.shares.acts.cancelling import cancel
from app.shares.acts.disputing import settle_lost
from app.shares.acts.judging import movable_lots
from app.shares.acts.suspending import SharesDisputed
from app.shares.allotting import Allotment, allot
from app.shares.classes import share_class
from app.shares.holding import lots_of
from tests import make

PRICE = make.usd(23)


def paid(cards) -> tuple[int, int]:
    request_id, part = cards.saved(amount=make.usd(230))
    cards.charge(part)
    return request_id, part


def dispute(cards, **said) -> str:
    charge = cards.own_charges()[0].id
    return cards.control.ask("POST", "/disputes", charge=charge, **said)["id"]


def decide(cards, name: str, won: bool) -> None:
    cards.control.ask("POST", "/disputes/decide", dispute=name, won=won)
    hear()
    with transaction() as session:
        settle_lost(session, session.scalars(select(Dispute.id)).one())
        settle_lost(session, session.scalars(select(Dispute.id)).one())


def hear():
    return repair(clock.now() - timedelta(minutes=5))


def of(kind: str, subject: str = "") -> int:
    with reading() as session:
        return balance(session, kind, subject, "USD")


def present() -> str:
    with reading() as session:
        return state(session, session.scalars(select(Dispute)).one())


def allotted(request_id: int) -> int:
    """Ten shares for what a request holds: the holder's membership."""
    with transaction() as session:
        request = locked_request(session, request_id)
        person = session.get_one(Person, request.person_id)
        member = enter_member(session, person, on=clock.today(), basis="subscription", by=None)
        what = Allotment(
            source="pledge:1",
            member=member,
            share_class=share_class(session, "A", "User-owner share", None),
            shares=10,
            price=PRICE,
            paid_from=held_account(request),
            on=clock.today(),
            basis="subscription",
        )
        allot(session, what, by=None)
        end_request(session, request, "the shares are allotted")
        return member.id


def shares(member_id: int) -> int:
    with reading() as session:
        return sum(lot.shares for lot in lots_of(session, [member_id]))


def test_a_dispute_takes_money_and_card_and_won_gives_the_money_back(cards):
    request_id, _ = paid(cards)
    before = of("stripe_clearing")
    name = dispute(cards)
    hear()
    assert hear().disputes_seen == 1
    assert (present(), of("disputed_receivable", "dispute:1")) == ("needs_response", 230_00)
    assert of("stripe_clearing") == before - 230_00 - 15_00
    with reading() as session:
        assert session.scalars(select(ProcessorFee.amount_cents).where(ProcessorFee.about == name)).all() == [15_00]
    with reading() as session:
        assert session.scalars(select(SavedMethodEnd.reason)).all() == ["disputed"]
    decide(cards, name, won=True)
    assert (present(), of("disputed_receivable", "dispute:1")) == ("won", 0)
    assert of("stripe_clearing") == before - 15_00
    assert cards.held(request_id) == make.usd(230)


def test_shares_stand_still_and_end_when_the_dispute_is_lost(cards):
    request_id, _ = paid(cards)
    member_id = allotted(request_id)
    name = dispute(cards, amount=100_00)
    hear()
    with pytest.raises(SharesDisputed), transaction() as session:
        lot = lots_of(session, [member_id])[0]
        movable_lots(session, lot.membership, lot.share_class, 1, clock.today())
    decide(cards, name, won=False)
    assert (present(), of("disputed_receivable", "dispute:1"), shares(member_id)) == ("settled", 0, 5)
    assert of("share_capital", "A") == 5 * 23_00
    with reading() as session:
        assert [each.amount_cents for each in unpaid_refunds(session)] == [15_00]  # five shares cost more than 100
        lot = lots_of(session, [member_id])[0]
        assert movable_lots(session, lot.membership, lot.share_class, 5, clock.today()) == [lot]


def test_shares_move_again_when_the_dispute_is_won(cards):
    request_id, _ = paid(cards)
    member_id = allotted(request_id)
    name = dispute(cards)
    hear()
    decide(cards, name, won=True)
    assert shares(member_id) == 10
    with reading() as session:
        lot = lots_of(session, [member_id])[0]
        assert movable_lots(session, lot.membership, lot.share_class, 10, clock.today()) == [lot]


def test_what_is_held_or_owed_is_taken_when_the_dispute_is_lost(cards):
    request_id, _ = paid(cards)
    with transaction() as session:
        request = locked_request(session, request_id)
        end_request(session, request, "withdrawn")
        refund_id = owe_back(session, request, "test", "withdrawn", by=None).id
    name = dispute(cards)
    hear()
    with pytest.raises(CameOtherwise), transaction() as session:
        send_back(session, refund_id, by=make.staff(session, "treasurer"), reason="withdrawn")
    with pytest.raises(RefundDisputed), transaction() as session:
        pay_refund(session, refund_id, paid_on=clock.today(), bank_reference="OUT-1", by=None)
    decide(cards, name, won=False)
    assert (present(), of("disputed_receivable", "dispute:1")) == ("settled", 0)
    with reading() as session:
        assert unpaid_refunds(session) == []
        assert session.scalars(select(ParkedItem)).all() == []


def test_money_that_is_held_is_held_no_more_when_the_dispute_is_lost(cards):
    request_id, _ = paid(cards)
    name = dispute(cards)
    hear()
    decide(cards, name, won=False)
    assert (cards.held(request_id), of("disputed_receivable", "dispute:1")) == (make.usd(0), 0)


def test_what_nobody_can_bear_waits_for_a_person(cards):
    request_id, _ = paid(cards)
    member_id = allotted(request_id)
    with transaction() as session:
        lot = lots_of(session, [member_id])[0]
        found = lot.share_class
        cancel(session, "x", lot.membership, found, 10, on=clock.today(), reason="x", consent="form", by=None)
    name = dispute(cards)
    hear()
    decide(cards, name, won=False)
    with reading() as session:
        item = session.scalars(select(ParkedItem)).one()
        assert (item.kind, item.payload["left"]) == ("dispute", 230_00)
        assert session.get(PaymentRequest, request_id) is not None


def test_a_question_of_the_bank_takes_nothing(cards):
    paid(cards)
    before = of("stripe_clearing")
    name = dispute(cards, inquiry=True)
    hear()
    assert (present(), of("stripe_clearing")) == ("warning_needs_response", before)
    decide(cards, name, won=False)
    assert present() == "warning_closed"


def test_the_processor_holds_what_the_books_say_after_charges_refund_lost_dispute_and_payout(cards):
    lost, _ = paid(cards)
    name = dispute(cards)
    refunded, part = cards.saved(amount=make.usd(46), email="wei@example.org")
    cards.charge(part)
    kept, part = cards.saved(amount=make.usd(69), email="ana@example.org")
    cards.charge(part)
    with transaction() as session:
        request = locked_request(session, refunded)
        end_request(session, request, "withdrawn")
        refund = owe_back(session, request, "test", "withdrawn", by=None)
        send_back(session, refund.id, by=make.staff(session, "treasurer"), reason="withdrawn")
        sent = session.scalars(select(ProcessorRefund.id)).one()
    send_refund(sent)
    hear()
    decide(cards, name, won=False)
    cards.control.advance(days=4)
    cards.control.ask("POST", "/payouts/make")
    hear()
    assert (cards.held(lost), cards.held(kept)) == (make.usd(0), make.usd(69))
    fees = 697 + 163 + 230 + 1500  # of three charges and a dispute, as the processor reports them
    with reading() as session:
        proof = next(each for each in PROOFS if each.name == "The card processor holds what the books say")
        finding = proof.check(session)
        left = sum(each.amount.minor for each in payouts_expected(session))
    assert (finding.figure, finding.wrong, left) == ("nothing", [], 69_00 - fees)
