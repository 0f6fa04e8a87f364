"""The exchange of every share: reckoned, approved by two, executed once, told right by register, books and exports."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.conversion.exchange import executing
from app.conversion.exchange.approving import ListChanged, propose_exchange, standing_approval
from app.conversion.exchange.drafting import CashBeforeExchange, ExcessIsTheirs, LoanWithoutEnd, SameClassTwice
from app.conversion.exchange.executing import execute, execute_due
from app.conversion.exchange.judging import ChargesStand, members_above, obstacles
from app.conversion.exchange.models import ExchangeExecution, ExchangeHalt, ExchangeLine
from app.conversion.exchange.reckoning import latest_reckoning, start_reckoning
from app.conversion.exchange.terms import Beyond, Terms
from app.conversion.proofs import _exchanges_are_as_approved
from app.core import clock
from app.core.database import new_session, reading, transaction
from app.core.settings import settings
from app.documents.models import Document
from app.documents.stating import file_loan
from app.exports.register import write_csv
from app.ledger.journal import balance
from app.payments.payouts.models import Payout
from app.shares.acts.charging import charge
from app.shares.acts.exchanging import Fractions, Ratio
from app.shares.acts.reversing import undo
from app.shares.loans.lending import book_due_instalments, instalments, owed
from app.shares.loans.models import Loan
from app.shares.models import Lot, LotEnd, ShareAct, ShareClass
from app.shares.numbering import begin_numbering, numbers_of
from app.worker import run_until_idle
from tests import make
from tests.conversion.making import approve, exchange, many_holders, two


@contextmanager
def reading_and_writing_nothing() -> Iterator[Session]:
    with new_session() as session:
        yield session
        session.rollback()


def worked() -> None:
    assert run_until_idle() == []


def test_a_company_becomes_a_cooperative_and_everything_tells_it(database, monkeypatch):
    monkeypatch.setattr(settings(), "exchange_batch", 1)
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        make.lot(session, maya, 10)
        make.lot(session, maya, 6)
        make.lot(session, wei, 1)
        draft = exchange(session)
        by, proposed_by = (each.id for each in two(session))
        for found in session.scalars(select(ShareClass).order_by(ShareClass.code)):
            begin_numbering(session, found, by=by, proposed_by=proposed_by, reason="the articles")
    worked()
    with transaction() as session:
        (totals,) = latest_reckoning(session, draft.id).totals
        assert (totals["holders"], totals["lots"], totals["shares"], totals["new_shares"]) == (2, 3, 17, 10)
        assert (totals["paid_cents"], totals["new_paid_cents"], totals["cash_cents"]) == (39_100, 34_500, 4_600)
        approve(session, draft.id)
    worked()
    with transaction() as session:
        assert balance(session, "holder", "member:1", "SHARE:A") == 0
        assert balance(session, "holder", "member:1", "SHARE:C") == 10
        assert balance(session, "share_capital", "C", "USD") == 34_500
        lots = session.scalars(select(Lot).where(Lot.basis == "conversion").order_by(Lot.id)).all()
        assert [(lot.membership_id, lot.shares, lot.paid_cents, lot.certificate_number) for lot in lots] == [
            (maya.id, 6, 21_563, 4), (maya.id, 4, 12_937, 5),
        ]  # fmt: skip
        assert all(lot.from_lot_id and lot.acquired_on for lot in lots)
        assert list(numbers_of(session, [lot.id for lot in lots]).values()) == ["1–6", "7–10"]
        owed = session.scalars(select(Payout).order_by(Payout.id)).all()
        assert [(each.person_id, each.amount_cents) for each in owed] == [
            (maya.person_id, 2_300),
            (wei.person_id, 2_300),
        ]
        assert session.scalar(select(func.count()).select_from(Document).where(Document.kind == "certificate")) == 2
        again = execute(session, standing_approval(session, draft.id).id)
        assert again.acts == 1
        file = io.StringIO()
        write_csv(session, clock.today(), file)
    (row,) = [each for each in csv.DictReader(io.StringIO(file.getvalue())) if each["member_number"] == "1"][:1]
    assert row["share_class"] == "C"


def test_running_twice_changes_nothing(database):
    with transaction() as session:
        make.lot(session, make.member(session), 9)
        draft = exchange(session)
    worked()
    with transaction() as session:
        approve(session, draft.id)
    worked()
    tables = ("lot", "lot_end", "entry", "posting", "share_act", "exchange_execution", "payout")
    count = text(" UNION ALL ".join(f"SELECT count(*) FROM {table}" for table in tables))
    with transaction() as session:
        before = session.scalars(count).all()
        execute_due(session)
        executing.execute_or_halt(session, standing_approval(session, draft.id).id)
        start_reckoning(session, draft.id)
    worked()
    with transaction() as session:
        assert session.scalars(count).all() == before
    with reading_and_writing_nothing() as session:  # a list that was bent afterwards is found
        assert not _exchanges_are_as_approved(session).wrong
        session.execute(text("UPDATE exchange_line SET new_shares = new_shares + 1"))
        assert len(_exchanges_are_as_approved(session).wrong) == 2


def test_what_moved_meanwhile_is_never_exchanged_by_the_old_list(database):
    with transaction() as session:
        make.lot(session, make.member(session), 9)
        draft = exchange(
            session, effective_on=clock.today() + timedelta(days=1), cash_due_on=clock.today() + timedelta(days=1)
        )
    worked()
    with transaction() as session:
        approve(session, draft.id)
        make.lot(session, make.member(session, "wei@example.org", "Wei Chen"), 3)
    with clock.at(datetime.now(UTC) + timedelta(days=1)):  # noqa: TID251
        with transaction() as session:
            execute_due(session)
        worked()
        with transaction() as session:
            assert "moved" in session.scalars(select(ExchangeHalt.reason)).one()
            assert standing_approval(session, draft.id) is None
            assert session.scalars(select(LotEnd)).all() == []
            old = latest_reckoning(session, draft.id).sha256
            start_reckoning(session, draft.id)
        worked()
        with transaction() as session, pytest.raises(ListChanged):
            propose_exchange(session, draft.id, old, by=two(session)[0], reason="x")
        with transaction() as session:
            approve(session, draft.id)
        worked()
        with transaction() as session:
            assert session.scalars(select(ExchangeExecution.acts)).all() == [1]


def test_what_stands_against_an_exchange_is_told_and_blocks_it(database):
    with transaction() as session:
        maya = make.member(session)
        make.lot(session, maya, 30)
        first, second = two(session)
        draft = exchange(session)
        held = draft.terms[0].old_class
        charge(
            session, "test", maya, held, 5, creditor="Bank", debt="loan", on=clock.today(), by=first.id,
            proposed_by=second.id, reason="x",
        )  # fmt: skip
    worked()
    with transaction() as session:
        (found,) = [each for each in obstacles(session, draft) if each.blocks]
        assert found.facts == {"count": 1}
        assert members_above(session, draft) == []
        with pytest.raises(ChargesStand):
            propose_exchange(session, draft.id, latest_reckoning(session, draft.id).sha256, by=first, reason="x")


def test_terms_that_contradict_themselves_are_refused(database):
    with transaction() as session, pytest.raises(CashBeforeExchange):
        exchange(session, cash_due_on=clock.today() - timedelta(days=1))
    with transaction() as session, pytest.raises(SameClassTwice):
        from app.conversion.exchange.drafting import Replacement, draft_exchange
        from app.shares.classes import share_class

        same = share_class(session, "A", "User-owner share")
        terms = Terms(Ratio(1, 1), Fractions.CASH)
        draft_exchange(
            session, "key", "x", [Replacement(same, same, terms)], zone="UTC", effective_on=clock.today(),
            cash_due_on=clock.today(), by=two(session)[0].id, reason="x",
        )  # fmt: skip


def test_thousands_of_holders_become_members_in_several_acts_with_a_reserve(database, monkeypatch):
    monkeypatch.setattr(executing, "HOLDERS_OF_AN_ACT", 400)
    with transaction() as session:
        many_holders(session, 1_000)
        draft = exchange(session, Terms(Ratio(1, 1), Fractions.CASH, nominal_cents=1_000, beyond=Beyond.RESERVE))
    worked()
    with transaction() as session:
        approve(session, draft.id)
        execute(session, standing_approval(session, draft.id).id)
    with reading() as session:
        assert session.scalar(select(func.count()).select_from(ShareAct)) == 3
        assert balance(session, "share_capital", "C", "USD") == 1_000 * 10 * 1_000
        assert balance(session, "capital_reserve", "A", "USD") == 1_000 * 10 * 1_300
        assert session.scalar(select(func.count(func.distinct(Lot.certificate_number)))) == 2_000
        assert session.scalar(select(func.count()).select_from(ExchangeLine)) == 1_000
    with transaction() as session:  # their certificates are tried with fewer holders
        session.execute(text("DELETE FROM procrastinate_jobs"))


def test_what_is_above_the_most_becomes_a_loan_that_is_repaid_with_interest(database):
    """The United Kingdom's alternative for whoever holds too many withdrawable shares (section 115)."""
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        make.lot(session, maya, 400)
        make.lot(session, wei, 100)
        with pytest.raises(ExcessIsTheirs):
            exchange(session, Terms(Ratio(1, 1), Fractions.CASH, most=100))
        capped = Terms(Ratio(1, 1), Fractions.CASH, beyond=Beyond.LOAN, most=100, loan_rate_ppm=20_000)
        with pytest.raises(LoanWithoutEnd):
            exchange(session, capped)
        draft = exchange(session, replace(capped, loan_years=5))
    worked()
    with transaction() as session:
        approve(session, draft.id)
    worked()
    price = make.PRICE.minor
    with transaction() as session:
        (loan,) = session.scalars(select(Loan))
        assert (loan.person_id, loan.principal_cents, loan.payment_request_id) == (maya.person_id, 300 * price, None)
        due = [(row.principal_cents, row.interest_cents) for row, _ in instalments(session, loan)]
        assert [principal for principal, _ in due] == [0] * 4 + [300 * price]
        assert {interest for _, interest in due} <= {13_800, 13_838}  # two per cent of a year, of a leap year
        assert owed(session, loan).minor == 300 * price
        assert balance(session, "share_capital", "C", "USD") == 200 * price
        assert _exchanges_are_as_approved(session).holds
        (act,) = session.scalars(select(ShareAct).where(ShareAct.kind == "conversion"))
        paper = session.scalars(select(Document).where(Document.kind == "loan")).one()
        assert paper.facts["principal_minor"] == 300 * price and not paper.facts["reference"]
        undo(session, act.id, on=clock.today(), by=two(session)[0].id, reason="a mistake")
        assert owed(session, loan).minor == 0
        assert file_loan(session, loan.id).facts["reversal_reason"] == "a mistake"
    with clock.at(clock.now() + timedelta(days=400)), transaction() as session:
        assert book_due_instalments(session) == []  # nothing is owed any more
