"""Money in the double: debits days later, refunds that fail, disputes, payouts and the balance."""

import pytest
import stripe

from app.stripedouble.client import DAY

MANDATE = {"customer_acceptance": {"type": "online", "online": {"ip_address": "127.0.0.1", "user_agent": "test"}}}


def pay(client, method="pm_card_visa", amount=230_000, **more):
    asked = {"amount": amount, "currency": "usd", "payment_method": method, "confirm": True}
    return client.v1.payment_intents.create(asked | more)


def types(client):
    return [event.type for event in client.v1.events.list({"limit": 100}).data][::-1]


def available(client, currency="usd"):
    return {each.currency: each.amount for each in client.v1.balance.retrieve().available}.get(currency, 0)


def pending(client, currency="usd"):
    return {each.currency: each.amount for each in client.v1.balance.retrieve().pending}.get(currency, 0)


def manual(double, key):
    double.ask("POST", "/settings", key=key, payouts="manual")


def test_a_card_s_money_is_pending_then_available(double, client, key):
    manual(double, key)
    pay(client)
    assert (available(client), pending(client)) == (0, 230_000 - 6_700)
    double.advance(days=3)
    assert (available(client), pending(client)) == (223_300, 0)


@pytest.mark.parametrize(
    ("method", "currency", "days", "fee"),
    [("pm_usBankAccount_success", "usd", 4, 500), ("pm_sepaDebit_success", "eur", 5, 35)],
)
def test_a_debit_succeeds_days_later(double, client, method, currency, days, fee):
    paid = pay(client, method, currency=currency, mandate_data=MANDATE)
    assert paid.status == "processing" and client.v1.balance_transactions.list().data == []
    double.advance(days=days - 1)
    assert client.v1.payment_intents.retrieve(paid.id).status == "processing"
    double.advance(days=1)
    after = client.v1.payment_intents.retrieve(paid.id, {"expand": ["latest_charge.balance_transaction"]})
    assert after.status == "succeeded" and after.latest_charge.balance_transaction.fee == fee
    assert types(client)[-2:] == ["charge.succeeded", "payment_intent.succeeded"]


def test_a_debit_fails_days_later_and_its_mandate_ends(double, client):
    customer = client.v1.customers.create({"email": "a@example.org"}).id
    asked = {"customer": customer, "payment_method": "pm_usBankAccount_accountClosed", "confirm": True}
    setup = client.v1.setup_intents.create(asked | {"mandate_data": MANDATE})
    assert client.v1.mandates.retrieve(setup.mandate).status == "active"
    paid = pay(client, setup.payment_method, customer=customer, off_session=True)
    double.advance(days=4)
    after = client.v1.payment_intents.retrieve(paid.id, {"expand": ["latest_charge"]})
    assert after.status == "requires_payment_method"
    assert after.latest_charge.failure_code == "account_closed"
    assert client.v1.mandates.retrieve(setup.mandate).status == "inactive"
    assert client.v1.balance_transactions.list().data == []


def test_a_debit_without_a_mandate_is_refused(client):
    with pytest.raises(stripe.InvalidRequestError, match="mandate"):
        pay(client, "pm_usBankAccount_success")
    assert client.v1.payment_intents.list().data == []


def test_a_refund_may_wait_and_then_succeed(double, client):
    paid = pay(client, "pm_card_pendingRefund")
    refund = client.v1.refunds.create({"payment_intent": paid.id})
    assert refund.status == "pending"
    double.advance(days=3)
    assert client.v1.refunds.retrieve(refund.id).status == "succeeded"


def test_a_refund_may_come_back(double, client):
    paid = pay(client, "pm_card_refundFail")
    refund = client.v1.refunds.create({"payment_intent": paid.id, "amount": 1000})
    assert refund.status == "succeeded"
    double.advance(days=3)
    after = client.v1.refunds.retrieve(refund.id, {"expand": ["failure_balance_transaction"]})
    assert (after.status, after.failure_balance_transaction.amount) == ("failed", 1000)
    assert client.v1.charges.retrieve(paid.latest_charge).amount_refunded == 0
    assert "refund.failed" in types(client)


@pytest.mark.parametrize(
    ("evidence", "status", "kept"), [("winning_evidence", "won", 230_000), ("losing_evidence", "lost", 0)]
)
def test_a_dispute_is_decided(double, client, evidence, status, kept):
    paid = pay(client, "pm_card_createDispute")
    dispute = client.v1.disputes.list({"payment_intent": paid.id}).data[0]
    assert dispute.status == "needs_response" and dispute.balance_transactions[0].fee == 1500
    sent = client.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": evidence}})
    assert sent.status == "under_review" and sent.evidence_details.submission_count == 1
    double.advance(days=1)
    after = client.v1.disputes.retrieve(dispute.id)
    assert after.status == status
    assert sum(each.net for each in after.balance_transactions) == kept - 230_000 - 1500
    assert "charge.dispute.closed" in types(client)


def test_who_sends_no_evidence_loses(double, client):
    paid = pay(client)
    made = double.ask("POST", "/disputes", charge=paid.latest_charge, reason="product_not_received", amount=1000)
    double.advance(days=9)
    assert client.v1.disputes.retrieve(made["id"]).status == "lost"


def test_a_disputed_charge_cannot_be_refunded(client):
    paid = pay(client, "pm_card_createDispute")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.refunds.create({"payment_intent": paid.id})
    assert caught.value.code == "charge_disputed"


def test_an_inquiry_takes_no_money(client):
    paid = pay(client, "pm_card_createDisputeInquiry")
    dispute = client.v1.disputes.list({"charge": paid.latest_charge}).data[0]
    assert dispute.status == "warning_needs_response" and not dispute.balance_transactions


def test_every_day_what_is_available_is_paid_out(double, client):
    pay(client)
    client.v1.refunds.create({"payment_intent": pay(client).id, "amount": 10_000})
    double.advance(days=4)
    payout = client.v1.payouts.list().data[0]
    inside = list(client.v1.balance_transactions.list({"payout": payout.id, "limit": 1}).auto_paging_iter())
    assert sorted(each.type for each in inside) == ["charge", "charge", "payout", "refund"]
    assert sum(each.net for each in inside) == 0 and payout.amount == 2 * 223_300 - 10_000
    double.advance(days=3)
    after = client.v1.payouts.retrieve(payout.id)
    assert (after.status, after.reconciliation_status) == ("paid", "completed")
    assert (available(client), pending(client)) == (0, 0)


def test_a_payout_may_fail_after_it_was_paid(double, client):
    pay(client)
    double.advance(days=8)
    payout = client.v1.payouts.list().data[0]
    assert payout.status == "paid"
    double.ask("POST", "/payouts/fail", payout=payout.id)
    after = client.v1.payouts.retrieve(payout.id, {"expand": ["failure_balance_transaction"]})
    assert (after.status, after.failure_balance_transaction.amount) == ("failed", payout.amount)
    assert available(client) == payout.amount
    double.advance(days=1)
    assert client.v1.payouts.list().data[0].amount == payout.amount


def test_a_payout_by_hand_cannot_be_itemised(double, client, key):
    manual(double, key)
    pay(client, "pm_card_bypassPending")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        client.v1.payouts.create({"amount": 223_301, "currency": "usd"})
    assert caught.value.code == "balance_insufficient"
    payout = client.v1.payouts.create({"amount": 223_300, "currency": "usd"})
    assert payout.reconciliation_status == "not_applicable"
    assert client.v1.balance_transactions.list({"payout": payout.id}).data == []


def test_transactions_are_found_by_type_source_and_time(double, client):
    paid = pay(client)
    double.advance(days=1)
    client.v1.refunds.create({"payment_intent": paid.id})
    lists = client.v1.balance_transactions.list
    assert [each.type for each in lists({"source": paid.latest_charge}).data] == ["charge"]
    assert [each.type for each in lists({"type": "refund", "expand": ["data.source"]}).data] == ["refund"]
    assert [each.type for each in lists({"created": {"gte": double.now() - DAY // 2}}).data] == ["refund"]


def test_events_are_kept_for_30_days(double, client):
    pay(client)
    old = client.v1.events.list().data[0].id
    double.advance(days=31)
    pay(client)
    assert old not in [each.id for each in client.v1.events.list({"limit": 100}).auto_paging_iter()]
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.events.retrieve(old)


def test_the_bank_may_renew_a_card(double, client):
    customer = client.v1.customers.create({}).id
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    double.ask("POST", "/payment_methods/renew", payment_method=method.id, last4="1881")
    assert client.v1.payment_methods.retrieve(method.id).card.last4 == "1881"
    assert types(client)[-1] == "payment_method.automatically_updated"


def test_a_saved_card_may_go_bad(double, client):
    customer = client.v1.customers.create({}).id
    method = client.v1.payment_methods.attach("pm_card_visa", {"customer": customer})
    double.ask("POST", "/payment_methods/behave", payment_method=method.id, charge="insufficient_funds")
    with pytest.raises(stripe.CardError) as caught:
        pay(client, method.id, customer=customer, off_session=True)
    assert caught.value.error.decline_code == "insufficient_funds"
