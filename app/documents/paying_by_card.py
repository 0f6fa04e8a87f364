"""Paying by card: receipts (D05) and confirmations of refunds (D06) of what came, or went, by card or debit."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.documents.correcting import correct_document
from app.documents.filing import file_document
from app.documents.models import Document
from app.documents.paying import pledge_behind, receipt_facts, refund_facts
from app.payments.cards.models import CardPayment
from app.payments.cards.returning.models import ProcessorRefund, RefundState
from app.payments.settled import last_move

_WAY = N_("card or debit")
_CAME_BACK = N_("the bank did not take it, and the money came back")


def file_card_receipt(session: Session, card_payment_id: int) -> Document | None:
    """File the receipt of a charge for a pledge, once; None as for bank transfers."""
    payment = session.get_one(CardPayment, card_payment_id)
    source = f"card-payment:{payment.id}"
    pledge = pledge_behind(session, payment.request)
    if pledge is None:
        return None
    facts = receipt_facts(session, pledge, payment.request, payment.amount_cents, source) | {
        "payer": pledge.legal_name,
        "received_on": payment.received_at.date().isoformat(),
        **way_of(payment),
    }
    return file_document(session, "receipt", source, payment.request.person, facts, profile=pledge.terms.law_id)


def file_card_refund(session: Session, identifier: str) -> Document | None:
    """File the confirmation of what went back to a card, once; the next version says so when it came back.

    None as for bank transfers, and while nothing has gone.
    """
    row = session.get_one(ProcessorRefund, UUID(identifier))
    move, pledge = last_move(session, row), pledge_behind(session, row.refund.request)
    if move is None or pledge is None:
        return None
    if move.status in (RefundState.FAILED, RefundState.CANCELED):
        return _came_back(session, row, move.at.date().isoformat())
    if move.status != RefundState.SUCCEEDED:
        return None
    facts = refund_facts(session, pledge, row.refund, row.amount, move.at.date()) | {
        "bank_reference": move.processor_id,
        **way_of(row.payment),
    }
    return file_document(
        session, "refund", f"card:{row.id}", row.refund.request.person, facts, profile=pledge.terms.law_id
    )


def _came_back(session: Session, row: ProcessorRefund, day: str) -> Document | None:
    source = f"refund:card:{row.id}"
    filed = session.scalars(select(Document).where(Document.source == source)).first()
    later = session.scalars(select(Document).where(Document.source == f"{source}#2")).first()
    if filed is None or later is not None:
        return later
    return correct_document(session, filed, {"came_back_on": day}, reason=_CAME_BACK, by=None)


def way_of(payment: CardPayment) -> dict[str, str | None]:
    """How somebody paid, with the last digits, where the card or account was saved."""
    saved = payment.attempt.saved_method
    return {"method": saved.kind if saved else _WAY, "last4": saved.last4 if saved else None}
