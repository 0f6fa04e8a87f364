"""The shapes of objects: every field that the installed package declares, null where nothing is said of it."""

from functools import cache
from hashlib import blake2b
from importlib import import_module
from typing import NamedTuple

from app.stripedouble.errors import Thing


class Kind(NamedTuple):
    """A kind of object: the head of its ids, its class in the package, and what lists of it are filtered by."""

    prefix: str
    place: str
    indexed: tuple[str, ...] = ()
    noun: str = ""


KINDS: dict[str, Kind] = {
    "customer": Kind("cus", "stripe._customer:Customer", ("email",)),
    "payment_method": Kind("pm", "stripe._payment_method:PaymentMethod", ("customer",), "PaymentMethod"),
    "setup_intent": Kind("seti", "stripe._setup_intent:SetupIntent", ("customer", "payment_method"), "setupintent"),
    "payment_intent": Kind("pi", "stripe._payment_intent:PaymentIntent", ("customer",)),
    "charge": Kind("ch", "stripe._charge:Charge", ("customer", "payment_intent")),
    "refund": Kind("re", "stripe._refund:Refund", ("charge", "payment_intent")),
    "dispute": Kind("du", "stripe._dispute:Dispute", ("charge", "payment_intent")),
    "file": Kind("file", "stripe._file:File"),
    "payout": Kind("po", "stripe._payout:Payout"),
    "balance_transaction": Kind(
        "txn", "stripe._balance_transaction:BalanceTransaction", ("payout", "source"), "balance transaction"
    ),
    "event": Kind("evt", "stripe._event:Event", ("type",)),
    "webhook_endpoint": Kind("we", "stripe._webhook_endpoint:WebhookEndpoint", (), "webhook endpoint"),
    "mandate": Kind("mandate", "stripe._mandate:Mandate", ("payment_method",)),
    "checkout.session": Kind(
        "cs_test", "stripe.checkout._session:Session", ("customer", "payment_intent"), "checkout.session"
    ),
    "identity.verification_session": Kind(
        "vs",
        "stripe.identity._verification_session:VerificationSession",
        ("client_reference_id",),
        "verification_session",
    ),
    "identity.verification_report": Kind(
        "vr",
        "stripe.identity._verification_report:VerificationReport",
        ("verification_session",),
        "verification_report",
    ),
}
BY_PREFIX = {kind.prefix: name for name, kind in KINDS.items()} | {"py": "charge"}
# Fields that Stripe answers only where they are asked for, or only to what we never are.
ABSENT = {
    "charge": {"level3", "refunds", "source", "authorization_code"},
    "customer": {"sources", "subscriptions", "tax_ids", "cash_balance", "deleted", "currency"},
    "checkout.session": {"line_items"},
    "identity.verification_session": {"verified_outputs"},
    "payment_intent": {"allowed_payment_method_types", "hooks", "managed_payments"},
    "setup_intent": {"allowed_payment_method_types", "managed_payments"},
    "webhook_endpoint": {"deleted", "secret"},
    "event": {"account", "context"},
}


def kind_of(identifier: str) -> str | None:
    """The kind of object that an id names, by its head."""
    return BY_PREFIX.get(identifier.rpartition("_")[0])


@cache
def annotations(kind: str) -> dict[str, str]:
    """The fields that the installed package declares for a kind, with their types as text."""
    module, _, name = KINDS[kind].place.partition(":")
    declared = getattr(import_module(module), name).__annotations__
    absent = ABSENT.get(kind, set())
    kept = {"allow_redisplay", "billing_details", "created", "customer", "customer_account", "id", "livemode"}
    kept |= {"metadata", "object", "type"}  # of a payment method, whose other fields are one for each type
    return {
        field: str(hint)
        for field, hint in declared.items()
        if "ClassVar" not in str(hint) and field not in absent and (kind != "payment_method" or field in kept)
    }


@cache
def template(kind: str) -> Thing:
    """What every object of a kind answers before anything is said of it."""
    made: Thing = {"id": None, "object": kind}
    for field, hint in annotations(kind).items():
        if "Optional[" in hint or "NoneType" in hint:
            made[field] = None
        elif field == "livemode":
            made[field] = False
    return made


def rendered(thing: Thing) -> Thing:
    """An object as it is answered: what is kept of it, laid over the template of its kind."""
    kind = thing["object"]
    full = {**template(kind), **thing}
    if kind in ("payment_intent", "setup_intent"):
        full["client_secret"] = client_secret(thing["id"])
    elif kind == "balance_transaction":
        full.pop("payout", None)  # kept for the filter only
        fee: Thing = {"amount": full["fee"], "application": None, "currency": full["currency"]}
        full["fee_details"] = [fee | {"description": "Stripe fee", "type": "stripe_fee"}] if full["fee"] else []
    return full


def client_secret(identifier: str) -> str:
    """The secret with which a browser may act on an intent; of no use but to look right."""
    return f"{identifier}_secret_{blake2b(identifier.encode(), digest_size=12).hexdigest()}"
