"""A double of Stripe with an account of its own for each test, and what supporters and banks do there."""

import secrets
from dataclasses import dataclass
from datetime import date
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import pytest
import requests
import stripe as client

from app.core import settings
from app.core.database import reading, transaction
from app.core.money import Money
from app.payments.cards import stripe
from app.payments.cards.attempting import begin_attempt
from app.payments.cards.hearing.handling import setup_seen
from app.payments.cards.models import CardPayment, Checkout, CheckoutOpened, Trigger
from app.payments.cards.sending import send_attempt
from app.payments.cards.visiting import visit_to_save
from app.payments.models import PayBy
from app.payments.requesting import held, request_payment, schedule
from app.stripedouble import running
from tests import make

VISA, DECLINES_LATER, ASKS_ALWAYS = "4242424242424242", "4000000000000341", "4000002760003184"
SECRET = "whsec_test"


@pytest.fixture(scope="session")
def double():
    with running() as control:
        yield control


@dataclass
class Cards:
    """The processor as a test meets it."""

    control: object
    key: str

    def client(self):
        return client.StripeClient(self.key, base_addresses={"api": self.control.base}, max_network_retries=0)

    def on_page(self, url: str, number: str = VISA, **form: str) -> str:
        """Fill in a hosted page as a person; where it leads."""
        typed = {"number": number, "expiry": "12/34", "cvc": "123", "name": "Maya", "email": "maya@example.org"} | form
        answer = requests.post(url, data=typed, allow_redirects=False, timeout=60)
        return answer.headers.get("location", "")

    def request(self, amount: Money | None = None, email: str = "maya@example.org") -> tuple[int, int]:
        """A payment request with one instalment: their ids."""
        amount = amount or make.usd(2300)
        with transaction() as session:
            asked = request_payment(session, f"test:{secrets.token_hex(4)}", make.person(session, email), amount)
            parts = schedule(session, asked, [(date(2026, 11, 1), amount)])
            return asked.id, parts[0].id

    def save(self, request_id: int, number: str = VISA, way: PayBy = PayBy.CARD, **form: str) -> UUID:
        """Save a card on the hosted page, and come back."""
        url = visit_to_save(request_id, [way], "/back")
        self.on_page(url, number, **form)
        with reading() as session:
            visit = (
                session.query(Checkout).filter_by(payment_request_id=request_id).order_by(Checkout.id.desc()).first()
            )
            page = session.get(CheckoutOpened, visit.id).session
        setup_seen(stripe.find_page(page).setup)
        return visit.id

    def saved(self, number: str = VISA, amount: Money | None = None, email: str = "maya@example.org"):
        """A request with a saved card: ids of request and instalment."""
        request_id, instalment_id = self.request(amount, email)
        self.save(request_id, number)
        return request_id, instalment_id

    def begin(self, instalment_id: int, trigger: Trigger = Trigger.RUN, **more) -> UUID:
        with transaction() as session:
            return begin_attempt(session, instalment_id, trigger=trigger, **more).id

    def charge(self, instalment_id: int, trigger: Trigger = Trigger.RUN, **more):
        return send_attempt(self.begin(instalment_id, trigger, **more))[0]

    def held(self, request_id: int) -> Money:
        from app.payments.models import PaymentRequest

        with reading() as session:
            return held(session, session.get_one(PaymentRequest, request_id))

    def method(self, request_id: int) -> str:
        """The card that is charged for a request, by its name at the processor."""
        from app.payments.cards.attempting import present_method
        from app.payments.models import PaymentRequest

        with reading() as session:
            return present_method(session, session.get_one(PaymentRequest, request_id)).processor_method

    def payments(self) -> int:
        with reading() as session:
            return session.query(CardPayment).count()

    def own_charges(self) -> list:
        """Successful charges in the account of this test, as the double's books have them."""
        return [each for each in self.client().v1.charges.list({"limit": 100}).data if each.status == "succeeded"]


@pytest.fixture
def cards(database, double, monkeypatch):
    """The double with an account of its own, at which the product is configured to charge."""
    key = f"sk_test_{secrets.token_hex(12)}"
    monkeypatch.setenv("COSTAKE_STRIPE_KEY", key)
    monkeypatch.setenv("COSTAKE_STRIPE_API", double.base)
    monkeypatch.setenv("COSTAKE_STRIPE_WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("COSTAKE_STRIPE_SECONDS", "5")
    settings.settings.cache_clear()
    double.no_faults()
    double.limits(None, None)
    yield Cards(double, key)
    double.no_faults()
    double.limits(None, None)
    double.webhooks(paused=False, duplicate=0, lose=0, delay=0, jitter=0)


def query_of(url: str) -> dict:
    return parse_qs(urlsplit(url).query)
