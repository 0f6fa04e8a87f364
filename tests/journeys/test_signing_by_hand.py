"""Minutes are signed in a real browser: one person draws on a telephone, the other types where no script runs."""

import re

from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from app.core.database import reading, transaction
from app.documents.filing import file_document
from app.documents.kinds import kind_of
from app.documents.models import Document
from app.members.persons import known_person
from app.members.signing_in import link_path, new_link
from tests import make
from tests.documents.samples import sample
from tests.journeys.test_browser import browser, staff  # noqa: F401  (a fixture)


def enter(context: BrowserContext, address: str, email: str) -> Page:
    with transaction() as session:
        path = link_path(new_link(session, known_person(session, email, "en")))
    page = context.new_page()
    page.goto(address + path)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("You are signed in.")).to_be_visible()
    return page


def agree(page: Page) -> None:
    page.get_by_label("I have read this document, and I sign it.").check()
    page.get_by_label("I agree to sign electronically").check()


def test_one_draws_and_the_other_types_where_no_script_runs(browser, address):  # noqa: F811
    known = {field.name for field in kind_of("minutes").fields}
    facts = {name: value for name, value in sample("minutes").items() if name in known}
    people = [{"name": "Amara Okafor", "capacity": "chair"}, {"name": "Lea Garnier", "capacity": "secretary"}]
    with transaction() as session:
        make.person(session, "amara@example.org", "Amara Okafor")
        make.person(session, "lea@example.org", "Lea Garnier")
        file_document(
            session, "minutes", "meeting:1", None, facts | {"signatories": people}, language="en", as_record=True
        )

    secretary = staff(browser.new_context(locale="en-US"), address, "secretary")
    secretary.goto(f"{address}/desk/documents/1")
    for place, email in enumerate(("amara@example.org", "lea@example.org")):
        secretary.locator(f"[name=email_{place}]").fill(email)
    secretary.get_by_role("button", name="Ask to sign").click()
    expect(secretary.get_by_text("is to sign now")).to_be_visible()

    telephone = browser.new_context(locale="en-US", viewport={"width": 390, "height": 844})
    amara = enter(telephone, address, "amara@example.org")
    amara.goto(f"{address}/documents")
    amara.get_by_role("link", name="Read and sign").click()
    area = amara.locator("canvas")
    area.scroll_into_view_if_needed()
    box = area.bounding_box()
    amara.mouse.move(box["x"] + 30, box["y"] + 60)
    amara.mouse.down()
    for step in range(1, 12):
        amara.mouse.move(box["x"] + 30 + 20 * step, box["y"] + (30 if step % 2 else 80))
    amara.mouse.up()
    drawn = amara.locator("[name=drawn]").input_value()
    assert re.fullmatch(r"M\d+ \d+(L\d+ \d+){8,}", drawn)
    amara.locator("form.form").evaluate("form => form.noValidate = true")
    amara.get_by_role("button", name="Sign", exact=True).click()
    expect(amara.get_by_role("alert")).to_be_visible()
    assert amara.locator("[name=drawn]").input_value() == drawn
    agree(amara)
    amara.get_by_role("button", name="Sign", exact=True).click()
    expect(amara.get_by_text("You have signed.")).to_be_visible()

    plain = browser.new_context(locale="en-US", java_script_enabled=False)
    lea = enter(plain, address, "lea@example.org")
    lea.goto(f"{address}/documents")
    lea.get_by_role("link", name="Read and sign").click()
    expect(lea.locator("canvas")).to_be_hidden()
    agree(lea)
    lea.get_by_label("Your name, typed").fill("Lea Garnier")
    lea.get_by_role("button", name="Sign", exact=True).click()
    expect(lea.get_by_text("You have signed.")).to_be_visible()

    with reading() as session:
        last = session.scalars(select(Document).order_by(Document.version.desc())).first()
        said = [(one["name"], one["drawn"], one["typed"]) for one in last.facts["evidence"]]
        assert said == [("Amara Okafor", drawn, ""), ("Lea Garnier", "", "Lea Garnier")]
