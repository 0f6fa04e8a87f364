"""Withdrawals queue and are paid in turn, as notice, rules, caps and the minimum capital allow."""

from datetime import date

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.ledger import journal
from app.payments.payouts.owing import (
    PaidOutAlready,
    PayoutEnded,
    PayoutLineUsed,
    pay_out,
    unpaid_payouts,
)
from app.shares.acts import judging, queueing, redeeming
from app.shares.acts.defining import write_rule
from app.shares.acts.queueing import end_withdrawal, open_shares, queue
from app.shares.acts.redeeming import period_of, redeem, redeem_queue
from app.shares.acts.reversing import undo
from app.shares.holding import lots_of
from app.shares.models import RedemptionRight, ShareAct
from tests import make
from tests.shares.acts.making import days_ago, two_members, withdrawal, write
from tests.shares.acts.making import redeeming as what

P = make.PRICE.minor


def rule(session, found, **changed):
    staff, other = make.person(session, "s@example.org", "S"), make.person(session, "o@example.org", "O")
    facts = {"valid_from": date(2020, 1, 1), "suspended": False, "cap": None, "currency": "USD", "period": "year"}
    facts |= {"value_ppm": 1_000_000, "by": staff.id, "proposed_by": other.id, "reason": "board"} | changed
    return write_rule(session, found, **facts)


def test_below_par_and_set_off_and_payout_and_reversal(database):
    with transaction() as session:
        maya, _, lot = two_members(session, on=days_ago(9))
        rule(session, lot.share_class, value_ppm=800_000)
        asked = withdrawal(session, maya, lot.share_class, 4)
        row = redeem(session, what(asked, 4, set_off=1_000, debt="invoice 7"), by=None)
        value = 4 * P * 8 // 10
        assert (row.paid_cents, row.value_cents) == (4 * P, value)
        [payout] = unpaid_payouts(session)
        assert payout.amount_cents == value - 1_000 and payout.person_id == maya.person_id
        assert journal.balance(session, "capital_reserve", "A", "USD") == 4 * P - value
        assert open_shares(session, asked) == 0
        undo(session, row.act_id, on=clock.today(), by=None, reason="wrong rule")
        assert unpaid_payouts(session) == [] and open_shares(session, asked) == 4
        assert sum(each.paid_cents for each in lots_of(session, [maya.id])) == 10 * P
        with pytest.raises(PayoutEnded):
            pay_out(session, payout.id, paid_on=clock.today(), bank_reference="X", by=None)
        again = redeem(session, what(asked, 4), by=None)
        [payout] = unpaid_payouts(session)
        pay_out(session, payout.id, paid_on=clock.today(), bank_reference="X", by=None)
        with pytest.raises(PaidOutAlready):
            undo(session, again.act_id, on=clock.today(), by=None, reason="too late")
        asked = withdrawal(session, maya, lot.share_class, 1)
        redeem(session, what(asked, 1), by=None)
        with pytest.raises(PayoutLineUsed):
            pay_out(session, unpaid_payouts(session)[0].id, paid_on=clock.today(), bank_reference="X", by=None)


def test_refusals(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, on=days_ago(50))
        make.lot(session, wei, 10, on=days_ago(50))
        found = lot.share_class
        write(session, found, notice_days=30, capital_min_cents=15 * P)
        late = withdrawal(session, wei, found, 3, on=days_ago(5))
        with pytest.raises(redeeming.NoticeRuns):
            redeem(session, what(late, 3), by=None)
        first, second = (
            withdrawal(session, maya, found, 6, on=days_ago(40)),
            withdrawal(session, wei, found, 2, on=days_ago(39)),
        )
        with pytest.raises(judging.BeyondHolding):
            withdrawal(session, maya, found, 5)
        with pytest.raises(redeeming.OutOfTurn):
            redeem(session, what(second, 2), by=None)
        with pytest.raises(redeeming.BelowMinimumCapital):
            redeem(session, what(first, 6), by=None)
        with pytest.raises(redeeming.SetOffTooMuch):
            redeem(session, what(first, 1, set_off=P + 1), by=None)
        with pytest.raises(redeeming.BeyondOpen):
            redeem(session, what(first, 7), by=None)
        rule(session, found, cap=make.usd(46))
        with pytest.raises(redeeming.CapReached):
            redeem(session, what(first, 3), by=None)
        rule(session, found, suspended=True)
        with pytest.raises(redeeming.RedemptionsSuspended):
            redeem(session, what(first, 1), by=None)
        write(session, found, redemption_right=RedemptionRight.NONE, withdrawable=False)
        with pytest.raises(redeeming.NotRedeemable):
            redeem(session, what(first, 1), by=None)
        with pytest.raises(queueing.NotWithdrawable):
            withdrawal(session, maya, found, 1)
        end_withdrawal(session, first, by=None, reason="stays")
        with pytest.raises(queueing.WithdrawalEnded):
            end_withdrawal(session, first, by=None, reason="stays")
        with pytest.raises(redeeming.NothingOpen):
            redeem(session, what(first, 1), by=None)
        assert session.scalars(select(ShareAct)).all() == []


def test_the_queue_is_paid_in_turn_as_far_as_the_cap_reaches(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, on=days_ago(9))
        make.lot(session, wei, 10, on=days_ago(9))
        found = lot.share_class
        rule(session, found, cap=make.usd(23 * 7))
        first, second = withdrawal(session, maya, found, 5), withdrawal(session, wei, found, 5)
        done = redeem_queue(session, found, clock.today(), source="q", reason="board", by=None, proposed_by=None)
        assert [row.shares for row in done] == [5, 2]
        assert (open_shares(session, first), open_shares(session, second)) == (0, 3)
        assert [each.id for each in queue(session, found)] == [second.id]
        assert redeem_queue(session, found, clock.today(), source="r", reason="", by=None, proposed_by=None) == []


def test_periods():
    assert period_of(date(2026, 11, 23), "quarter") == (date(2026, 10, 1), date(2027, 1, 1))
    assert period_of(date(2026, 12, 31), "month") == (date(2026, 12, 1), date(2027, 1, 1))
    assert period_of(date(2026, 5, 1), "year") == (date(2026, 1, 1), date(2027, 1, 1))
