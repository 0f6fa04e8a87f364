"""The pages on which a person pays, saves a card, authenticates and shows a document."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import stripe

BACK = "http://127.0.0.1:9/back?session={CHECKOUT_SESSION_ID}"
CARD = {"number": "4242 4242 4242 4242", "expiry": "12 / 34", "cvc": "123", "name": "Ada Lovelace"}


@pytest.fixture
def customer(client):
    return client.v1.customers.create({"email": "ada@example.org"}).id


def setup_page(client, customer, **more):
    asked = {"mode": "setup", "currency": "usd", "customer": customer, "success_url": BACK, "metadata": {"pledge": "1"}}
    return client.v1.checkout.sessions.create(asked | {"cancel_url": "http://127.0.0.1:9/cancel"} | more)


def pay_page(client, customer, **more):
    price = {"currency": "usd", "unit_amount": 230_000, "product_data": {"name": "Ten shares"}}
    asked = {"mode": "payment", "customer": customer, "success_url": BACK}
    asked["line_items"] = [{"price_data": price, "quantity": 2}]
    return client.v1.checkout.sessions.create(asked | {"payment_intent_data": {"metadata": {"pledge": "1"}}} | more)


def post(url, **form):
    return requests.post(url, form, allow_redirects=False, timeout=60)


def authenticate(url, answer):
    """Answer the bank's question, and follow to where that leads within the double."""
    assert "Your bank asks" in requests.get(url, timeout=60).text
    return post(url, answer=answer).headers["Location"]


def test_a_card_is_saved_and_charged_later(client, customer):
    session = setup_page(client, customer, setup_intent_data={"metadata": {"pledge": "7"}})
    page = requests.get(session.url, timeout=60)
    assert page.status_code == 200 and "Test page" in page.text and "http://127.0.0.1:9/cancel" in page.text
    assert not re.search(r"<script|style=|https?://(?!127)", page.text)
    assert post(session.url, **CARD).headers["Location"] == BACK.replace("{CHECKOUT_SESSION_ID}", session.id)
    after = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent.payment_method"]})
    assert (after.status, after.setup_intent.status, after.metadata["pledge"]) == ("complete", "succeeded", "1")
    assert after.setup_intent.metadata["pledge"] == "7"
    assert after.setup_intent.payment_method.customer == customer
    assert after.setup_intent.payment_method.card.last4 == "4242"
    done = client.v1.events.list({"type": "checkout.session.completed"}).data
    assert [each.data.object["id"] for each in done] == [session.id]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"number": "4242 4242 4242 4241"}, "card number is incorrect"),
        ({"number": "4111 1111 1111 1111"}, "Never enter a real card"),
        ({"number": "4000 0000 0000 9995"}, "insufficient funds"),
        ({"number": "4000000000000069"}, "expired"),
        ({"expiry": "13/34"}, "expiration date"),
        ({"expiry": "soon"}, "expiration date"),
        ({"cvc": "1"}, "security code"),
        ({"account": "pm_card_visa"}, "test accounts"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(client, customer, changed, said):
    session = setup_page(client, customer)
    answer = post(session.url, **CARD | changed)
    assert answer.status_code == 402 and said in answer.text
    assert client.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert post(session.url, **CARD).status_code == 303


def test_a_card_that_asks_when_it_is_saved_does_not_ask_again(client, customer):
    session = setup_page(client, customer)
    bank = post(session.url, **CARD | {"number": "4000002500003155"}).headers["Location"]
    back = authenticate(bank, "approve")
    assert post(back).headers["Location"].startswith("http://127.0.0.1:9/back?session=cs_test_")
    method = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["setup_intent"]}).setup_intent.payment_method
    asked = {"amount": 5000, "currency": "usd", "customer": customer, "payment_method": method}
    paid = client.v1.payment_intents.create(asked | {"off_session": True, "confirm": True})
    assert paid.status == "succeeded"


def test_who_refuses_at_the_bank_may_try_another_card(client, customer):
    session = setup_page(client, customer)
    bank = post(session.url, **CARD | {"number": "4000002500003155"}).headers["Location"]
    page = requests.get(authenticate(bank, "refuse"), timeout=60)
    assert "unable to authenticate" in page.text
    assert post(session.url, **CARD).status_code == 303


def test_a_payment_is_made_on_the_page(client, customer):
    session = pay_page(client, customer, expand=["line_items"])
    assert session.amount_total == 460_000 and session.line_items.data[0].quantity == 2
    assert "$4,600.00" in requests.get(session.url, timeout=60).text
    post(session.url, **CARD)
    after = client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (after.payment_status, after.payment_intent.amount_received) == ("paid", 460_000)
    assert after.payment_intent.metadata["pledge"] == "1"
    assert requests.get(f"{session.url}", allow_redirects=False, timeout=60).status_code == 303


def test_a_debit_begins_on_the_page_and_ends_days_later(double, client, customer):
    session = pay_page(client, customer)
    post(session.url, account="pm_usBankAccount_insufficientFunds")
    assert client.v1.checkout.sessions.retrieve(session.id).payment_status == "unpaid"
    double.advance(days=4)
    assert client.v1.events.list({"type": "checkout.session.async_payment_failed"}).data


def test_a_page_closes(double, client, customer):
    session = setup_page(client, customer)
    client.v1.checkout.sessions.expire(session.id)
    assert requests.get(session.url, timeout=60).status_code == 410
    other = setup_page(client, customer)
    double.advance(days=2)
    assert client.v1.checkout.sessions.retrieve(other.id).status == "expired"
    assert post(other.url, **CARD).status_code == 410


def test_a_payment_is_recovered_by_its_person(client, customer):
    asked = {
        "amount": 5000,
        "currency": "usd",
        "customer": customer,
        "payment_method": "pm_card_authenticationRequired",
    }
    with pytest.raises(stripe.CardError) as caught:
        client.v1.payment_intents.create(asked | {"off_session": True, "confirm": True})
    failed = caught.value.error.payment_intent
    again = client.v1.payment_intents.confirm(
        failed.id, {"payment_method": "pm_card_authenticationRequired", "return_url": "http://127.0.0.1:9/back?a=1"}
    )
    url = again.next_action.redirect_to_url.url
    assert requests.get(url.partition("?")[0], timeout=60).status_code == 404, "nobody else may answer"
    back = parse_qs(urlsplit(authenticate(url, "approve")).query)
    assert back["payment_intent"] == [failed.id] and back["redirect_status"] == ["succeeded"] and back["a"] == ["1"]
    assert client.v1.payment_intents.retrieve(failed.id).status == "succeeded"


def test_an_authenticated_card_may_still_be_declined(client, customer):
    asked = {
        "amount": 5000,
        "currency": "usd",
        "customer": customer,
        "confirm": True,
        "return_url": "http://127.0.0.1:9/",
    }
    card = "pm_card_authenticationRequiredChargeDeclinedInsufficientFunds"
    made = client.v1.payment_intents.create(asked | {"payment_method": card})
    back = parse_qs(urlsplit(authenticate(made.next_action.redirect_to_url.url, "approve")).query)
    assert back["redirect_status"] == ["failed"]
    after = client.v1.payment_intents.retrieve(made.id)
    assert after.last_payment_error.decline_code == "insufficient_funds"


def test_a_document_is_believed_or_not(client):
    asked = {"type": "document", "return_url": "http://127.0.0.1:9/me", "client_reference_id": "7"}
    session = client.v1.identity.verification_sessions.create(asked)
    assert post(session.url, reason="document_expired").headers["Location"] == "http://127.0.0.1:9/me"
    after = client.v1.identity.verification_sessions.retrieve(session.id)
    assert (after.status, after.last_error.code) == ("requires_input", "document_expired")
    assert post(session.url, first_name="Ada").status_code == 422
    post(session.url, first_name="Ada", last_name="Lovelace", born="1985-12-10")
    after = client.v1.identity.verification_sessions.retrieve(session.id, {"expand": ["verified_outputs"]})
    assert after.status == "verified" and after.verified_outputs.dob.year == 1985
    report = client.v1.identity.verification_reports.retrieve(after.last_verification_report)
    assert report.document.first_name == "Ada"
    client.v1.identity.verification_sessions.redact(session.id)
    gone = client.v1.identity.verification_sessions.retrieve(session.id, {"expand": ["verified_outputs"]})
    assert gone.redaction.status == "redacted" and gone.verified_outputs is None
    told = [event.type.rpartition(".")[2] for event in client.v1.events.list({"limit": 20}).data][::-1]
    assert told == ["created", "processing", "requires_input", "processing", "verified", "redacted"]
    assert requests.get(session.url, timeout=60).status_code == 410
