"""The one page: a supporter saves a card, pays, confirms with the bank and takes another card, over HTTP."""

import re
from urllib.parse import urljoin

import pytest
import requests

from app.core.database import reading, transaction
from app.offers.models import Pledge
from app.payments.cards.models import SavedMethod, Trigger
from app.payments.requesting import instalments_of
from tests import make
from tests.journeys.conftest import address, visitor, work  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in
from tests.payments.cards.conftest import DECLINES_LATER, VISA


class Supporter:
    """Maya at her browser, and at the processor's page."""

    def __init__(self, cards, browser):
        self.cards, self.browser = cards, browser
        with reading() as session:
            pledge = session.query(Pledge).one()
            self.path, self.request_id = f"/pledges/{pledge.public_id}/payment", pledge.payment_request_id
            self.part = instalments_of(session, pledge.request)[0].id

    def look(self, *words):
        return self.browser.get(self.path).sees(*words)

    def press(self, what, **fields):
        """Press a button of the page; the address of the processor to which it leads, if it does."""
        self.browser.get(self.path).fill_in(f"{self.path}/{what}", **fields)
        found = re.search(r'content="0; url=([^"]+)"', self.browser.answer.text)
        return found.group(1) if found else ""

    def there(self, url, number=VISA, bank="approve"):
        """Fill in the processor's page, answer the bank when it asks, and come back."""
        going = url if "/authenticate/" in url else self.cards.on_page(url, number)
        while going.startswith(self.cards.control.base):
            method = requests.post if "/authenticate/" in going else requests.get
            answer = method(going, data={"answer": bank}, allow_redirects=False, timeout=60)
            if "location" not in answer.headers:
                return answer.text
            going = urljoin(going, answer.headers["location"])
        return self.browser.get(going or self.path)  # the processor's page stays when a card is declined there


@pytest.fixture
def maya(cards, visitor):  # noqa: F811
    """A supporter with a confirmed pledge in an offer that takes cards at once, who is signed in."""
    with transaction() as session:
        make.open_offer(session, ways_to_pay=("bank transfer", "card"))
        make.pledge(session)
    return Supporter(cards, sign_in(visitor(), "maya@example.org"))


def test_paying_at_once_on_the_processors_page(maya):
    maya.look("Pay $2,300.00 now", "A bank transfer costs the least", "$67.00")
    maya.there(maya.press("now")).sees("Everything is paid")
    assert maya.cards.held(maya.request_id) == make.usd(2300)
    assert len(maya.cards.own_charges()) == 1


def test_a_page_that_was_left_is_the_same_page_again(maya):
    first = maya.press("now")
    assert maya.press("now") == first
    maya.look("Pay $2,300.00 now")


def test_a_declined_card_on_the_processors_page_is_followed_by_another(maya):
    url = maya.press("now")
    maya.there(url, DECLINES_LATER).sees("Pay $2,300.00 now")
    maya.there(url).sees("Everything is paid")
    assert maya.cards.payments() == 1


def test_saving_a_card_then_paying_with_it(maya):
    maya.there(maya.press("card")).sees("•••• 4242", "Pay $2,300.00 now")
    assert maya.press("now") == ""
    maya.look("Everything is paid")


def test_a_card_that_is_replaced_and_one_that_is_removed(maya):
    maya.there(maya.press("card"))
    maya.there(maya.press("card"), "5555555555554444").sees("•••• 4444")
    maya.press("removal")
    maya.look("Save a card or account")
    with reading() as session:
        assert session.query(SavedMethod).count() == 2


def test_confirming_with_the_bank_by_the_link_of_the_letter(maya):
    maya.there(maya.press("card"))
    behaves = {"payment_method": maya.cards.method(maya.request_id), "authentication": "always"}
    maya.cards.control.ask("POST", "/payment_methods/behave", **behaves)
    maya.cards.charge(maya.part, Trigger.RUN)
    maya.look("Your bank wants you to confirm the payment", "Nothing is wrong with your card")
    url = maya.press("now")
    assert "/authenticate/" in url
    maya.look("Your bank wants you to confirm the payment")
    assert maya.press("now") == url  # the same payment, not another
    maya.there(url).sees("Everything is paid")
    assert maya.cards.payments() == len(maya.cards.own_charges()) == 1


def test_who_refuses_at_the_bank_is_asked_again_or_takes_another_card(maya):
    maya.there(maya.press("card"))
    behaves = {"payment_method": maya.cards.method(maya.request_id), "authentication": "always"}
    maya.cards.control.ask("POST", "/payment_methods/behave", **behaves)
    maya.there(maya.press("now"), bank="refuse").sees("Your bank wants you to confirm the payment")
    maya.there(maya.press("card"), "5555555555554444").sees("•••• 4444", "Pay $2,300.00 now")
    maya.press("now")
    maya.look("Everything is paid")


def test_a_declined_card_gives_reason_new_card_and_retry_together(maya):
    maya.there(maya.press("card"))
    behaves = {"payment_method": maya.cards.method(maya.request_id), "charge": "insufficient_funds"}
    maya.cards.control.ask("POST", "/payment_methods/behave", **behaves)
    maya.cards.charge(maya.part, Trigger.RUN)
    maya.look("not enough money", "We try again by ourselves on", "Try again now", "Use another card or account")
    maya.there(maya.press("card"), "5555555555554444").sees("Pay $2,300.00 now")
    maya.press("now")
    maya.look("Everything is paid")


def test_who_comes_back_when_it_is_over_saves_nothing(maya):
    url = maya.press("card")
    maya.browser.get(maya.path.removesuffix("/payment"))
    maya.browser.fill_in(maya.path.removesuffix("/payment") + "/withdrawal", reason="changed my mind")
    maya.there(url).sees("Nothing is to be paid here any more")
    with reading() as session:
        assert session.query(SavedMethod).count() == 0
    from app.payments.cards.hearing.parking import parked

    with reading() as session:
        assert [item.kind for item in parked(session)] == ["setup"]


def test_nobody_else_sees_it_and_without_a_processor_there_is_no_page(maya, visitor, monkeypatch):  # noqa: F811
    stranger = sign_in(visitor(), "wei@example.org")
    stranger.get(maya.path, 404)
    monkeypatch.setenv("COSTAKE_STRIPE_KEY", "")
    from app.core.settings import settings

    settings.cache_clear()
    maya.browser.get(maya.path, 422).sees("This way to pay is not offered here.")


def test_when_the_processor_does_not_answer_the_page_says_so(maya):
    maya.cards.control.fault("close_before", path="/v1/", times=9)
    maya.browser.get(maya.path).fill_in(f"{maya.path}/card", 503).sees("does not answer at the moment")
