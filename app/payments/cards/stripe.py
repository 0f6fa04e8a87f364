"""The gateway to Stripe: the one place that calls it, with keys of our own, and turns its objects into our words.

Nothing here is called inside a transaction that records why: rows first, then the call, then what it answered.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any
from uuid import UUID

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.payments.cards import reading
from app.payments.cards.answers import (
    Busy,
    Disputed,
    Heard,
    Identity,
    Intent,
    KeyRefused,
    Line,
    Method,
    NoAnswer,
    Page,
    PaidOut,
    Rejected,
    Returned,
    Setup,
)

if TYPE_CHECKING:  # importing the client takes a third of a second, which most processes never need
    import stripe

Params = Mapping[str, Any]
EXPANDED = ["latest_charge.balance_transaction"]
REFUND_EXPANDED = ["balance_transaction"]
TOLERANCE_SECONDS = 300  # both ways: the client's own check takes any moment ahead
RETRIES = 2  # for requests that somebody waits for; each goes with the same key


class NoProcessor(Refusal):
    """No key is configured."""

    message = N_("Payments by card and debit are not switched on here. Please pay by bank transfer.")
    status = 503


def is_configured() -> bool:
    """Whether anyone can pay by card or debit here."""
    return bool(settings().stripe_key)


def key_of(identifier: UUID | str) -> str:
    """The idempotency key of a row that was written before its call."""
    return f"costake:{'live' if settings().stripe_live else 'test'}:{identifier}"


@cache
def _client_for(key: str, api: str, seconds: int) -> "stripe.StripeClient":
    import stripe

    addresses: Any = {"base_addresses": {"api": api, "files": api}} if api else {}
    return stripe.StripeClient(
        key, max_network_retries=0, http_client=stripe.RequestsClient(timeout=seconds), **addresses
    )


def client() -> "stripe.StripeClient":
    """The client of this process; refuses when no key is configured."""
    if not is_configured():
        raise NoProcessor
    chosen = settings()
    return _client_for(chosen.stripe_key, chosen.stripe_api, chosen.stripe_seconds)


@contextmanager
def asking() -> Iterator[None]:
    """Turn the client's exceptions into ours; a declined card is no exception but an answer, taken before."""
    import stripe

    try:
        yield
    except stripe.StripeError as error:
        raise translated(error) from error


def translated(error: "stripe.StripeError") -> Exception:
    """What an exception of the client means: nothing known, nothing done for now, or not accepted."""
    status = error.http_status
    if status == 429:
        return Busy(error.code or "rate_limit")
    if status in (401, 403):
        return KeyRefused(str(error.user_message or error))
    if status is None or status >= 500 or status == 409:
        return NoAnswer(type(error).__name__)
    return Rejected(error.code or "invalid_request", str(error.user_message or error))


def _options(key: UUID | str | None = None, retries: int = RETRIES) -> Any:
    keyed = {} if key is None else {"idempotency_key": key_of(key)}
    return {"max_network_retries": retries, **keyed}


def make_customer(key: UUID | str, params: Params) -> str:
    """Make a customer; its name at the processor."""
    with asking():
        return str(client().v1.customers.create(_sent(params), _options(key)).id)


def open_page(key: UUID | str, params: Params) -> Page:
    """Open a page on which a person saves a way to pay, or pays."""
    with asking():
        return reading.page(client().v1.checkout.sessions.create(_sent(params), _options(key)))


def find_page(identifier: str) -> Page:
    """A page as it stands."""
    with asking():
        return reading.page(client().v1.checkout.sessions.retrieve(identifier, options=_options()))


def close_page(identifier: str) -> Page:
    """Close a page that nobody has completed; when it is not open any more, the page as it stands."""
    try:
        with asking():
            return reading.page(client().v1.checkout.sessions.expire(identifier, options=_options()))
    except Rejected:
        return find_page(identifier)


def open_identity(key: UUID | str, params: Params) -> Identity:
    """Open a check of a document for a person."""
    with asking():
        return reading.identity(client().v1.identity.verification_sessions.create(_sent(params), _options(key)))


def find_identity(identifier: str) -> Identity:
    """A check of a document as it stands, with the names that a verified document shows."""
    params: Any = {"expand": ["verified_outputs"]}
    with asking():
        return reading.identity(client().v1.identity.verification_sessions.retrieve(identifier, params, _options()))


def redact_identity(key: str, identifier: str) -> None:
    """Have what is known of a document forgotten at the processor; to ask twice changes nothing."""
    with asking():
        client().v1.identity.verification_sessions.redact(identifier, options=_options(key))


def charge(key: UUID | str, params: Params, *, retries: int = 0) -> Intent:
    """Ask for a payment. The same key and parameters again give the same answer, for a day."""
    try:
        with _declines():
            return reading.intent(client().v1.payment_intents.create(_sent(params), _options(key, retries)))
    except _Declined as declined:
        return declined.intent


def find_intent(identifier: str) -> Intent:
    """A payment as it stands."""
    params: Any = {"expand": EXPANDED}
    with asking():
        return reading.intent(client().v1.payment_intents.retrieve(identifier, params, _options()))


def cancel_intent(identifier: str) -> Intent:
    """Cancel a payment that is not over; when it is, the payment as it stands."""
    try:
        with asking():
            return reading.intent(client().v1.payment_intents.cancel(identifier, options=_options()))
    except Rejected:
        return find_intent(identifier)


def intents_of(customer: str, since: int) -> Iterator[Intent]:
    """The payments of a customer that were made at a moment (seconds since 1970) or later, the newest first."""
    params: Any = {"customer": customer, "created": {"gte": since}, "limit": 100, "expand": ["data.latest_charge"]}
    yield from _each(client().v1.payment_intents, params, reading.intent)


def intents_since(since: int) -> Iterator[Intent]:
    """Every payment that was made at a moment or later, the newest first."""
    params: Any = {"created": {"gte": since}, "limit": 100, "expand": ["data.latest_charge"]}
    yield from _each(client().v1.payment_intents, params, reading.intent)


def find_setup(identifier: str) -> Setup:
    """The saving of a method as it stands, with the method."""
    params: Any = {"expand": ["payment_method"]}
    with asking():
        return reading.setup(client().v1.setup_intents.retrieve(identifier, params, _options()))


def find_method(identifier: str) -> Method:
    """A card or account as it stands."""
    with asking():
        return reading.method(client().v1.payment_methods.retrieve(identifier, options=_options()))


def detach(identifier: str) -> None:
    """Remove a card or account from its customer; harmless when it was removed."""
    try:
        with asking():
            client().v1.payment_methods.detach(identifier, options=_options())
    except Rejected:
        return


def find_charge(identifier: str) -> tuple[str, str]:
    """The payment that a charge belongs to, and its line in the balance."""
    with asking():
        found = client().v1.charges.retrieve(identifier, options=_options())
        return reading.text(found, "payment_intent"), reading.text(found, "balance_transaction")


def refund(key: UUID | str, params: Params) -> Returned:
    """Ask for money to go back on a charge. The same key and parameters again give the same answer, for a day."""
    with asking():
        return reading.returned(client().v1.refunds.create(_sent(params), _options(key, retries=0)))


def find_refund(identifier: str) -> Returned:
    """A refund as it stands."""
    params: Any = {"expand": REFUND_EXPANDED}
    with asking():
        return reading.returned(client().v1.refunds.retrieve(identifier, params, _options()))


def refunds_of(charge: str) -> Iterator[Returned]:
    """The refunds on a charge, the newest first."""
    yield from _each(client().v1.refunds, {"charge": charge, "limit": 100}, reading.returned)


def refunds_since(since: int) -> Iterator[Returned]:
    """Every refund that was made at a moment or later, the newest first."""
    yield from _each(client().v1.refunds, {"created": {"gte": since}, "limit": 100}, reading.returned)


def find_dispute(identifier: str) -> Disputed:
    """A dispute as it stands."""
    with asking():
        return reading.disputed(client().v1.disputes.retrieve(identifier, options=_options()))


def disputes_since(since: int) -> Iterator[Disputed]:
    """Every dispute that was opened at a moment or later, the newest first."""
    yield from _each(client().v1.disputes, {"created": {"gte": since}, "limit": 100}, reading.disputed)


def upload_evidence(key: str, name: str, content: bytes) -> str:
    """Upload a PDF that is evidence of a dispute; its name at the processor."""
    file = _Named(content)
    file.name = name
    with asking():
        return str(client().v1.files.create({"purpose": "dispute_evidence", "file": file}, _options(key)).id)


def send_evidence(key: UUID, dispute: str, params: Params) -> Disputed:
    """Send evidence of a dispute to its bank. The same key and parameters again give the same answer, for a day."""
    with asking():
        return reading.disputed(client().v1.disputes.update(dispute, _sent(params), _options(key, retries=0)))


def events_since(since: int) -> Iterator[Heard]:
    """Every event since a moment, the newest first; Stripe keeps them for 30 days."""
    params: Any = {"created": {"gte": since}, "limit": 100}
    yield from _each(client().v1.events, params, lambda event: reading.heard(event.to_dict()))


def held_by_stripe() -> dict[str, int]:
    """Available and pending by currency, in minor units."""
    with asking():
        return reading.balance(client().v1.balance.retrieve(options=_options()))


def find_payout(identifier: str) -> PaidOut:
    """A payout as it stands."""
    params: Any = {"expand": ["balance_transaction"]}
    with asking():
        return reading.paid_out(client().v1.payouts.retrieve(identifier, params, _options()))


def payouts_from(arrival: int) -> Iterator[PaidOut]:
    """Every payout, whatever became of it, that arrives at a moment or later, the newest first."""
    params: Any = {"arrival_date": {"gte": arrival}, "limit": 100, "expand": ["data.balance_transaction"]}
    yield from _each(client().v1.payouts, params, reading.paid_out)


def lines_of(payout: str) -> Iterator[Line]:
    """The lines of the balance that a payout brings, and its own line, the newest first."""
    yield from _each(client().v1.balance_transactions, {"payout": payout, "limit": 100}, reading.line)


def _each(endpoint: Any, params: Any, read: Any) -> Iterator[Any]:
    with asking():
        for found in endpoint.list(params, _options()).auto_paging_iter():
            yield read(found)


def _sent(params: Params) -> Any:
    return dict(params)


class _Named(BytesIO):
    """Bytes that are uploaded under a name."""

    name: str


class _Declined(Exception):
    """A card was declined: an answer that the client raises."""

    def __init__(self, intent: Intent) -> None:
        self.intent = intent


@contextmanager
def _declines() -> Iterator[None]:
    import stripe

    try:
        yield
    except stripe.CardError as error:
        found = getattr(error.error, "payment_intent", None)
        if found is None:
            raise Rejected(error.code or "card_error", str(error.user_message or error)) from error
        raise _Declined(reading.intent(found)) from error
    except stripe.StripeError as error:
        raise translated(error) from error


class Forged(Refusal):
    """The message was not signed with our secret, or not lately."""

    message = N_("This message is not signed as Stripe signs, or too long ago.")
    status = 400


class Malformed(Refusal):
    """The message is no event."""

    message = N_("This message is not an event of Stripe.")
    status = 400


def _signed_at(signature: str) -> int:
    """The moment that was signed: read as the client reads it, so that no other item of the header passes for it."""
    items = (item.split("=", 2) for item in signature.split(","))
    return int(next(item[1] for item in items if item[0] == "t"))


def opened(payload: bytes, signature: str) -> Heard:
    """The event in a message, once its signature is checked on the very bytes; refused when it is old or from ahead."""
    import stripe

    secret = settings().stripe_webhook_secret
    if not secret:
        raise Forged
    try:
        text = payload.decode("utf-8")
        stripe.WebhookSignature.verify_header(text, signature, secret, tolerance=None)
        drift = abs(clock.now().timestamp() - _signed_at(signature))
    except (stripe.SignatureVerificationError, UnicodeDecodeError, ValueError, IndexError, StopIteration):
        raise Forged from None
    if drift > TOLERANCE_SECONDS:
        raise Forged
    try:
        return reading.heard(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
        raise Malformed from None
