"""Working through lines: a bank that is not ours pays in every way; certain lines post themselves, the rest waits."""

import io
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import Refusal
from app.ledger import journal
from app.ledger.closing import close_period
from app.ledger.models import Entry
from app.payments.models import PaymentRequest, Receipt
from app.payments.receiving import record_receipt
from app.payments.refunding import owe_back, unpaid_refunds
from app.payments.requesting import held, locked_request, request_payment
from app.payments.reversing import reversals_of
from app.reconciliation.accounts import add_account
from app.reconciliation.lines import Said, count_open, matches_of, open_lines
from app.reconciliation.matching.judging import Part, What, Why
from app.reconciliation.models import BankLine
from app.reconciliation.posting import MatchedAlready, NotTheSum, post_match, undo_match
from app.reconciliation.reading.records import Unreadable
from app.reconciliation.taking import take_file
from app.reconciliation.working import confirm, match_all, name_of_reading, park_line, parked_lines, take_up, work_list
from tests import make
from tests.reconciliation.files import OWN, Move, camt

GAP = "NL18MOCK0000000027"
NAMES = ["Ada Lovelace", "Grace Hopper", "Emmy Noether", "Maria Mirzakhani", "Rosalind Franklin"]


@pytest.fixture
def requests(database) -> list[str]:
    """The references under which five people were each asked for $2,300 on the 17th; our account is known."""
    with clock.at(datetime(2026, 11, 17, 12, tzinfo=UTC)), transaction() as session:
        add_account(session, OWN, "USD", "Main account", by=None)
        return [
            request_payment(
                session, f"pledge:{n}", make.person(session, f"p{n}@example.org", name), make.usd(2_300)
            ).reference
            for n, name in enumerate(NAMES)
        ]


def take(data: bytes, name: str = "file") -> None:
    with transaction() as session:
        take_file(session, io.BytesIO(data), name, by=None)


def match() -> None:
    """Post what is certain, as the worker's job does until nothing changes any more."""
    for _ in range(3):
        with transaction() as session:
            match_all(session)


def held_of(reference: str) -> int:
    with reading() as session:
        return held(session, request_of(session, reference)).minor


def request_of(session, reference: str) -> PaymentRequest:
    return session.scalars(select(PaymentRequest).where(PaymentRequest.reference == reference)).one()


def staff() -> int:
    with transaction() as session:
        return make.staff(session, "treasurer").id


def waiting() -> dict[str, tuple[int, list[str]]]:
    """What waits: the line and the ways to read it, by its text."""
    with reading() as session:
        return {
            each.said.text: (each.line.id, [name_of_reading(way) for way in each.perhaps])
            for each in work_list(session)
        }


def bank_in_books() -> int:
    with reading() as session:
        return journal.balance(session, "bank", "", "USD")


def test_a_bank_pays_exact_partly_too_much_cut_and_for_several(requests, bank):
    first, second, third, fourth, fifth = requests
    bank.credit(2300_00, reference=first)
    bank.credit(1000_00, note=f"part of {second[:4]} {second[4:9]}  {second[9:]}, more to come", wrap=35)
    bank.credit(2400_00, note=f"ref {third.lower()}", name="A friend of Emmy's")
    bank.credit(4600_00, note=f"{fourth} and {fifth} thank you very much indeed", wrap=35)
    bank.credit(1300_00, note=f"the rest, {second[:11]}")
    bank.credit(77_00, note="for the garden party", name="Zoe", iban="NL91ABNA0417164300")
    for kind, message in bank.end_day():
        take(message, kind)
    match()
    assert [held_of(each) for each in requests] == [2300_00, 1000_00, 0, 2300_00, 2300_00]
    open_ = waiting()
    assert len(open_) == 3 and open_["for the garden party"][1] == []
    me = staff()
    with transaction() as session:
        for line_id, ways in open_.values():
            if ways:
                confirm(session, line_id, ways[0], by=me)
            else:
                park_line(session, line_id, "asked the board", by=me)
    assert [held_of(each) for each in requests] == [2300_00] * 5
    with reading() as session:
        assert [refund.amount_cents for refund in unpaid_refunds(session)] == [100_00], (
            "what Emmy's friend paid too much"
        )
        assert [note.note for _, note in parked_lines(session)] == ["asked the board"]
        assert count_open(session) == 0
    assert bank_in_books() == 5 * 2300_00 + 100_00
    bank.ask("/_mock/accounts", {"id": "GAP", "iban": GAP, "currency": "USD", "behaviour": "statement-gap"})
    with transaction() as session:
        add_account(session, GAP, "USD", "A bank that loses lines", by=None)
    bank.credit(5_00, note="one that the statement hides", account="GAP")
    with pytest.raises(Unreadable, match="is missing"):
        for kind, message in bank.end_day("GAP"):
            take(message, kind)


def test_a_line_that_was_recorded_by_hand_is_not_booked_again(requests):
    with transaction() as session:
        line = make.bank_line(request_of(session, requests[0]), make.usd(2_300), received_on=date(2026, 11, 19))
        record_receipt(session, line, by=None)
    twice = [Move(2300_00, reference=requests[0], bank_id=f"B{n}") for n in (1, 2)]
    take(camt(twice, currency="USD"))
    match()
    assert held_of(requests[0]) == 2300_00
    with reading() as session:
        (left,) = work_list(session)
        assert left.perhaps[0].why is Why.TOO_MUCH, "the second one is money beyond what was asked"
        (found,) = matches_of(session, session.scalars(select(BankLine).order_by(BankLine.id)).first())
        assert found.cause == "recorded"


def test_a_match_is_undone_by_reversal_and_split_by_hand(requests):
    take(camt([Move(2300_00, (requests[0],)), Move(-500_00, ("to Grace",))], currency="USD"))
    match()
    me = staff()
    with reading() as session:
        first, second = session.scalars(select(BankLine.id).order_by(BankLine.id)).all()
        ids = [request_of(session, each).id for each in requests]
    parts = [Part(What.RECEIPT, f"request:{ids[1]}", 2000_00), Part(What.RECEIPT, f"request:{ids[2]}", 300_00)]
    with pytest.raises(MatchedAlready), transaction() as session:
        post_match(session, first, parts, Why.BY_PERSON, {}, certain=False, by=me)
    with transaction() as session:
        undo_match(session, first, reason="it was Grace's and Emmy's", by=me)
    assert (held_of(requests[0]), bank_in_books()) == (0, 0)
    with pytest.raises(NotTheSum), transaction() as session:
        post_match(session, first, parts[:1], Why.BY_PERSON, {}, certain=False, by=me)
    with transaction() as session:
        post_match(session, first, parts, Why.BY_PERSON, {}, certain=False, by=me)
        park_line(session, second, "what is this?", by=me)
        take_up(session, second, by=me)
    assert [held_of(each) for each in requests[:3]] == [0, 2000_00, 300_00]
    with reading() as session:
        assert session.scalars(open_lines()).one().id == second
    with transaction() as session:
        close_period(session, date(2026, 11, 20), by=me, proposed_by=make.staff(session).id, reason="audited")
    with transaction() as session:
        undo_match(session, first, reason="the auditor asks", by=me)
        post_match(session, first, parts, Why.BY_PERSON, {}, certain=False, by=me)
        post_match(session, second, [Part(What.FEE, "bank", -500_00)], Why.FEE, {}, certain=False, by=me)
        fee = session.get_one(Entry, matches_of(session, session.get_one(BankLine, second))[0].entry_id)
        assert fee.effective_on == date(2026, 11, 21), "the first open day; the line keeps the bank's own"
        rows = session.scalars(select(Receipt).order_by(Receipt.id)).all()
        assert {row.received_on for row in rows} == {date(2026, 11, 20)}
        assert [session.get_one(Entry, row.entry_id).effective_on.day for row in rows] == [20, 20, 20, 21, 21]
        assert set(reversals_of(session, rows)) == {1, 2, 3}


def test_refunds_card_payouts_fees_and_returns_end_in_their_buckets(requests):
    with clock.at(datetime(2026, 11, 18, 9, tzinfo=UTC)), transaction() as session:
        request = locked_request(session, request_of(session, requests[0]).id)
        make.pay(session, request, make.usd(2_300), received_on=date(2026, 11, 18))
        owe_back(session, request, "test:refund", "changed their mind", by=None)
        legs = (
            journal.Leg("payouts_in_transit", "", "USD", 900_00),
            journal.Leg("subscriptions_held", "request:99", "USD", -900_00),
        )
        journal.post(session, journal.Draft("payout:stripe:po_1", "payout", date(2026, 11, 19), legs), by=None)
    moves = [
        Move(-2300_00, (f"refund {requests[0]}",)),
        Move(900_00, ("STRIPE PAYMENTS po_1",), name="Stripe"),
        Move(-7_50, ("Kontoführungsentgelt",), name="Bank"),
        Move(2300_00, reference=requests[1], bank_id="IN"),
        Move(-2300_00, (requests[1],), bank_id="OUT", returned="AC04"),
    ]
    take(camt(moves, currency="USD"))
    match()
    open_ = waiting()
    assert sorted(ways[0].split(":")[0] for _, ways in open_.values()) == ["FEE", "RETURNED"]
    me = staff()
    with transaction() as session:
        for line_id, ways in open_.values():
            confirm(session, line_id, ways[0], by=me)
    with reading() as session:
        causes = [
            matches_of(session, line)[0].cause for line in session.scalars(select(BankLine).order_by(BankLine.id))
        ]
        assert causes == ["refund", "cards", "fee", "receipt", "returned"]
        assert journal.balance(session, "payouts_in_transit", "", "USD") == 0
        assert unpaid_refunds(session) == []
        assert [Said.of(line).name for line in session.scalars(select(BankLine).order_by(BankLine.id))][1] == "Stripe"
        assert session.scalars(select(Receipt.id)).all() == [1, 2]
    assert held_of(requests[1]) == 0
    with pytest.raises(Refusal), transaction() as session:
        undo_match(session, 1, reason="no", by=me)
