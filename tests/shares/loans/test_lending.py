"""Loans to the co-operative: interest to the cent, instalments payable once, conversion into shares."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core import clock
from app.core.database import transaction
from app.core.money import Money
from app.documents.stating import file_loan
from app.documents.verifying.standing import standing_of
from app.payments.payouts.owing import PaidOutAlready, pay_out, unpaid_payouts
from app.payments.refunding import unpaid_refunds
from app.shares.acts.reversing import undo
from app.shares.classes import share_class
from app.shares.holding import lots_of
from app.shares.loans import lending
from app.shares.loans.lending import Lending, book_due_instalments, conversion_of, convert_loan, owed, take_up
from app.shares.loans.models import DayCount
from app.shares.loans.scheduling import add_months, interest, schedule, year_part
from app.shares.loans.undoing import LoanConverted, undo_loan
from app.shares.moving import InTheFuture, ReversedAlready
from tests import make
from tests.shares.acts.making import days_ago, source

DAY = timedelta(days=1)


def test_day_counts():
    year = date(2027, 1, 31), date(2028, 1, 31)
    assert year_part(DayCount.THIRTY_360, *year) == 1
    assert year_part(DayCount.ACT_360, *year) == Fraction(365, 360)
    assert year_part(DayCount.ACT_365, date(2028, 1, 1), date(2029, 1, 1)) == Fraction(366, 365)
    assert add_months(date(2027, 1, 31), 1) == date(2027, 2, 28)
    assert interest(1_000_00, 25_000, DayCount.THIRTY_360, *year) == 25_00


@given(
    st.integers(1, 10**10), st.integers(0, 200_000), st.sampled_from(list(DayCount)), st.integers(1, 12),
    st.integers(1, 40), st.booleans(),
)  # fmt: skip
def test_a_schedule_repays_exactly_what_was_lent(cents, rate, count_by, months, count, bullet):
    rows = schedule(Money(cents, "USD"), rate, count_by, date(2026, 1, 31), months=months, count=count, bullet=bullet)
    assert sum(row.principal_cents for row in rows) == cents and len(rows) == count
    days = [row.due_on for row in rows]
    assert days == sorted(set(days))
    left, begins = cents, date(2026, 1, 31)
    for row in rows:
        exact = Fraction(left * rate, 1_000_000) * year_part(count_by, begins, row.due_on)
        assert abs(row.interest_cents - exact) <= Fraction(1, 2)
        left, begins = left - row.principal_cents, row.due_on


def lend(session, role="organizer", **changed):
    person, staff = make.person(session), make.staff(session, role)
    request = make.paid_request(session, person, make.usd(1_000))
    facts = {
        "source": source("loan"), "kind": "loan", "lender": person, "principal": make.usd(1_000), "rate_ppm": 120_000,
        "day_count": DayCount.THIRTY_360, "starts_on": add_months(clock.today(), -1), "months": 1, "count": 10,
        "bullet": False, "reference": request.reference, "reason": "board",
    }  # fmt: skip
    return take_up(session, Lending(**(facts | changed)), by=staff.id, proposed_by=staff.id), staff


def test_a_loan_that_begins_later_is_taken_up_on_its_day(database):
    with transaction() as session, pytest.raises(InTheFuture):
        lend(session, starts_on=clock.today() + 3 * DAY)


def test_an_instalment_falls_due_once_and_the_loan_shrinks(database):
    with transaction() as session:
        loan, _ = lend(session)
        assert len(book_due_instalments(session)) == 1 and book_due_instalments(session) == []
        [payout] = unpaid_payouts(session)
        assert payout.amount_cents == 110_00 and owed(session, loan) == make.usd(900)


def test_what_is_owed_becomes_shares_and_a_reversal_brings_the_loan_back(database):
    with transaction() as session:
        coop = share_class(session, "COOP", "Member share")
        terms = {"conversion_class": coop, "conversion_price": make.usd(30), "starts_on": days_ago(12), "bullet": True}
        loan, staff = lend(session, day_count=DayCount.ACT_360, **terms)
        people = {"by": staff.id, "proposed_by": staff.id, "reason": "agreed"}
        row = convert_loan(session, loan.id, on=clock.today(), source=source(), **people)
        interest_cents = 4_00  # 12 % of 1000 for 12 of 360 days
        assert row.interest_cents == interest_cents and owed(session, loan).minor == 0
        [payout] = unpaid_payouts(session)
        assert payout.amount_cents == 10_00 + interest_cents
        with pytest.raises(lending.NothingOwed):
            convert_loan(session, loan.id, on=clock.today(), source=source(), **people)
        undo(session, row.act_id, on=clock.today(), by=None, reason="wrong")
        assert owed(session, loan) == make.usd(1_000) and conversion_of(session, loan) is None
        again = convert_loan(session, loan.id, on=clock.today(), source=source(), **people)
        member = again.act.details["shares"]
        assert member == 33 and sum(lot.shares for lot in lots_of(session, [1])) == 33


def test_a_loan_taken_up_in_error_is_reversed_and_its_paper_says_so(database):
    with transaction() as session:
        loan, staff = lend(session)
        book_due_instalments(session)
        paper = file_loan(session, loan.id)
        people = {"by": staff.id, "proposed_by": staff.id, "reason": "wrong rate"}
        for day, refusal in ((loan.starts_on - DAY, lending.BeforeLoan), (clock.today() + 3 * DAY, InTheFuture)):
            with pytest.raises(refusal):
                undo_loan(session, loan.id, on=day, **people)
        undo_loan(session, loan.id, on=loan.starts_on, **people)
        with pytest.raises(ReversedAlready):
            undo_loan(session, loan.id, on=loan.starts_on, **people)
        assert owed(session, loan).minor == 0 and unpaid_payouts(session) == []
        assert book_due_instalments(session) == []
        [refund] = unpaid_refunds(session)
        assert refund.amount_cents == 1_000_00
        annulled = file_loan(session, loan.id)
        assert annulled.replaces_id == paper.id and annulled.facts["reversal_reason"] == "wrong rate"
        assert file_loan(session, loan.id).id == annulled.id and not standing_of(session, paper).is_latest


def test_what_was_converted_or_paid_of_a_loan_is_undone_first(database):
    with transaction() as session:
        coop = share_class(session, "COOP", "Member share")
        terms = {"conversion_class": coop, "conversion_price": make.usd(30), "starts_on": clock.today()}
        loan, staff = lend(session, **terms)
        people = {"by": staff.id, "proposed_by": staff.id, "reason": "wrong"}
        convert_loan(session, loan.id, on=clock.today(), source=source(), **people)
        with pytest.raises(LoanConverted):
            undo_loan(session, loan.id, on=clock.today(), **people)
        other, _ = lend(session, "treasurer")
        book_due_instalments(session)
        payout = next(each for each in unpaid_payouts(session) if each.source.startswith(other.source))
        pay_out(session, payout.id, paid_on=clock.today(), bank_reference="L1", by=None)
        with pytest.raises(PaidOutAlready):
            undo_loan(session, other.id, on=clock.today(), **people)


def test_refusals(database):
    with transaction() as session:
        loan, staff = lend(session)
        people = {"by": staff.id, "proposed_by": staff.id, "reason": "agreed", "source": source()}
        with pytest.raises(lending.NotConvertible):
            convert_loan(session, loan.id, on=clock.today(), **people)
        with pytest.raises(lending.NoSuchLoan):
            convert_loan(session, 99, on=clock.today(), **people)
