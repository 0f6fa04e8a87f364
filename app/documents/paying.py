"""Paying: a receipt for money that arrived for a pledge (D05), and a confirmation of money that went back (D06)."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.documents.filing import file_document
from app.documents.issuing import issuer
from app.documents.models import Document
from app.members.entering import current_membership
from app.offers.models import Pledge
from app.offers.pledging.dating import windows_of
from app.payments.models import PayBy, PaymentRequest, Receipt, Refund
from app.payments.requesting import asked
from app.payments.settled import settlement_of

_STAYS = N_("Membership and the shares allotted before are not touched.")
_NONE = N_("No membership came about from this payment.")


def file_receipt(session: Session, receipt_id: int) -> Document | None:
    """File the receipt of a bank transfer for a pledge; the same again gives the same document.

    None for money that was asked for otherwise, and when what was typed into the pledge was erased before.
    """
    receipt = session.get_one(Receipt, receipt_id)
    pledge = _pledge(session, receipt.request)
    if pledge is None or not pledge.legal_name:
        return None
    facts = _receipt_facts(session, receipt, pledge)
    return file_document(session, "receipt", f"receipt:{receipt.id}", receipt.request.person, facts)


def file_refund(session: Session, refund_id: int) -> Document | None:
    """File the confirmation of a refund that left the bank for a pledge; None as for receipts."""
    refund = session.get_one(Refund, refund_id)
    pledge, standing = _pledge(session, refund.request), settlement_of(session, refund)
    if pledge is None or not pledge.legal_name or standing.payment is None:
        return None
    person = refund.request.person
    facts = issuer() | {
        "zone": pledge.terms.zone,
        "legal_name": pledge.legal_name,
        "reference": refund.request.reference,
        "offer_title": pledge.terms.title,
        "reason": refund.reason,
        "due_at": refund.due_at.isoformat(),
        "amount_minor": standing.by_bank.minor,
        "currency": refund.currency,
        "method": PayBy.BANK_TRANSFER.value,
        "paid_on": standing.payment.paid_on.isoformat(),
        "bank_reference": standing.payment.bank_reference,
        "membership": _STAYS if current_membership(session, person.id) else _NONE,
    }
    return file_document(session, "refund", f"refund:{refund.id}", person, facts)


def _receipt_facts(session: Session, receipt: Receipt, pledge: Pledge) -> dict[str, Any]:
    terms, windows = pledge.terms, windows_of(session, pledge)
    beyond = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(Refund.source == f"receipt:{receipt.id}")
    returned = Money(int(session.execute(beyond).scalar_one()), receipt.currency)
    return issuer() | {
        "zone": terms.zone,
        "payer": receipt.payer_name,
        "legal_name": pledge.legal_name,
        "amount_minor": receipt.amount_cents,
        "currency": receipt.currency,
        "received_on": receipt.received_on.isoformat(),
        "method": PayBy.BANK_TRANSFER.value,
        "held_by": terms.account_holder,
        "account_label": terms.account_number,
        "reference": receipt.request.reference,
        "offer_title": terms.title,
        "asked_minor": asked(receipt.request).minor,
        "held_minor": receipt.amount_cents - returned.minor,
        "returned_minor": returned.minor,
        "deadline_at": terms.deadline_at.isoformat(),
        "reflect_until": windows.reflect_until.isoformat() if windows.reflect_until else None,
        "cancel_until": windows.cancel_until.isoformat() if windows.cancel_until else None,
        "window_zone": windows.zone,
    }


def _pledge(session: Session, request: PaymentRequest) -> Pledge | None:
    return session.scalars(select(Pledge).where(Pledge.payment_request_id == request.id)).first()
