"""Reading the objects of Stripe's client, which are no dictionaries, into our words."""

from datetime import UTC, datetime
from typing import Any

from app.payments.cards.answers import (
    Decline,
    Disputed,
    Entered,
    Heard,
    Identity,
    Intent,
    Line,
    Method,
    Page,
    PaidOut,
    Returned,
    Setup,
)
from app.payments.cards.currencies import from_processor
from app.payments.models import PayBy

KINDS = {
    "card": PayBy.CARD,
    "us_bank_account": PayBy.US_BANK_DEBIT,
    "sepa_debit": PayBy.SEPA_DEBIT,
}
TYPES = {way: kind for kind, way in KINDS.items()}
"""How Stripe calls our ways to pay."""


def text(found: Any, *names: str) -> str:
    """A string within an object, by the names on the way to it, or an object's id; empty when there is none."""
    for name in names:
        if found is None or isinstance(found, str) or name not in found:
            return ""
        found = found[name]
    if found is None:
        return ""
    return str(found) if isinstance(found, str | int) else str(found["id"])


def intent(found: Any) -> Intent:
    """A PaymentIntent, with its last charge when that was expanded."""
    charge, error = found["latest_charge"], found["last_payment_error"]
    expanded = charge is not None and not isinstance(charge, str)
    line = charge["balance_transaction"] if expanded else None
    return Intent(
        id=str(found["id"]),
        status=str(found["status"]),
        amount=from_processor(found["amount"], found["currency"]),
        customer=text(found, "customer"),
        method=text(found, "payment_method"),
        attempt=text(found, "metadata", "attempt_id"),
        charge=text(found, "latest_charge"),
        livemode=bool(found["livemode"]),
        decline=None if error is None else _decline(error, charge if expanded else None),
        next_url=text(found, "next_action", "redirect_to_url", "url"),
        entered=None if line is None or isinstance(line, str) else entered(line),
    )


def _decline(error: Any, charge: Any) -> Decline:
    network = text(charge, "outcome", "network_decline_code") or text(error, "network_decline_code")
    return Decline(text(error, "code"), text(error, "decline_code"), network)


def entered(line: Any) -> Entered:
    """A BalanceTransaction."""
    return Entered(
        str(line["id"]), from_processor(line["amount"], line["currency"]), from_processor(line["fee"], line["currency"])
    )


def method(found: Any) -> Method:
    """A PaymentMethod of a type that is offered."""
    kind = str(found["type"])
    details = found[kind]
    card = kind == "card"
    return Method(
        id=str(found["id"]),
        customer=text(found, "customer"),
        kind=KINDS[kind],
        brand=text(details, "brand") if card else text(details, "bank_name") or text(details, "bank_code"),
        last4=text(details, "last4"),
        exp_month=int(details["exp_month"]) if card else None,
        exp_year=int(details["exp_year"]) if card else None,
    )


def setup(found: Any) -> Setup:
    """A SetupIntent, with its method when that was expanded."""
    saved = found["payment_method"]
    return Setup(
        id=str(found["id"]),
        status=str(found["status"]),
        customer=text(found, "customer"),
        mandate=text(found, "mandate"),
        checkout=text(found, "metadata", "checkout_id"),
        livemode=bool(found["livemode"]),
        method=None if saved is None or isinstance(saved, str) else method(saved),
    )


def page(found: Any) -> Page:
    """A Checkout Session."""
    return Page(
        id=str(found["id"]),
        status=text(found, "status"),
        url=text(found, "url"),
        setup=text(found, "setup_intent"),
        intent=text(found, "payment_intent"),
        checkout=text(found, "metadata", "checkout_id"),
        expires_at=datetime.fromtimestamp(found["expires_at"], UTC),
        livemode=bool(found["livemode"]),
    )


def identity(found: Any) -> Identity:
    """A VerificationSession, with the names of its document when those were expanded."""
    said = [text(found, "verified_outputs", each) for each in ("first_name", "last_name")]
    return Identity(
        id=str(found["id"]),
        status=text(found, "status"),
        url=text(found, "url") if found["status"] == "requires_input" else "",
        visit=text(found, "metadata", "identity_visit"),
        names=" ".join(said).strip(),
        refused=found["last_error"] is not None,
        livemode=bool(found["livemode"]),
    )


def returned(found: Any) -> Returned:
    """A Refund, with its line in the balance when that was expanded."""
    line = found["balance_transaction"]
    return Returned(
        id=str(found["id"]),
        status=text(found, "status"),
        charge=text(found, "charge"),
        amount=from_processor(found["amount"], found["currency"]),
        refund=text(found, "metadata", "refund_id"),
        why=text(found, "failure_reason"),
        entered=None if line is None or isinstance(line, str) else entered(line),
    )


def disputed(found: Any) -> Disputed:
    """A Dispute; its lines in the balance are part of it."""
    due_by = found["evidence_details"]["due_by"]
    return Disputed(
        id=str(found["id"]),
        status=str(found["status"]),
        charge=text(found, "charge"),
        intent=text(found, "payment_intent"),
        amount=from_processor(found["amount"], found["currency"]),
        reason=str(found["reason"]),
        due_by=datetime.fromtimestamp(due_by, UTC) if due_by else None,
        entered=tuple(entered(line) for line in found["balance_transactions"]),
        evidence=text(found, "metadata", "evidence_id") if found["evidence_details"]["submission_count"] else "",
    )


def paid_out(found: Any) -> PaidOut:
    """A Payout, with its own line in the balance when that was expanded; its days are Stripe's, in UTC."""
    own = found["balance_transaction"]
    return PaidOut(
        id=str(found["id"]),
        status=str(found["status"]),
        amount=from_processor(found["amount"], found["currency"]),
        automatic=bool(found["automatic"]) and found["reconciliation_status"] != "not_applicable",
        listed=found["reconciliation_status"] == "completed",
        arrives_on=datetime.fromtimestamp(found["arrival_date"], UTC).date(),
        made_at=datetime.fromtimestamp(found["created"], UTC),
        why=text(found, "failure_message") or text(found, "failure_code"),
        trace=text(found, "trace_id", "value"),
        entered=None if own is None or isinstance(own, str) else entered(own),
    )


def line(found: Any) -> Line:
    """A BalanceTransaction as a line of a payout."""
    return Line(str(found["type"]), text(found, "source"), entered(found))


def heard(found: dict[str, Any]) -> Heard:
    """An event from its JSON; raises `KeyError`, `TypeError` or `ValueError` when it is none."""
    about = found["data"]["object"]
    return Heard(
        id=str(found["id"]),
        type=str(found["type"]),
        object_type=str(about.get("object", "")),
        object_id=str(about.get("id", "")),
        created=datetime.fromtimestamp(int(found["created"]), UTC),
        livemode=bool(found["livemode"]),
        account=str(found.get("account") or ""),
        payload=found,
    )


def balance(found: Any) -> dict[str, int]:
    """A Balance: what is available and what is pending, together, by currency."""
    sums: dict[str, int] = {}
    for part in (*found["available"], *found["pending"]):
        currency = str(part["currency"]).upper()
        sums[currency] = sums.get(currency, 0) + int(part["amount"])
    return sums
