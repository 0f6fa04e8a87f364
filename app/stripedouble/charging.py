"""Charging a payment method for a payment intent: at once for cards, days later for debits, declined, or disputed."""

from typing import Any

from app.stripedouble import balance
from app.stripedouble.books import DAY, Books, due
from app.stripedouble.cards import Means, decline
from app.stripedouble.errors import Failure, Thing
from app.stripedouble.methods import declined, mandates_of, means_of
from app.stripedouble.shapes import rendered


def _charge(books: Books, intent: Thing, method: Thing, means: Means, **fields: Any) -> Thing:
    card = method.get("card")
    made = books.new(
        "charge",
        prefix="ch" if card else "py",
        amount=intent["amount"],
        amount_refunded=0,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="COSTAKE DOUBLE",
        currency=intent["currency"],
        customer=intent.get("customer"),
        description=intent.get("description"),
        disputed=False,
        fraud_details={},
        metadata=intent["metadata"],
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details=_details(books, method, means),
        refunded=False,
        statement_descriptor_suffix=intent.get("statement_descriptor_suffix"),
        **fields,
    )
    books.change(intent, latest_charge=made["id"])
    return made


def _details(books: Books, method: Thing, means: Means) -> Thing:
    """How the method is shown in its charges; made once, until the card changes."""
    hidden, card = books.hidden[method["id"]], method.get("card")
    if hidden.get("shown_of") != (card or method[method["type"]]):
        hidden["shown_of"] = card or method[method["type"]]
        hidden["shown"] = {"type": method["type"], method["type"]: hidden["shown_of"]}
        if card:
            fields = (
                "brand",
                "checks",
                "country",
                "exp_month",
                "exp_year",
                "fingerprint",
                "funding",
                "last4",
                "wallet",
            )
            shown = {key: card[key] for key in fields} | {"network": means.brand, "three_d_secure": None}
            hidden["shown"]["card"] = shown
    found: Thing = hidden["shown"]
    return found


_OUTCOME = {"advice_code": None, "network_advice_code": None, "network_decline_code": None, "reason": None}
_GOOD: Thing = _OUTCOME | {
    "network_status": "approved_by_network",
    "risk_level": "normal",
    "risk_score": 20,
    "seller_message": "Payment complete.",
    "type": "authorized",
}
_BAD: Thing = _OUTCOME | {
    "network_status": "declined_by_network",
    "risk_level": "normal",
    "risk_score": 20,
    "seller_message": "The bank did not return any further details with this decline.",
    "type": "issuer_declined",
}


def charge_now(books: Books, intent: Thing, method: Thing, *, off_session: bool, authenticated: bool) -> None:
    """Charge the method of an intent; raises Stripe's 402 when it is declined."""
    means = means_of(books, method)
    if means.type != "card":
        _debit(books, intent, method, means)
        return
    known = bool(books.hidden[method["id"]].get("authenticated"))
    wanted = means.authentication == "always" or (means.authentication == "setup" and not known)
    if wanted and not authenticated:
        if off_session:
            fail(books, intent, method, means, "authentication_required")
        raise AuthenticationWanted
    if means.charge:
        fail(books, intent, method, means, means.charge)
    charge = _charge(books, intent, method, means, **_paid(intent["amount"]))
    _succeed(books, intent, method, means, charge)


class AuthenticationWanted(Exception):
    """The person has to authenticate before the card can be charged."""


def _paid(amount: int) -> Thing:
    return {"amount_captured": amount, "captured": True, "paid": True, "status": "succeeded", "outcome": _GOOD}


def _succeed(books: Books, intent: Thing, method: Thing, means: Means, charge: Thing) -> None:
    amount, currency = intent["amount"], intent["currency"]
    card = means.type == "card"
    entered = balance.book(
        books,
        "charge" if card else "payment",
        "charge",
        amount,
        currency,
        charge["id"],
        fee=balance.fee_of(amount, currency, method),
        available_on=None if means.available else balance.two_days_on(books),
        description=intent.get("description"),
    )
    books.change(charge, balance_transaction=entered["id"])
    books.change(intent, status="succeeded", amount_received=amount, next_action=None, last_payment_error=None)
    books.happened("charge.succeeded", charge)
    books.happened("payment_intent.succeeded", intent)
    if means.dispute:
        from app.stripedouble.disputes import open_dispute

        inquiry = means.dispute == "inquiry"
        open_dispute(books, charge, "fraudulent" if inquiry else means.dispute, inquiry=inquiry)


def fail(books: Books, intent: Thing, method: Thing, means: Means, code: str) -> None:
    """A declined card: a failed charge, the intent wants another method, and a 402."""
    said = decline(code)
    charge = _charge(
        books,
        intent,
        method,
        means,
        amount_captured=0,
        captured=False,
        paid=False,
        status="failed",
        failure_code=said["code"],
        failure_message=said["message"],
        outcome=_BAD | {"reason": code, "network_decline_code": None},
    )
    error = said | {"charge": charge["id"], "payment_method": rendered(method)}
    books.change(
        intent, status="requires_payment_method", payment_method=None, last_payment_error=error, next_action=None
    )
    books.happened("charge.failed", charge)
    books.happened("payment_intent.payment_failed", intent)
    answered = error | {"payment_intent": rendered(intent)}
    extra = {name: answered[name] for name in ("charge", "payment_method", "payment_intent")}
    raise declined(said, **extra)


def _debit(books: Books, intent: Thing, method: Thing, means: Means) -> None:
    """Begin a debit: it stays in processing until the bank has answered, days later."""
    charge = _charge(
        books, intent, method, means, amount_captured=intent["amount"], captured=True, paid=False, status="pending",
        outcome=_GOOD | {"seller_message": "Payment pending.", "network_status": "not_sent_to_network"},
    )  # fmt: skip
    books.change(intent, status="processing", last_payment_error=None, next_action=None)
    books.happened("charge.pending", charge)
    books.happened("payment_intent.processing", intent)
    books.later(books.settings[f"{means.type}_days"] * DAY, settle_debit, intent["id"])


@due
def settle_debit(books: Books, identifier: str) -> None:
    """The bank answers a debit: the money is there, or it failed."""
    from app.stripedouble.checkout import async_answer

    intent = books.get("payment_intent", identifier)
    if intent["status"] != "processing":
        return
    charge = books.get("charge", intent["latest_charge"])
    method = books.get("payment_method", charge["payment_method"])
    means = means_of(books, method)
    if means.fails is None:
        books.change(charge, paid=True, status="succeeded")
        _succeed(books, intent, method, means, charge)
        async_answer(books, intent)
        return
    said = f"The customer's bank account could not be debited: {means.fails.replace('_', ' ')}."
    error: Thing = {"code": "payment_intent_payment_attempt_failed", "decline_code": means.fails, "message": said}
    error |= {"type": "card_error", "charge": charge["id"], "payment_method": rendered(method)}
    books.change(charge, status="failed", failure_code=means.fails, failure_message=said, captured=False, outcome=_BAD)
    books.change(intent, status="requires_payment_method", payment_method=None, last_payment_error=error)
    books.happened("charge.failed", charge)
    books.happened("payment_intent.payment_failed", intent)
    async_answer(books, intent)
    if means.fails in ("account_closed", "no_account", "debit_not_authorized"):
        _end_mandates(books, method)


def _end_mandates(books: Books, method: Thing) -> None:
    for mandate in mandates_of(books, method["id"]):
        if mandate["status"] == "active":
            books.change(mandate, status="inactive")
            books.happened("mandate.updated", mandate, {"status": "active"})


def unexpected_state(kind: str, thing: Thing, act: str) -> Failure:
    """An intent that cannot be acted on as it stands."""
    said = f"You cannot {act} this {kind} because it has a status of {thing['status']}."
    noun = kind.lower().replace("intent", "_intent")
    failure = Failure(400, "invalid_request_error", said, code=f"{noun}_unexpected_state")
    failure.extra[noun] = rendered(thing)
    return failure
