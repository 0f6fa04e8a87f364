"""Which lines of bank statements are about a person: matched with payments from or to them; and reversed receipts."""

from sqlalchemy import Select, SelectBase, func, or_, select

from app.core.errors import N_
from app.payments.models import PaymentRequest, Receipt, Refund
from app.payments.payouts.models import Payout
from app.payments.reversing import ReceiptReversal
from app.privacy.share_parts import Found
from app.reconciliation.models import BankLine, BankLineNote, BankLineSaid, BankMatch

Ids = SelectBase


def _matches(ids: Ids) -> Select[int]:
    requests = select(PaymentRequest.id).where(PaymentRequest.person_id.in_(ids))
    receipts = select(func.concat("receipt:", Receipt.id)).where(Receipt.payment_request_id.in_(requests))
    refunds = select(func.concat("refund:", Refund.id)).where(Refund.payment_request_id.in_(requests))
    payouts = select(func.concat("payout:", Payout.id)).where(Payout.person_id.in_(ids))
    wanted = or_(*(BankMatch.subject.in_(each) for each in (receipts, refunds, payouts)))
    return select(BankMatch.id).where(wanted)


def _lines(ids: Ids) -> Select[int]:
    return select(BankMatch.bank_line_id).where(BankMatch.id.in_(_matches(ids)))


def _receipts(ids: Ids) -> Select[int]:
    requests = select(PaymentRequest.id).where(PaymentRequest.person_id.in_(ids))
    return select(Receipt.id).where(Receipt.payment_request_id.in_(requests))


BANK_PARTS = [
    Found(N_("Reversed receipts"), ReceiptReversal, lambda ids: ReceiptReversal.receipt_id.in_(_receipts(ids))),
    Found(
        N_("Lines of bank statements"),
        BankLine,
        lambda ids: BankLine.id.in_(_lines(ids)),
        frozenset({"payer_index", "fingerprint"}),
    ),
    Found(N_("What banks said"), BankLineSaid, lambda ids: BankLineSaid.bank_line_id.in_(_lines(ids))),
    Found(N_("What bank lines were found to be"), BankMatch, lambda ids: BankMatch.id.in_(_matches(ids))),
    Found(N_("Notes on bank lines"), BankLineNote, lambda ids: BankLineNote.bank_line_id.in_(_lines(ids))),
]
