"""Payment methods: cards and bank accounts, saved for a customer or taken away again, and the mandates of debits."""

from typing import Any

from app.stripedouble.books import Books
from app.stripedouble.cards import BY_NUMBER, MEANS, TOKENS, Means, decline
from app.stripedouble.customers import customer_of, merged
from app.stripedouble.errors import Failure, Thing, invalid
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered

DEBIT_CURRENCY = {"us_bank_account": "usd", "sepa_debit": "eur"}
DEBITS = tuple(DEBIT_CURRENCY)


def method_of(books: Books, identifier: str, param: str = "payment_method") -> Thing:
    """A payment method by its id; the name of a test card such as `pm_card_visa` makes a new one."""
    if identifier in MEANS:
        return make(books, identifier)
    return books.find("payment_method", identifier, param)


def make(books: Books, name: str, billing: Thing | None = None, **details: Any) -> Thing:
    """A payment method for one of the test cards or accounts, by its name."""
    means = MEANS[name]
    empty: Thing = {"address": None, "email": None, "name": None, "phone": None, "tax_id": None}
    made = books.new(
        "payment_method",
        type=means.type,
        billing_details=empty | (billing or {}),
        metadata={},
    )
    made[means.type] = _details(means) | details
    books.hidden[made["id"]] = {"means": name}
    return made


def _details(means: Means) -> Thing:
    last4 = means.number[-4:]
    if means.type == "us_bank_account":
        fixed: Thing = {
            "account_holder_type": "individual",
            "account_type": "checking",
            "bank_name": "STRIPE TEST BANK",
        }
        networks = {"preferred": "ach", "supported": ["ach"]}
        fixed |= {"financial_connections_account": None, "networks": networks, "status_details": {}}
        return fixed | {"fingerprint": f"double{means.number}", "last4": last4, "routing_number": "110000000"}
    if means.type == "sepa_debit":
        setup = {"charge": None, "setup_attempt": None}
        fixed = {"bank_code": means.number[4:9], "branch_code": "", "country": means.country, "generated_from": setup}
        return fixed | {"fingerprint": f"double{means.number}", "last4": last4}
    checks = {"address_line1_check": None, "address_postal_code_check": None, "cvc_check": "pass"}
    fixed = {"brand": means.brand, "checks": checks, "country": means.country, "display_brand": means.brand}
    fixed |= {"exp_month": 12, "exp_year": 2034, "fingerprint": f"double{means.number}", "funding": means.funding}
    fixed |= {"generated_from": None, "last4": last4, "networks": {"available": [means.brand], "preferred": None}}
    return fixed | {"regulated_status": "unregulated", "three_d_secure_usage": {"supported": True}, "wallet": None}


def means_of(books: Books, method: Thing) -> Means:
    """How a payment method behaves; tests may have changed it."""
    hidden = books.hidden[method["id"]]
    return MEANS[hidden["means"]]._replace(**hidden.get("changed", {}))


def from_data(books: Books, data: Thing, param: str) -> Thing:
    """A payment method from raw details: a test number, a test token, or a test bank account."""
    kind = data.get("type")
    if kind not in ("card", *DEBITS):
        raise invalid(f"The double knows no payment method of type {kind}.", f"{param}[type]" if param else "type")
    details = data.get(kind, {})
    number = details.get("number") or details.get("account_number") or details.get("iban") or ""
    name = BY_NUMBER.get(number.replace(" ", "")) or TOKENS.get(details.get("token", ""))
    if name is None or MEANS[name].type != kind:
        raise invalid("Your card number is incorrect: only test numbers are taken here.", kind, "incorrect_number")
    given = {key: details[key] for key in ("exp_month", "exp_year", "account_holder_type") if key in details}
    made = make(books, name, data.get("billing_details"), **given)
    made["metadata"] = merged(None, data.get("metadata"))
    return made


def attach(books: Books, method: Thing, customer: str) -> Thing:
    """Save a method for a customer; some cards decline this."""
    customer_of(books, customer)
    if method.get("customer") == customer:
        return method
    hidden = books.hidden[method["id"]]
    if method.get("customer") or hidden.get("detached"):
        said = "The payment method you provided has already been attached to a customer."
        if hidden.get("detached"):
            said = (
                "This PaymentMethod was previously used without being attached to a Customer or was detached from a "
                "Customer, and may not be used again."
            )
        raise invalid(said, "payment_method", "payment_method_unexpected_state")
    code = means_of(books, method).attach
    if code:
        raise declined(decline(code))
    books.change(method, customer=customer)
    books.happened("payment_method.attached", method)
    return method


def declined(fields: Thing, **more: Any) -> Failure:
    """Stripe's 402 for a card that was declined."""
    return Failure(
        402,
        fields["type"],
        fields["message"],
        code=fields["code"],
        executed=True,
        decline_code=fields["decline_code"],
        **more,
    )


def detach_all(books: Books, customer: str) -> None:
    """Take away every method of a customer."""
    table = books.tables["payment_method"]
    for row in [table.rows[place] for place in table.places("customer", customer)]:
        assert row is not None
        _detach(books, row)


def _detach(books: Books, method: Thing) -> None:
    before = method.get("customer")
    books.hidden[method["id"]]["detached"] = True
    books.change(method, customer=None)
    books.happened("payment_method.detached", method, {"customer": before})


def mandate_for(books: Books, method: Thing, acceptance: Thing | None) -> Thing:
    """The mandate under which a bank account is debited."""
    accepted = {"accepted_at": books.clock.now(), "type": "online", "online": {"ip_address": None, "user_agent": None}}
    reference = f"DOUBLE{len(books.tables['mandate'].rows) + 1:08d}"
    urls = {"url": f"{books.base()}/_double/mandates/{reference}", "reference": reference}
    details: Thing = {"type": method["type"], method["type"]: urls if method["type"] == "sepa_debit" else {}}
    made = books.new(
        "mandate",
        customer_acceptance=accepted | (acceptance or {}),
        multi_use={},
        payment_method=method["id"],
        payment_method_details=details,
        status="active",
        type="multi_use",
    )
    return made


def mandates_of(books: Books, method: str) -> list[Thing]:
    """The mandates that were given for a bank account."""
    table = books.tables["mandate"]
    rows = (table.rows[place] for place in table.places("payment_method", method))
    return [row for row in rows if row is not None]


@operation("POST", "/v1/payment_methods", "PaymentMethodCreateParams")
def create(books: Books, params: Thing) -> Thing:
    return rendered(from_data(books, params, ""))


@operation("GET", "/v1/payment_methods/{payment_method}", "PaymentMethodRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(method_of(books, identifier, "id"))


@operation("POST", "/v1/payment_methods/{payment_method}", "PaymentMethodUpdateParams")
def update(books: Books, params: Thing, identifier: str) -> Thing:
    method = books.find("payment_method", identifier)
    previous: Thing = {}
    for name in ("card", "billing_details", "us_bank_account"):
        if params.get(name):
            previous[name] = method.get(name)
            books.change(method, **{name: method[name] | params[name]})
    if "metadata" in params:
        books.change(method, metadata=merged(method["metadata"], params["metadata"]))
    books.happened("payment_method.updated", method, previous)
    return rendered(method)


@operation("POST", "/v1/payment_methods/{payment_method}/attach", "PaymentMethodAttachParams")
def attach_to(books: Books, params: Thing, identifier: str) -> Thing:
    if "customer" not in params:
        raise invalid("Missing required param: customer.", "customer", "parameter_missing")
    customer_of(books, params["customer"])
    return rendered(attach(books, method_of(books, identifier, "id"), params["customer"]))


@operation("POST", "/v1/payment_methods/{payment_method}/detach", "PaymentMethodDetachParams")
def detach(books: Books, params: Thing, identifier: str) -> Thing:
    method = books.find("payment_method", identifier)
    if not method.get("customer"):
        raise invalid("The payment method you provided is not attached to a customer so detachment is impossible.")
    _detach(books, method)
    return rendered(method)


@operation("GET", "/v1/payment_methods", "PaymentMethodListParams")
def list_all(books: Books, params: Thing) -> Thing:
    customer, kind = params.get("customer"), params.get("type")
    return listed(books, "payment_method", params, "/v1/payment_methods", {"customer": customer, "type": kind})


@operation("GET", "/v1/customers/{customer}/payment_methods", "CustomerPaymentMethodListParams")
def list_of(books: Books, params: Thing, customer: str) -> Thing:
    books.find("customer", customer)
    path = f"/v1/customers/{customer}/payment_methods"
    return listed(books, "payment_method", params, path, {"customer": customer, "type": params.get("type")})


@operation("GET", "/v1/mandates/{mandate}", "MandateRetrieveParams")
def mandate(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("mandate", identifier))
