"""What holds of Stripe holds of the double: the same tests run against either."""

import secrets

import pytest
import stripe


def raises(kind, call, *arguments, **options):
    with pytest.raises(kind) as caught:
        call(*arguments, **options)
    return caught.value


@pytest.fixture
def saved(stripe_client):
    """A customer with a saved card."""
    customer = stripe_client.v1.customers.create({"email": "ada@example.org", "metadata": {"person": "1"}})
    return customer.id, save(stripe_client, customer.id, "pm_card_visa")


def save(client, customer, card):
    setup = client.v1.setup_intents.create(
        {"customer": customer, "payment_method": card, "confirm": True, "usage": "off_session"}
        | {"automatic_payment_methods": {"enabled": True, "allow_redirects": "never"}}
    )
    assert setup.status == "succeeded"
    return setup.payment_method


def charge(client, customer, method, amount=230_000, key=None, **more):
    asked = {"amount": amount, "currency": "usd", "customer": customer, "payment_method": method}
    asked |= {"off_session": True, "confirm": True, "metadata": {"attempt": "1"}} | more
    return client.v1.payment_intents.create(asked, options={"idempotency_key": key or secrets.token_hex(8)})


def test_a_saved_card_is_charged_without_the_person(stripe_client, saved):
    paid = charge(stripe_client, *saved, expand=["latest_charge.balance_transaction"])
    assert paid.status == "succeeded"
    assert paid.amount_received == 230_000
    assert paid.latest_charge.paid and paid.latest_charge.balance_transaction.type == "charge"
    entered = paid.latest_charge.balance_transaction
    assert entered.net == entered.amount - entered.fee
    assert paid.metadata["attempt"] == "1"


def test_the_same_key_gives_the_same_answer_and_charges_once(stripe_client, saved):
    key = secrets.token_hex(8)
    first = charge(stripe_client, *saved, key=key)
    again = charge(stripe_client, *saved, key=key)
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert len(stripe_client.v1.payment_intents.list({"customer": saved[0]}).data) == 1


def test_the_same_key_with_other_parameters_is_refused(stripe_client, saved):
    key = secrets.token_hex(8)
    charge(stripe_client, *saved, key=key)
    error = raises(stripe.IdempotencyError, charge, stripe_client, *saved, amount=100_000, key=key)
    assert error.http_status == 400


def test_a_decline_is_kept_for_its_key(stripe_client, saved):
    method = save(stripe_client, saved[0], "pm_card_chargeCustomerFail")
    key = secrets.token_hex(8)
    first = raises(stripe.CardError, charge, stripe_client, saved[0], method, key=key)
    again = raises(stripe.CardError, charge, stripe_client, saved[0], method, key=key)
    assert (first.http_status, first.code) == (402, "card_declined")
    assert first.error.decline_code == "generic_decline"
    assert first.error.payment_intent.id == again.error.payment_intent.id
    assert first.error.payment_intent.status == "requires_payment_method"
    assert stripe_client.v1.charges.retrieve(first.error.charge).status == "failed"


def test_a_card_that_wants_authentication_is_declined_while_nobody_is_there(stripe_client, saved):
    customer = saved[0]
    error = raises(stripe.CardError, charge, stripe_client, customer, "pm_card_authenticationRequired")
    assert error.code == "authentication_required"
    again = stripe_client.v1.payment_intents.confirm(
        error.error.payment_intent.id,
        {"payment_method": "pm_card_authenticationRequired", "return_url": "https://example.org/back"},
    )
    assert again.status == "requires_action"
    assert again.next_action.type == "redirect_to_url" and again.next_action.redirect_to_url.url


@pytest.mark.parametrize(
    ("wrong", "param", "code"),
    [
        ({"colour": "red"}, "colour", "parameter_unknown"),
        (
            {"payment_method_options": {"card": {"colour": "red"}}},
            "payment_method_options[card][colour]",
            "parameter_unknown",
        ),
        ({"amount": "much"}, "amount", "parameter_invalid_integer"),
        ({"amount": 49}, None, "amount_too_small"),
        ({"amount": 100_000_000}, "amount", "amount_too_large"),
        ({"currency": ""}, "currency", "parameter_invalid_empty"),
        ({"customer": "cus_nobody"}, "customer", "resource_missing"),
        ({"payment_method": "pm_nothing"}, "payment_method", "resource_missing"),
    ],
)
def test_wrong_parameters_are_named(stripe_client, saved, wrong, param, code):
    asked = {"amount": 230_000, "currency": "usd", "customer": saved[0]} | wrong
    error = raises(stripe.InvalidRequestError, stripe_client.v1.payment_intents.create, asked)
    assert error.code == code
    assert param is None or error.param == param


def test_missing_parameters_are_named(stripe_client):
    error = raises(stripe.InvalidRequestError, stripe_client.v1.payment_intents.create, {"amount": 100})
    assert (error.code, error.param) == ("parameter_missing", "currency")


def test_refused_parameters_do_not_use_the_key_up(stripe_client, saved):
    key = secrets.token_hex(8)
    raises(stripe.InvalidRequestError, charge, stripe_client, *saved, amount=1, key=key)
    assert charge(stripe_client, *saved, key=key).status == "succeeded"


def test_refunds_never_exceed_the_charge(stripe_client, saved):
    paid = charge(stripe_client, *saved)
    part = stripe_client.v1.refunds.create({"payment_intent": paid.id, "amount": 30_000})
    assert part.status == "succeeded"
    raises(
        stripe.InvalidRequestError, stripe_client.v1.refunds.create, {"charge": paid.latest_charge, "amount": 200_001}
    )
    stripe_client.v1.refunds.create({"charge": paid.latest_charge})
    error = raises(stripe.InvalidRequestError, stripe_client.v1.refunds.create, {"charge": paid.latest_charge})
    assert error.code == "charge_already_refunded"
    after = stripe_client.v1.charges.retrieve(paid.latest_charge, {"expand": ["refunds"]})
    assert after.refunded and after.amount_refunded == 230_000
    assert sum(each.amount for each in after.refunds.data) == 230_000


def test_lists_go_both_ways(stripe_client, saved):
    made = [charge(stripe_client, *saved, amount=1000 + n).id for n in range(5)][::-1]
    pages = stripe_client.v1.payment_intents
    first = pages.list({"customer": saved[0], "limit": 2})
    assert [each.id for each in first.data] == made[:2] and first.has_more
    second = pages.list({"customer": saved[0], "limit": 2, "starting_after": made[1]})
    assert [each.id for each in second.data] == made[2:4]
    back = pages.list({"customer": saved[0], "limit": 2, "ending_before": made[4]})
    assert [each.id for each in back.data] == made[2:4] and back.has_more
    assert [each.id for each in first.auto_paging_iter()] == made


def test_a_detached_card_cannot_be_charged(stripe_client, saved):
    stripe_client.v1.payment_methods.detach(saved[1])
    raises(stripe.InvalidRequestError, charge, stripe_client, *saved)


def test_zero_decimal_currencies_are_whole(stripe_client, saved):
    paid = charge(stripe_client, *saved, amount=230_000, currency="jpy")
    assert (paid.amount, paid.currency) == (230_000, "jpy")


def test_an_intent_that_has_succeeded_cannot_be_confirmed_or_cancelled(stripe_client, saved):
    paid = charge(stripe_client, *saved)
    for act in (stripe_client.v1.payment_intents.confirm, stripe_client.v1.payment_intents.cancel):
        assert raises(stripe.InvalidRequestError, act, paid.id).code == "payment_intent_unexpected_state"


def test_what_is_not_there_is_missing(stripe_client):
    error = raises(stripe.InvalidRequestError, stripe_client.v1.payment_intents.retrieve, "pi_nothing")
    assert (error.http_status, error.code) == (404, "resource_missing")


def test_events_tell_what_happened(stripe_client, saved):
    paid = charge(stripe_client, *saved)
    found = stripe_client.v1.events.list({"type": "payment_intent.succeeded", "limit": 1}).data[0]
    assert found.data.object["id"] == paid.id
    assert stripe_client.v1.events.retrieve(found.id).type == "payment_intent.succeeded"


def test_a_card_that_is_not_saved_pays_once(stripe_client):
    asked = {"amount": 5000, "currency": "usd", "confirm": True}
    asked["automatic_payment_methods"] = {"enabled": True, "allow_redirects": "never"}
    paid = stripe_client.v1.payment_intents.create(asked | {"payment_method": "pm_card_visa"})
    again = asked | {"payment_method": paid.payment_method}
    assert raises(stripe.InvalidRequestError, stripe_client.v1.payment_intents.create, again).http_status == 400


@pytest.mark.parametrize("suffix", ["12345", "a" * 23, "SHARES*"])
def test_what_cannot_stand_on_a_statement_is_refused(stripe_client, suffix):
    asked = {"amount": 5000, "currency": "usd", "statement_descriptor_suffix": suffix}
    raises(stripe.InvalidRequestError, stripe_client.v1.payment_intents.create, asked)
