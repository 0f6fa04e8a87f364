"""Part-paid shares: issued, called, credited when the money is there, forfeited when it is not."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import transaction
from app.ledger import journal
from app.payments.models import PaymentRequest
from app.payments.refunding import unpaid_refunds
from app.shares.acts import calling, judging
from app.shares.acts.calling import Issue, call, credit_calls, issue, unpaid
from app.shares.acts.cancelling import CallPaidFor, NoCallOverdue, cancel, forfeit
from app.shares.acts.judging import open_call_parts
from app.shares.acts.reversing import undo
from app.shares.acts.transferring import transfer
from app.shares.classes import share_class
from app.shares.holding import lots_of
from tests import make
from tests.shares.acts.making import days_ago, passing, source


@pytest.fixture
def held(database):
    """Maya holds ten shares of $100 with $25 paid on each."""
    with transaction() as session:
        maya, found = make.member(session), share_class(session, "P", "Part-paid share")
        request = make.paid_request(session, maya.person, make.usd(250))
        facts = {"price": make.usd(100), "paid": make.usd(25), "on": days_ago(5), "reason": "board"}
        what = Issue(source(), maya, found, 10, reference=request.reference, **facts)
        issue(session, what, by=None)
        return maya.id


def called(session, held, due=None):
    member, found = make.member(session), share_class(session, "P", "Part-paid share")
    assert member.id == held
    staff, other = make.staff(session), make.staff(session, "secretary")
    facts = {
        "called_on": days_ago(4),
        "due_on": due or days_ago(-30),
        "by": staff.id,
        "proposed_by": other.id,
        "reason": "board",
    }
    call(session, source(), found, make.usd(50), **facts)
    lot = lots_of(session, [held])[0]
    [part] = open_call_parts(session, [lot.id])
    return member, found, lot, session.get_one(PaymentRequest, part.payment_request_id)


def test_a_call_is_asked_paid_credited_and_reversed(held):
    with transaction() as session:
        member, found, lot, request = called(session, held)
        assert request.amount_cents == 500_00 and unpaid(lot) == make.usd(750)
        with pytest.raises(judging.CallOpen):
            transfer(session, passing(session, member, make.person(session, "w@example.org"), found, 1), by=None)
        make.pay(session, request, make.usd(499))
        assert credit_calls(session) == []
        make.pay(session, request, make.usd(1))
        [act] = credit_calls(session)
        assert credit_calls(session) == []
        [now] = lots_of(session, [held])
        assert (now.paid_cents, now.held_since) == (750_00, days_ago(5))
        assert journal.balance(session, "share_capital", "P", "USD") == 750_00
        undo(session, act.id, on=clock.today(), by=None, reason="wrong")
        assert lots_of(session, [held])[0].paid_cents == 250_00
        assert [refund.amount_cents for refund in unpaid_refunds(session)] == [500_00]


def test_shares_are_forfeited_only_for_a_call_that_is_overdue_and_unpaid(held):
    with transaction() as session:
        _, _, lot, request = called(session, held, due=days_ago(2))
        with pytest.raises(NoCallOverdue):
            forfeit(session, source(), lot.certificate_number, on=days_ago(2), reason="x", by=None)
        make.pay(session, request, make.usd(1))
        with pytest.raises(CallPaidFor):
            forfeit(session, source(), lot.certificate_number, on=clock.today(), reason="x", by=None)
    with transaction() as session:
        assert lots_of(session, [held])


def test_forfeited_and_cancelled_shares_leave_their_money_as_a_reserve(held):
    with transaction() as session:
        member, _, lot, _ = called(session, held, due=days_ago(2))
        forfeit(session, source(), lot.certificate_number, on=clock.today(), reason="unpaid", by=None)
        assert lots_of(session, [held]) == []
        assert journal.balance(session, "capital_reserve", "P", "USD") == 250_00
        other = make.lot(session, member, 4)
        facts = {"on": clock.today(), "reason": "given up", "consent": "letter", "by": None}
        cancel(session, source(), member, other.share_class, 3, **facts)
        assert journal.balance(session, "capital_reserve", "A", "USD") == 3 * make.PRICE.minor


def test_refusals(held):
    with transaction() as session:
        member, found, staff = make.member(session), share_class(session, "P", "Part-paid share"), make.staff(session)
        facts = {"price": make.usd(100), "on": clock.today(), "reason": "board"}
        with pytest.raises(calling.PaidAbovePrice):
            issue(session, Issue(source(), member, found, 1, paid=make.usd(101), **facts), by=None)
        request = make.paid_request(session, member.person, make.usd(10))
        with pytest.raises(calling.MoneyMissing):
            what = Issue(source(), member, found, 1, paid=make.usd(11), reference=request.reference, **facts)
            issue(session, what, by=None)
        foreign = make.paid_request(session, make.person(session, "w@example.org"), make.usd(10))
        with pytest.raises(calling.UnknownPayment):
            what = Issue(source(), member, found, 1, paid=make.usd(1), reference=foreign.reference, **facts)
            issue(session, what, by=None)
        people = {"by": staff.id, "proposed_by": staff.id, "reason": "board"}
        with pytest.raises(calling.DueTooEarly):
            call(session, source(), found, make.usd(1), called_on=clock.today(), due_on=clock.today(), **people)
        due = clock.today() + timedelta(days=9)
        empty = share_class(session, "E", "Empty")
        with pytest.raises(calling.NothingUnpaid):
            call(session, source(), empty, make.usd(1), called_on=clock.today(), due_on=due, **people)
        call(session, source(), found, make.usd(1), called_on=clock.today(), due_on=due, **people)
        with pytest.raises(calling.CallStands):
            call(session, source(), found, make.usd(1), called_on=clock.today(), due_on=due, **people)
