"""Paying: a receipt for money that arrived for a pledge (D05), and a confirmation of money that went back (D06)."""

from datetime import date
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
    pledge = pledge_behind(session, receipt.request)
    if pledge is None:
        return None
    facts = receipt_facts(session, pledge, receipt.request, receipt.amount_cents, f"receipt:{receipt.id}") | {
        "payer": receipt.payer_name,
        "received_on": receipt.received_on.isoformat(),
        "method": PayBy.BANK_TRANSFER.value,
    }
    return file_document(
        session, "receipt", f"receipt:{receipt.id}", receipt.request.person, facts, profile=pledge.terms.law_id
    )


def file_refund(session: Session, refund_id: int) -> Document | None:
    """File the confirmation of a refund that left the bank for a pledge; None as for receipts."""
    refund = session.get_one(Refund, refund_id)
    pledge, standing = pledge_behind(session, refund.request), settlement_of(session, refund)
    if pledge is None or standing.payment is None:
        return None
    facts = refund_facts(session, pledge, refund, standing.by_bank, standing.payment.paid_on) | {
        "method": PayBy.BANK_TRANSFER.value,
        "bank_reference": standing.payment.bank_reference,
    }
    return file_document(
        session, "refund", f"refund:{refund.id}", refund.request.person, facts, profile=pledge.terms.law_id
    )


def receipt_facts(
    session: Session, pledge: Pledge, request: PaymentRequest, amount_cents: int, source: str
) -> dict[str, Any]:
    """What a receipt says of the pledge; `source` names refunds of what was too much. Who paid and how is added."""
    terms, windows = pledge.terms, windows_of(session, pledge)
    beyond = select(func.coalesce(func.sum(Refund.amount_cents), 0)).where(Refund.source == source)
    returned = int(session.execute(beyond).scalar_one())
    return issuer() | {
        "zone": terms.zone,
        "legal_name": pledge.legal_name,
        "amount_minor": amount_cents,
        "currency": request.currency,
        "held_by": terms.account_holder,
        "account_label": terms.account_number,
        "reference": request.reference,
        "offer_title": terms.title,
        "asked_minor": asked(request).minor,
        "held_minor": amount_cents - returned,
        "returned_minor": returned,
        "deadline_at": terms.deadline_at.isoformat(),
        "reflect_until": windows.reflect_until.isoformat() if windows.reflect_until else None,
        "cancel_until": windows.cancel_until.isoformat() if windows.cancel_until else None,
        "window_zone": windows.zone,
    }


def refund_facts(session: Session, pledge: Pledge, refund: Refund, amount: Money, paid_on: date) -> dict[str, Any]:
    """What a confirmation says of the pledge and of what went back on a day. By which way is added."""
    return issuer() | {
        "zone": pledge.terms.zone,
        "legal_name": pledge.legal_name,
        "reference": refund.request.reference,
        "offer_title": pledge.terms.title,
        "reason": refund.reason,
        "due_at": refund.due_at.isoformat(),
        "amount_minor": amount.minor,
        "currency": refund.currency,
        "paid_on": paid_on.isoformat(),
        "membership": _STAYS if current_membership(session, refund.request.person_id) else _NONE,
    }


def pledge_behind(session: Session, request: PaymentRequest) -> Pledge | None:
    """The pledge that a request is of; None for one of something else, and when what was typed into it was erased."""
    wanted = select(Pledge).where(Pledge.payment_request_id == request.id, Pledge.legal_name != "")
    return session.scalars(wanted).first()
