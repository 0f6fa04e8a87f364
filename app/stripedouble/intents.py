"""Payment intents: made, confirmed, authenticated by the person, cancelled, listed."""

import re

from app.stripedouble.balance import check_amount
from app.stripedouble.books import Books
from app.stripedouble.charging import AuthenticationWanted, charge_now, fail, unexpected_state
from app.stripedouble.customers import customer_of, merged
from app.stripedouble.errors import Failure, Thing, invalid
from app.stripedouble.methods import (
    DEBIT_CURRENCY,
    DEBITS,
    attach,
    from_data,
    mandate_for,
    mandates_of,
    means_of,
    method_of,
)
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import client_secret, rendered

_KEPT = (
    "capture_method",
    "confirmation_method",
    "description",
    "payment_method_options",
    "receipt_email",
    "setup_future_usage",
    "shipping",
    "statement_descriptor_suffix",
    "transfer_group",
)
_TYPES = ["card", *DEBITS]  # shared by all: never changed in place
_NO_TIP: Thing = {"tip": {}}


def make(books: Books, params: Thing, metadata: Thing | None = None) -> Thing:
    """A payment intent from parameters that have been checked."""
    check_amount(params["amount"], params["currency"])
    if params.get("capture_method") == "manual":
        raise invalid("The double captures at once: capture_method=manual is not made here.", "capture_method")
    if "statement_descriptor" in params:
        said = "For card charges, use statement_descriptor_suffix instead of statement_descriptor."
        raise invalid(said, "statement_descriptor")
    _check_suffix(params.get("statement_descriptor_suffix"))
    if params.get("customer"):
        customer_of(books, params["customer"])
    kept = {name: params[name] for name in _KEPT if params.get(name) not in (None, "")}
    made = books.new(
        "payment_intent",
        amount=params["amount"],
        amount_capturable=0,
        amount_details=_NO_TIP,
        amount_received=0,
        currency=params["currency"].lower(),
        customer=params.get("customer"),
        metadata=merged(None, params.get("metadata") if metadata is None else metadata),
        payment_method_types=params.get("allowed_payment_method_types") or _TYPES,
        status="requires_payment_method",
        **{"capture_method": "automatic_async", "confirmation_method": "automatic"} | kept,
    )
    return made


def _check_suffix(suffix: str | None) -> None:
    """Refuse what cannot stand on a card statement."""
    if suffix is None:
        return
    if len(suffix) > 22 or not re.search("[A-Za-z]", suffix) or re.search(r"""[<>\\'"*]""", suffix):
        said = (
            "The statement descriptor suffix has up to 22 characters, at least one letter, and none of < > \\ ' \" *."
        )
        raise invalid(said, "statement_descriptor_suffix", "invalid_statement_descriptor_suffix")


@operation("POST", "/v1/payment_intents", "PaymentIntentCreateParams")
def create(books: Books, params: Thing) -> Thing:
    confirming = params.get("confirm", False)
    for name in ("off_session", "error_on_requires_action", "return_url", "mandate_data"):
        if name in params and not confirming:
            raise invalid(f"You can only pass {name} when confirm is true.", name)
    method = _method(books, params)
    if confirming and method is None:
        said = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise Failure(400, "invalid_request_error", said, code="payment_intent_unexpected_state")
    _check_owner(params.get("customer"), method)
    if method is not None and confirming:
        types = params.get("allowed_payment_method_types") or _TYPES
        check_method(books, method, params["currency"].lower(), types, params)
    intent = make(books, params)
    if method is not None:
        books.change(intent, payment_method=method["id"], status="requires_confirmation")
    books.happened("payment_intent.created", intent)
    if confirming:
        confirm_now(books, intent, params)
    return rendered(intent)


def _method(books: Books, params: Thing) -> Thing | None:
    if "payment_method_data" in params:
        return from_data(books, params["payment_method_data"], "payment_method_data")
    return method_of(books, params["payment_method"]) if params.get("payment_method") else None


def _check_owner(customer: str | None, method: Thing | None) -> None:
    owner = method.get("customer") if method else None
    if owner and owner != customer:
        said = f"The provided PaymentMethod cannot be used: it belongs to the customer {owner}."
        if customer is None:
            said += " Please include that customer in the `customer` parameter."
        raise invalid(said, "payment_method")


def confirm_now(books: Books, intent: Thing, params: Thing) -> None:
    """Try to take the money; raises a 402 when it is declined."""
    method = books.get("payment_method", intent["payment_method"])
    check_method(books, method, intent["currency"], intent["payment_method_types"], params)
    off_session = params.get("off_session") not in (None, False)
    intent_options = {"return_url": params.get("return_url"), "authentic": False}
    books.hidden.setdefault(intent["id"], {}).update(intent_options)
    if method["type"] in DEBITS and not _mandated(books, method):
        mandate_for(books, method, params["mandate_data"].get("customer_acceptance"))
    try:
        charge_now(books, intent, method, off_session=off_session, authenticated=False)
    except AuthenticationWanted:
        if params.get("error_on_requires_action"):
            fail(books, intent, method, means_of(books, method), "authentication_required")
        _ask_to_authenticate(books, intent, params.get("return_url"))
        return
    books.hidden[method["id"]]["used"] = True
    _save(books, intent, method)


def _save(books: Books, intent: Thing, method: Thing) -> None:
    if intent.get("setup_future_usage") and intent.get("customer") and not method.get("customer"):
        attach(books, method, intent["customer"])


def _mandated(books: Books, method: Thing) -> bool:
    return any(mandate["status"] == "active" for mandate in mandates_of(books, method["id"]))


def check_method(books: Books, method: Thing, currency: str, types: list[str], params: Thing) -> None:
    """Refuse, before anything is done, a method with which this cannot be paid."""
    kind = method["type"]
    hidden = books.hidden[method["id"]]
    if hidden.get("detached") or (hidden.get("used") and not method.get("customer")):
        said = (
            "The provided PaymentMethod was previously used with a PaymentIntent without Customer attachment, shared "
            "with a connected account without Customer attachment, or was detached from a Customer. It may not be used "
            "again. To use a PaymentMethod multiple times, you must attach it to a Customer first."
        )
        raise invalid(said, "payment_method", "payment_method_unexpected_state")
    if kind not in types:
        raise invalid(f"The PaymentMethod of type {kind} is not allowed for this intent.", "payment_method")
    only = DEBIT_CURRENCY.get(kind)
    if only and currency != only:
        raise invalid(
            f"The currency provided ({currency}) is invalid for payments with {kind}: use {only}.", "currency"
        )
    if kind in DEBITS and not _mandated(books, method) and "mandate_data" not in params:
        raise invalid("A mandate is needed for this payment: pass mandate_data.", "mandate_data")


def next_action(books: Books, intent: Thing, return_url: str | None) -> Thing:
    """Where the person authenticates: on the double's page, which leads back to `return_url`."""
    if return_url is None:
        return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect"}}
    url = f"{books.base()}/authenticate/{intent['id']}?secret={client_secret(intent['id'])}"
    return {"type": "redirect_to_url", "redirect_to_url": {"return_url": return_url, "url": url}}


def _ask_to_authenticate(books: Books, intent: Thing, return_url: str | None) -> None:
    books.change(intent, status="requires_action", next_action=next_action(books, intent, return_url))
    books.happened("payment_intent.requires_action", intent)


def authenticated(books: Books, intent: Thing, approved: bool) -> None:
    """The person has answered the bank's question on the double's page."""
    if intent["status"] != "requires_action":
        return
    method = books.get("payment_method", intent["payment_method"])
    if approved:
        books.hidden[method["id"]]["authenticated"] = True
        charge_now(books, intent, method, off_session=False, authenticated=True)
        _save(books, intent, method)
        return
    said = "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    error: Thing = {"code": "payment_intent_authentication_failure", "message": said, "type": "card_error"}
    error["payment_method"] = rendered(method)
    books.change(
        intent, status="requires_payment_method", payment_method=None, next_action=None, last_payment_error=error
    )
    books.happened("payment_intent.payment_failed", intent)


@operation("POST", "/v1/payment_intents/{intent}/confirm", "PaymentIntentConfirmParams")
def confirm(books: Books, params: Thing, identifier: str) -> Thing:
    intent = books.find("payment_intent", identifier, "intent")
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise unexpected_state("PaymentIntent", intent, "confirm")
    method = _method(books, params)
    _check_owner(intent.get("customer"), method)
    if method is not None:
        books.change(intent, payment_method=method["id"], status="requires_confirmation")
    if not intent.get("payment_method"):
        said = "You cannot confirm this PaymentIntent because it's missing a payment method."
        raise invalid(said, code="payment_intent_unexpected_state", payment_intent=rendered(intent))
    confirm_now(books, intent, params)
    return rendered(intent)


@operation("GET", "/v1/payment_intents/search", "PaymentIntentSearchParams")
def search(books: Books, params: Thing) -> Thing:
    terms = re.findall(r"""(metadata\[["']([^"']+)["']\]|status|customer)\s*:\s*["']([^"']*)["']""", params["query"])
    if not terms:
        raise invalid("The double searches by metadata['key']:'value', status and customer.", "query")

    def fits(row: Thing) -> bool:
        return all((row["metadata"].get(key) if key else row.get(field)) == value for field, key, value in terms)

    page = {key: value for key, value in params.items() if key == "limit"}
    found = listed(books, "payment_intent", page, "/v1/payment_intents/search", None, fits)
    return found | {"object": "search_result", "next_page": None}


@operation("GET", "/v1/payment_intents/{intent}", "PaymentIntentRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("payment_intent", identifier, "intent"))


@operation("POST", "/v1/payment_intents/{intent}", "PaymentIntentUpdateParams")
def update(books: Books, params: Thing, identifier: str) -> Thing:
    intent = books.find("payment_intent", identifier, "intent")
    fields: Thing = {
        name: params[name] or None for name in ("description", "receipt_email", "shipping") if name in params
    }
    if {"amount", "currency", "payment_method", "customer"} & params.keys():
        if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
            raise unexpected_state("PaymentIntent", intent, "update")
        together = intent | params
        check_amount(together["amount"], together["currency"])
        fields |= {name: params[name] for name in ("amount", "currency", "customer") if name in params}
        method = _method(books, params)
        if method is not None:
            fields |= {"payment_method": method["id"], "status": "requires_confirmation"}
    if "metadata" in params:
        fields["metadata"] = merged(intent["metadata"], params["metadata"])
    return rendered(books.change(intent, **fields))


@operation("POST", "/v1/payment_intents/{intent}/cancel", "PaymentIntentCancelParams")
def cancel(books: Books, params: Thing, identifier: str) -> Thing:
    intent = books.find("payment_intent", identifier, "intent")
    if intent["status"] in ("succeeded", "canceled", "processing"):
        raise unexpected_state("PaymentIntent", intent, "cancel")
    now, why = books.clock.now(), params.get("cancellation_reason")
    books.change(intent, status="canceled", canceled_at=now, cancellation_reason=why, next_action=None)
    books.happened("payment_intent.canceled", intent)
    return rendered(intent)


@operation("GET", "/v1/payment_intents", "PaymentIntentListParams")
def list_all(books: Books, params: Thing) -> Thing:
    return listed(books, "payment_intent", params, "/v1/payment_intents", {"customer": params.get("customer")})


@operation("GET", "/v1/charges/{charge}", "ChargeRetrieveParams")
def charge(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("charge", identifier, "charge"))


@operation("GET", "/v1/charges", "ChargeListParams")
def charges(books: Books, params: Thing) -> Thing:
    asked = {name: params.get(name) for name in ("customer", "payment_intent")}
    return listed(books, "charge", params, "/v1/charges", asked)
