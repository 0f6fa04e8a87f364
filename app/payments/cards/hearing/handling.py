"""Handling events in any order: what each is about is asked for anew, so that an old payload changes nothing."""

from collections.abc import Callable
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import N_
from app.payments.cards import stripe
from app.payments.cards.answers import Disputed, Intent
from app.payments.cards.currencies import OddAmount
from app.payments.cards.hearing.models import StripeEvent, StripeEventHandled
from app.payments.cards.hearing.parking import park
from app.payments.cards.models import ChargeAttempt, Checkout, MethodEnd, Source
from app.payments.cards.outcomes import record_outcome
from app.payments.cards.returning.disputing import record_dispute
from app.payments.cards.returning.sending import charge_refunded, refund_told
from app.payments.cards.saving import end_everywhere, record_setup, renew_method
from app.payments.cards.sending import resolve

DONE, IGNORED, PARKED = N_("done"), N_("nothing to do"), N_("waits for a person")
UNKNOWN_TYPE = N_("of a type that is not handled")

Handler = Callable[[StripeEvent], str]
_HANDLERS: dict[str, Handler] = {}


def handles(prefix: str, handler: Handler) -> None:
    """Have events whose type begins with `prefix` handled by `handler(event)`, which answers what it came to.

    It is called outside of any transaction, perhaps more than once. Of several prefixes the longest counts.
    """
    assert _HANDLERS.setdefault(prefix, handler) == handler, f"{prefix} is handled twice"


def handle_event(session: Session, event_id: str) -> None:
    """Handle an event unless it was; raises `NoAnswer` or `Busy` to be tried again."""
    with reading() as own:
        event = own.get_one(StripeEvent, event_id)
        if own.get(StripeEventHandled, event_id) is not None:
            return
    outcome = _handled(event)
    with transaction() as own:
        values = {"event_id": event_id, "at": clock.now(), "outcome": outcome}
        own.execute(insert(StripeEventHandled).values(**values).on_conflict_do_nothing())


def _handled(event: StripeEvent) -> str:
    if event.account:
        return _parked("event", event.id, N_("the event is of another account"), account=event.account)
    fitting = [prefix for prefix in _HANDLERS if event.type.startswith(prefix)]
    if not fitting:
        return UNKNOWN_TYPE
    try:
        return _HANDLERS[max(fitting, key=len)](event)
    except OddAmount:
        return _parked("event", event.id, N_("the amount cannot be read"), about=event.object_id)


def payment_seen(seen: Intent, source: Source) -> str:
    """Record a payment for its attempt; money that nobody here asked for waits for a person."""
    attempt_id = uuid_of(seen.attempt)
    with transaction() as session:
        if attempt_id is not None and session.get(ChargeAttempt, attempt_id) is not None:
            record_outcome(session, attempt_id, seen, source)
            return DONE
    if seen.status not in ("succeeded", "processing"):
        return IGNORED
    reason = N_("nobody here asked for this payment")
    return _parked("payment", seen.id, reason, amount=seen.amount.minor, currency=seen.amount.currency)


def uuid_of(text: str) -> UUID | None:
    """A UUID from metadata, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _parked(kind: str, subject: str, reason: str, **payload: object) -> str:
    with transaction() as session:
        park(session, kind, subject, reason, **payload)
    return PARKED


def dispute_seen(seen: Disputed, source: Source) -> bool:
    """Record a dispute, once the payment that it is about is recorded; whether that is ours, else a person looks."""
    with transaction() as session:
        if record_dispute(session, seen, source):
            return True
    if seen.intent:
        payment_seen(stripe.find_intent(seen.intent), source)
    with transaction() as session:
        if record_dispute(session, seen, source):
            return True
        park(session, "dispute", seen.id, N_("nobody here asked for this payment"), charge=seen.charge)
        return False


def dispute_told(event: StripeEvent) -> str:
    """Record the dispute that an event is about."""
    return DONE if dispute_seen(stripe.find_dispute(event.object_id), Source.WEBHOOK) else PARKED


def _payment(event: StripeEvent) -> str:
    return payment_seen(stripe.find_intent(event.object_id), Source.WEBHOOK)


def _charge(event: StripeEvent) -> str:
    intent, _ = stripe.find_charge(event.object_id)
    if not intent:
        return _parked("charge", event.object_id, N_("nobody here asked for this payment"))
    return payment_seen(stripe.find_intent(intent), Source.WEBHOOK)


def setup_seen(identifier: str, checkout: str = "") -> str:
    """Record what was saved on a page of ours; methods that were saved otherwise are none of ours."""
    seen = stripe.find_setup(identifier)
    checkout_id = uuid_of(checkout or seen.checkout)
    if checkout_id is None:
        return IGNORED
    with transaction() as session:
        return DONE if record_setup(session, checkout_id, seen) is not None else IGNORED


def _setup(event: StripeEvent) -> str:
    return setup_seen(event.object_id)


def _page(event: StripeEvent) -> str:
    page = stripe.find_page(event.object_id)
    checkout_id = uuid_of(page.checkout)
    with reading() as session:
        visit = session.get(Checkout, checkout_id) if checkout_id is not None else None
    if visit is None:
        return IGNORED
    if visit.attempt_id is not None:
        resolve(visit.attempt_id, Source.WEBHOOK)
        return DONE
    return setup_seen(page.setup, page.checkout) if page.setup and page.status == "complete" else IGNORED


def _method_gone(event: StripeEvent) -> str:
    if stripe.find_method(event.object_id).customer:
        return IGNORED
    with transaction() as session:
        return DONE if end_everywhere(session, event.object_id, MethodEnd.DETACHED) else IGNORED


def _method_renewed(event: StripeEvent) -> str:
    seen = stripe.find_method(event.object_id)
    with transaction() as session:
        return DONE if renew_method(session, seen) else IGNORED


for _prefix, _handler in (
    ("payment_intent.", _payment),
    ("charge.succeeded", _charge),
    ("charge.failed", _charge),
    ("charge.pending", _charge),
    ("charge.updated", _charge),
    ("charge.refunded", charge_refunded),
    ("charge.refund.updated", refund_told),
    ("refund.", refund_told),
    ("charge.dispute.", dispute_told),
    ("setup_intent.succeeded", _setup),
    ("checkout.session.", _page),
    ("payment_method.detached", _method_gone),
    ("payment_method.automatically_updated", _method_renewed),
):
    handles(_prefix, _handler)
