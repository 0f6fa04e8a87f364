"""Losing a dispute: its person has the money back, so that it is held for them no more, and owed to them no more."""

from sqlalchemy.orm import Session

from app.core import clock, jobs
from app.core.errors import N_
from app.core.money import Money
from app.ledger import journal
from app.payments.cards.hearing.parking import park
from app.payments.cards.returning.bearing import Gone, from_owed, requests_of
from app.payments.cards.returning.disputing import open_disputes, receivable, settle
from app.payments.cards.returning.models import Dispute
from app.payments.cards.returning.recording import PAPER_JOB
from app.payments.models import PaymentRequest
from app.payments.requesting import held, held_account, locked_request


def taken(session: Session, row: Dispute) -> Money:
    """What the bank has taken by a dispute and nobody has borne yet, by the books."""
    return Money(journal.balance(session, *receivable(row), row.currency), row.currency)


def taken_now(session: Session) -> dict[int, int]:
    """What banks have taken by disputes that are not settled, by the request that holds the money, in minor units."""
    found: dict[int, int] = {}
    for row in open_disputes(session):
        if (gone := taken(session, row).minor) > 0:
            request_id = requests_behind(session, row)[-1].id
            found[request_id] = found.get(request_id, 0) + gone
    return found


def requests_behind(session: Session, row: Dispute) -> list[PaymentRequest]:
    """The request that the charge was for, and those that took its place, in their order."""
    return requests_of(session, row.payment)


def take_back(session: Session, row: Dispute) -> Money:
    """Take what a lost dispute cost from what is held or owed for its payment; what is left to be borne."""
    gone = Gone(
        receivable(row), row.payment, row.processor_id, f"dispute-lost:{row.id}", "refund by dispute", "dispute"
    )
    for request in requests_behind(session, row):
        locked_request(session, request.id)
        _from_held(session, row, request)
        for sent in from_owed(session, gone, request):
            jobs.defer(session, PAPER_JOB, identifier=str(sent.id))
    return taken(session, row)


def conclude(session: Session, row: Dispute) -> None:
    """A lost dispute is settled; what nobody has borne stays receivable from its person, and waits for a decision."""
    left = taken(session, row)
    settle(session, row)
    if left.minor:
        reason = N_("a dispute is lost, and the shares or money behind it are gone")
        park(session, "dispute", row.processor_id, reason, left=left.minor, currency=left.currency)


def _from_held(session: Session, row: Dispute, request: PaymentRequest) -> None:
    amount = min(taken(session, row).minor, held(session, request).minor)
    if amount <= 0:
        return
    legs = (
        journal.Leg(*held_account(request), row.currency, amount),
        journal.Leg(*receivable(row), row.currency, -amount),
    )
    draft = journal.Draft(f"dispute-lost:{row.id}:request:{request.id}", "dispute lost", clock.today(), legs)
    journal.post(session, draft, by=None)
