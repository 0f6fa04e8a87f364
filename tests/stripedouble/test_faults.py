"""Faults on demand, and the limits."""

import pytest
import requests
import stripe

from app.stripedouble.double import endpoint
from app.stripedouble.starting import NotLoopback, listener
from tests.stripedouble.conftest import client_of

PAID = {"amount": 5000, "currency": "usd", "payment_method": "pm_card_visa", "confirm": True, "metadata": {"due": "1"}}


def pay(client, key="k"):
    return client.v1.payment_intents.create(PAID, options={"idempotency_key": key})


@pytest.mark.parametrize(("do", "done"), [("close", 1), ("close_before", 0), ("hang", 1), ("hang_before", 0)])
def test_no_answer_leaves_the_work_done_or_not(double, client, do, done):
    double.fault(do, path="/v1/payment_intents", times=1, seconds=0.2)
    with pytest.raises(stripe.APIConnectionError):
        pay(client)
    assert len(client.v1.payment_intents.list().data) == done
    assert pay(client).status == "succeeded"
    assert len(client.v1.payment_intents.list().data) == 1


def test_a_client_that_gives_up_first_finds_its_answer_later(double, key):
    client = client_of(double, key, http_client=stripe.RequestsClient(timeout=0.2))
    double.fault("hang", path="/v1/payment_intents", times=1)
    with pytest.raises(stripe.APIConnectionError):
        pay(client)
    double.no_faults()
    patient = client_of(double, key, http_client=stripe.RequestsClient(timeout=60))
    assert pay(patient).last_response.headers["Idempotent-Replayed"] == "true"


def test_the_client_s_own_retries_reach_the_first_answer(double, key):
    client = stripe.StripeClient(key, base_addresses={"api": double.base}, max_network_retries=2)
    double.fault("close", path="/v1/payment_intents", times=1)
    assert pay(client).status == "succeeded"
    assert len(client.v1.payment_intents.list().data) == 1
    double.no_faults()


@pytest.mark.parametrize("do", ["rate_limit", "lock_timeout"])
def test_a_429_does_nothing_and_keeps_nothing(double, client, do):
    double.fault(do, path="/v1/payment_intents", times=1)
    with pytest.raises(stripe.RateLimitError) as caught:
        pay(client)
    assert caught.value.error.code == do
    assert pay(client).status == "succeeded"


def test_faults_meet_only_what_they_are_meant_for(double, client):
    double.fault("error_before", path="/v1/payment_intents", contains="due%5D=2", skip=0)
    assert pay(client).status == "succeeded"


def test_the_limit_of_an_endpoint_leaves_others_alone(double, client):
    double.limits(overall=None, endpoint=3)
    for turn in range(3):
        pay(client, f"k{turn}")
    with pytest.raises(stripe.RateLimitError):
        for turn in range(3, 6):
            pay(client, f"k{turn}")
    assert client.v1.customers.list().data == []


def test_the_limit_over_all_counts_everything(double, client):
    double.limits(overall=2, endpoint=None)
    with pytest.raises(stripe.RateLimitError):
        for _ in range(4):
            client.v1.customers.list()
            client.v1.balance.retrieve()


def test_an_endpoint_is_a_path_without_ids():
    assert endpoint("/v1/payment_intents/pi_0a1b/confirm") == "/v1/payment_intents/*/confirm"
    assert endpoint("/v1/payment_intents") == "/v1/payment_intents"


def test_it_listens_on_loopback_only():
    with pytest.raises(NotLoopback):
        listener("0.0.0.0", 0)


def test_it_answers_to_its_own_name_only(double):
    answer = requests.get(f"{double.base}/_double/", headers={"Host": "rebound.example.org"}, timeout=60)
    assert answer.status_code == 400


@pytest.mark.parametrize("path", ["/v1/nothing", "/nothing", "/_double/nothing", "/pay/cs_test_nothing"])
def test_unknown_paths_are_404(double, path):
    headers = {"Authorization": "Bearer sk_test_paths001"}
    assert requests.get(double.base + path, headers=headers, timeout=60).status_code == 404


@pytest.mark.parametrize(
    "body",
    [
        "amount[=1",
        "a[b]=1&a=2",
        "a=1&a[b]=2",
        "metadata=x",
        "expand=latest_charge",
        "metadata[a][b]=1",
        "&".join(["x=1"] * 1001),
    ],
)
def test_broken_forms_are_refused(double, body):
    headers = {"Authorization": "Bearer sk_test_forms001", "Content-Type": "application/x-www-form-urlencoded"}
    answer = requests.post(f"{double.base}/v1/payment_intents", body, headers=headers, timeout=60)
    assert answer.status_code == 400 and answer.json()["error"]["type"] == "invalid_request_error"


def test_an_expansion_that_does_not_exist_does_nothing(client):
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.payment_intents.create(PAID | {"expand": ["latest_charge.colour"]})
    assert client.v1.payment_intents.list().data == []
