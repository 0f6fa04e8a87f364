"""Dues: what of an instalment is still to be charged, and which saved way to pay it would be charged to."""

from datetime import date
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    and_,
    cast,
    exists,
    func,
    literal,
    select,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from app.ledger.models import Account, Balance
from app.payments.cards.models import ChargeAttempt, SavedMethod, SavedMethodEnd
from app.payments.cards.running.purposes import due
from app.payments.models import Instalment, PaymentRequest, PaymentRequestAmount, PaymentRequestEnd

Facts = Select[tuple[Any, ...]]


def due_by(session: Session, purpose: str, by: date) -> Facts:
    """What a run for a purpose would charge on a day, as `with_facts` has it; what was ever tried is left out."""
    wanted = due(session, purpose, by).subquery("wanted")
    tried = exists().where(ChargeAttempt.instalment_id == Instalment.id)
    return with_facts(wanted, wanted.c[0]).where(~tried).add_columns(wanted.c[1].label("path"))


def with_facts(source: FromClause, instalment_id: SQLColumnExpression[int]) -> Facts:
    """The instalments of a source that have something to charge and a way to pay that has not ended.

    Columns: instalment_id, payment_request_id, person_id, amount_cents (still open of it, oldest instalment first),
    currency, saved_method_id, customer, processor_method, kind, mandate, the request's reference, and last4.
    """
    saved = _last_saved()
    open_cents = _open_cents()
    return (
        select(
            Instalment.id.label("instalment_id"),
            PaymentRequest.id.label("payment_request_id"),
            PaymentRequest.person_id,
            open_cents.label("amount_cents"),
            Instalment.currency,
            saved.c.id.label("saved_method_id"),
            saved.c.processor_customer.label("customer"),
            saved.c.processor_method,
            saved.c.kind,
            saved.c.mandate,
            PaymentRequest.reference,
            saved.c.last4,
        )
        .select_from(source)
        .join(Instalment, Instalment.id == instalment_id)
        .join(PaymentRequest, PaymentRequest.id == Instalment.payment_request_id)
        .join(saved, literal(True))
        .where(open_cents > 0, ~exists().where(PaymentRequestEnd.payment_request_id == PaymentRequest.id))
    )


def _last_saved() -> LateralFromClause:
    ended = exists().where(SavedMethodEnd.saved_method_id == SavedMethod.id)
    return (
        select(SavedMethod)
        .where(SavedMethod.payment_request_id == PaymentRequest.id, ~ended)
        .order_by(SavedMethod.id.desc())
        .limit(1)
        .lateral("saved")
    )


def _open_cents() -> ColumnElement[int]:
    """What is open of an instalment: money goes to the oldest first, and a request may have been lowered."""
    other = aliased(Instalment)
    until = (
        select(func.sum(other.amount_cents))
        .where(other.payment_request_id == PaymentRequest.id, other.number <= Instalment.number)
        .scalar_subquery()
    )
    lowered = (
        select(func.min(PaymentRequestAmount.amount_cents))
        .where(PaymentRequestAmount.payment_request_id == PaymentRequest.id)
        .scalar_subquery()
    )
    held = (
        select(-Balance.amount)
        .join(Account, Account.id == Balance.account_id)
        .where(
            and_(Account.kind == "subscriptions_held", Account.subject == func.concat("request:", PaymentRequest.id)),
            Balance.unit == PaymentRequest.currency,
        )
        .scalar_subquery()
    )
    asked = func.least(until, func.coalesce(lowered, PaymentRequest.amount_cents))
    return cast(func.least(Instalment.amount_cents, asked - func.coalesce(held, 0)), BigInteger)
