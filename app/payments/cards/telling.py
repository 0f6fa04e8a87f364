"""Telling: a letter when a charge needs its person, with the one page that gives the reason and every way on."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from app.letters.writing import write
from app.payments.cards.models import ChargeAttempt, DeclineKind
from app.payments.models import PaymentRequest

PageOf = Callable[[Session, PaymentRequest], str]
_PAGES: dict[str, PageOf] = {}


def show_payments_of(purpose: str, page_of: PageOf) -> None:
    """Let a room above say where people see what they pay for requests whose purpose begins with `purpose:`."""
    assert _PAGES.setdefault(purpose, page_of) == page_of, f"pages of {purpose} are shown twice"


def page_of(session: Session, request: PaymentRequest) -> str:
    """The path of the page on which a person sees and mends a payment."""
    found = _PAGES.get(request.purpose.partition(":")[0])
    return "/pledges" if found is None else found(session, request)


def tell_declined(session: Session, attempt: ChargeAttempt, kind: DeclineKind, again_at: datetime | None) -> None:
    """Tell a person that a charge needs their authentication, or another card, or is tried again by itself."""
    request = attempt.instalment.request
    saved = attempt.saved_method
    write(
        session,
        "card-authenticate" if kind == DeclineKind.AUTHENTICATION else "card-declined",
        request.person.email,
        request.person.language,
        person_id=request.person_id,
        amount_minor=attempt.amount_cents,
        currency=attempt.currency,
        reference=request.reference,
        last4=saved.last4 if saved is not None else "",
        again_on=again_at.date().isoformat() if again_at is not None else "",
        path=page_of(session, request),
    )
