"""Whatever is asked of the double in whatever order: never a crash, never money from nowhere."""

import json
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import pytest
import stripe
from hypothesis import given, settings
from hypothesis import strategies as st
from stripe._encode import _api_encode

from app.stripedouble.double import Double, Request, Work, request_id
from app.stripedouble.operations import endpoints
from app.stripedouble.params import fields
from tests.stripedouble.conftest import client_of

HEADERS = {b"authorization": b"Bearer sk_test_anything1"}
HOOK = {"url": "http://127.0.0.1:9/", "enabled_events": ["payout.paid"]}
PAGE = {"mode": "setup", "currency": "usd", "success_url": "http://127.0.0.1:9/"}
LEAST = {
    "/v1/payment_intents": {"amount": 5000, "currency": "usd"},
    "/v1/checkout/sessions": PAGE,
    "/v1/identity/verification_sessions": {"type": "document"},
    "/v1/webhook_endpoints": HOOK,
    "/v1/payouts": {"amount": 1, "currency": "usd"},
}
CARD = {"type": "card", "card": {"number": "4242424242424242"}}
VALUES = [
    "1",
    "true",
    "x",
    "usd",
    "",
    "pm_card_visa",
    "-1",
    "99999999999",
    {"0": "x"},
    {"a": "b"},
    {"0": {"a": "b"}},
    CARD,
]


def ask(double, method, path, /, **params):
    text = urlencode(list(_api_encode(params)))
    request = Request(
        method, path, "" if method == "POST" else text, HEADERS, text.encode() if method == "POST" else b""
    )
    work = double.begin(request, request_id())
    if not isinstance(work, Work):
        return work.status, json.loads(work.body)
    try:
        reply = work.do()
        return reply.status, json.loads(reply.body)
    finally:
        work.finish()


def one_of_each(double):
    """An object for each name that stands in a path."""
    customer = ask(double, "POST", "/v1/customers", email="a@example.org")[1]["id"]
    mandate = {"customer_acceptance": {"type": "online"}}
    bank = {"payment_method": "pm_usBankAccount_success", "confirm": True, "mandate_data": mandate}
    setup = ask(double, "POST", "/v1/setup_intents", customer=customer, **bank)[1]
    new = ask(double, "POST", "/v1/payment_intents", amount=5000, currency="usd")[1]
    paid = {"amount": 5000, "currency": "usd", "confirm": True}
    disputed = ask(double, "POST", "/v1/payment_intents", payment_method="pm_card_createDispute", **paid)[1]
    good = ask(double, "POST", "/v1/payment_intents", payment_method="pm_card_visa", **paid)[1]
    refund = ask(double, "POST", "/v1/refunds", payment_intent=good["id"], amount=100)[1]
    page = ask(double, "POST", "/v1/checkout/sessions", **PAGE)[1]["id"]
    check = ask(double, "POST", "/v1/identity/verification_sessions", type="document")[1]["id"]
    first = [
        ask(double, "GET", f"/v1/{each}")[1]["data"][0]["id"] for each in ("disputes", "events", "balance_transactions")
    ]
    return {
        "customer": [customer],
        "payment_method": [setup["payment_method"], "pm_card_visa"],
        "intent": [new["id"], disputed["id"], setup["id"]],
        "charge": [disputed["latest_charge"]],
        "mandate": [setup["mandate"]],
        "refund": [refund["id"]],
        "dispute": first[:1],
        "id": first[1:],
        "webhook_endpoint": [ask(double, "POST", "/v1/webhook_endpoints", **HOOK)[1]["id"]],
        "session": [page, check],
    }


@pytest.mark.parametrize("operation", endpoints(), ids=lambda each: f"{each.method} {each.path}")
def test_every_parameter_may_be_anything(operation):
    double = Double()
    least = LEAST.get(operation.path, {}) if operation.method == "POST" else {}
    name = next((part[1:-1] for part in operation.path.split("/") if part[:1] == "{"), None)
    for turn in range(4 if name else 1):
        names = [*one_of_each(double).get(name, []), "nothing", "x_1"]
        path = operation.path.replace(f"{{{name}}}", names[turn % len(names)])
        for param in fields(operation.params_class())[0]:
            for value in VALUES:
                status, answer = ask(double, operation.method, path, **least | {param: value})
                assert status in (200, 400, 402, 404)
                assert status == 200 or answer["error"]["message"]


def totals_agree(double):
    for books in double.all_books():
        entered = {}
        for row in books.tables["balance_transaction"].all():
            entered[row["currency"]] = entered.get(row["currency"], 0) + row["net"]
        for currency, amount in entered.items():
            assert books.balance["available"][currency] + books.balance["pending"][currency] == amount
            unpaid = sum(books.get("balance_transaction", each)["net"] for each in books.unpaid[currency])
            assert unpaid == books.balance["available"][currency]
        for payout in books.tables["payout"].all():
            inside = [
                row["net"] for row in books.tables["balance_transaction"].all() if row.get("payout") == payout["id"]
            ]
            assert not payout["automatic"] or sum(inside) == 0
        for charge in books.tables["charge"].all():
            refunds = [row for row in books.tables["refund"].all() if row["charge"] == charge["id"]]
            back = sum(row["amount"] for row in refunds if row["status"] != "failed")
            assert back == charge["amount_refunded"] <= charge["amount"]
        for intent in books.tables["payment_intent"].all():
            paid = [
                row for row in books.tables["charge"].all() if row["payment_intent"] == intent["id"] and row["paid"]
            ]
            assert len(paid) == (intent["status"] == "succeeded")


CARDS = st.sampled_from(
    [
        "pm_card_visa",
        "pm_card_createDispute",
        "pm_card_refundFail",
        "pm_card_pendingRefund",
        "pm_card_bypassPending",
        "pm_card_chargeDeclined",
        "pm_usBankAccount_success",
        "pm_usBankAccount_accountClosed",
        "pm_usBankAccount_dispute",
    ]
)
STEPS = st.one_of(
    st.tuples(st.just("pay"), CARDS, st.integers(50, 1_000_000)),
    st.tuples(st.just("refund"), st.integers(0, 9), st.integers(1, 500_000)),
    st.tuples(st.just("dispute"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("pay out by hand"), st.integers(1, 100_000), st.booleans()),
    st.tuples(st.just("payout fails"), st.integers(0, 9), st.none()),
    st.tuples(st.just("time"), st.integers(0, 6 * 86_400), st.none()),
)


def step(double, what, first, second):
    from app.stripedouble import disputes, payouts

    books, _ = double.books("sk_test_anything1")
    charges, made = list(books.tables["charge"].all()), list(books.tables["payout"].all())
    if what == "pay":
        mandate = {"mandate_data": {"customer_acceptance": {"type": "online"}}} if "Bank" in first else {}
        asked = {"amount": second, "currency": "usd", "payment_method": first, "confirm": True}
        ask(double, "POST", "/v1/payment_intents", **asked | mandate)
    elif what == "refund" and charges:
        ask(double, "POST", "/v1/refunds", charge=charges[first % len(charges)]["id"], amount=second)
    elif what == "dispute" and charges and charges[first % len(charges)]["status"] == "succeeded":
        opened = disputes.open_dispute(books, charges[first % len(charges)], "fraudulent")
        disputes.decide(books, opened["id"], won=second)
    elif what == "pay out by hand":
        books.settings["payouts"] = "manual" if second else "daily"
        ask(double, "POST", "/v1/payouts", amount=first, currency="usd")
    elif what == "payout fails" and made:
        payouts.fail_payout(books, made[first % len(made)]["id"])
    elif what == "time":
        double.advance(first)


@settings(max_examples=60, deadline=None)
@given(st.lists(STEPS, max_size=25))
def test_money_comes_from_somewhere_and_goes_somewhere(steps):
    double = Double()
    for each in steps:
        step(double, *each)
        totals_agree(double)


def test_many_at_once_charge_once_each(double, client, key):
    """Five threads send each of ten attempts, while answers get lost, and go on until they have one."""
    for number, do in enumerate(("close", "close_before", "lock_timeout", "latency")):
        double.fault(do, path="/v1/payment_intents", share=0.2, seed=number, seconds=0.02)
    customer = client.v1.customers.create({}).id
    card = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer}).id

    def insist(number):
        mine = client_of(double, key)
        asked = {"amount": 1000 + number, "currency": "usd", "customer": customer, "payment_method": card}
        asked |= {"confirm": True, "off_session": True, "metadata": {"due": str(number)}}
        for _ in range(50):
            try:
                return mine.v1.payment_intents.create(asked, options={"idempotency_key": str(number)}).id
            except (stripe.APIConnectionError, stripe.RateLimitError):
                continue
            except stripe.APIError as error:
                if error.http_status != 409:
                    raise
        raise AssertionError("no answer")

    with ThreadPoolExecutor(5) as pool:
        answers = list(pool.map(insist, [number for number in range(10) for _ in range(5)]))
    assert all(fault["met"] for fault in double.ask("GET", "/faults")["data"])
    mine = [charge for charge in double.charges() if charge["customer"] == customer]
    assert sorted(int(charge["metadata"]["due"]) for charge in mine) == list(range(10))
    assert {charge["payment_intent"] for charge in mine} == set(answers)
