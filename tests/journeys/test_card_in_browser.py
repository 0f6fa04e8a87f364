"""A card in a real browser: saved, charged when the target is reached, confirmed at the bank by a link."""

import os
import threading
from datetime import timedelta
from pathlib import Path

from playwright.sync_api import Page, expect

from app.core import clock
from app.core.database import reading, transaction
from app.core.money import Money
from app.payments.cards.models import CardPayment
from app.payments.cards.running.charging import charge, due_runs
from tests import make
from tests.journeys.test_browser import browser, fill, in_a_thread, staff  # noqa: F401  (a fixture among them)
from tests.journeys.test_pledge_to_certificate import who
from tests.journeys.visitors import letters_to, link_in
from tests.payments.cards.conftest import ASKS_ALWAYS, cards, double  # noqa: F401  (fixtures)

PICTURES = os.environ.get("COSTAKE_PICTURES", "")


def look(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=str(Path(PICTURES) / f"{name}.png"), full_page=True)


def test_a_card_is_saved_charged_at_the_target_and_confirmed_at_the_bank(browser, address, cards, work, tmp_path):  # noqa: F811
    with transaction() as session:
        make.open_offer(
            session, ways_to_pay=("bank transfer", "card"), pay_when="when the target is reached", collecting_days=60,
            target_cents=230_000, minimum_cents=230_000,
        )  # fmt: skip
    maya = browser.new_context(locale="en-US", viewport={"width": 390, "height": 900}, accept_downloads=True).new_page()
    pledge_with_card(maya, address, work)
    save_card(maya, ASKS_ALWAYS)

    organizer = staff(browser.new_context(viewport={"width": 1280, "height": 900}), address, "organizer")
    treasurer = staff(browser.new_context(viewport={"width": 1280, "height": 900}), address, "treasurer")
    organizer.goto(f"{address}/desk/offers/{make.SLUG}")
    organizer.get_by_role("button", name="Close the offer").click()
    organizer.locator("form[action$='/result'] [name=reason]").fill("the target is pledged")
    organizer.get_by_role("button", name="Propose this result").click()
    approve(treasurer, address)
    in_a_thread(work)
    organizer.goto(f"{address}/desk/offers/{make.SLUG}")
    look(organizer, "collecting")
    organizer.goto(f"{address}/desk/offers/{make.SLUG}/charges")
    organizer.locator("[name=reason]").fill("the target is reached")
    look(organizer, "charges-new")
    organizer.get_by_role("button", name="Propose the run").click()
    look(organizer, "charges-proposed")
    approve(treasurer, address)
    in_a_thread(work)
    organizer.goto(f"{address}/desk/offers/{make.SLUG}/charges")
    look(organizer, "charges-told")
    notice = letters_to("maya@example.org")[-1]
    assert "$2,300.00" in notice and "3184" in notice

    in_a_thread(lambda: charged_on_the_day(work))
    organizer.reload()
    look(organizer, "charges-declined")
    maya.goto(address + link_in(letters_to("maya@example.org")[-1]))
    expect(maya.get_by_text("Your bank wants you to confirm the payment")).to_be_visible()
    look(maya, "authenticate")
    maya.get_by_role("button", name="Confirm with my bank").click()
    maya.get_by_role("button", name="Yes, it is me").click()
    expect(maya.get_by_text("Everything is paid")).to_be_visible()
    look(maya, "paid")
    with reading() as session:
        paid = session.query(CardPayment).one()
        assert Money(paid.amount_cents, paid.currency) == make.usd(2300)
    assert len(cards.own_charges()) == 1

    organizer.goto(f"{address}/desk/offers/{make.SLUG}")
    organizer.locator("form[action$='/allotment'] [name=reason]").fill("all that was pledged is paid")
    organizer.locator("form[action$='/allotment'] button").click()
    approve(treasurer, address)
    in_a_thread(work)
    maya.goto(f"{address}/holdings")
    with maya.expect_download() as download:
        maya.get_by_role("link", name="Download the certificate").click()
    assert Path(download.value.path()).read_bytes().startswith(b"%PDF-1.7")


def pledge_with_card(maya: Page, address: str, work) -> None:
    details = who("Maya Whitfield", "maya@example.org")
    agreed = {name: details.pop(name) for name in ("understood", "electronic")}
    maya.goto(f"{address}/offers/{make.SLUG}/pledge")
    fill(maya, {"shares": details.pop("shares")})
    maya.get_by_role("radio", name="Card").check()
    maya.get_by_role("button", name="Continue").click()
    fill(maya, details)
    maya.get_by_role("button", name="Continue").click()
    fill(maya, agreed)
    maya.get_by_role("button", name="Send").click()
    in_a_thread(work)
    maya.goto(address + link_in(letters_to("maya@example.org")[-1]))
    maya.get_by_role("button", name="Confirm my pledge").click()
    maya.get_by_role("link", name="Pay by card or debit").click()


def save_card(maya: Page, number: str) -> None:
    """On the processor's page, with the bank's question that saving this card asks."""
    look(maya, "nothing-saved")
    maya.get_by_role("button", name="Save a card").click()
    maya.get_by_label("Card number").fill(number)
    maya.get_by_label("Expires").fill("12 / 34")
    maya.get_by_label("Security code").fill("123")
    maya.get_by_role("button", name="Save card").click()
    maya.get_by_role("button", name="Yes, it is me").click()
    expect(maya.get_by_text("You are ready")).to_be_visible()
    look(maya, "saved")


def approve(treasurer: Page, address: str) -> None:
    treasurer.goto(f"{address}/desk/approvals")
    treasurer.locator("form[action$='/approval'] [name=reason]").fill("I looked at every line")
    treasurer.get_by_role("button", name="Approve and do it").click()
    expect(treasurer.get_by_text("Approved and done.")).to_be_visible()


def charged_on_the_day(work) -> None:
    """The worker's day, fifteen days after everybody was told."""
    with clock.at(clock.now() + timedelta(days=15)):
        for run in due_runs():
            charge(run, threading.Event())
        work()
