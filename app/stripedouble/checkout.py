"""Checkout sessions: a person saves a card or pays on a page of the double."""

from app.stripedouble import intents, setups
from app.stripedouble.balance import check_amount
from app.stripedouble.books import DAY, Books, due
from app.stripedouble.customers import customer_of, merged
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.methods import DEBITS
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered

_KEPT = ("client_reference_id", "customer_email", "locale", "cancel_url", "success_url", "submit_type", "expires_at")


def _lines(books: Books, params: Thing) -> list[Thing]:
    made = []
    for number, item in enumerate(params.get("line_items", [])):
        price = item.get("price_data")
        if price is None or "unit_amount" not in price:
            raise invalid("The double takes line_items with price_data and unit_amount only.", f"line_items[{number}]")
        quantity = item.get("quantity", 1)
        amount = price["unit_amount"] * quantity
        made.append(
            {
                "id": books.name("li"),
                "object": "item",
                "amount_discount": 0,
                "amount_subtotal": amount,
                "amount_tax": 0,
                "amount_total": amount,
                "currency": price["currency"].lower(),
                "description": price.get("product_data", {}).get("name"),
                "price": {
                    "object": "price",
                    "currency": price["currency"].lower(),
                    "unit_amount": price["unit_amount"],
                },
                "quantity": quantity,
            }
        )
    return made


@operation("POST", "/v1/checkout/sessions", "checkout.SessionCreateParams")
def create(books: Books, params: Thing) -> Thing:
    mode = params.get("mode", "payment")
    if mode not in ("payment", "setup"):
        raise invalid("The double makes sessions of mode payment and setup.", "mode")
    if params.get("ui_mode", "hosted_page") == "hosted_page" and "success_url" not in params:
        raise invalid("Missing required param: success_url.", "success_url", "parameter_missing")
    if params.get("customer"):
        customer_of(books, params["customer"])
    now = books.clock.now()
    expires = params.get("expires_at", now + DAY)
    if not now + 1800 - 60 <= expires <= now + DAY + 60:
        raise invalid("The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", "expires_at")
    fields: Thing = _payment(books, params) if mode == "payment" else _setup(books, params)
    types = params.get("allowed_payment_method_types")
    lines = fields.pop("lines")
    made = books.new(
        "checkout.session",
        automatic_tax={"enabled": False, "liability": None, "provider": None, "status": None},
        custom_fields=[],
        custom_text={
            "after_submit": None,
            "shipping_address": None,
            "submit": None,
            "terms_of_service_acceptance": None,
        },
        customer=params.get("customer"),
        customer_details={"email": params["customer_email"]} if params.get("customer_email") else None,
        metadata=merged(None, params.get("metadata")),
        mode=mode,
        payment_method_types=types or ["card", *DEBITS],
        shipping_options=[],
        status="open",
        ui_mode="hosted_page",
        **{name: params[name] for name in _KEPT if name in params} | {"expires_at": expires} | fields,
    )
    books.change(made, url=f"{books.base()}/pay/{made['id']}")
    books.hidden[made["id"]] = {"data": params.get("payment_intent_data", {})}
    if lines:
        path = f"/v1/checkout/sessions/{made['id']}/line_items"
        books.hidden[made["id"]]["line_items"] = {"object": "list", "data": lines, "has_more": False, "url": path}
    books.later(expires - now, expire_open, made["id"])
    return rendered(made)


def _payment(books: Books, params: Thing) -> Thing:
    lines = _lines(books, params)
    if not lines:
        raise invalid("Missing required param: line_items.", "line_items", "parameter_missing")
    if len({line["currency"] for line in lines}) > 1:
        raise invalid("All line items must be of one currency.", "line_items")
    amount, currency = sum(line["amount_total"] for line in lines), lines[0]["currency"]
    check_amount(amount, currency, "line_items")
    total = {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0}
    made = {"amount_total": amount, "amount_subtotal": amount, "currency": currency, "payment_status": "unpaid"}
    return made | {"total_details": total, "lines": lines}


def _setup(books: Books, params: Thing) -> Thing:
    for name in ("line_items", "payment_intent_data"):
        if name in params:
            raise invalid(f"You can not pass `{name}` in `setup` mode.", name)
    if "currency" not in params and "allowed_payment_method_types" not in params:
        raise invalid("Missing required param: currency.", "currency", "parameter_missing")
    asked = {name: params[name] for name in ("customer", "allowed_payment_method_types") if name in params}
    data = params.get("setup_intent_data", {})
    intent = setups.make(books, asked | {name: data[name] for name in ("description", "metadata") if name in data})
    made: Thing = {"setup_intent": intent["id"], "payment_status": "no_payment_required", "lines": []}
    return made | ({"currency": params["currency"].lower()} if "currency" in params else {})


@due
def expire_open(books: Books, identifier: str) -> None:
    """A page that nobody completed in time closes."""
    session = books.get("checkout.session", identifier)
    if session["status"] == "open":
        _expire(books, session)


def _expire(books: Books, session: Thing) -> None:
    books.change(session, status="expired", url=None)
    books.happened("checkout.session.expired", session)


def submit(books: Books, session: Thing, method: Thing, person: Thing) -> Thing:
    """The person has given a card or account: save it or pay; answers the intent, which may want authentication."""
    back = f"{books.base()}/pay/{session['id']}/return"
    acceptance = {
        "customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "page"}}
    }
    books.change(session, customer_details={"email": person.get("email"), "name": person.get("name")})
    if session["mode"] == "setup":
        intent = books.get("setup_intent", session["setup_intent"])
        asked: Thing = {"return_url": back}
        if method["type"] in DEBITS:
            asked["mandate_data"] = acceptance
        setups.confirm_now(books, intent, method, asked)
    else:
        intent = _intent_of(books, session)
        books.change(intent, payment_method=method["id"], status="requires_confirmation")
        asked = {"return_url": back, "off_session": False} | (
            {"mandate_data": acceptance} if method["type"] in DEBITS else {}
        )
        intents.confirm_now(books, intent, asked)
    complete_if_done(books, session)
    return intent


def _intent_of(books: Books, session: Thing) -> Thing:
    if session.get("payment_intent"):
        return books.get("payment_intent", session["payment_intent"])
    data = books.hidden[session["id"]]["data"]
    asked = {"amount": session["amount_total"], "currency": session["currency"], "customer": session.get("customer")}
    kept = ("description", "metadata", "setup_future_usage", "statement_descriptor_suffix", "receipt_email")
    intent = intents.make(books, asked | {name: data[name] for name in kept if name in data})
    books.change(session, payment_intent=intent["id"])
    books.happened("payment_intent.created", intent)
    return intent


def complete_if_done(books: Books, session: Thing) -> None:
    """Close the session once its intent has succeeded, or is on its way through the bank."""
    if session["status"] != "open":
        return
    kind = "setup_intent" if session["mode"] == "setup" else "payment_intent"
    intent = books.get(kind, session[kind])
    if intent["status"] not in ("succeeded", "processing"):
        return
    paid = {"setup": "no_payment_required"}.get(
        session["mode"], "paid" if intent["status"] == "succeeded" else "unpaid"
    )
    books.change(session, status="complete", payment_status=paid, url=None)
    books.happened("checkout.session.completed", session)
    if intent["status"] == "processing":
        books.hidden[intent["id"]]["session"] = session["id"]


def async_answer(books: Books, intent: Thing) -> None:
    """The bank has answered a debit that began on a page."""
    identifier = books.hidden.get(intent["id"], {}).get("session")
    if identifier is None:
        return
    session = books.get("checkout.session", identifier)
    if intent["status"] == "succeeded":
        books.change(session, payment_status="paid")
        books.happened("checkout.session.async_payment_succeeded", session)
    else:
        books.happened("checkout.session.async_payment_failed", session)


def return_url(session: Thing) -> str:
    """Where the person goes when all is done."""
    return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", session["id"])


@operation("GET", "/v1/checkout/sessions/{session}", "checkout.SessionRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("checkout.session", identifier, "session"))


@operation("POST", "/v1/checkout/sessions/{session}/expire", "checkout.SessionExpireParams")
def expire(books: Books, params: Thing, identifier: str) -> Thing:
    session = books.find("checkout.session", identifier, "session")
    if session["status"] != "open":
        raise invalid(f"Only Checkout Sessions with a status of open can be expired; this one is {session['status']}.")
    _expire(books, session)
    return rendered(session)


@operation("GET", "/v1/checkout/sessions/{session}/line_items", "checkout.SessionLineItemListParams")
def line_items(books: Books, params: Thing, identifier: str) -> Thing:
    books.find("checkout.session", identifier, "session")
    path = f"/v1/checkout/sessions/{identifier}/line_items"
    empty: Thing = {"object": "list", "data": [], "has_more": False, "url": path}
    found: Thing = books.hidden[identifier].get("line_items", empty)
    return found


@operation("GET", "/v1/checkout/sessions", "checkout.SessionListParams")
def list_all(books: Books, params: Thing) -> Thing:
    asked = {name: params.get(name) for name in ("customer", "payment_intent", "status")}
    return listed(books, "checkout.session", params, "/v1/checkout/sessions", asked)
