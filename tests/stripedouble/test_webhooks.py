"""Deliveries of events: signed, twice, late, out of order, lost, tried again."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import stripe

from app.stripedouble.webhooks import DEFAULTS


class Ear:
    """An endpoint that keeps what it hears, and answers what it is told to."""

    def __init__(self):
        self.heard, self.answers = [], []
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                ear.heard.append((body, self.headers["Stripe-Signature"]))
                self.send_response(ear.answers.pop(0) if ear.answers else 200)
                self.end_headers()

            def log_message(self, *arguments):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/stripe"
        threading.Thread(target=self.server.serve_forever, args=[0.01], daemon=True).start()

    def emails(self, secret):
        return [stripe.Webhook.construct_event(*each, secret).data.object["email"] for each in self.heard]


@pytest.fixture
def ear():
    made = Ear()
    yield made
    made.server.shutdown()
    made.server.server_close()


@pytest.fixture
def endpoint(double, client, ear):
    yield client.v1.webhook_endpoints.create({"url": ear.url, "enabled_events": ["customer.created"]})
    double.webhooks(**DEFAULTS)
    double.await_deliveries()


def make(client, count):
    return [client.v1.customers.create({"email": f"{n}@example.org"}).email for n in range(count)]


def test_events_arrive_signed_in_order(double, client, ear, endpoint):
    double.webhooks(at_once=1)
    made = make(client, 5)
    double.await_deliveries()
    assert ear.emails(endpoint.secret) == made
    with pytest.raises(stripe.SignatureVerificationError):
        ear.emails("whsec_another")


def test_one_that_waits_does_not_hold_the_others_up(double, client, ear, endpoint):
    double.webhooks(retry_after=0.4, at_once=1)
    ear.answers = [500]
    made = make(client, 4)
    double.await_deliveries()
    assert ear.emails(endpoint.secret) == [made[0], *made[1:], made[0]]


def test_only_what_is_asked_for_arrives(double, client, ear, endpoint):
    client.v1.payment_intents.create({"amount": 5000, "currency": "usd"})
    double.await_deliveries()
    assert ear.heard == []


def test_what_fails_is_tried_again(double, client, ear, endpoint):
    double.webhooks(retry_after=0.01)
    ear.answers = [500, 503]
    make(client, 1)
    log = [each for each in double.await_deliveries() if each["endpoint"] == endpoint.id]
    assert [each["answer"] for each in log[0]["tries"]] == [500, 503, 200]
    assert log[0]["status"] == "delivered" and len(ear.heard) == 3


def test_what_never_arrives_is_listed_as_undelivered(double, client, ear, endpoint):
    double.webhooks(retries=0, at_once=1)
    ear.answers = [500]
    made = make(client, 2)
    double.await_deliveries()
    missed = client.v1.events.list({"delivery_success": False}).data
    assert [each.data.object["email"] for each in missed] == made[:1]
    double.redeliver(missed[0].id)
    double.await_deliveries()
    assert client.v1.events.list({"delivery_success": False}).data == []


def test_events_arrive_twice_where_that_is_wanted(double, client, ear, endpoint):
    double.webhooks(duplicate=1, at_once=1)
    made = make(client, 2)
    double.await_deliveries()
    assert ear.emails(endpoint.secret) == [made[0], made[0], made[1], made[1]]


def test_events_overtake_each_other_where_that_is_wanted(double, client, ear, endpoint):
    double.webhooks(jitter=0.3, seed=1)
    made = make(client, 8)
    double.await_deliveries()
    assert sorted(ear.emails(endpoint.secret)) == made and ear.emails(endpoint.secret) != made


def test_events_are_lost_where_that_is_wanted(double, client, ear, endpoint):
    double.webhooks(lose=0.5, seed=1)
    make(client, 8)
    log = [each["status"] for each in double.await_deliveries() if each["endpoint"] == endpoint.id]
    assert 0 < log.count("lost") < 8 and len(ear.heard) == log.count("delivered")
    assert len(client.v1.events.list({"delivery_success": False}).data) == log.count("lost")


def test_deliveries_wait_while_they_are_held_back(double, client, ear, endpoint):
    double.webhooks(paused=True)
    make(client, 2)
    assert ear.heard == []
    double.webhooks(paused=False)
    double.await_deliveries()
    assert len(ear.heard) == 2


def test_a_secret_may_be_known_before(double, client, key, ear):
    double.listen(key, ear.url, "whsec_known", ["customer.created"])
    made = make(client, 2)
    double.await_deliveries()
    assert sorted(ear.emails("whsec_known")) == made


def test_a_disabled_or_deleted_endpoint_hears_nothing(double, client, ear, endpoint):
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    make(client, 1)
    client.v1.webhook_endpoints.delete(endpoint.id)
    make(client, 1)
    double.await_deliveries()
    assert ear.heard == []


@pytest.mark.parametrize("url", ["https://127.0.0.1/x", "http://example.org/x", "http://10.0.0.1/x", "nonsense"])
def test_nothing_is_delivered_beyond_this_machine(client, url):
    with pytest.raises(stripe.InvalidRequestError, match="this machine"):
        client.v1.webhook_endpoints.create({"url": url, "enabled_events": ["*"]})
