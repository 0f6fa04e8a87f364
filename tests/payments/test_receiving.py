"""Receipts: what was asked for is held, what is too much is owed back at once, and no line is taken twice."""

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import Refusal
from app.core.money import Money
from app.ledger.journal import balance
from app.letters.models import Letter
from app.members.entering import enter_member
from app.members.models import Person
from app.payments.models import PaymentRequest, Receipt
from app.payments.receiving import (
    NothingReceived,
    NotYetReceived,
    RecordedAlready,
    UnknownReference,
    WrongCurrency,
    record_receipt,
)
from app.payments.references import BadReference
from app.payments.refunding import unpaid_refunds
from app.payments.requesting import end_request, held, locked_request, request_payment
from tests import make
from tests.races import at_once, overlapping

usd = make.usd


@pytest.fixture
def request_id(database) -> int:
    """$2,300.00 are asked of Maya."""
    with transaction() as session:
        return request_payment(session, "pledge:1", make.person(session), usd(2_300)).id


def record(request_id: int, amount: Money, **line):
    """Record a line of the bank statement."""

    def act(session) -> Receipt:
        return record_receipt(
            session, make.bank_line(session.get_one(PaymentRequest, request_id), amount, **line), by=None
        )

    return act


def receive(request_id: int, amount: Money, **line) -> None:
    with transaction() as session:
        record(request_id, amount, **line)(session)


def stands(request_id: int) -> tuple[Money, Money, Money]:
    """What is held, what is owed back, and what is in the bank."""
    with reading() as session:
        payable = sum(refund.amount_cents for refund in unpaid_refunds(session))
        assert payable == balance(session, "refunds_payable", f"request:{request_id}", "USD")
        held_now = held(session, session.get_one(PaymentRequest, request_id))
        return held_now, Money(payable, "USD"), Money(balance(session, "bank", "", "USD"), "USD")


def rows() -> Counter[str]:
    """How many rows there are of everything that a receipt could write."""
    with reading() as session:
        tables = ("receipt", "refund", "entry", "posting", "audit_line", "letter", "procrastinate_jobs")
        return Counter({table: session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables})


def told(name: str) -> list[dict]:
    with reading() as session:
        return [letter.facts for letter in session.query(Letter).filter_by(name=name).order_by(Letter.id)]


def test_a_request_is_paid_exactly_in_parts_and_beyond(request_id):
    receive(request_id, usd(300))
    assert stands(request_id) == (usd(300), usd(0), usd(300))
    receive(request_id, usd(2_000))
    assert stands(request_id) == (usd(2_300), usd(0), usd(2_300))
    receive(request_id, usd(0, 1))
    assert stands(request_id) == (usd(2_300), usd(0, 1), usd(2_300, 1))
    assert [letter["open_minor"] for letter in told("payment-received")] == [2_000_00, 0, 0]
    assert [letter["amount_minor"] for letter in told("refund-due")] == [1]


def test_what_is_too_much_is_owed_back_to_the_cent(request_id):
    receive(request_id, usd(2_000))
    receive(request_id, usd(350, 37))
    assert stands(request_id) == (usd(2_300), usd(50, 37), usd(2_350, 37))
    with reading() as session:
        [refund] = unpaid_refunds(session)
        assert (refund.reason, refund.request.id) == ("paid more than asked", request_id)


def test_after_the_end_of_a_request_everything_that_arrives_is_owed_back(request_id):
    receive(request_id, usd(100))
    with transaction() as session:
        end_request(session, locked_request(session, request_id), "withdrawn")
        end_request(session, locked_request(session, request_id), "said twice")
    receive(request_id, usd(2_300))
    assert stands(request_id) == (usd(100), usd(2_300), usd(2_400))
    assert [letter["open_minor"] for letter in told("payment-received")] == [2_200_00, 0]
    with reading() as session:
        assert [refund.reason for refund in unpaid_refunds(session)] == ["paid after the end"]


def test_every_receipt_that_cannot_be_is_refused_and_changes_nothing(request_id):
    receive(request_id, usd(100), bank_reference="LINE-X")
    with transaction() as session:
        other = request_payment(session, "pledge:2", make.person(session, "wei@example.org"), usd(10)).id
    before = rows()
    reference = "RF18 5390 0754 7034"
    for refusal, status, amount, line in [
        (BadReference, 422, usd(1), {"reference": reference[:-1] + "5"}),
        (BadReference, 422, usd(1), {"reference": ""}),
        (UnknownReference, 404, usd(1), {"reference": reference}),
        (WrongCurrency, 422, Money(100, "EUR"), {}),
        (NothingReceived, 422, usd(0), {}),
        (NothingReceived, 422, usd(-5), {}),
        (NotYetReceived, 422, usd(1), {"received_on": clock.today() + timedelta(days=2)}),
        (RecordedAlready, 409, usd(100), {"bank_reference": "LINE-X"}),
        (RecordedAlready, 409, usd(7), {"bank_reference": "LINE-X"}),
    ]:
        with pytest.raises(refusal) as refused:
            receive(request_id, amount, **line)
        assert refused.value.status == status
        assert rows() == before
    with pytest.raises(RecordedAlready):
        receive(other, usd(100), bank_reference="LINE-X")
    assert rows() == before
    assert stands(request_id) == (usd(100), usd(0), usd(100))


def test_a_reference_is_found_in_any_spelling_on_the_bank_statement(request_id):
    with reading() as session:
        reference = session.get_one(PaymentRequest, request_id).reference
    receive(request_id, usd(1), reference=reference.lower())
    receive(request_id, usd(1), reference=" ".join(reference))
    receive(request_id, usd(1), reference=".".join(reference[at : at + 4] for at in range(0, len(reference), 4)))
    assert stands(request_id)[0] == usd(3)


def test_the_same_bank_line_at_once_is_recorded_once(request_id):
    with transaction() as session:
        other = request_payment(session, "pledge:2", make.person(session, "wei@example.org"), usd(2_300)).id
    for first, second in ((request_id, request_id), (request_id, other)):
        for race in (at_once, overlapping):
            line = {"bank_reference": f"LINE-{first}-{second}-{race.__name__}"}
            outcomes = race(record(first, usd(5), **line), record(second, usd(5), **line))
            [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refusal)]
            assert isinstance(refusal, RecordedAlready)
            assert line["bank_reference"] in refusal.text()
    assert rows()["receipt"] == 4


def test_receipts_at_once_never_hold_more_than_was_asked(request_id):
    at_once(*[record(request_id, usd(1_000))] * 4)
    assert stands(request_id) == (usd(2_300), usd(1_700), usd(4_000))


def test_a_receipt_against_the_end_of_its_request_is_held_or_owed_back_but_never_lost(request_id):
    def end(session) -> None:
        end_request(session, locked_request(session, request_id), "the offer is closed")

    overlapping(end, record(request_id, usd(2_300)))
    assert stands(request_id) == (usd(0), usd(2_300), usd(2_300))


def test_a_treasurer_who_is_just_becoming_a_member_can_record_receipts(request_id):
    with transaction() as session:
        treasurer = make.staff(session, "treasurer").id
    waited = []

    def enter(session) -> None:
        enter_member(session, session.get_one(Person, treasurer), on=clock.today(), basis="subscription", by=None)

    def receive_meanwhile(session) -> int:
        session.execute(text("SET LOCAL lock_timeout = '5s'"))
        line = make.bank_line(session.get_one(PaymentRequest, request_id), usd(10))
        receipt = record_receipt(session, line, by=treasurer)
        waited.append(session.execute(text("SELECT count(*) FROM membership")).scalar_one())
        return receipt.recorded_by

    assert overlapping(enter, receive_meanwhile)[1] == treasurer
    assert waited == [0], "the receipt waited until the membership was committed"


def test_the_same_purpose_is_asked_for_once(request_id):
    with transaction() as session:
        maya = make.person(session)
        assert request_payment(session, "pledge:1", maya, usd(2_300)).id == request_id
        assert request_payment(session, "pledge:3", maya, usd(2_300)).id != request_id
