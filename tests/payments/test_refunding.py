"""Refunds: due once for each cause, paid once, and in the bank only when they have left it."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select, text

from app.core import clock
from app.core.database import reading, transaction
from app.ledger.journal import balance
from app.payments.models import Refund, RefundPayment
from app.payments.refunding import (
    BankReferenceUsed,
    NoSuchRefund,
    PaidInTheFuture,
    RefundPaidAlready,
    owe_back,
    pay_refund,
    unpaid_refunds,
)
from app.payments.requesting import end_request, locked_request
from tests import make
from tests.races import at_once, overlapping

usd = make.usd


@pytest.fixture
def refund_ids(database) -> list[int]:
    """Two refunds of $100.00 are due, to Maya and to Wei."""
    with transaction() as session:
        for name in ("maya", "wei"):
            request = make.paid_request(session, make.person(session, f"{name}@example.org"), usd(100))
            end_request(session, locked_request(session, request.id), "the offer did not succeed")
            owe_back(session, request, f"test:{name}", "the offer did not succeed", by=None)
        return [refund.id for refund in unpaid_refunds(session)]


def repay(refund_id: int, bank_reference: str = "OUT-1", paid_on=None):
    def act(session) -> RefundPayment:
        return pay_refund(session, refund_id, paid_on=paid_on or clock.today(), bank_reference=bank_reference, by=None)

    return act


def refused(refusal, status: int, act) -> None:
    with pytest.raises(refusal) as met, transaction() as session:
        act(session)
    assert met.value.status == status


def in_bank() -> int:
    with reading() as session:
        return balance(session, "bank", "", "USD")


def test_a_refund_is_listed_until_it_is_paid_and_then_has_left_the_bank(refund_ids):
    assert in_bank() == 200_00
    with transaction() as session:
        repay(refund_ids[0])(session)
        assert [refund.id for refund in unpaid_refunds(session)] == refund_ids[1:]
        assert make.letters(session, "maya@example.org") == ["payment-received", "refund-due", "refund-paid"]
        assert make.letters(session, "wei@example.org") == ["payment-received", "refund-due"]
    assert in_bank() == 100_00


def test_a_refund_that_was_paid_or_does_not_exist_is_not_paid(refund_ids):
    with transaction() as session:
        repay(refund_ids[0], "OUT-1")(session)
    refused(RefundPaidAlready, 409, repay(refund_ids[0], "OUT-1"))
    refused(RefundPaidAlready, 409, repay(refund_ids[0], "OUT-2"))
    refused(BankReferenceUsed, 409, repay(refund_ids[1], "OUT-1"))
    refused(PaidInTheFuture, 422, repay(refund_ids[1], "OUT-3", clock.today() + timedelta(days=2)))
    for unknown in (0, -1, 999):
        refused(NoSuchRefund, 404, repay(unknown, "OUT-4"))
    assert in_bank() == 100_00
    with reading() as session:
        assert session.scalar(select(func.count(RefundPayment.refund_id))) == 1


def test_a_refund_is_paid_once_by_two_treasurers_at_once(refund_ids):
    for race, refund_id in zip((at_once, overlapping), refund_ids, strict=True):
        outcomes = race(repay(refund_id, f"OUT-A{refund_id}"), repay(refund_id, f"OUT-B{refund_id}"))
        assert sum(isinstance(outcome, RefundPaidAlready) for outcome in outcomes) == 1
    assert in_bank() == 0


def test_a_line_of_the_statement_pays_one_refund_also_at_once(refund_ids):
    outcomes = overlapping(repay(refund_ids[0], "OUT-1"), repay(refund_ids[1], "OUT-1"))
    assert isinstance(outcomes[1], BankReferenceUsed)
    assert in_bank() == 100_00


def test_nothing_is_owed_back_when_nothing_is_held(refund_ids):
    with transaction() as session:
        request = session.get_one(Refund, refund_ids[0]).request
        assert owe_back(session, locked_request(session, request.id), "test:again", "again", by=None) is None
        assert len(unpaid_refunds(session)) == 2
        assert session.execute(text("SELECT count(*) FROM refund")).scalar_one() == 2
