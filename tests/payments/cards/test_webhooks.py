"""What Stripe tells: taken only when signed and lately, kept once, handled in any order, harmless however often."""

import json
import time
from datetime import timedelta

import pytest
import requests
import stripe as client

from app.core import clock
from app.core.database import reading, transaction
from app.payments.cards import stripe
from app.payments.cards.hearing.handling import handle_event
from app.payments.cards.hearing.models import ParkedItem, StripeEvent, StripeEventHandled, StripeEventPayload
from app.payments.cards.hearing.parking import finish_parked
from app.payments.cards.hearing.repairing import repair
from app.payments.cards.hearing.taking import forget_payloads, take_event
from app.payments.cards.models import CardPayment, ChargeRetry, Outcome, SavedMethod, Trigger
from app.payments.cards.sending import resolve, send_attempt
from tests import make
from tests.journeys.conftest import address, work  # noqa: F401  (fixtures)
from tests.payments.cards.conftest import SECRET

HOOK = "/webhooks/stripe"


def event(**changed) -> dict:
    about = {"object": {"id": "pi_1", "object": "payment_intent"}}
    facts = {"id": "evt_1", "object": "event", "type": "payment_intent.succeeded", "created": int(time.time())}
    return facts | {"livemode": False, "data": about} | changed


def deliver(address, said, secret=SECRET, ago=0, header=None) -> int:  # noqa: F811
    body = said if isinstance(said, bytes) else json.dumps(said).encode()
    text = body.decode("utf-8", "replace")
    signed = header or client.WebhookSignature.generate_signature_header(text, secret, timestamp=int(time.time()) - ago)
    answer = requests.post(address + HOOK, data=body, headers={"stripe-signature": signed}, timeout=60)
    return answer.status_code


def kept() -> list[str]:
    with reading() as session:
        return [row.id for row in session.query(StripeEvent)]


def handle_all() -> None:
    for name in kept():
        with reading() as session:
            handle_event(session, name)


def waiting() -> list[ParkedItem]:
    with reading() as session:
        return session.query(ParkedItem).all()


@pytest.mark.parametrize(
    ("said", "how"),
    [
        (event(), {"secret": "whsec_other"}),
        (event(), {"ago": 301}),
        (event(), {"ago": -330}),
        (event(), {"header": "t=1,v1=abc"}),
        (event(), {"header": "nothing"}),
        (event(), {"header": "t=now,v1=abc"}),
        (b"", {}),
        (b"not json", {}),
        (b"[]", {}),
        (b"null", {}),
        (b"\xff\xfe", {}),
        ({"id": "evt_1"}, {}),
        (event(data={}), {}),
        (event(data={"object": None}), {}),
        (event(created="soon"), {}),
        (event(livemode=True), {}),
    ],
)
def test_what_is_not_an_event_of_ours_is_refused_and_nothing_kept(cards, address, said, how):  # noqa: F811
    assert deliver(address, said, **how) == 400
    assert kept() == []


@pytest.mark.parametrize("first", [" t={now}", "t ={now}", "\tt={now}", "T={now}", "v0=t={now}"])
def test_no_other_item_of_the_header_makes_an_old_message_young(cards, address, first):  # noqa: F811
    body, now = json.dumps(event()), int(time.time())
    old = client.WebhookSignature.generate_signature_header(body, SECRET, timestamp=now - 3600)
    assert deliver(address, body.encode(), header=f"{first.format(now=now)},{old}".lstrip()) == 400
    with pytest.raises(stripe.Forged):
        stripe.opened(body.encode(), f"{first.format(now=now)},{old}")
    assert kept() == []


def test_what_is_larger_than_any_event_is_refused(cards, address):  # noqa: F811
    assert deliver(address, event(pad="x" * 300_000)) == 413
    assert kept() == []


def test_an_event_is_kept_once_however_often_it_comes(cards, address, work):  # noqa: F811
    said = event(type="customer.discount.created")
    assert [deliver(address, said) for _ in range(3)] == [204] * 3
    assert kept() == ["evt_1"]
    work()
    with reading() as session:
        assert session.get(StripeEventHandled, "evt_1").outcome == "of a type that is not handled"
        assert session.query(StripeEventPayload).count() == 1
    with clock.at(clock.now() + timedelta(days=31)), transaction() as session:
        forget_payloads(session)
        assert session.query(StripeEventPayload).count() == 0


def test_a_webhook_alone_records_the_payment(cards, address, work):  # noqa: F811
    cards.control.ask("POST", "/endpoints", key=cards.key, url=address + HOOK, secret=SECRET)
    request_id, part = cards.saved()
    attempt = cards.begin(part)
    cards.control.fault("close", path="/v1/payment_intents", method="POST", times=1)
    assert send_attempt(attempt)[0] == Outcome.UNKNOWN
    cards.control.await_deliveries()
    work()
    assert cards.held(request_id) == make.usd(2300)
    assert len(cards.own_charges()) == cards.payments() == 1


def test_doubled_reordered_and_late_webhooks_change_nothing(cards, address, work):  # noqa: F811
    cards.control.ask("POST", "/endpoints", key=cards.key, url=address + HOOK, secret=SECRET)
    cards.control.webhooks(duplicate=1, jitter=0.3, seed=7)
    request_id, part = cards.saved()
    assert cards.charge(part) == Outcome.SUCCEEDED
    cards.control.await_deliveries()
    work()
    for name in kept():
        cards.control.redeliver(name)
    cards.control.await_deliveries()
    work()
    assert cards.held(request_id) == make.usd(2300)
    assert cards.payments() == 1


def test_webhook_return_page_and_repair_at_once_book_once(cards):
    import threading

    since = clock.now() - timedelta(minutes=5)
    for _ in range(3):
        request_id, part = cards.saved()
        attempt = cards.begin(part)
        cards.control.fault("close", path="/v1/payment_intents", method="POST", times=1)
        assert send_attempt(attempt)[0] == Outcome.UNKNOWN
        with transaction() as session:
            for heard in stripe.events_since(int(since.timestamp())):
                take_event(session, heard)
        acts = [handle_all, lambda a=attempt: resolve(a), lambda: repair(since)]
        threads = [threading.Thread(target=act) for act in acts]
        for each in threads:
            each.start()
        for each in threads:
            each.join(30)
        assert cards.held(request_id) == make.usd(2300)
    assert cards.payments() == len(cards.own_charges()) == 3


def test_repair_after_an_outage_finds_everything(cards):
    since = clock.now() - timedelta(minutes=5)
    request_id, part = cards.saved()
    attempt = cards.begin(part)
    cards.control.fault("close", path="/v1/payment_intents", method="POST", times=1)
    send_attempt(attempt)
    done = repair(since)
    assert (done.payments_recorded, done.payments_seen) == (1, 1)
    assert done.events_new == done.events_handled == done.events_seen > 3
    assert cards.held(request_id) == make.usd(2300)
    again = repair(since)
    assert (again.events_new, again.events_handled, again.payments_recorded, again.attempts_resolved) == (0, 0, 0, 0)


def test_money_that_nobody_asked_for_waits_for_a_person(cards):
    api = cards.client()
    api.v1.payment_intents.create(
        {"amount": 5000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    )
    repair(clock.now() - timedelta(minutes=5))
    (item,) = waiting()
    assert (item.kind, item.reason, item.payload["amount"]) == ("payment", "nobody here asked for this payment", 5000)
    assert cards.payments() == 0
    with transaction() as session:
        finish_parked(session, item.id, by=make.staff(session, "treasurer").id, note="asked the bank")
        api.v1.refunds.create({"payment_intent": item.subject, "amount": 5000})
    # what is settled by hand at Stripe is booked by hand; here the test leaves nothing but the fee behind
    with transaction() as session:
        from app.core.money import Money
        from app.payments.cards.answers import Entered
        from app.payments.cards.booking import book_fee

        lines = api.v1.balance_transactions.list({"limit": 10}).data
        fee = sum(line.fee for line in lines)
        book_fee(session, "by hand", Entered("txn_by_hand", Money(0, "USD"), Money(fee, "USD")))


@pytest.mark.parametrize("wrong", [{"amount": 1}, {"currency": "eur"}])
def test_a_payment_that_is_not_what_was_asked_for_is_never_a_success(cards, wrong):
    _, part = cards.saved()
    attempt = cards.begin(part)
    api = cards.client()
    params = {"amount": 230000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}
    params |= {"metadata": {"attempt_id": str(attempt)}, "amount": 230000} | wrong
    if wrong.get("amount") == 1:
        params["amount"] = 100
    api.v1.payment_intents.create(params)
    with transaction() as session:
        for heard in stripe.events_since(0):
            take_event(session, heard)
    handle_all()
    assert [item.reason for item in waiting()] == ["the payment is not what was asked for"]
    assert cards.payments() == 0


def test_events_of_other_accounts_wait_for_a_person(cards, address, work):  # noqa: F811
    assert deliver(address, event(account="acct_other")) == 204
    work()
    assert [item.payload["account"] for item in waiting()] == ["acct_other"]


def test_a_card_that_was_removed_at_the_processor_is_not_charged(cards):
    request_id, part = cards.saved()
    cards.client().v1.payment_methods.detach(cards.method(request_id))
    repair(clock.now() - timedelta(minutes=5))
    with reading() as session:
        assert session.query(SavedMethod).count() == 1
    from app.payments.cards.attempting import NothingSaved

    with pytest.raises(NothingSaved):
        cards.begin(part, Trigger.CUSTOMER)


def test_a_debit_arrives_days_later_or_fails_days_later(cards):
    from app.payments.models import PayBy

    good, good_part = cards.request()
    bad, bad_part = cards.request(email="wei@example.org")
    cards.save(good, way=PayBy.US_BANK_DEBIT, account="pm_usBankAccount_success", number="")
    cards.save(bad, way=PayBy.US_BANK_DEBIT, account="pm_usBankAccount_insufficientFunds", number="")
    assert [cards.charge(part) for part in (good_part, bad_part)] == [Outcome.PROCESSING] * 2
    assert cards.held(good) == make.usd(0)
    cards.control.advance(days=6)
    repair(clock.now() - timedelta(minutes=5))
    assert (cards.held(good), cards.held(bad)) == (make.usd(2300), make.usd(0))
    with reading() as session:
        assert session.query(CardPayment).count() == 1
        assert "card-declined" in make.letters(session, "wei@example.org")


def test_a_card_that_its_bank_has_renewed_is_charged_under_its_new_expiry(cards):
    request_id, part = cards.saved()
    method = cards.method(request_id)
    cards.control.ask("POST", "/payment_methods/behave", payment_method=method, charge="expired_card")
    assert cards.charge(part) == Outcome.DECLINED
    cards.control.ask("POST", "/payment_methods/renew", payment_method=method, exp_year=2039, last4="7777")
    cards.control.ask("POST", "/payment_methods/behave", payment_method=method, charge=None)
    for _ in range(2):
        with transaction() as session:
            for heard in stripe.events_since(0):
                take_event(session, heard)
        handle_all()
    with reading() as session:
        cards_saved = [(each.last4, each.exp_year) for each in session.query(SavedMethod).order_by(SavedMethod.id)]
        assert cards_saved == [("4242", 2034), ("7777", 2039)]
        assert session.get(ChargeRetry, part) is not None
    assert cards.charge(part, Trigger.RETRY) == Outcome.SUCCEEDED
    assert cards.held(request_id) == make.usd(2300)
