"""Payouts: every day what is available goes to the bank, which may send it back."""

from app.stripedouble import balance
from app.stripedouble.books import DAY, Books, due
from app.stripedouble.customers import merged
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.operations import listed, operation, span
from app.stripedouble.shapes import rendered

_WAY_DAYS = 2  # from leaving the balance to the bank


def begin_days(books: Books) -> None:
    """Have the first daily payout made at the coming midnight (UTC)."""
    books.later(DAY - books.clock.now() % DAY, daily_payout, "")


@due
def daily_payout(books: Books, identifier: str) -> None:
    """Pay out what is available in each currency; a negative balance waits."""
    begin_days(books)
    if books.settings["payouts"] == "daily":
        for currency in sorted(books.unpaid):
            pay_out(books, currency)


def pay_out(books: Books, currency: str) -> Thing | None:
    """One automatic payout of all that is available."""
    held = [books.get("balance_transaction", each) for each in books.unpaid[currency]]
    amount = sum(each["net"] for each in held)
    if amount <= 0:
        return None
    made = _payout(books, amount, currency, automatic=True)
    for each in held:
        books.change(each, payout=made["id"])
    books.unpaid[currency] = []
    return made


def _payout(books: Books, amount: int, currency: str, *, automatic: bool, metadata: Thing | None = None) -> Thing:
    arrival = (books.clock.now() // DAY + _WAY_DAYS) * DAY
    made = books.new(
        "payout",
        amount=amount,
        arrival_date=arrival,
        automatic=automatic,
        currency=currency,
        description="STRIPE PAYOUT",
        destination="ba_double",
        metadata=metadata or {},
        method="standard",
        reconciliation_status="in_progress" if automatic else "not_applicable",
        source_type="card",
        status="in_transit",
        trace_id={"status": "pending", "value": None},
        type="bank_account",
    )
    inside = made["id"] if automatic else None  # Stripe cannot itemise a payout that was made by hand
    entered = balance.book(
        books, "payout", "payout", -amount, currency, made["id"], payout=inside, description="STRIPE PAYOUT"
    )
    books.change(made, balance_transaction=entered["id"])
    books.happened("payout.created", made)
    books.later(arrival - books.clock.now(), arrive, made["id"])
    return made


@due
def arrive(books: Books, identifier: str) -> None:
    """The payout reaches the bank."""
    payout = books.get("payout", identifier)
    if payout["status"] != "in_transit":
        return
    books.change(payout, status="paid", trace_id={"status": "supported", "value": f"TRACE{identifier[-10:].upper()}"})
    books.happened("payout.paid", payout, {"status": "in_transit"})
    if payout["automatic"]:
        books.change(payout, reconciliation_status="completed")
        books.happened("payout.reconciliation_completed", payout, {"reconciliation_status": "in_progress"})


@due
def fail_payout(books: Books, identifier: str) -> None:
    """The bank sends a payout back, even one that was shown as paid; the money is on the balance again."""
    payout = books.get("payout", identifier)
    if payout["status"] not in ("in_transit", "paid"):
        return
    before = payout["status"]
    entered = balance.book(
        books,
        "payout_failure",
        "payout_reversal",
        payout["amount"],
        payout["currency"],
        identifier,
        description="STRIPE PAYOUT FAILURE",
    )
    said = "The bank account has been closed."
    fields = {"failure_code": "account_closed", "failure_message": said, "failure_balance_transaction": entered["id"]}
    books.change(payout, status="failed", **fields)
    books.happened("payout.failed", payout, {"status": before})


@operation("POST", "/v1/payouts", "PayoutCreateParams")
def create(books: Books, params: Thing) -> Thing:
    amount, currency = params["amount"], params["currency"].lower()
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", "amount", "parameter_invalid_integer")
    if amount > books.balance["available"].get(currency, 0):
        raise invalid(
            "You have insufficient funds in your Stripe account for this transfer.", code="balance_insufficient"
        )
    if books.settings["payouts"] == "daily":
        raise invalid("You cannot create payouts while payouts are automatic: set the double's payouts to manual.")
    metadata = merged(None, params.get("metadata"))
    return rendered(_payout(books, amount, currency, automatic=False, metadata=metadata))


@operation("POST", "/v1/payouts/{payout}/cancel", "PayoutCancelParams")
def cancel(books: Books, params: Thing, identifier: str) -> Thing:
    raise invalid(
        f"Payouts can only be canceled while they are pending; {books.find('payout', identifier)['id']} is not."
    )


@operation("GET", "/v1/payouts/{payout}", "PayoutRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("payout", identifier))


@operation("GET", "/v1/payouts", "PayoutListParams")
def list_all(books: Books, params: Thing) -> Thing:
    least, most = span(params.get("arrival_date"))

    def arrives(row: Thing) -> bool:
        return bool(least <= row["arrival_date"] <= most)

    return listed(books, "payout", params, "/v1/payouts", {"status": params.get("status")}, arrives)
