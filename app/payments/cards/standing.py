"""How the payment of a request stands, for the one page that gives the reason and every way on."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.payments.cards.attempting import is_same, last_decline, outcome_of, owed, present_method
from app.payments.cards.models import (
    ChargeOutcome,
    ChargeRetry,
    Checkout,
    DeclineKind,
    OpenAttempt,
    Outcome,
    SavedMethod,
)
from app.payments.models import Instalment, PaymentRequest
from app.payments.requesting import has_ended, instalments_of


class State(StrEnum):
    """What a person can do now; each is said in words of its own."""

    OVER = "over"
    PAID = "paid"
    NOTHING_SAVED = "nothing saved"
    SAVED = "saved"
    WAITS_FOR_ANSWER = "waits for answer"
    ON_ITS_WAY = "on its way"
    AUTHENTICATE = "authenticate"
    REPLACE = "replace"
    TRIED_AGAIN = "tried again"


class Standing(NamedTuple):
    """The state of a request, what may be charged for it, the part that is paid next, and why the last try failed."""

    state: State
    saved: SavedMethod | None
    part: Instalment | None
    amount: Money | None
    reason: str
    again_at: datetime | None
    waiting: UUID | None


REASONS = {
    "insufficient_funds": N_("The bank says that there is not enough money on the account, or the limit is reached."),
    "expired_card": N_("The card has expired."),
    "incorrect_cvc": N_("The security code was wrong."),
    "processing_error": N_("Something went wrong at the bank."),
    "account_closed": N_("The bank says that the account is closed."),
    "no_account": N_("The bank says that there is no such account."),
    "debit_not_authorized": N_("The bank says that this debit is not authorized."),
    "authentication_required": N_(
        "The bank wants you to confirm the payment yourself. Nothing is wrong with the card."
    ),
    "payment_intent_authentication_failure": N_("The payment was not confirmed with the bank."),
}
_OTHERWISE = N_("The bank did not accept the payment and gives no reason.")


def standing_of(session: Session, request: PaymentRequest) -> Standing:
    """How the payment of a request stands."""
    saved = present_method(session, request)
    if has_ended(session, request):
        return Standing(State.OVER, saved, None, None, "", None, None)
    parts = instalments_of(session, request)
    left = [(part, amount) for part in parts if (amount := owed(session, request, part)).minor > 0]
    if not left:
        quiet = State.PAID if parts else State.SAVED if saved else State.NOTHING_SAVED
        return Standing(quiet, saved, None, None, "", None, None)
    part, amount = left[0]
    waiting = session.scalars(select(OpenAttempt.attempt_id).where(OpenAttempt.instalment_id == part.id)).first()
    if waiting is not None and (state := _state_of_open(session, waiting)) is not None:
        return Standing(state, saved, part, amount, "", None, waiting)
    declined = last_decline(session, part.id)
    if declined is None:
        return Standing(State.SAVED if saved else State.NOTHING_SAVED, saved, part, amount, "", None, waiting)
    attempt, outcome = declined
    retry = session.get(ChargeRetry, part.id)
    now = _after(outcome, replaced=saved is not None and not is_same(attempt, saved), tries=bool(retry))
    return Standing(now, saved, part, amount, reason_of(outcome), retry.next_at if retry else None, waiting)


def reason_of(outcome: ChargeOutcome) -> str:
    """Why a bank declined, in words for its customer: never more than it told them itself."""
    if outcome.kind == DeclineKind.FRAUD:
        return _OTHERWISE
    return REASONS.get(outcome.decline_code) or REASONS.get(outcome.code) or _OTHERWISE


def _state_of_open(session: Session, waiting: UUID) -> State | None:
    """The state of what waits; None for a page that somebody has left, who may come back or do something else."""
    present = outcome_of(session, waiting)
    if present is not None and present.outcome == Outcome.PROCESSING:
        return State.ON_ITS_WAY
    if present is not None and present.outcome == Outcome.REQUIRES_ACTION:
        return State.AUTHENTICATE
    on_page = session.scalars(select(Checkout.id).where(Checkout.attempt_id == waiting)).first() is not None
    return None if on_page else State.WAITS_FOR_ANSWER


def _after(outcome: ChargeOutcome, *, replaced: bool, tries: bool) -> State:
    if replaced:
        return State.SAVED
    if outcome.kind == DeclineKind.AUTHENTICATION:
        return State.AUTHENTICATE
    return State.TRIED_AGAIN if tries else State.REPLACE
