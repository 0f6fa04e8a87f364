"""Entries by hand: an account of one's own, two people, evidence, and nothing on accounts that follow from records."""

from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.database import reading, transaction
from app.exports.books.asking import Period, titles, trial_balance
from app.ledger import journal
from app.ledger.closing import PeriodClosed, close_period
from app.ledger.manual.charting import BadNumber, NoSuchAccount, NumberTaken, chart, name_account, open_account
from app.ledger.manual.writing import (
    EntryInTheFuture,
    EvidenceMissing,
    NotBalanced,
    NotByHand,
    TooFewLines,
    manual_entries,
    propose_entry,
)
from app.members.approvals.approving import OwnProposal, decide
from app.members.models import Person
from app.reconciliation.accounts import add_account
from app.reconciliation.explaining import propose_explanation
from app.reconciliation.lines import count_open, matches_of
from app.reconciliation.models import BankLine
from app.reconciliation.posting import undo_match
from app.shares.classes import share_class
from app.shares.importing.proofs import PROOFS
from tests import make
from tests.exports.test_trail import browser
from tests.reconciliation.files import OWN, Move
from tests.reconciliation.test_closing import buckets, take
from tests.reconciliation.test_pages import send

DAY = clock.today() - timedelta(days=2)
RENT, LENT = ("other_expenses", "6100"), ("other_liabilities", "1900")


@pytest.fixture
def staff(database) -> tuple[int, int]:
    """A treasurer and an organizer; two accounts of the organization's own are open."""
    with transaction() as session:
        open_account(session, "other_expenses", "6100", "Rent", by=None)
        open_account(session, "other_liabilities", "1900", "Founders’ advances", by=None)
        return make.staff(session, "treasurer").id, make.staff(session, "organizer").id


def sign(number: int, who: int) -> None:
    with transaction() as session:
        decide(session, number, approve=True, by=session.get_one(Person, who), reason="seen the invoice")


def test_an_entry_by_hand_takes_two_people_and_evidence(staff, monkeypatch):
    treasurer, organizer = staff

    def propose(*lines, on: date = DAY, evidence: str = "invoice 12, folder 3", key: str = "k") -> int:
        with transaction() as session:
            who = session.get_one(Person, treasurer)
            said = {"evidence": evidence, "form_key": key, "by": who, "reason": "rent of November"}
            return propose_entry(session, on, "USD", lines, **said).id

    right = ((*RENT, 900_00), (*LENT, -900_00))
    for wrong, refusal in (
        (((*RENT, 900_00), (*LENT, -899_99)), NotBalanced),
        (((*RENT, 900_00),), TooFewLines),
        (((*RENT, 900_00), ("bank", "", -900_00)), NotByHand),
        (((*RENT, 900_00), ("subscriptions_held", "", -900_00)), NotByHand),
        (((*RENT, 900_00), ("other_assets", "9999", -900_00)), NoSuchAccount),
    ):
        with pytest.raises(refusal):
            propose(*wrong)
    with pytest.raises(EvidenceMissing):
        propose(*right, evidence=" ")
    with pytest.raises(EntryInTheFuture):
        propose(*right, on=clock.today() + timedelta(days=1))

    number = propose(*right)
    with pytest.raises(OwnProposal):
        sign(number, treasurer)
    sign(number, organizer)
    late = propose(*right, key="late")
    with transaction() as session:
        assert journal.balance(session, *RENT, "USD") == 900_00
        (row,) = manual_entries(session)
        assert (row.evidence, row.proposed_by, row.approved_by) == ("invoice 12, folder 3", treasurer, organizer)
        close_period(session, DAY, by=organizer, proposed_by=treasurer, reason="audited")
    with pytest.raises(PeriodClosed):
        sign(late, organizer)
    with pytest.raises(PeriodClosed):
        propose(*right, key="later")

    page = browser(make_person(treasurer), monkeypatch)
    assert "invoice 12, folder 3" in page.get("/desk/books/entries").text
    fields = {"on": str(clock.today()), "currency": "USD", "account_1": "other_expenses:6100", "debit_1": "12.50"}
    fields |= {"account_2": "other_liabilities:1900", "credit_2": "12.50", "evidence": "slip 4", "reason": "stamps"}
    said = send(page, "/desk/books/entries", "/desk/books/entries", form_key="0" * 32, **fields | {"credit_2": "12.40"})
    assert "differ by USD 0.10" in said or "$0.10" in said
    assert "Proposed" in send(page, "/desk/books/entries", "/desk/books/entries", form_key="1" * 32, **fields)


def test_opening_balances_are_written_by_hand_but_not_those_that_imported_shares_bring(staff):
    treasurer, organizer = staff
    said = {"on": DAY, "currency": "USD", "evidence": "the last accounts", "reason": "taken over"}
    with transaction() as session:
        share_class(session, "A", "User-owner share")
        by = session.get_one(Person, treasurer)
        with pytest.raises(NoSuchAccount):
            propose_entry(session, lines=((*RENT, 5_00), ("opening", "A", -5_00)), form_key="a", by=by, **said)
        number = propose_entry(session, lines=((*RENT, 5_00), ("opening", "", -5_00)), form_key="b", by=by, **said).id
    sign(number, organizer)
    with reading() as session:
        assert all(each.check(session).holds for each in PROOFS)


def make_person(number: int) -> Person:
    with reading() as session:
        return session.get_one(Person, number)


def test_the_chart_has_the_accountants_names_and_no_number_twice(staff, monkeypatch):
    treasurer, _ = staff
    with transaction() as session:
        name_account(session, "bank", "", "512", "Banque", by=treasurer)
        name_account(session, *RENT, "6132", "Rent of the hall", by=treasurer)
        for number, refusal in (("512", NumberTaken), ("6100", NumberTaken), ("a b", BadNumber), ("", BadNumber)):
            with pytest.raises(refusal):
                open_account(session, "other_income", number, "Grants", by=None)
        with pytest.raises(NoSuchAccount):
            name_account(session, "other_income", "1", "7400", "Grants", by=None)
    with reading() as session:
        named = {each.name: (each.number, each.title) for each in chart(session)}
        assert named["bank:"] == ("512", "Banque")
        assert named["other_expenses:6100"] == ("6132", "Rent of the hall")
        assert titles(session, str)("bank", "") == "512 Banque"
        assert titles(session, str)("share_capital", "A") == "Share capital"
    page = browser(make_person(treasurer), monkeypatch)
    shown = send(page, "/desk/books/chart", "/desk/books/chart", kind="other_income", number="7400", title="Grants <b>")
    assert "Grants &lt;b&gt;" in shown


def test_a_line_that_nobody_can_explain_is_booked_by_two_people_and_can_be_undone(staff):
    treasurer, organizer = staff
    with transaction() as session:
        add_account(session, OWN, "USD", "Main account", by=None)
    take([Move(-900_00, ("the landlord",), day=str(DAY)), Move(3_00, ("found money",), day=str(DAY))], DAY)
    with transaction() as session:
        first = session.query(BankLine).order_by(BankLine.id).first()
        by = session.get_one(Person, treasurer)
        said = {"evidence": "invoice 12", "by": by, "reason": "rent"}
        with pytest.raises(NotByHand):
            propose_explanation(session, first.id, "share_capital", "", **said)
        number = propose_explanation(session, first.id, *RENT, **said).id
        assert count_open(session) == 2, "nothing is booked before somebody else has looked"
    sign(number, organizer)
    with transaction() as session:
        (match,) = matches_of(session, session.get_one(BankLine, first.id))
        assert (match.cause, match.subject) == ("manual", "account:other_expenses:6100")
        sums = {(each.kind, each.subject): each.closing for each in trial_balance(session, Period(None, clock.today()))}
        assert sums == {("bank", ""): -900_00, RENT: 900_00}
        assert count_open(session) == 1
    found = buckets(clock.today())
    assert (found["bank.manual"], found["books.line"]) == ((1, -900_00), (1, -900_00))
    with transaction() as session:
        undo_match(session, first.id, reason="it was a deposit", by=organizer)
        assert journal.balance(session, *RENT, "USD") == 0
        assert count_open(session) == 2
        said["by"] = session.get_one(Person, treasurer)
        number = propose_explanation(session, first.id, *LENT, **said).id
    sign(number, organizer)  # and stands, so that the proofs after the test look at it
