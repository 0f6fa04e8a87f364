"""Refunds to cards: money goes back where it came from, once, and is booked when it has gone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.ledger.journal import balance
from app.members.approvals.approving import OwnProposal, decide, undecided
from app.members.models import Person
from app.payments.cards.answers import Busy, NoAnswer
from app.payments.cards.hearing.models import ParkedItem
from app.payments.cards.hearing.repairing import repair
from app.payments.cards.payouts.standing import payouts_expected
from app.payments.cards.returning.asking import CameOtherwise, NothingToSend, possible_parts, send_back
from app.payments.cards.returning.models import ProcessorRefund, ProcessorRefundMove
from app.payments.cards.returning.sending import send_refund, sweep_refunds
from app.payments.models import PaymentRequest, Refund
from app.payments.refunding import RefundPaidAlready, RefundUnderWay, owe_back, pay_refund, unpaid_refunds
from app.payments.requesting import end_request, locked_request
from tests import make
from tests.payments.cards.conftest import VISA
from tests.races import at_once

FAILS, PENDING = "4000000000005126", "4000000000007726"


def due(cards, number: str = VISA, email: str = "maya@example.org", amount=None) -> int:
    """A refund of what somebody paid by card and then withdrew: its id."""
    request_id, part = cards.saved(number, amount or make.usd(230), email)
    cards.charge(part)
    with transaction() as session:
        request = locked_request(session, request_id)
        end_request(session, request, "withdrawn")
        refund = owe_back(session, request, f"test:{request_id}", "withdrawn", by=None)
        return refund.id


def staff(session, role: str = "treasurer") -> Person:
    found = session.scalars(select(Person).where(Person.email == f"{role}@example.org")).first()
    return found or make.staff(session, role)


def begin(refund_id: int, role: str = "treasurer"):
    with transaction() as session:
        return send_back(session, refund_id, by=staff(session, role), reason="withdrawn")


def sent() -> list:
    with reading() as session:
        return list(session.scalars(select(ProcessorRefund.id).order_by(ProcessorRefund.asked_at)))


def states(identifier) -> list[str]:
    with reading() as session:
        moves = select(ProcessorRefundMove.status).where(ProcessorRefundMove.processor_refund_id == identifier)
        return list(session.scalars(moves.order_by(ProcessorRefundMove.id)))


def clearing() -> int:
    with reading() as session:
        return balance(session, "stripe_clearing", "", "USD")


def held() -> int:
    """What is with the processor or on its way from there to the bank."""
    with reading() as session:
        return balance(session, "stripe_clearing", "", "USD") + sum(
            each.amount.minor for each in payouts_expected(session)
        )


def unpaid() -> list[tuple[str, int]]:
    with reading() as session:
        return [(each.reason, each.amount_cents) for each in unpaid_refunds(session)]


def letters(email: str = "maya@example.org") -> list[str]:
    with reading() as session:
        return make.letters(session, email)


def test_a_refund_goes_back_to_its_card_and_is_booked_when_it_has_gone(cards):
    refund_id = due(cards)
    before = clearing()
    assert begin(refund_id) is None
    (identifier,) = sent()
    assert clearing() == before
    send_refund(identifier)
    send_refund(identifier)
    assert (states(identifier), clearing(), unpaid()) == (["succeeded"], before - 230_00, [])
    assert [each.amount_refunded for each in cards.own_charges()] == [230_00]
    assert letters()[-2:] == ["refund-due", "refund-paid"]
    for refused, act in (
        (NothingToSend, lambda session: send_back(session, refund_id, by=staff(session), reason="again")),
        (RefundPaidAlready, lambda session: _by_bank(session, refund_id)),
    ):
        with pytest.raises(refused), transaction() as session:
            act(session)


def _by_bank(session, refund_id: int, line: str = "OUT-1"):
    return pay_refund(session, refund_id, paid_on=clock.today(), bank_reference=line, by=None)


def test_above_the_limit_two_people_send_it(cards):
    refund_id = due(cards, amount=make.usd(2300))
    assert begin(refund_id) is not None
    assert sent() == []
    with transaction() as session:
        (proposal,) = undecided(session)
        with pytest.raises(OwnProposal):
            decide(session, proposal.id, approve=True, by=staff(session), reason="mine")
    with transaction() as session:
        decide(session, proposal.id, approve=True, by=make.staff(session, "organizer"), reason="right")
    send_refund(*sent())
    assert unpaid() == []


@pytest.mark.parametrize("fault", ["close", "close_before", "error_after", "rate_limit"])
def test_an_answer_that_never_came_is_asked_for_with_the_same_key(cards, fault):
    refund_id = due(cards)
    begin(refund_id)
    (identifier,) = sent()
    cards.control.fault(fault, path="/v1/refunds", method="POST", times=1)
    with pytest.raises((NoAnswer, Busy)):
        send_refund(identifier)
    with pytest.raises(RefundUnderWay), transaction() as session:
        _by_bank(session, refund_id)
    cards.control.no_faults()
    send_refund(identifier)
    assert states(identifier)[-1] == "succeeded"
    assert [each.amount_refunded for each in cards.own_charges()] == [230_00]


def test_what_is_unknown_for_a_day_is_looked_up_and_never_sent_blindly(cards):
    found, lost = due(cards), due(cards, email="wei@example.org")
    begin(found)
    begin(lost)
    for identifier, fault in zip(sent(), ("close", "close_before"), strict=True):
        cards.control.fault(fault, path="/v1/refunds", method="POST", times=1)
        with pytest.raises(NoAnswer):
            send_refund(identifier)
        cards.control.no_faults()
    with clock.at(clock.now() + timedelta(hours=24)):
        for identifier in sent():
            send_refund(identifier)
        assert [states(identifier)[-1] for identifier in sent()] == ["succeeded", "refused"]
    assert unpaid() == [("withdrawn", 230_00)]
    begin(lost)
    send_refund(sent()[-1])
    assert unpaid() == []
    assert [each.amount_refunded for each in cards.own_charges()] == [230_00] * 2


def test_a_refund_that_is_pending_is_booked_when_it_has_succeeded(cards):
    begin(due(cards, PENDING))
    (identifier,) = sent()
    before = clearing()
    send_refund(identifier)
    assert (states(identifier), clearing(), len(unpaid())) == (["pending"], before, 1)
    cards.control.advance(days=4)
    with clock.at(clock.now() + timedelta(days=4)):
        with transaction() as session:
            sweep_refunds(session)
        send_refund(identifier)
        assert (states(identifier), clearing(), unpaid()) == (["pending", "succeeded"], before - 230_00, [])


def test_a_refund_that_fails_later_is_undone_and_paid_by_bank_transfer(cards):
    cards.control.ask(
        "POST", "/settings", key=cards.key, payouts="manual"
    )  # so that clearing moves by the refund alone
    refund_id = due(cards, FAILS)
    before = held()
    begin(refund_id)
    send_refund(*sent())
    assert (held(), unpaid()) == (before - 230_00, [])
    cards.control.advance(days=4)
    repair(clock.now() - timedelta(minutes=5))
    assert (held(), states(sent()[0])) == (before, ["succeeded", "failed"])
    assert unpaid() == [("the refund to your card or account came back", 230_00)]
    assert letters()[-2:] == ["refund-paid", "refund-came-back"]
    with transaction() as session:
        anew = unpaid_refunds(session)[0].id
        assert anew != refund_id
        make.pay(
            session, make.paid_request(session, make.person(session, "else@example.org"), make.usd(1)), make.usd(300)
        )
        _by_bank(session, anew)


def test_what_came_by_card_goes_to_the_card_and_the_rest_by_bank(cards):
    request_id, part = cards.saved(amount=make.usd(100))
    with transaction() as session:
        make.pay(session, session.get_one(PaymentRequest, request_id), make.usd(40))
    cards.charge(part)
    with transaction() as session:
        request = locked_request(session, request_id)
        end_request(session, request, "withdrawn")
        refund_id = owe_back(session, request, "test", "withdrawn", by=None).id
    begin(refund_id)
    send_refund(*sent())
    assert [each.amount_refunded for each in cards.own_charges()] == [60_00]
    with pytest.raises(CameOtherwise):
        begin(refund_id)
    with transaction() as session:
        _by_bank(session, refund_id)
    with reading() as session:
        assert balance(session, "bank", "", "USD") == 0
    assert unpaid() == []


def test_two_treasurers_at_once_send_it_once(cards):
    refund_id = due(cards)
    with transaction() as session:
        people = [make.staff(session, "treasurer").id, make.staff(session, "organizer").id]

    def act(person_id):
        return lambda session: send_back(session, refund_id, by=session.get_one(Person, person_id), reason="x")

    results = at_once(*[act(each) for each in people])
    assert sum(isinstance(each, NothingToSend) for each in results) == 1
    at_once(*[lambda session: send_refund(sent()[0])] * 2)
    assert [each.amount_refunded for each in cards.own_charges()] == [230_00]


def test_a_refund_made_at_the_processor_counts_towards_what_is_owed(cards):
    refund_id = due(cards)
    cards.client().v1.refunds.create({"charge": cards.own_charges()[0].id, "amount": 100})
    repair(clock.now() - timedelta(minutes=5))
    with transaction() as session:
        assert session.scalars(select(ParkedItem)).all() == []
        assert [each.minor for _, each in possible_parts(session, session.get_one(Refund, refund_id))] == [229_00]
