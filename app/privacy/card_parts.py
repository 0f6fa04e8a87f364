"""Which rows about cards and debits, refunds to them and disputes are about a person."""

from typing import Any

from sqlalchemy import Select, SelectBase, select

from app.core.errors import N_
from app.payments.cards import models as cards
from app.payments.cards.evidence.models import DisputeEvidence, DisputeEvidenceMove
from app.payments.cards.returning import models as returning
from app.payments.cards.running import models as running
from app.payments.models import Instalment, PaymentRequest
from app.privacy.share_parts import Found

Ids = SelectBase


def _requests(ids: Ids) -> Select[int]:
    return select(PaymentRequest.id).where(PaymentRequest.person_id.in_(ids))


def _ids_of(table: Any, column: Any, ids: Ids) -> Select[int]:
    return select(table.id).where(column.in_(ids))


def _instalments(ids: Ids) -> Select[int]:
    return _ids_of(Instalment, Instalment.payment_request_id, _requests(ids))


def _card_payments(ids: Ids) -> Select[int]:
    return _ids_of(cards.CardPayment, cards.CardPayment.payment_request_id, _requests(ids))


CARD_PARTS = [
    Found(
        N_("Name at the card processor"),
        cards.ProcessorCustomer,
        lambda ids: cards.ProcessorCustomer.person_id.in_(ids),
    ),
    Found(N_("Saved cards and accounts"), cards.SavedMethod, lambda ids: cards.SavedMethod.person_id.in_(ids)),
    Found(
        N_("Cards and accounts no longer used"),
        cards.SavedMethodEnd,
        lambda ids: cards.SavedMethodEnd.saved_method_id.in_(
            _ids_of(cards.SavedMethod, cards.SavedMethod.person_id, ids)
        ),
    ),
    Found(
        N_("Visits to the card processor's page"),
        cards.Checkout,
        lambda ids: cards.Checkout.payment_request_id.in_(_requests(ids)),
    ),
    Found(
        N_("Pages of the card processor"),
        cards.CheckoutOpened,
        lambda ids: cards.CheckoutOpened.checkout_id.in_(
            _ids_of(cards.Checkout, cards.Checkout.payment_request_id, _requests(ids))
        ),
    ),
    Found(
        N_("Notices before a charge"),
        running.ChargeNotice,
        lambda ids: running.ChargeNotice.instalment_id.in_(_instalments(ids)),
    ),
    Found(
        N_("Attempts to charge"),
        cards.ChargeAttempt,
        lambda ids: cards.ChargeAttempt.instalment_id.in_(_instalments(ids)),
    ),
    Found(
        N_("What became of attempts to charge"),
        cards.ChargeOutcome,
        lambda ids: cards.ChargeOutcome.attempt_id.in_(
            _ids_of(cards.ChargeAttempt, cards.ChargeAttempt.instalment_id, _instalments(ids))
        ),
    ),
    Found(N_("Card payments"), cards.CardPayment, lambda ids: cards.CardPayment.payment_request_id.in_(_requests(ids))),
    Found(
        N_("Refunds to cards and accounts"),
        returning.ProcessorRefund,
        lambda ids: returning.ProcessorRefund.card_payment_id.in_(_card_payments(ids)),
    ),
    Found(
        N_("What became of refunds to cards and accounts"),
        returning.ProcessorRefundMove,
        lambda ids: returning.ProcessorRefundMove.processor_refund_id.in_(
            _ids_of(returning.ProcessorRefund, returning.ProcessorRefund.card_payment_id, _card_payments(ids))
        ),
    ),
    Found(
        N_("Refunds made on the card processor's own pages"),
        returning.AdoptedRefund,
        lambda ids: returning.AdoptedRefund.card_payment_id.in_(_card_payments(ids)),
    ),
    Found(
        N_("What became of refunds made on the card processor's own pages"),
        returning.AdoptedRefundMove,
        lambda ids: returning.AdoptedRefundMove.adopted_refund_id.in_(
            _ids_of(returning.AdoptedRefund, returning.AdoptedRefund.card_payment_id, _card_payments(ids))
        ),
    ),
    Found(
        N_("Disputed charges"),
        returning.Dispute,
        lambda ids: returning.Dispute.card_payment_id.in_(_card_payments(ids)),
    ),
    Found(
        N_("What became of disputed charges"),
        returning.DisputeMove,
        lambda ids: returning.DisputeMove.dispute_id.in_(
            _ids_of(returning.Dispute, returning.Dispute.card_payment_id, _card_payments(ids))
        ),
    ),
    Found(N_("Evidence about disputed charges"), DisputeEvidence, lambda ids: DisputeEvidence.person_id.in_(ids)),
    Found(
        N_("What became of evidence"),
        DisputeEvidenceMove,
        lambda ids: DisputeEvidenceMove.evidence_id.in_(_ids_of(DisputeEvidence, DisputeEvidence.person_id, ids)),
    ),
]
