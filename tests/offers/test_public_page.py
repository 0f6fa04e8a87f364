"""The public page: what it shows and to whom, without scripts, in a real browser, in both schemes and sizes."""

from collections.abc import Iterator
from datetime import date, timedelta
from io import BytesIO
from xml.etree import ElementTree

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from fastapi import FastAPI
from fastapi.testclient import TestClient
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.offers.models import Offer, OfferKind
from app.offers.public.asking import answer, ask, hide
from app.offers.public.updating import correct_update, post_update
from app.offers.public.wording import Words, say_words
from tests import make
from tests.journeys.test_browser import fill
from tests.journeys.test_pledge_to_certificate import who
from tests.web.conftest import serve  # noqa: F401  (a fixture)

PLACE = f"/offers/{make.SLUG}"
ATTACK = '<script>document.title="owned"</script><img src=x onerror=alert(1)> & "quotes"'


@pytest.fixture
def address(database: str, serve) -> str:  # noqa: F811
    """A campaign with everything that its page can show, served over HTTP."""
    with clock.at(clock.now() - timedelta(days=20)), transaction() as session:
        make.open_offer(session, record_date=clock.today() + timedelta(days=40), settlement_days=1)
    for number in range(4):
        with clock.at(clock.now() - timedelta(days=15 - 4 * number)), transaction() as session:
            make.paid_pledge(session, email=f"one{number}@example.org", shares=10 + number)
    with transaction() as session:
        offer = session.scalars(select(Offer)).one()
        maya = make.person(session)
        say_words(
            session, offer, Words("We are <b>us</b>.", "Maya, Wei", "Buy it & own it", "BuyIt", 100_000_00), by=None
        )
        post_update(session, offer, "We are open", f"First words. {ATTACK}", by=None)
        post_update(session, offer, "Second", "Half of it.", by=None)
        correct_update(session, offer, 2, "Second", "Most of it.", reason="it was more", by=None)
        asked = ask(session, offer, maya, f"May I pay in parts? {ATTACK}", "1")
        answer(session, offer, asked.id, "Yes, you may.", by=None)
        ask(session, offer, maya, "Nobody answered this", "2")
        spam = ask(session, offer, maya, "Cheap followers", "3")
        answer(session, offer, spam.id, "No.", by=None)
        hide(session, offer, spam.id, hidden=True, reason="advertisement", by=None)
    from app.main import app

    return serve(app)


@pytest.fixture
def client(address: str) -> Iterator[httpx.Client]:
    with httpx.Client(timeout=60, base_url=address, headers={"Accept": "text/html", "Accept-Language": "en"}) as one:
        yield one


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        yield browser
        browser.close()


def test_the_page_shows_all_of_it_without_scripts(address, chromium):
    with chromium.new_context(java_script_enabled=False, locale="en") as context:
        page = context.new_page()
        page.goto(address + PLACE)
        text = page.inner_text("main")
        for words in ("$1,058", "United States", "Most of it.", "May I pay in parts?", "Buy by", "Maya, Wei", "#BuyIt"):
            assert words in text or words in page.content(), words
        assert "Nobody answered this" not in text and "Cheap followers" not in text
        page.click("text=Pledge >> nth=0")
        assert page.url == f"{address}{PLACE}/pledge"


def test_what_people_type_stays_text(address, chromium):
    with chromium.new_context(locale="en") as context:
        page = context.new_page()
        page.on("dialog", lambda _: pytest.fail("a script ran"))
        page.goto(address + PLACE)
        assert "owned" not in page.title()
        assert page.locator("main img[src='x']").count() == 0
        assert "<b>us</b>" in page.inner_text("#who")


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark"), (390, "dark"), (1280, "light")])
def test_axe_finds_no_violation_and_nothing_is_cut_off(address, chromium, width, scheme):
    size = {"width": width, "height": 900}
    with chromium.new_context(viewport=size, color_scheme=scheme, locale="en", bypass_csp=True) as context:
        page = context.new_page()
        for path in (PLACE, f"{PLACE}/pledge", "/", f"{PLACE}/widget"):
            page.goto(address + path)
            page.evaluate(
                "document.querySelectorAll('details').forEach(e => { e.removeAttribute('name'); e.open = true })"
            )
            assert_fine(page, path, width)


def assert_fine(page: Page, path: str, width: int) -> None:
    found = Axe().run(page).response["violations"]
    assert [(each["id"], [node["html"][:200] for node in each["nodes"]]) for each in found] == [], path
    assert page.evaluate("document.documentElement.scrollWidth") <= width, path


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_axe_finds_no_violation_on_any_step_of_the_form(address, chromium, width, scheme):
    """Each step as it comes and as it is shown again when it was refused, up to the page that says to look for mail."""
    size = {"width": width, "height": 900}
    details = who("Ada Lovelace", "ada@example.org")
    shares = {"shares": details.pop("shares")}
    agreed = {name: details.pop(name) for name in ("understood", "electronic")}
    with chromium.new_context(viewport=size, color_scheme=scheme, locale="en", bypass_csp=True) as context:
        page = context.new_page()
        page.goto(f"{address}{PLACE}/pledge")
        for number, (typed, button) in enumerate(((shares, "Continue"), (details, "Continue"), (agreed, "Send")), 1):
            page.evaluate("document.querySelectorAll('form').forEach(form => { form.noValidate = true })")
            if number > 1:
                page.get_by_role("button", name=button).click()
                page.get_by_role("alert").wait_for()
                assert_fine(page, f"step {number}, refused", width)
            fill(page, typed)
            assert_fine(page, f"step {number}", width)
            page.get_by_role("button", name=button).click()
        page.get_by_role("heading", name="Look into your mail").wait_for()
        assert_fine(page, "sent", width)


def test_the_total_keeps_itself_up_to_date(address, chromium):
    with chromium.new_context(locale="en") as context:
        page = context.new_page()
        page.clock.install()
        page.goto(address + PLACE)
        assert "$1,058" in page.inner_text("[data-live]")
        with transaction() as session:
            make.pledge(session, email="late@example.org", shares=100)
        with page.expect_response(f"**{PLACE}/total"):
            page.clock.run_for(6_000)
        page.wait_for_function("document.querySelector('[data-live]').textContent.includes('$3,358')")


def test_the_widget_stands_in_a_frame_elsewhere_and_no_other_page_does(address, chromium, serve):  # noqa: F811
    other = FastAPI()

    @other.get("/{way}")
    def frame(way: str):
        from fastapi.responses import HTMLResponse

        src = f"{address}{PLACE}" + ("/widget" if way == "widget" else "")
        return HTMLResponse(f'<iframe src="{src}" width="320" height="224"></iframe>')

    elsewhere = serve(other).replace("127.0.0.1", "localhost")
    with chromium.new_context(locale="en") as context:
        page = context.new_page()
        page.goto(f"{elsewhere}/widget")
        inside = page.frames[1]
        assert "$1,058" in inside.inner_text("body")
        assert inside.evaluate("document.documentElement.scrollHeight <= 224")
        assert context.cookies() == []
        page.goto(f"{elsewhere}/page")
        assert "$1,058" not in page.frames[1].content()


def test_every_other_answer_refuses_frames(client):
    for path in (PLACE, "/", f"{PLACE}/pledge", f"{PLACE}/total", f"{PLACE}/total.json", f"{PLACE}/badge.svg"):
        answered = client.get(path)
        assert "frame-ancestors 'none'" in answered.headers["content-security-policy"], path
        assert answered.headers["x-frame-options"] == "DENY", path
    widget = client.get(f"{PLACE}/widget")
    assert "frame-ancestors *" in widget.headers["content-security-policy"]
    assert "x-frame-options" not in widget.headers and "set-cookie" not in widget.headers


def test_the_total_for_other_sites(client):
    answered = client.get(f"{PLACE}/total.json")
    assert answered.headers["access-control-allow-origin"] == "*"
    assert answered.headers["cache-control"] == "public, max-age=2"
    given = answered.json()
    assert (given["people"], given["pledged"]) == (4, {"minor": 46 * 2300, "currency": "USD"})
    assert given["state"] == "open" and 9 <= given["days_left"] <= 10


def test_the_feed_is_atom_and_a_correction_is_a_later_update(client):
    answered = client.get(f"{PLACE}/updates.atom")
    assert answered.headers["content-type"].startswith("application/atom+xml")
    root = ElementTree.fromstring(answered.content)
    atom = "{http://www.w3.org/2005/Atom}"
    assert root.tag == f"{atom}feed"
    assert all(root.find(atom + name) is not None for name in ("id", "title", "updated", "author"))
    second, first = root.findall(f"{atom}entry")
    assert second.findtext(f"{atom}content") == "<p>Most of it.</p>"
    assert second.findtext(f"{atom}updated") > second.findtext(f"{atom}published")
    assert "&lt;script&gt;" in first.findtext(f"{atom}content")
    assert len({each.findtext(f"{atom}id") for each in (root, first, second)}) == 3


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_the_picture_for_networks(client, lang):
    answered = client.get(f"{PLACE}/picture-{lang}.png")
    with Image.open(BytesIO(answered.content)) as picture:
        assert picture.size == (1200, 630)
        assert len(picture.resize((60, 30)).getcolors(2_000)) > 20, "an empty picture"
    head = client.get(PLACE, headers={"Accept-Language": lang}).text
    assert '<meta property="og:image" content="http://' in head and f"/picture-{lang}.png?of=4-" in head
    assert 'name="twitter:card" content="summary_large_image"' in head
    assert "Buy it &amp; own it" in head


@pytest.mark.parametrize("path", ["", "/total", "/total.json", "/widget", "/badge.svg", "/qr.svg", "/updates.atom"])
def test_a_draft_is_unknown_on_every_way(client, path):
    with transaction() as session:
        make.draft(session, "secret")
    assert client.get(f"/offers/secret{path}").status_code == 404
    assert client.get("/offers/secret/picture-en.png").status_code == 404
    assert client.get(f"/offers/nothing{path}").status_code == 404


def test_pictures_are_well_formed(client):
    for path in ("badge.svg", "qr.svg"):
        answered = client.get(f"{PLACE}/{path}")
        assert answered.headers["cross-origin-resource-policy"] == "cross-origin"
        assert ElementTree.fromstring(answered.content).tag == "{http://www.w3.org/2000/svg}svg"
        assert "Accept-Language" in answered.headers["vary"]  # caches on the way must not give it in another language


def test_the_page_is_said_in_french(client):
    text = client.get(PLACE, headers={"Accept-Language": "fr"}).text
    assert "Comment elle avance" in text and "Jours restants" in text


def test_what_is_kept_for_everyone_is_made_once_in_a_while(address, monkeypatch):
    from app.core.settings import settings
    from app.offers.public.totals import live_total

    monkeypatch.setenv("COSTAKE_TOTAL_SECONDS", "60")
    settings.cache_clear()
    before = live_total(make.SLUG)
    with transaction() as session:
        make.pledge(session, email="late@example.org", shares=100)
    assert live_total(make.SLUG) is before
    monkeypatch.setenv("COSTAKE_TOTAL_SECONDS", "0")
    settings.cache_clear()
    assert live_total(make.SLUG).people == before.people + 1


def test_the_last_day_to_buy_counts_business_days():
    from app.offers.public.buying import buy_by

    assert buy_by(date(2017, 3, 30), 3) == date(2017, 3, 27)
    assert buy_by(date(2026, 11, 23), 1) == date(2026, 11, 20)  # a Monday settles what was bought on Friday
    assert buy_by(date(2026, 11, 22), 1) == date(2026, 11, 19)  # a Sunday is as good as the Friday before
    assert buy_by(date(2026, 11, 25), 0) == date(2026, 11, 25)


def test_the_terms_tell_both_gates_the_cap_and_the_law(database):
    with transaction() as session:
        make.open_offer(
            session, minimum_cents=1_840_00, cap_cents=4_600_00, oversubscription="drawn by lot",
            lottery_seed_from="the draw of May 18", instalments_max=6,
            deadline_at=clock.now() + timedelta(days=400), warnings=["Our only supplier may leave."],
        )  # fmt: skip
    from app.main import app

    text = TestClient(app).get(PLACE).text
    for words in (
        "must be pledged, and $1,840.00 paid, or everyone is repaid", "$4,600.00", "drawn by lot", "the draw of May 18",
        "up to 6, one a month", "Our only supplier may leave.",
    ):  # fmt: skip
        assert words in text, words


def test_an_indication_says_what_it_is_and_asks_for_no_money(database):
    with transaction() as session:
        make.open_offer(session, kind=OfferKind.INDICATION, account_holder="", account_number="")
    from app.main import app

    text = TestClient(app).get(PLACE).text
    assert "No money or anything else is asked for." in text and "I am interested" in text
    assert "Money is paid to" not in text and "everyone is repaid" not in text
