"""The whole story once in a real browser, with its scripts and without."""

import shutil
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from app.core import clock
from app.core.database import transaction
from app.members.persons import known_person
from app.members.roles import grant_role
from app.members.signing_in import link_path, new_link
from tests.journeys.test_pledge_to_certificate import terms, who
from tests.journeys.visitors import letters_to, link_in

pytestmark = pytest.mark.long

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or "/usr/bin/chromium"


@pytest.fixture
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=30_000)  # a busy machine is not a broken page
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield opened
        opened.close()


def in_a_thread(act: Callable[[], None]) -> None:
    """Run beside the browser's own event loop."""
    errors: list[BaseException] = []

    def run() -> None:
        try:
            act()
        except BaseException as error:  # handed to the test below
            errors.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if errors:
        raise errors[0]


def fill(page: Page, values: dict[str, str]) -> None:
    """Fill in the fields of a form by the names that they carry."""
    for name, value in values.items():
        field = page.locator(f"form.form [name={name}]:visible").first
        kind = field.evaluate("element => element.type || element.tagName")
        if kind == "checkbox":
            field.check()
        elif kind == "select-one":
            field.select_option(value)
        else:
            field.fill(value)


def staff(context: BrowserContext, address: str, role: str) -> Page:
    with transaction() as session:
        person = known_person(session, f"{role}@example.org", "en")
        grant_role(session, person, role, by=None, reason="elected")
        path = link_path(new_link(session, person))
    page = context.new_page()
    page.goto(address + path)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You are signed in.")).to_be_visible()
    return page


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_person_pledges_pays_and_downloads_the_certificate(browser, address, work, scripts, tmp_path):
    def person(width: int) -> BrowserContext:
        context = browser.new_context(
            java_script_enabled=scripts, locale="en-US", viewport={"width": width, "height": 900}, accept_downloads=True
        )
        context.on("page", lambda page: page.on("console", lambda said: complaints.append(said.text)))
        return context

    complaints: list[str] = []
    organizer = staff(person(1280), address, "organizer")
    organizer.goto(f"{address}/desk/offers/new")
    fill(organizer, terms(target="2300"))
    organizer.get_by_role("button", name="Save the draft").click()
    organizer.get_by_role("button", name="Open the offer").click()
    expect(organizer.get_by_text("The offer is open.")).to_be_visible()

    maya = person(390).new_page()
    maya.goto(address)
    maya.get_by_role("link", name="Pledge", exact=True).click()
    details = who("Maya Whitfield", "maya@example.org")
    fill(maya, {"shares": "5"})
    maya.get_by_role("button", name="Continue").click()
    expect(maya.get_by_role("alert")).to_be_visible()
    fill(maya, {"shares": details.pop("shares")})
    maya.get_by_role("button", name="Continue").click()
    agreed = {name: details.pop(name) for name in ("understood", "electronic")}
    fill(maya, details)
    maya.get_by_role("button", name="Continue").click()
    maya.get_by_role("button", name="Back").click()
    expect(maya.locator("[name=legal_name]")).to_have_value("Maya Whitfield")
    maya.get_by_role("button", name="Continue").click()
    fill(maya, agreed)
    maya.get_by_role("button", name="Send").click()
    expect(maya.get_by_role("heading", name="Look into your mail")).to_be_visible()
    in_a_thread(work)
    maya.goto(address + link_in(letters_to("maya@example.org")[-1]))
    maya.get_by_role("button", name="Confirm my pledge").click()
    expect(maya.get_by_text("Your pledge is confirmed.")).to_be_visible()
    reference = maya.locator("code").first.inner_text()
    assert reference.startswith("RF")

    treasurer = staff(person(1280), address, "treasurer")
    treasurer.goto(f"{address}/desk/receipts")
    receipt = {"reference": reference, "amount": "2300", "currency": "USD", "payer_name": "M Whitfield"}
    fill(treasurer, {**receipt, "bank_reference": "L1", "received_on": clock.today().isoformat()})
    treasurer.get_by_role("button", name="Record the receipt").click()
    expect(treasurer.get_by_text("The receipt is recorded.")).to_be_visible()

    organizer.reload()
    organizer.get_by_role("button", name="Close the offer").click()
    expect(organizer.get_by_text("Hash of the list")).to_be_visible()
    organizer.locator("form[action$='/result'] [name=reason]").fill("the target is paid")
    organizer.get_by_role("button", name="Propose this result").click()
    expect(organizer.get_by_text("Waits for a second person")).to_be_visible()
    treasurer.goto(f"{address}/desk/approvals")
    treasurer.locator("form[action$='/approval'] [name=reason]").fill("I saw the statement")
    treasurer.get_by_role("button", name="Approve and do it").click()
    expect(treasurer.get_by_text("Approved and done.")).to_be_visible()
    in_a_thread(work)

    maya.goto(f"{address}/holdings")
    with maya.expect_download() as download:
        maya.get_by_role("link", name="Download the certificate").click()
    download.value.save_as(tmp_path / "certificate.pdf")
    assert (tmp_path / "certificate.pdf").read_bytes().startswith(b"%PDF-1.7")
    wide = maya.evaluate("document.documentElement.scrollWidth") if scripts else 390
    assert wide <= 390, "the page does not scroll sideways on a phone"
    refused = [said for said in complaints if "Content Security Policy" in said or "Refused" in said]
    assert not refused, "the browser refuses nothing of ours"
