"""Asking for refunds to cards: what came by a card goes back to it, in parts whose rows are written before the call."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.identifiers import uuid7
from app.core.language import translator
from app.core.money import Money
from app.core.settings import settings
from app.members.approvals.about import About, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Value, money
from app.members.models import Person
from app.members.roles import Role
from app.payments.cards import stripe
from app.payments.cards.models import CardPayment
from app.payments.cards.returning.bearing import unsettled
from app.payments.cards.returning.disputing import GAVE_BACK, state_of
from app.payments.cards.returning.models import Dispute, ProcessorRefund, ProcessorRefundMove
from app.payments.models import Refund
from app.payments.refunding import locked_refund
from app.payments.settled import is_under_way, payments_behind, settlement_of, went

SEND_JOB = "cards.send_refund"
BY_CARD = "refund:send-to-card"
ROLES = (Role.TREASURER, Role.ORGANIZER)


class NothingToSend(Refusal):
    """All of it went back, or is on its way."""

    message = N_("All of this refund went back already, or is on its way.")
    status = 409


class CameOtherwise(Refusal):
    """The money did not come by card or debit, or went back there already."""

    message = N_("None of this money can go back to a card or account. Pay it by bank transfer.")
    status = 409


def send_back(session: Session, refund_id: int, *, by: Person, reason: str) -> Proposal | None:
    """Send a refund back to the cards that paid; above the limit for one person it is proposed to a second."""
    refund = locked_refund(session, refund_id)
    amount = sum(part.minor for _, part in _chosen(session, refund))
    if amount <= settings().refund_alone_cents_max:
        begin_refund(session, refund, by=by.id)
        return None
    payload = {"refund_id": refund_id, "amount_cents": amount, "currency": refund.currency}
    return propose(session, BY_CARD, subject=f"refund:{refund_id}", payload=payload, by=by, reason=reason)


def begin_refund(session: Session, refund: Refund, *, by: int | None, patient: bool = False) -> list[ProcessorRefund]:
    """Begin to send a refund to the cards that paid; the job `cards.send_refund` sends each part after the commit.

    A `patient` one lets all other jobs go first.
    """
    rows = []
    for payment, amount in _chosen(session, refund):
        row = ProcessorRefund(
            id=uuid7(),
            refund_id=refund.id,
            card_payment_id=payment.id,
            charge=payment.charge,
            amount_cents=amount.minor,
            currency=amount.currency,
            asked_at=clock.now(),
            asked_by=by,
        )
        session.add(row)
        session.flush()
        audit.record(session, audit.Tag.REFUND_SENT, f"refund:{refund.id}", by=by, amount_cents=amount.minor)
        jobs.defer_many(session, SEND_JOB, [{"identifier": str(row.id)}], patient=patient)
        rows.append(row)
    return rows


def possible_parts(session: Session, refund: Refund) -> list[tuple[CardPayment, Money]]:
    """The payments by card on which what is left of a refund can go back, the latest first, with how much on each."""
    left, found = settlement_of(session, refund).to_send.minor, []
    if left and stripe.is_configured():
        for payment in payments_behind(session, refund):
            part = min(left, _left_on(session, payment))
            if part > 0:
                found.append((payment, Money(part, payment.currency)))
                left -= part
    return found


def _chosen(session: Session, refund: Refund) -> list[tuple[CardPayment, Money]]:
    if settlement_of(session, refund).to_send.minor <= 0:
        raise NothingToSend
    one_at_a_time(session, f"card refunds of person {refund.request.person_id}")
    parts = possible_parts(session, refund)
    if not parts:
        raise CameOtherwise
    return parts


def _left_on(session: Session, payment: CardPayment) -> int:
    """How much can still go back on a charge; nothing while its bank takes it, or has taken it, by a dispute."""
    taken = select(Dispute.id).where(Dispute.card_payment_id == payment.id, state_of().not_in(GAVE_BACK))
    if session.scalars(taken.limit(1)).first() is not None:
        return 0
    sent = select(func.coalesce(func.sum(ProcessorRefund.amount_cents), 0)).where(
        ProcessorRefund.card_payment_id == payment.id, (went() & ~_came_back()) | is_under_way()
    )
    return payment.amount_cents - int(session.execute(sent).scalar_one()) - unsettled(session, payment)


def _came_back() -> Any:
    return (
        select(ProcessorRefundMove.id)
        .where(ProcessorRefundMove.processor_refund_id == ProcessorRefund.id)
        .where(ProcessorRefundMove.status.in_(("failed", "canceled")))
        .exists()
    )


def _perform(session: Session, payload: dict[str, Any], by: int) -> None:
    begin_refund(session, locked_refund(session, payload["refund_id"]), by=by)


tell_of("refund", lambda _session, _name, lang: About(translator(lang)(N_("Refunds")), "/desk/refunds"))
register(
    TwoPersonAct(
        BY_CARD,
        N_("Send a refund to the card or account that paid"),
        ROLES,
        _perform,
        values=(Value("amount_cents", N_("Amount"), money),),
        unsaid=("refund_id", "currency"),
    )
)
