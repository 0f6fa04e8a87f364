"""Papers of a pledge: what is agreed, paid and paid back is filed by the worker, and its supporter finds all of it."""

from sqlalchemy import select, text

from app.core import clock
from app.core.database import reading, transaction
from app.documents.models import Document
from app.documents.paying import file_receipt
from app.members.models import Person
from app.payments.models import Receipt, Refund
from app.payments.refunding import pay_refund
from app.worker import JOBS
from tests import make
from tests.documents.test_downloading import browser


def work() -> None:
    """Carry out the jobs of documents that wait, each in its own transaction."""
    with reading() as session:
        waiting = session.execute(
            text("SELECT task_name, args FROM procrastinate_jobs WHERE task_name LIKE 'documents.%' ORDER BY id")
        ).all()
    for name, arguments in waiting:
        with transaction() as session:
            JOBS[name](session, **arguments)


def filed() -> dict[str, dict]:
    with reading() as session:
        return {document.kind: document.facts for document in session.scalars(select(Document).order_by(Document.id))}


def test_what_is_agreed_paid_and_paid_back_is_on_paper(database):
    with transaction() as session:
        make.open_offer(session)
        made = make.pledge(session, shares=10)
        amount, reference = made.amount, made.request.reference
        make.pay(session, made.request, make.usd(amount.minor // 100 + 20))
    work()
    work()  # again: nothing is filed twice
    papers = filed()
    assert list(papers) == ["subscription-agreement", "receipt"]
    agreement, receipt = papers.values()
    assert (agreement["shares"], agreement["amount_minor"], agreement["reference"]) == (10, amount.minor, reference)
    assert agreement["votes"] and agreement["target_minor"]
    assert agreement["signatories"][0]["name"] == agreement["legal_name"] == "Maya Whitfield"
    assert (receipt["held_minor"], receipt["returned_minor"]) == (amount.minor, 20_00)
    assert receipt["amount_minor"] == amount.minor + 20_00
    with transaction() as session:
        refund = session.scalars(select(Refund)).one()
        pay_refund(session, refund.id, paid_on=clock.today(), bank_reference="out-1", by=None)
    work()
    paid_back = filed()["refund"]
    assert (paid_back["amount_minor"], paid_back["reference"]) == (20_00, reference)
    page = browser("maya@example.org").get("/documents").text
    for title in ("Subscription agreement", "Receipt", "Confirmation of refund"):
        assert title in page
    assert "Nothing was issued to you yet." in browser("wei@example.org").get("/documents").text


def test_money_that_was_asked_for_otherwise_has_no_receipt_of_a_pledge(database):
    with transaction() as session:
        who = make.person(session)
        make.paid_request(session, session.get_one(Person, who.id), make.usd(10))
        receipt = session.scalars(select(Receipt)).one()
        assert file_receipt(session, receipt.id) is None
