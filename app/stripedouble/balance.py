"""The account's money: balance transactions with their fees, and what of it is available when."""

from app.stripedouble.books import DAY, Books, due
from app.stripedouble.errors import Thing, invalid
from app.stripedouble.operations import listed, operation
from app.stripedouble.shapes import rendered

ZERO_DECIMAL = frozenset(
    ["bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "ugx", "vnd", "vuv", "xaf", "xof", "xpf"]
)
CURRENCIES = ZERO_DECIMAL | frozenset(
    [
        "usd",
        "eur",
        "gbp",
        "chf",
        "sek",
        "nok",
        "dkk",
        "pln",
        "czk",
        "huf",
        "ron",
        "bgn",
        "cad",
        "aud",
        "nzd",
        "mxn",
        "brl",
        "inr",
    ]
)
_LEAST = {"usd": 50, "eur": 50, "gbp": 30, "chf": 50, "jpy": 50, "sek": 300, "nok": 300, "dkk": 250, "pln": 200}
AMOUNT_MAX = 99_999_999
DISPUTE_FEE = 1500


def check_amount(amount: int, currency: str, param: str = "amount") -> None:
    """Refuse what Stripe would not charge: too little, too much, or in a currency that it does not know."""
    if currency.lower() not in CURRENCIES:
        raise invalid(
            f"Invalid currency: {currency}. Stripe currently supports these currencies: usd, eur, …", "currency"
        )
    if amount < 1:
        raise invalid("This value must be greater than or equal to 1.", param, "parameter_invalid_integer")
    least = _LEAST.get(currency.lower(), 50)
    if amount < least:
        said = f"Amount must be at least {least} in the smallest unit of {currency}"
        raise invalid(said, param, "amount_too_small")
    if amount > AMOUNT_MAX:
        raise invalid("Amount must be no more than 99999999 in the smallest unit.", param, "amount_too_large")


def fee_of(amount: int, currency: str, method: Thing) -> int:
    """What Stripe keeps of a payment: 2.9% and 30 for cards, 0.8% up to 500 for US debits, 35 for SEPA debits."""
    if method["type"] == "us_bank_account":
        return min((amount * 8 + 500) // 1000, 500)
    if method["type"] == "sepa_debit":
        return 35
    return min(amount, (amount * 29 + 500) // 1000 + (0 if currency in ZERO_DECIMAL else 30))


def book(
    books: Books,
    kind: str,
    category: str,
    amount: int,
    currency: str,
    source: str | None,
    *,
    fee: int = 0,
    available_on: int | None = None,
    description: str | None = None,
    payout: str | None = None,
) -> Thing:
    """Enter a balance transaction; `amount - fee` changes the pending or the available balance."""
    now = books.clock.now()
    at = max(now, available_on or now)
    made = books.new(
        "balance_transaction",
        amount=amount,
        available_on=at,
        balance_type="payments",
        currency=currency,
        description=description,
        fee=fee,
        net=amount - fee,
        reporting_category=category,
        source=source,
        status="available" if at <= now else "pending",
        type=kind,
        **({"payout": payout} if payout else {}),
    )
    books.balance[made["status"]][currency] += made["net"]
    if made["status"] == "pending":
        books.later(at - now, mature, made["id"])
    elif payout is None:
        books.unpaid[currency].append(made["id"])
    return made


@due
def mature(books: Books, identifier: str) -> None:
    """Money that was pending becomes available."""
    row = books.get("balance_transaction", identifier)
    books.balance["pending"][row["currency"]] -= row["net"]
    books.balance["available"][row["currency"]] += row["net"]
    row["status"] = "available"
    books.unpaid[row["currency"]].append(identifier)


def two_days_on(books: Books) -> int:
    """When the money of a card payment becomes available: midnight UTC, two days on."""
    return (books.clock.now() // DAY + 2) * DAY


@operation("GET", "/v1/balance", "BalanceRetrieveParams")
def balance(books: Books, params: Thing) -> Thing:
    currencies = sorted(books.balance["available"].keys() | books.balance["pending"].keys()) or ["usd"]

    def amounts(which: str) -> list[Thing]:
        held = books.balance[which]
        return [
            {"amount": held.get(each, 0), "currency": each, "source_types": {"card": held.get(each, 0)}}
            for each in currencies
        ]

    return {"object": "balance", "available": amounts("available"), "livemode": False, "pending": amounts("pending")}


@operation("GET", "/v1/balance_transactions/{id}", "BalanceTransactionRetrieveParams")
def retrieve(books: Books, params: Thing, identifier: str) -> Thing:
    return rendered(books.find("balance_transaction", identifier))


@operation("GET", "/v1/balance_transactions", "BalanceTransactionListParams")
def list_all(books: Books, params: Thing) -> Thing:
    asked = {name: params.get(name) for name in ("payout", "source", "type", "currency")}
    return listed(books, "balance_transaction", params, "/v1/balance_transactions", asked)
