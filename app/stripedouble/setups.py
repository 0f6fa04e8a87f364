"""Setup intents: a payment method is authenticated and saved, to be charged later without the person."""

from app.stripedouble.books import Books
from app.stripedouble.cards import decline
from app.stripedouble.charging import unexpected_state
from app.stripedouble.customers import customer_of, merged
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.intents import next_action
from app.stripedouble.methods import DEBITS, attach, declined, from_data, mandate_for, means_of, method_of
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered


def make(books: Books, params: Thing) -> Thing:
    """A setup intent from parameters that have been checked."""
    if params.get("customer"):
        customer_of(books, params["customer"])
    made = books.new(
        "setup_intent",
        customer=params.get("customer"),
        description=params.get("description"),
        metadata=merged(None, params.get("metadata")),
        payment_method_types=params.get("allowed_payment_method_types") or ["card", *DEBITS],
        status="requires_payment_method",
        usage=params.get("usage", "off_session"),
    )
    books.happened("setup_intent.created", made)
    return made


def confirm_now(books: Books, intent: Thing, method: Thing, params: Thing) -> None:
    """Save the method, or ask the person to authenticate first; raises a 402 when the card is declined."""
    means = means_of(books, method)
    if method["type"] not in intent["payment_method_types"]:
        raise invalid(f"The PaymentMethod of type {method['type']} is not allowed for this intent.", "payment_method")
    if method["type"] in DEBITS and "mandate_data" not in params:
        raise invalid("A mandate is needed for this bank account: pass mandate_data.", "mandate_data")
    books.hidden[intent["id"]] = {
        "mandate_data": (params.get("mandate_data") or {}).get("customer_acceptance"),
        "return_url": params.get("return_url"),
    }
    if means.attach:
        said = decline(means.attach)
        error = said | {"payment_method": rendered(method)}
        books.change(intent, status="requires_payment_method", payment_method=None, last_setup_error=error)
        books.happened("setup_intent.setup_failed", intent)
        raise declined(said, payment_method=rendered(method), setup_intent=rendered(intent))
    books.change(intent, payment_method=method["id"])
    if means.authentication:
        action = next_action(books, intent, params.get("return_url"))
        books.change(intent, status="requires_action", next_action=action)
        books.happened("setup_intent.requires_action", intent)
        return
    _succeed(books, intent, method)


def _succeed(books: Books, intent: Thing, method: Thing) -> None:
    if intent.get("customer"):
        attach(books, method, intent["customer"])
    fields: Thing = {"status": "succeeded", "next_action": None, "last_setup_error": None}
    if method["type"] in DEBITS:
        mandate = mandate_for(books, method, books.hidden[intent["id"]]["mandate_data"])
        fields["mandate"] = mandate["id"]
    books.change(intent, **fields)
    books.happened("setup_intent.succeeded", intent)


def authenticated(books: Books, intent: Thing, approved: bool) -> None:
    """The person has answered the bank's question on the double's page."""
    if intent["status"] != "requires_action":
        return
    method = books.get("payment_method", intent["payment_method"])
    if approved:
        books.hidden[method["id"]]["authenticated"] = True
        _succeed(books, intent, method)
        return
    said = "We are unable to authenticate your payment method. Please choose a different payment method and try again."
    error: Thing = {"code": "setup_intent_authentication_failure", "message": said, "type": "card_error"}
    error["payment_method"] = rendered(method)
    books.change(
        intent, status="requires_payment_method", payment_method=None, next_action=None, last_setup_error=error
    )
    books.happened("setup_intent.setup_failed", intent)


def _method(books: Books, params: Thing) -> Thing | None:
    if "payment_method_data" in params:
        return from_data(books, params["payment_method_data"], "payment_method_data")
    return method_of(books, params["payment_method"]) if params.get("payment_method") else None


@operation("POST", "/v1/setup_intents", "SetupIntentCreateParams")
def create(books: Books, params: Thing) -> Thing:
    method = _method(books, params)
    if params.get("confirm") and method is None:
        raise invalid("You cannot confirm this SetupIntent because it's missing a payment method.", "payment_method")
    intent = make(books, params)
    if method is not None:
        books.change(intent, payment_method=method["id"], status="requires_confirmation")
    if params.get("confirm") and method is not None:
        confirm_now(books, intent, method, params)
    return rendered(intent)


@operation("POST", "/v1/setup_intents/{intent}/confirm", "SetupIntentConfirmParams")
def confirm(books: Books, params: Thing, identifier: str) -> Thing:
    intent = books.find("setup_intent", identifier, "intent")
    if intent["status"] not in ("requires_payment_method", "requires_confirmation", "requires_action"):
        raise unexpected_state("SetupIntent", intent, "confirm")
    method = _method(books, params)
    if method is None and intent.get("payment_method"):
        method = books.get("payment_method", intent["payment_method"])
    if method is None:
        raise invalid("You cannot confirm this SetupIntent because it's missing a payment method.", "payment_method")
    confirm_now(books, intent, method, params)
    return rendered(intent)


@operation("GET", "/v1/setup_intents/{intent}", "SetupIntentRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("setup_intent", identifier, "intent"))


@operation("POST", "/v1/setup_intents/{intent}", "SetupIntentUpdateParams")
def update(books: Books, params: Thing, identifier: str) -> Thing:
    intent = books.find("setup_intent", identifier, "intent")
    fields: Thing = {name: params[name] or None for name in ("description", "customer") if name in params}
    if "metadata" in params:
        fields["metadata"] = merged(intent["metadata"], params["metadata"])
    return rendered(books.change(intent, **fields))


@operation("POST", "/v1/setup_intents/{intent}/cancel", "SetupIntentCancelParams")
def cancel(books: Books, params: Thing, identifier: str) -> Thing:
    intent = books.find("setup_intent", identifier, "intent")
    if intent["status"] in ("succeeded", "canceled"):
        raise unexpected_state("SetupIntent", intent, "cancel")
    why = params.get("cancellation_reason")
    books.change(intent, status="canceled", cancellation_reason=why, next_action=None)
    books.happened("setup_intent.canceled", intent)
    return rendered(intent)


@operation("GET", "/v1/setup_intents", "SetupIntentListParams")
def list_all(books: Books, params: Thing) -> Thing:
    asked = {name: params.get(name) for name in ("customer", "payment_method")}
    return listed(books, "setup_intent", params, "/v1/setup_intents", asked)
