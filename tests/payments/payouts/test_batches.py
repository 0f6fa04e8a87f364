"""Batches: two people order what is owed, nothing twice; the file says what was approved, or nothing."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from lxml import etree
from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.core.errors import Refusal
from app.distributions.reversing import propose_reversal
from app.ledger import journal
from app.members.approvals.approving import decide
from app.members.models import Person
from app.members.people.bank.accounts import Scheme, checked
from app.members.people.bank.recording import record_bank_account
from app.payments.payouts.batches import ordering
from app.payments.payouts.batches.gathering import HELD, NO_DETAILS, ORDERED, gather
from app.payments.payouts.batches.models import PayoutBatch, PayoutOrder
from app.payments.payouts.files.orders import Form, Payer
from app.payments.payouts.owing import OrderedAlready, pay_out, unpaid_payouts
from tests import make
from tests.distributions.making import declare, file, hired, patronage
from tests.distributions.test_pages import keep, send
from tests.exports.test_trail import browser
from tests.races import overlapping

OURS = Payer(checked(Scheme.IBAN, "The Co-operative", "FR7630006000011234567890189"))
HERE = "/desk/payouts/batches"
IBANS = ("DE89370400440532013000", "NL91ABNA0417164300")


def paid_to(session, member, iban):
    """Bank details that were recorded long enough ago to be paid to."""
    with clock.at(clock.now() - timedelta(days=9)):
        record_bank_account(session, member.person, checked(Scheme.IBAN, "Zoë", iban), by=None)


def propose(session, execute_on=None):
    return ordering.propose_batch(
        session, Form.SEPA, OURS, currency="EUR", execute_on=execute_on or clock.today(), form_key=str(uuid4()),
        by=hired(session, "treasurer"), reason="patronage",
    )  # fmt: skip


def order(session):
    decide(session, propose(session).id, approve=True, by=hired(session, "organizer"), reason="seen")
    return session.scalars(select(PayoutBatch).order_by(PayoutBatch.id.desc())).first()


def test_what_is_owed_is_ordered_once_and_settled(database):
    with transaction() as session:
        members = [make.member(session, f"m{n}@example.org", f"Member {n}") for n in range(3)]
        for member, iban in zip(members, IBANS, strict=False):
            paid_to(session, member, iban)
        lines = [f"{member.number},work,{n + 1}" for n, member in enumerate(members)]
        row = declare(session, patronage(currency="EUR", cash_ppm=1_000_000, pools=(("work", 1),)), file(*lines))
        batch = order(session)
        assert [due.waits for due in gather(session, Form.SEPA, "EUR", clock.today())] == [ORDERED, ORDERED, NO_DETAILS]
        with pytest.raises(ordering.NothingToOrder):
            propose(session)
        with pytest.raises(OrderedAlready):
            propose_reversal(session, row.id, by=hired(session, "treasurer"), reason="wrong")

        written = ordering.batch_file(session, batch.id, by=1)[1]
        assert written == ordering.batch_file(session, batch.id, by=1)[1]
        tree = etree.fromstring(written)
        ids = [each.text for each in tree.findall(".//{*}EndToEndId")]
        assert len(ids) == 2 and tree.find(".//{*}CtrlSum").text == "500.00"

        first, _ = session.scalars(select(PayoutOrder).order_by(PayoutOrder.id))
        ordering.end_order(session, first.id, reason="AC04 account closed", by=1)
        with pytest.raises(ordering.OrderSettled):
            ordering.end_order(session, first.id, reason="again", by=1)
        again = order(session)
        [anew] = session.scalars(select(PayoutOrder).where(PayoutOrder.batch_id == again.id))
        assert anew.payout_id == first.payout_id and anew.attempt == 2 and anew.end_to_end_id not in ids

        assert ordering.record_batch_paid(session, batch.id, paid_on=clock.today(), bank_reference="B1", by=1) == 1
        assert ordering.record_batch_paid(session, again.id, paid_on=clock.today(), bank_reference="B2", by=1) == 1
        with pytest.raises(ordering.OrderSettled):
            ordering.record_batch_paid(session, again.id, paid_on=clock.today(), bank_reference="B3", by=1)
        assert [payout.amount_cents for payout in unpaid_payouts(session)] == [500_00]
        assert journal.balance(session, "bank", "", "EUR") == -500_00


def test_two_batches_of_the_same_debts_at_once_order_them_once(database):
    with transaction() as session:
        maya = make.member(session)
        paid_to(session, maya, IBANS[0])
        terms = patronage(currency="EUR", cash_ppm=1_000_000, pools=(("work", 1),))
        declare(session, terms, file(f"{maya.number},work,1"))
        proposals, organizer = [propose(session).id, propose(session).id], hired(session, "organizer").id

    def approve(proposal):
        def act(session):
            return decide(session, proposal, approve=True, by=session.get_one(Person, organizer), reason="seen")

        return act

    done, refused = overlapping(*map(approve, proposals))
    assert not isinstance(done, Refusal) and isinstance(refused, ordering.BatchChanged)
    with transaction() as session:
        assert len(session.scalars(select(PayoutOrder)).all()) == 1


def test_what_changes_between_proposal_and_approval_is_refused(database):
    with transaction() as session:
        maya = make.member(session)
        paid_to(session, maya, IBANS[0])
        terms = patronage(currency="EUR", cash_ppm=1_000_000, pools=(("work", 1),))
        declare(session, terms, file(f"{maya.number},work,1"))
        proposal = propose(session)
        record_bank_account(session, maya.person, checked(Scheme.IBAN, "Eve", IBANS[1]), by=None)
        with pytest.raises(ordering.BatchChanged), session.begin_nested():
            decide(session, proposal.id, approve=True, by=hired(session, "organizer"), reason="seen")
        assert [due.waits for due in gather(session, Form.SEPA, "EUR", clock.today())] == [HELD]
        with pytest.raises(ordering.OrderedInThePast):
            propose(session, clock.today() - timedelta(days=1))
        pay_out(session, unpaid_payouts(session)[0].id, paid_on=clock.today(), bank_reference="L", by=None)
        with pytest.raises(ordering.NothingToOrder):
            propose(session, clock.today() + timedelta(days=9))


def test_the_desk_orders_a_batch_and_fetches_its_file(database, monkeypatch):
    with transaction() as session:
        maya = make.member(session)
        paid_to(session, maya, IBANS[0])
        terms = patronage(currency="EUR", cash_ppm=1_000_000, pools=(("work", 1),))
        declare(session, terms, file(f"{maya.number},work,1"))
        people = [hired(session, "treasurer"), hired(session, "organizer")]
    treasurer, organizer = [browser(person, monkeypatch) for person in people]
    typed = {"currency": "EUR", "form": "sepa", "execute_on": clock.today().isoformat(), "payer_scheme": "iban",
             "payer_name": "The Co-operative", "reason": "patronage", "form_key": str(uuid4())}  # fmt: skip
    answer = send(treasurer, HERE, HERE, **typed, payer_number="FR00")
    keep("batches", answer)
    assert answer.status_code == 422 and "This IBAN is not right" in answer.text
    assert "Proposed." in send(treasurer, HERE, HERE, **typed, payer_number=OURS.account.number).text
    waiting = re.search(r"/desk/approvals/([0-9]+)/approval", organizer.get("/desk/approvals").text)
    assert "Approved and done." in send(organizer, "/desk/approvals", waiting[0], reason="seen").text
    one = re.search(rf'href="({HERE}/[0-9]+)"', treasurer.get(HERE).text)[1]
    keep("batch", treasurer.get(one))
    answer = send(treasurer, one, f"{one}/file")
    assert answer.headers["content-type"] == "application/xml" and IBANS[0] in answer.text
    [order_id] = re.findall(r"/orders/([0-9]+)/end", treasurer.get(one).text)[:1]
    number = int(one.rpartition("/")[2])
    other = f"{HERE}/{number + 1}/orders/{order_id}/end"
    assert send(treasurer, one, other, reason="AC04").status_code == 404, "an order of another batch"
    assert "is ended" in send(treasurer, one, f"{one}/orders/{order_id}/end", reason="AC04").text
    typed["form_key"] = str(uuid4())
    assert "Proposed." in send(treasurer, HERE, HERE, **typed, payer_number=OURS.account.number).text
    waiting = re.search(r"/desk/approvals/([0-9]+)/approval", organizer.get("/desk/approvals").text)
    assert "Approved and done." in send(organizer, "/desk/approvals", waiting[0], reason="seen").text
    one = re.search(rf'href="({HERE}/[0-9]+)"', treasurer.get(HERE).text)[1]
    answer = send(treasurer, one, f"{one}/payment", paid_on=clock.today().isoformat(), bank_reference="B7")
    assert "recorded as paid" in answer.text and "paid on" in answer.text
