"""Idempotency keys and API keys of the double."""

import threading

import pytest
import stripe

from tests.stripedouble.conftest import client_of

PAID = {"amount": 5000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True}


def pay(client, key, **more):
    return client.v1.payment_intents.create(PAID | more, options={"idempotency_key": key})


@pytest.mark.parametrize("key", ["", "sk_live_51abcdefgh", "sk_test_", "nonsense"])
def test_a_bad_key_is_refused(double, key):
    client = client_of(double, key or "x")
    with pytest.raises(stripe.AuthenticationError) as caught:
        client.v1.customers.create({"email": "a@example.org"})
    assert caught.value.http_status == 401


def test_another_account_sees_nothing(double, client):
    made = client.v1.customers.create({"email": "a@example.org"})
    other = client_of(double, "sk_test_another0001")
    with pytest.raises(stripe.InvalidRequestError) as caught:
        other.v1.customers.retrieve(made.id)
    assert (caught.value.http_status, caught.value.code) == (404, "resource_missing")
    assert other.v1.customers.list().data == []


def test_an_unknown_version_is_refused(double):
    client = client_of(double, "sk_test_versions1")
    with pytest.raises(stripe.InvalidRequestError, match="API version"):
        client.v1.customers.list(options={"stripe_version": "yesterday"})


def test_a_key_is_forgotten_after_a_day(double, client):
    first = pay(client, "attempt-1")
    double.advance(23 * 3600)
    assert pay(client, "attempt-1").id == first.id
    double.advance(3600 + 1)
    assert pay(client, "attempt-1").id != first.id


def test_a_key_whose_request_is_under_way_is_refused(double, client):
    double.fault("latency", path="/v1/payment_intents", seconds=0.6, times=1)
    answers = []
    first = threading.Thread(target=lambda: answers.append(pay(client, "busy")))
    first.start()
    while not double.ask("GET", "/faults")["data"][0]["met"]:
        pass
    with pytest.raises(stripe.APIError) as caught:
        pay(client, "busy")
    assert (caught.value.http_status, caught.value.error.code) == (409, "idempotency_key_in_use")
    first.join()
    assert pay(client, "busy").id == answers[0].id


def test_a_500_after_the_work_is_kept_for_its_key(double, client):
    double.fault("error_after", path="/v1/payment_intents", times=1)
    for _ in range(2):
        with pytest.raises(stripe.APIError) as caught:
            pay(client, "broken", metadata={"attempt": "7"})
        assert caught.value.http_status == 500
    assert caught.value.headers["Idempotent-Replayed"] == "true"
    assert [each.metadata["attempt"] for each in client.v1.payment_intents.list().data] == ["7"]


def test_a_500_before_the_work_may_be_let_go(double, client):
    double.fault("error_before", path="/v1/payment_intents", times=1, kept=False)
    with pytest.raises(stripe.APIError):
        pay(client, "again")
    assert pay(client, "again").status == "succeeded"


def test_keys_are_bound_to_their_path(client):
    client.v1.customers.create({"email": "a@example.org"}, options={"idempotency_key": "one"})
    with pytest.raises(stripe.IdempotencyError):
        pay(client, "one")


def test_too_long_a_key_is_refused(client):
    with pytest.raises(stripe.IdempotencyError):
        pay(client, "k" * 256)
