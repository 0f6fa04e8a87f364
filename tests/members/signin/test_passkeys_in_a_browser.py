"""Passkeys in a real browser with a virtual device: the first factor of staff, signing in, and without scripts."""

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from app.core.database import transaction
from app.core.settings import settings
from app.members.signing_in import link_path, new_link
from tests import make
from tests.journeys.test_browser import browser  # noqa: F401  (a fixture)

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def named(address, monkeypatch) -> str:
    """The house at an address with a name, as passkeys need it."""
    place = address.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("COSTAKE_BASE_URL", place)
    settings.cache_clear()
    return place


def page_with_a_device(context: BrowserContext) -> Page:
    page = context.new_page()
    device = context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    return page


def link_of(role: str) -> str:
    with transaction() as session:
        return link_path(new_link(session, make.staff(session, role), "/desk"))


def test_staff_make_a_passkey_sign_in_with_it_and_show_it_again(required, named, browser):  # noqa: F811
    context = browser.new_context(locale="en-US")
    complaints: list[str] = []
    page = page_with_a_device(context)
    page.on("console", lambda said: complaints.append(said.text))
    page.goto(named + link_of("organizer"))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="A second factor")).to_be_visible()
    page.get_by_label("Name of the device").fill("my laptop")
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    assert len(page.locator(".codes li").all_inner_texts()) == 10
    page.get_by_role("link", name="I have kept them").click()
    expect(page).to_have_url(re.compile(r"^[^?]*/desk$"))

    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{named}/sign-in?next=/desk/roles")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page).to_have_url(re.compile(r"^[^?]*/desk/roles$"))
    page.goto(f"{named}/me/security")
    expect(page.get_by_role("rowheader", name="my laptop")).to_be_visible()

    page.goto(f"{named}/me/security/confirm?next=/desk")
    page.get_by_role("button", name="Use a passkey").click()
    expect(page).to_have_url(re.compile(r"^[^?]*/desk$"))
    assert complaints == []


def test_a_device_without_the_key_says_so_and_the_link_stays(required, named, browser):  # noqa: F811
    page = page_with_a_device(browser.new_context(locale="en-US"))
    page.goto(f"{named}/sign-in")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_text("The device did not answer")).to_be_visible(timeout=70_000)
    expect(page.get_by_role("button", name="Send me a link")).to_be_visible()


def test_without_scripts_no_button_promises_a_passkey(required, named, browser):  # noqa: F811
    context = browser.new_context(locale="en-US", java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{named}/sign-in")
    expect(page.get_by_role("button", name="Sign in with a passkey")).to_be_hidden()
    expect(page.get_by_role("button", name="Send me a link")).to_be_visible()
    page.goto(named + link_of("organizer"))
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("Use an authenticator app here.")).to_be_visible()
    page.get_by_role("link", name="Set up an app").click()
    expect(page.get_by_role("img", name=re.compile("QR code"))).to_be_visible()
