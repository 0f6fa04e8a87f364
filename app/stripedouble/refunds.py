"""Refunds: money goes back at once, or later, or not after all."""

from app.stripedouble import balance
from app.stripedouble.books import DAY, Books, due
from app.stripedouble.customers import merged
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.methods import means_of
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered

_LATER = 3 * DAY


def _charge_of(books: Books, params: Thing) -> Thing:
    if ("charge" in params) == ("payment_intent" in params):
        raise invalid("One of the following params should be provided for this request: payment_intent or charge.")
    if "charge" in params:
        return books.find("charge", params["charge"], "charge")
    intent = books.find("payment_intent", params["payment_intent"], "payment_intent")
    if intent["status"] != "succeeded":
        said = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise invalid(said, "payment_intent", "payment_intent_unexpected_state")
    return books.get("charge", intent["latest_charge"])


@operation("POST", "/v1/refunds", "RefundCreateParams")
def create(books: Books, params: Thing) -> Thing:
    charge = _charge_of(books, params)
    if charge["status"] != "succeeded":
        raise invalid(f"Charge {charge['id']} has not succeeded and cannot be refunded.", "charge")
    left = charge["amount"] - charge["amount_refunded"]
    if charge["disputed"] and any(_open_disputes(books, charge)):
        raise invalid(f"Charge {charge['id']} is being disputed and cannot be refunded.", code="charge_disputed")
    if left == 0:
        said = f"Charge {charge['id']} has already been refunded."
        raise invalid(said, code="charge_already_refunded")
    amount = params.get("amount", left)
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount > left:
        said = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise invalid(said, "amount")
    return rendered(_refund(books, charge, amount, params))


def _open_disputes(books: Books, charge: Thing) -> list[Thing]:
    table = books.tables["dispute"]
    rows = [table.rows[place] for place in table.places("charge", charge["id"])]
    return [row for row in rows if row and row["status"] in ("needs_response", "under_review")]


def _refund(books: Books, charge: Thing, amount: int, params: Thing) -> Thing:
    means = means_of(books, books.get("payment_method", charge["payment_method"]))
    waits = means.refund == "pending" or means.type != "card"
    made = books.new(
        "refund",
        amount=amount,
        charge=charge["id"],
        currency=charge["currency"],
        destination_details={"type": means.type, means.type: {}},
        metadata=merged(None, params.get("metadata")),
        payment_intent=charge["payment_intent"],
        reason=params.get("reason"),
        status="pending" if waits else "succeeded",
        **({"pending_reason": "processing"} if waits else {}),
    )
    paid = books.get("balance_transaction", charge["balance_transaction"])
    entered = balance.book(
        books,
        "refund" if means.type == "card" else "payment_refund",
        "refund",
        -amount,
        charge["currency"],
        made["id"],
        available_on=paid["available_on"],
        description=f"REFUND FOR CHARGE ({charge.get('description') or charge['id']})",
    )
    books.change(made, balance_transaction=entered["id"])
    _count(books, charge, amount)
    books.happened("refund.created", made)
    books.happened("charge.refunded", charge)
    if means.refund == "fails":
        books.later(_LATER, fail_refund, made["id"])
    elif waits:
        books.later(_LATER, succeed_refund, made["id"])
    return made


def _count(books: Books, charge: Thing, amount: int) -> None:
    refunded = charge["amount_refunded"] + amount
    books.change(charge, amount_refunded=refunded, refunded=refunded == charge["amount"])


@due
def succeed_refund(books: Books, identifier: str) -> None:
    """A refund that was pending has reached the person."""
    refund = books.get("refund", identifier)
    if refund["status"] != "pending":
        return
    books.change(refund, status="succeeded", pending_reason=None)
    _tell(books, refund, "refund.updated", {"status": "pending"})


@due
def fail_refund(books: Books, identifier: str) -> None:
    """A refund comes back: the card is closed, and the money is on the balance again."""
    refund = books.get("refund", identifier)
    if refund["status"] not in ("pending", "succeeded"):
        return
    before = refund["status"]
    entered = balance.book(
        books,
        "refund_failure",
        "refund_failure",
        refund["amount"],
        refund["currency"],
        refund["id"],
        description="REFUND FAILURE",
    )
    fields = {"failure_reason": "lost_or_stolen_card", "failure_balance_transaction": entered["id"]}
    books.change(refund, status="failed", pending_reason=None, **fields)
    charge = books.get("charge", refund["charge"])
    _count(books, charge, -refund["amount"])
    _tell(books, refund, "refund.updated", {"status": before})
    books.happened("refund.failed", refund)


def _tell(books: Books, refund: Thing, name: str, previous: Thing) -> None:
    books.happened(name, refund, previous)
    books.happened("charge.refund.updated", refund, previous)


@operation("GET", "/v1/refunds/{refund}", "RefundRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("refund", identifier))


@operation("POST", "/v1/refunds/{refund}", "RefundUpdateParams")
def update(books: Books, params: Thing, identifier: str) -> Thing:
    refund = books.find("refund", identifier)
    return rendered(books.change(refund, metadata=merged(refund["metadata"], params.get("metadata"))))


@operation("GET", "/v1/refunds", "RefundListParams")
def list_all(books: Books, params: Thing) -> Thing:
    asked = {name: params.get(name) for name in ("charge", "payment_intent")}
    return listed(books, "refund", params, "/v1/refunds", asked)
