"""The control interface `/_double/`: time, faults, deliveries, and what banks and cardholders do."""

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from app.stripedouble import disputes, payouts, refunds
from app.stripedouble import events as endpoints
from app.stripedouble.balance import book
from app.stripedouble.books import Books, event_body
from app.stripedouble.double import Double
from app.stripedouble.errors import Failure, Thing, invalid
from app.stripedouble.faults import Rule
from app.stripedouble.shapes import kind_of, rendered

Does = Callable[[Double, Thing], Any]
_ACTS: dict[tuple[str, str], Does] = {}


def act(method: str, path: str) -> Callable[[Does], Does]:
    """Let a function `(double, JSON) -> answer` do what a path of the control interface is asked for."""

    def keep(does: Does) -> Does:
        _ACTS[method, path] = does
        return does

    return keep


def answer(double: Double, method: str, path: str, said: Thing) -> Thing:
    """Do what is asked for; the answer is always an object."""
    does = _ACTS.get((method, path.removeprefix("/_double").rstrip("/")))
    if does is None:
        listed = ", ".join(f"{each} /_double{place}" for each, place in sorted(_ACTS))
        raise Failure(404, "invalid_request_error", f"The control interface has: {listed}")
    found = does(double, said)
    return found if isinstance(found, dict) else {"data": found}


def _holder(double: Double, identifier: str) -> tuple[Books, Thing]:
    """The account that holds an object, and the object."""
    kind = kind_of(identifier)
    for books in double.all_books():
        row = books.tables[kind].get(identifier) if kind else None
        if row is not None:
            return books, row
    raise invalid(f"Nothing here is called {identifier}.", "id", "resource_missing")


@act("GET", "")
def about(double: Double, said: Thing) -> Thing:
    """What is here, in numbers."""
    counts: dict[str, int] = defaultdict(int)
    for books in double.all_books():
        for kind, table in books.tables.items():
            counts[kind] += len(table.place)
    return {"accounts": len(double.accounts), "objects": counts, "refused_by_limits": double.limits.refused}


@act("GET", "/clock")
def clock(double: Double, said: Thing) -> Thing:
    return {"now": double.clock.now(), "ahead": double.clock.ahead}


@act("POST", "/clock")
def advance(double: Double, said: Thing) -> Thing:
    """`advance` so many seconds, or `to` a moment; what falls due on the way happens."""
    seconds = said["advance"] if "advance" in said else said["to"] - double.clock.now()
    if seconds < 0:
        raise invalid("The clock only goes forward.", "advance")
    double.advance(int(seconds))
    now: Thing = clock(double, said)
    return now


@act("GET", "/faults")
def faults(double: Double, said: Thing) -> Any:
    return [rule.shown() for rule in double.faults]


@act("POST", "/faults")
def add_fault(double: Double, said: Thing) -> Any:
    """Add a rule: do, method, path, contains, times, share, skip, seconds, kept, should_retry, seed."""
    double.faults.append(Rule(said))
    return faults(double, said)


@act("DELETE", "/faults")
def no_faults(double: Double, said: Thing) -> Any:
    double.faults.clear()
    return []


@act("POST", "/limits")
def limits(double: Double, said: Thing) -> Thing:
    """Requests a second `overall` and for one `endpoint`; null is without limit."""
    double.limits.set(said.get("overall"), said.get("endpoint"))
    return {"overall": double.limits.overall, "endpoint": double.limits.endpoint}


@act("GET", "/deliveries")
def deliveries(double: Double, said: Thing) -> Thing:
    return {"data": double.deliveries.shown(), "quiet": double.deliveries.quiet()}


@act("POST", "/deliveries")
def deliver_as(double: Double, said: Thing) -> Thing:
    """Change how events are delivered: delay, jitter, duplicate, lose, retries, retry_after, at_once, paused, seed."""
    double.deliveries.set(said)
    return double.deliveries.settings


@act("POST", "/redeliver")
def redeliver(double: Double, said: Thing) -> Any:
    """Deliver an event (`event`) once more to every endpoint of its account that is enabled."""
    books, event = _holder(double, said["event"])
    endpoints = [row for row in books.tables["webhook_endpoint"].all() if row["status"] == "enabled"]
    return [double.deliveries.send(books, event, each)["id"] for each in endpoints]


@act("POST", "/endpoints")
def listen(double: Double, said: Thing) -> Thing:
    """Deliver an account's (`key`) events to a `url` of this machine, signed with a `secret` that is known already."""
    books, _ = double.books(said["key"])
    return rendered(endpoints.listen(books, said["url"], said.get("events", ["*"]), said["secret"]))


@act("GET", "/events")
def events(double: Double, said: Thing) -> Any:
    """Every event of every account, the oldest first."""
    return [event_body(row) for books in double.all_books() for row in books.tables["event"].all()]


@act("GET", "/books")
def books_of_all(double: Double, said: Thing) -> Any:
    """Every successful charge with what it was for: the double's own books, over all accounts."""
    return [
        {
            "charge": row["id"],
            "payment_intent": row["payment_intent"],
            "amount": row["amount"],
            "amount_refunded": row["amount_refunded"],
            "currency": row["currency"],
            "customer": row.get("customer"),
            "disputed": row["disputed"],
            "metadata": row["metadata"],
        }
        for books in double.all_books()
        for row in books.tables["charge"].all()
        if row["status"] == "succeeded"
    ]


@act("GET", "/balance")
def balance(double: Double, said: Thing) -> Thing:
    """Available and pending over all accounts, and the sum of all balance transactions, which must be the same."""
    held: dict[str, dict[str, int]] = {name: defaultdict(int) for name in ("available", "pending", "entered")}
    for books in double.all_books():
        for name in ("available", "pending"):
            for currency, amount in books.balance[name].items():
                held[name][currency] += amount
        for row in books.tables["balance_transaction"].all():
            held["entered"][row["currency"]] += row["net"]
    return dict(held)


@act("POST", "/settings")
def settings(double: Double, said: Thing) -> Thing:
    """Change an account's ways (`key`): payouts daily or manual, us_bank_account_days, sepa_debit_days."""
    books, _ = double.books(said.pop("key"))
    unknown = said.keys() - books.settings.keys()
    if unknown:
        raise invalid(f"There are no settings {sorted(unknown)}; there are {sorted(books.settings)}.")
    books.settings |= said
    return books.settings


@act("POST", "/disputes")
def dispute(double: Double, said: Thing) -> Thing:
    """A cardholder disputes a `charge` for a `reason`, perhaps for a part (`amount`), or only asks (`inquiry`)."""
    books, charge = _holder(double, said["charge"])
    reason = said.get("reason", "fraudulent")
    amount, inquiry = said.get("amount"), said.get("inquiry", False)
    return rendered(disputes.open_dispute(books, charge, reason, amount=amount, inquiry=inquiry))


@act("POST", "/disputes/decide")
def decide(double: Double, said: Thing) -> Thing:
    """The bank decides a `dispute`: `won` or not."""
    books, found = _holder(double, said["dispute"])
    return rendered(disputes.decide(books, found["id"], won=said["won"]))


@act("POST", "/refunds/fail")
def fail_refund(double: Double, said: Thing) -> Thing:
    """A `refund` comes back."""
    books, found = _holder(double, said["refund"])
    refunds.fail_refund(books, found["id"])
    return rendered(found)


@act("POST", "/balance/enter")
def enter(double: Double, said: Thing) -> Thing:
    """Enter a line of a `type` in an account's balance (`key`), such as a late `stripe_fee` of `amount` -500."""
    books, _ = double.books(said["key"])
    kind, currency = said["type"], said.get("currency", "usd")
    entered = book(
        books,
        kind,
        said.get("category", "fee"),
        said["amount"],
        currency,
        said.get("source"),
        fee=said.get("fee", 0),
        description=said.get("description"),
    )
    return rendered(entered)


@act("POST", "/payouts/make")
def make_payouts(double: Double, said: Thing) -> Any:
    """Make the automatic payouts of the day now, in every account."""
    made = [payouts.pay_out(books, currency) for books in double.all_books() for currency in sorted(books.unpaid)]
    return [rendered(each) for each in made if each]


@act("POST", "/payouts/fail")
def fail_payout(double: Double, said: Thing) -> Thing:
    """The bank sends a `payout` back, even one that was paid."""
    books, found = _holder(double, said["payout"])
    payouts.fail_payout(books, found["id"])
    return rendered(found)


@act("POST", "/payment_methods/behave")
def behave(double: Double, said: Thing) -> Thing:
    """Change how a `payment_method` behaves from now on: charge, attach, authentication, dispute, refund, fails."""
    books, found = _holder(double, said.pop("payment_method"))
    known = {"charge", "attach", "authentication", "dispute", "refund", "available", "fails"}
    if said.keys() - known:
        raise invalid(f"A payment method behaves by {sorted(known)}.")
    hidden = books.hidden[found["id"]]
    hidden["changed"] = {**hidden.get("changed", {}), **said}
    return {"payment_method": found["id"], "behaves": hidden["changed"]}


@act("POST", "/payment_methods/renew")
def renew(double: Double, said: Thing) -> Thing:
    """The bank has sent the holder of a `payment_method` a new card: expiry and digits change by themselves."""
    books, found = _holder(double, said["payment_method"])
    previous = {"card": found["card"]}
    given = {key: said[key] for key in ("exp_month", "exp_year", "last4") if key in said}
    books.change(found, card=found["card"] | {"exp_year": found["card"]["exp_year"] + 3} | given)
    books.happened("payment_method.automatically_updated", found, previous)
    return rendered(found)
