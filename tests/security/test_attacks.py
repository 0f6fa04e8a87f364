"""One attack after the other: each is closed, and stays so."""

import io
import re
import time
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import func, select, text

from app.core import clock
from app.core.database import reading, transaction
from app.letters.models import Letter
from app.members.models import Person
from app.offers.models import Offer, Pledge
from app.web import forms, tickets
from app.web.headers import BODY_MAX
from tests import make
from tests.security.conftest import NOBODY, STRANGER, TICKET, Browser

STRANGE_PLACES = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https://evil.example",
    "https:evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/\t/evil.example",
    "/\r\nLocation: https://evil.example",
    " //evil.example",
    "/%0d%0aSet-Cookie:x=1",
    "/@evil.example/..//evil.example",
    "evil.example",
]


def wish(**changed: str) -> dict[str, str]:
    """The pledge form, filled in."""
    with reading() as session:
        terms_id = session.scalars(select(Offer.terms_id).where(Offer.slug == "buy-it")).one()
    facts = {
        "form_key": "3f1c2a58-7d1f-4d8c-9a44-0c3c5b7d5a01",
        "terms_id": str(terms_id),
        "email": "maya@example.org",
        "legal_name": "Maya Whitfield",
        "street": "12 Pearl Street",
        "postal_code": "80302",
        "locality": "Boulder",
        "region": "CO",
        "country": "US",
        "shares": "10",
        "understood": "yes",
        "electronic": "yes",
    }
    return facts | changed


def pledges() -> list[Pledge]:
    with reading() as session:
        return list(session.scalars(select(Pledge).order_by(Pledge.id)))


# Forged forms


def test_a_form_from_another_site_is_refused_whatever_it_brings(doorstep):
    field = tickets._field_for(TICKET)
    for headers, body, cookie in [
        ({}, {}, True),
        ({}, {"csrf": ""}, True),
        ({}, {"csrf": "x" * len(field)}, True),
        ({}, {"csrf": field[:-1]}, True),
        ({}, {"csrf": tickets._field_for("another-browser")}, True),
        ({}, {"csrf": field}, False),
        ({"origin": "https://evil.example"}, {"csrf": field}, True),
        ({"origin": "null"}, {"csrf": field}, True),
        ({"origin": "http://127.0.0.1.evil.example"}, {"csrf": field}, True),
        ({"sec-fetch-site": "cross-site"}, {"csrf": field}, True),
        ({"sec-fetch-site": "same-site"}, {"csrf": field}, True),
    ]:
        browser = doorstep.browser(NOBODY)
        if not cookie:
            browser.cookies.clear()
        answer = browser.post("/offers/buy-it/pledge", data={**wish(), **body}, headers=headers)
        assert answer.status_code == 403, (headers, body)
    assert pledges() == []
    assert doorstep.browser(NOBODY).ask("POST", "/offers/buy-it/pledge", **wish()).status_code == 200
    assert len(pledges()) == 1


def test_a_body_that_a_foreign_script_could_send_unasked_is_no_form(doorstep):
    for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", "a/b"]:
        browser = doorstep.browser(NOBODY)
        body = httpx.Request("POST", "http://x", data={"csrf": tickets._field_for(TICKET), **wish()}).content
        assert browser.post("/offers/buy-it/pledge", content=body, headers={"content-type": kind}).status_code == 415


def test_no_reading_changes_anything(doorstep):
    organizer = doorstep.browser("organizer")
    for path in ("closing", "cancellation", "opening"):
        assert organizer.get(f"/desk/offers/buy-it/{path}?reason=x").status_code in (404, 405)
    with reading() as session:
        assert session.scalars(select(Offer.state)).one() == "open"


# Pages inside foreign pages, and what a page may run


def test_no_answer_can_be_framed_or_run_what_is_not_ours(doorstep):
    organizer = doorstep.browser("organizer")
    for answer in (
        organizer.get("/"),
        organizer.get("/desk"),
        organizer.get("/nowhere"),
        organizer.post("/sign-in"),
        organizer.put("/"),
        organizer.get("/static/costake.css"),
        organizer.get("/desk/register.csv"),
        organizer.get("/sign-in/guess"),
        organizer.get("/desk/offers/new?page_number=x"),
    ):
        policy = answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy and "default-src 'none'" in policy
        assert "unsafe" not in policy and "*" not in policy and "http" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["x-content-type-options"] == "nosniff"
        if "text/html" in answer.headers["content-type"]:
            assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son[a-z]+=|javascript:", answer.text)


# Addresses that lead elsewhere


def test_signing_in_never_leads_to_another_site(doorstep):
    for place in STRANGE_PLACES:
        from app.members.signing_in import link_path, new_link

        browser = doorstep.browser(NOBODY)
        shown = browser.get("/sign-in", params={"next": place}).text
        kept = re.search(r'name="next" value="([^"]*)"', shown)[1]
        assert re.match(r"/(?![/\\])", kept)
        browser.ask("POST", "/sign-in", email="stranger@example.org", next=place)
        with transaction() as session:
            path = link_path(new_link(session, session.get_one(Person, doorstep.people[STRANGER]), place))
        answer = browser.ask("POST", path)
        assert answer.status_code == 303
        assert re.match(r"/(?![/\\])", answer.headers["location"])
        assert "evil.example" not in httpx.URL("http://127.0.0.1").join(answer.headers["location"]).host


def test_choosing_a_language_never_leads_to_another_site(doorstep):
    for path in ["//evil.example", "//evil.example/%2e%2e", "/%5cevil.example", "/.//evil.example"]:
        answer = doorstep.browser(NOBODY).request(
            "GET", httpx.URL("http://127.0.0.1").copy_with(raw_path=f"{path}?lang=fr".encode())
        )
        place = answer.headers.get("location", "/")
        assert httpx.URL("http://127.0.0.1").join(place).host == "127.0.0.1" and not place.startswith(("//", "/\\"))


# Line breaks where headers are made


def test_no_header_of_an_answer_or_letter_can_be_added_to(doorstep):
    for broken in ["a\r\nBcc: evil@example.org", "a\nSet-Cookie: x=1", "a\x00b", "a\x85b", "a\u2028b"]:
        browser = doorstep.browser(NOBODY)
        assert browser.ask("POST", "/sign-in", email=f"{broken}@example.org").status_code in (422, 200)
        for name in ("email", "legal_name", "locality"):
            assert browser.ask("POST", "/offers/buy-it/pledge", **wish(**{name: broken})).status_code == 422, name
        answer = browser.get("/", params={"lang": "fr", "x": broken})
        assert "set-cookie" not in answer.headers.get("location", "").lower() or "%0" in answer.headers["location"]
        assert "bcc" not in answer.headers and "x" not in answer.cookies
        assert pledges() == []


def test_a_letter_has_one_recipient_and_the_headers_we_gave_it(doorstep):
    from app.letters.composing import message_of

    doorstep.browser(NOBODY).ask("POST", "/offers/buy-it/pledge", **wish(legal_name="Maya, <evil@example.org>"))
    with reading() as session:
        letter = message_of(session.scalars(select(Letter).where(Letter.to_address == "maya@example.org")).one())
    assert letter["To"] == "maya@example.org"
    assert {"Cc", "Bcc", "Reply-To"} & set(letter.keys()) == set()


# Files


def test_no_address_reaches_a_file_that_is_not_meant(doorstep):
    for path in [
        "/static/../pyproject.toml",
        "/static/%2e%2e/pyproject.toml",
        "/static/..%2fpyproject.toml",
        "/static/..%5cpyproject.toml",
        "/static//etc/passwd",
        "/static/%00",
        "/static/costake.css%00.png",
        "/static/....//pyproject.toml",
        "/documents/..%2f..%2fsecret.pdf",
        "/documents/1%2f..%2f2.pdf",
        "/documents/-1.pdf",
        "/documents/99999999999999999999999.pdf",
        "/documents/1e3.pdf",
    ]:
        answer = doorstep.browser(STRANGER).request(
            "GET", httpx.URL("http://127.0.0.1").copy_with(raw_path=path.encode())
        )
        assert answer.status_code in (400, 404)
        assert "root:" not in answer.text and "[project]" not in answer.text


# Fields that nobody asked for


def test_extra_fields_change_nothing(doorstep):
    extra = {"state": "paid", "person_id": "1", "amount_cents": "1", "id": "99", "offer_id": "7", "by": "1",
             "confirmed_at": "2020-01-01", "role": "organizer", "price": "0.01", "public_id": "mine"}  # fmt: skip
    assert doorstep.browser(NOBODY).ask("POST", "/offers/buy-it/pledge", **wish(), **extra).status_code == 200
    [made] = pledges()
    assert (made.state, made.person_id, made.shares, made.public_id == "mine") == ("unconfirmed", None, 10, False)
    with reading() as session:
        assert session.scalar(select(func.count(Person.id)).where(Person.email == "maya@example.org")) == 0


def test_a_proposed_role_names_its_proposer_whatever_the_form_says(doorstep):
    from app.members.approvals.models import Proposal
    from app.members.models import RoleGrant

    sent = doorstep.browser("organizer").ask(
        "POST", "/desk/roles", email="stranger@example.org", role="teller", reason="elected",
        granted_by=str(doorstep.people["treasurer"]), by="", person_id=str(doorstep.people["organizer"]),
    )  # fmt: skip
    assert sent.status_code == 303
    with reading() as session:
        (row,) = session.scalars(select(Proposal))
        assert (row.proposed_by, row.payload["person_id"]) == (doorstep.people["organizer"], doorstep.people[STRANGER])
        assert doorstep.people[STRANGER] not in session.scalars(select(RoleGrant.person_id)).all()


# What people type is shown, never run


def test_what_people_type_is_no_template_no_markup_and_no_query(doorstep):
    typed = "{{7*7}}${7*7}<script>alert(1)</script>' OR 1=1--"
    browser = doorstep.browser(NOBODY)
    answer = browser.ask("POST", "/offers/buy-it/pledge", **wish(legal_name=typed, email="not an address"))
    assert "<script>alert" not in answer.text and "49" not in re.findall(r"value=\"([^\"]*)\"", answer.text)
    assert "{{7*7}}" in answer.text and "&lt;script&gt;" in answer.text
    assert browser.ask("POST", "/offers/buy-it/pledge", **wish(legal_name=typed)).status_code == 200
    assert pledges()[0].legal_name == typed


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "＝"])
def test_no_cell_of_an_export_is_a_formula(database, start):
    from app.exports.register import write_csv

    name = f"{start}cmd|' /C calc'!A0".strip()
    with transaction() as session:
        member = make.member(session, "evil@example.org", name)
        make.lot(session, member)
        file = io.StringIO(newline="")
        write_csv(session, clock.today(), file)
    import csv

    for row in csv.reader(io.StringIO(file.getvalue())):
        for cell in row:
            assert not re.match(r"[=+@\t\r＝＋－＠]|-(?![0-9.]+$)", cell), cell


# Hosts, methods, sizes


def test_the_host_that_somebody_claims_appears_nowhere(doorstep):
    browser = doorstep.browser(NOBODY)
    assert browser.get("/", headers={"host": "evil.example"}).status_code == 400
    for name in ("x-forwarded-host", "forwarded", "x-original-url", "x-rewrite-url", "x-host"):
        value = "host=evil.example" if name == "forwarded" else "evil.example"
        assert "evil.example" not in browser.get("/", headers={name: value}).text
    page = httpx.Request("POST", "http://127.0.0.1/sign-in")
    assert page.url.host == "127.0.0.1"
    browser.headers["x-forwarded-host"] = "evil.example"
    browser.ask("POST", "/sign-in", email="stranger@example.org")
    with reading() as session:
        written = session.scalars(select(Letter)).all()
        from app.letters.composing import text_of

        assert written and all("evil.example" not in text_of(letter).body for letter in written)


def test_methods_that_no_page_has_do_nothing(doorstep):
    browser = doorstep.browser("organizer")
    for method in ("TRACE", "OPTIONS", "PUT", "DELETE", "PATCH", "CONNECT", "FOO"):
        answer = browser.request(method, "/desk/roles", headers={"x-secret": "echo-me"})
        assert answer.status_code == 405 and "echo-me" not in answer.text
        assert "access-control-allow-origin" not in answer.headers
    head = browser.head("/desk")
    assert (head.status_code, head.content) == (200, b"")
    assert doorstep.browser(NOBODY).head("/desk").status_code == 303


def test_no_other_site_may_read_answers(doorstep):
    answer = doorstep.browser("organizer").get("/desk", headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_what_is_too_large_is_refused_before_it_is_kept(doorstep):
    browser = doorstep.browser(NOBODY)
    form = {"content-type": "application/x-www-form-urlencoded"}
    assert browser.post("/sign-in", content=b"a" * (forms.BODY_MAX + 1), headers=form).status_code == 413
    assert browser.post("/sign-in", content=b"a=1&" * (forms.FIELDS_MAX + 1), headers=form).status_code == 413
    assert browser.post("/sign-in", headers={**form, "content-length": str(BODY_MAX + 1)}).status_code == 413
    for length in ("-1", "1e3", "٣", "9" * 30):
        assert browser.post("/sign-in", headers={**form, "content-length": length.encode()}).status_code in (400, 413)


def test_bytes_that_are_no_text_are_refused_in_words(doorstep):
    for raw in [b"a=%ff%fe", b"a=%00", b"a=%ed%a0%80", b"\xff=1", b"%c0%ae=1"]:
        form = {"content-type": "application/x-www-form-urlencoded"}
        answer = doorstep.browser(NOBODY).post("/sign-in", content=raw, headers=form)
        assert answer.status_code in (403, 422) and "Traceback" not in answer.text


def test_addresses_that_are_no_text_are_refused_in_words(doorstep):
    for raw in [b"/offers/%ff", b"/offers/%00", b"/%ed%a0%80", b"/?next=%ff", b"/desk/register?as_of=%00"]:
        answer = doorstep.browser("organizer").request("GET", httpx.URL("http://127.0.0.1").copy_with(raw_path=raw))
        assert answer.status_code < 500


# Cookies and sessions


@pytest.fixture
def published(doorstep, configure) -> Browser:
    """A browser at the house under its public https address."""
    configure(base_url="https://shares.example.org")
    browser = Browser(doorstep.app)
    browser.base_url = "https://shares.example.org"
    browser.cookies.clear()
    browser.cookies.set("__Host-form", TICKET)
    return browser


def test_over_https_every_cookie_is_ours_alone(published, doorstep):
    from app.members.signing_in import link_path, new_link

    with transaction() as session:
        path = link_path(new_link(session, session.get_one(Person, doorstep.people[STRANGER])))
    answers = [published.ask("POST", path), published.get("/?lang=fr"), published.ask("POST", "/sign-out")]
    cookies = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
    assert len(cookies) >= 3
    for line in cookies:
        assert "Secure" in line and "HttpOnly" in line and "SameSite=lax" in line, line
        assert "domain=" not in line.lower()
    assert any(line.startswith("__Host-session=") for line in cookies)
    for answer in answers:
        assert "max-age=63072000" in answer.headers["strict-transport-security"]


def test_a_session_that_somebody_planted_is_not_the_one_that_is_opened(doorstep):
    from app.members.signing_in import link_path, new_link

    with transaction() as session:
        path = link_path(new_link(session, session.get_one(Person, doorstep.people[STRANGER])))
    victim = doorstep.browser(NOBODY)
    victim.cookies.set("session", "planted-by-somebody-else-0123456789")
    answer = victim.ask("POST", path)
    opened = re.search(r"session=([^;]+)", "\n".join(answer.headers.get_list("set-cookie")))[1]
    assert opened != "planted-by-somebody-else-0123456789" and len(opened) >= 32
    assert Browser(doorstep.app, "planted-by-somebody-else-0123456789").get("/pledges").status_code == 303
    assert Browser(doorstep.app, opened).get("/pledges").status_code == 200


def test_a_session_ends_for_good_and_after_its_time(doorstep):
    browser = doorstep.browser(STRANGER)
    cookie = browser.cookies["session"]
    browser.ask("POST", "/sign-out")
    assert Browser(doorstep.app, cookie).get("/pledges").status_code == 303
    other = doorstep.browser(STRANGER)
    with clock.at(clock.now() + timedelta(days=15)):
        assert other.get("/pledges").status_code == 303


def test_cookies_of_any_content_open_nothing(doorstep):
    for cookie in ["", "x", "x" * 5000, "ä", "\"'; DROP TABLE person", "null"]:
        answer = Browser(doorstep.app).get(
            "/pledges", headers={"cookie": f"session={cookie}; form={cookie}; notice={cookie}".encode()}
        )
        assert answer.status_code == 303


# Answers that would tell who is known here


def normal(answer: httpx.Response, *emails: str) -> str:
    text = re.sub(r'value="[^"]*"', "", answer.text)
    text = re.sub(r"\b[0-9]{3} ?[0-9]{3}\b", "", text)  # the code that ties a link to its browser
    for email in emails:
        text = text.replace(email, "")
    return text


def test_signing_in_and_pledging_answer_the_same_for_known_and_unknown_addresses(doorstep):
    for path, fields in (("/sign-in", {}), ("/offers/buy-it/pledge", wish())):
        answers = []
        for number, email in enumerate(("stranger@example.org", "unknown1@example.org", "organizer@example.org")):
            key = f"3f1c2a58-7d1f-4d8c-9a44-0c3c5b7d5a1{number}"
            browser = doorstep.browser(NOBODY)
            answer = browser.ask("POST", path, **(fields | {"email": email, "form_key": key}))
            named = {name for name in answer.headers if name not in ("x-request-id", "content-length")}
            cookies = sorted(line.partition("=")[0] for line in answer.headers.get_list("set-cookie"))
            answers.append((answer.status_code, normal(answer, email), sorted(named), cookies))
        assert answers[0] == answers[1] == answers[2], path
        assert answers[0][0] == 200


def test_signing_in_takes_about_as_long_for_known_and_unknown_addresses(doorstep):
    """Gross differences only: a machine under load cannot show milliseconds."""
    spent: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(12):
        for kind, email in (("known", "stranger@example.org"), ("unknown", f"unknown{number}@example.org")):
            browser = doorstep.browser(NOBODY)
            started = time.perf_counter()
            browser.ask("POST", "/sign-in", email=email)
            spent[kind].append(time.perf_counter() - started)
    known, unknown = sorted(spent["known"])[3], sorted(spent["unknown"])[3]
    assert known < 3 * unknown and unknown < 3 * known, (known, unknown)


def test_only_staff_learn_who_is_known_here(doorstep):
    for who in (NOBODY, STRANGER, "treasurer"):
        answer = doorstep.browser(who).ask(
            "POST", "/desk/roles", email="unknown@example.org", role="teller", reason="x"
        )
        assert answer.status_code in (303, 403) and "Nobody is known" not in answer.text
    answer = doorstep.browser("organizer").ask(
        "POST", "/desk/roles", email="unknown@example.org", role="teller", reason="x"
    )
    assert answer.status_code == 404 and "Nobody is known" in answer.text


# What the product fetches


def test_no_address_that_a_visitor_types_is_ever_fetched():
    """Only the operator names servers: of mail, of the database, of sign-in. Nothing else opens connections."""
    from pathlib import Path

    from app.core.settings import ROOT

    opens = re.compile(
        r"^\s*(import|from) (httpx|requests|aiohttp|urllib3|urllib\.request|http\.client|ftplib|authlib)", re.M
    )
    found = {
        str(Path(path).relative_to(ROOT)) for path in (ROOT / "app").rglob("*.py") if opens.search(path.read_text())
    }
    found -= {"app/cli/serve.py"}  # waits for its own server's /health
    found -= {"app/stripedouble/client.py"}  # asks the double on this machine
    assert {path for path in found if not path.startswith("app/members/signin/")} == set()


def test_a_document_fetches_nothing_while_it_is_laid_out():
    from app.core.settings import ROOT

    assert "url_fetcher=" in (ROOT / "app/documents/renderer/typesetting.py").read_text()


# The database itself


def test_quotes_in_every_place_of_an_address_are_only_text(doorstep):
    browser = doorstep.browser("organizer")
    for typed in ("'", "' OR '1'='1", "1;DROP TABLE person", "\\", "%", "buy-it' --"):
        for place in ("/offers/{}", "/pledges/{}", "/desk/offers/{}", "/confirm/{}", "/sign-in/{}"):
            assert browser.get(place.format(httpx.URL(path=f"/{typed}").raw_path.decode()[1:])).status_code in (
                404,
                303,
            )
    with reading() as session:
        assert session.execute(text("SELECT count(*) FROM person")).scalar_one() >= 3
