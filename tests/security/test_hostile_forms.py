"""Every form and address, as everyone, filled with what attackers type: nothing breaks, and nothing of it ever runs.

The crawl is bounded: each kind of form once, in ROUNDS rounds in which every field gets another hostile text.
"""

import csv
import io
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote, urlsplit

import httpx
import pytest
from sqlalchemy import select

from app.core.database import reading
from app.letters.composing import message_of
from app.letters.models import Letter
from app.web.rights import operations
from tests.journeys.visitors import _Page
from tests.security.conftest import TICKET, Browser, House

pytestmark = pytest.mark.long
ROUNDS = 4
MARK = "x5519"
HOSTILE = [
    f"<script>{MARK}()</script>",
    f"\"'><img src=x onerror={MARK}()>",
    f"' onmouseover={MARK}() x='",
    f"javascript:{MARK}()",
    f"{{{{7*7}}}}{MARK}",
    f"{{% for x in ().__class__ %}}{MARK}{{% endfor %}}",
    f"${{7*7}}{MARK} #{{7*7}} %(x)s {{x}} {{0}} %s %n",
    f"=cmd|' /C calc'!A0 {MARK}",
    f"@SUM(1+1)*{MARK}",
    "../../../../etc/passwd",
    f"a\r\nBcc: {MARK}@example.org\r\n\r\n<b>{MARK}</b>",
    "a\x00b",
    "x" * 10_000,
    "9" * 400,
    "-1",
    "1e309",
    "NaN",
    f"\u202etxt.exe\u202c \u0627\u0644\u0639\u0631\u0628\u064a\u0629 {MARK}",
    "👩‍👩‍👧‍👦\U0001f3f4\ufe0f ﷽ Z̷̡̛a̸l̷g̶o̵ " + MARK,
    f"'; DROP TABLE person; -- {MARK}",
    "\ufffe\uffff\u2028\u2029\u0085",
    "2026-02-30",
    "0001-01-01T00:00",
    "99999-12-31",
    "%00%0d%0a",
]
RAW = [b"csrf=%ff%fe", b"%ed%a0%80=1", b"&".join([b"a=1"] * 499), b"=&=&=", b"\x80\x81"]
KEPT = {"csrf", "form_key", "terms_id"}
SKIPPED = re.compile(r"^/(static|sign-out|demo)|\.(pdf|css|js|svg)$")
NUMBER = re.compile(r"/[0-9]+(?=/|$)|=[0-9]+")
PAGES_MAX = 120
FILLING = ("not signed in", "signed in", "member", "organizer", "treasurer", "secretary")
READING = ("not signed in", "member", "organizer", "auditor")


class Danger(HTMLParser):
    """What a browser would run of a page, if anything of it came from a person."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self._in_script = tag == "script" and "src" not in given
        if self._in_script or any(name.startswith("on") for name in given):
            self.found.append(self.get_starttag_text())
        for name in ("href", "src", "action", "formaction"):
            if re.match(r"\s*(javascript|data|vbscript):", given.get(name) or "", re.IGNORECASE):
                self.found.append(self.get_starttag_text())


def wrong_with(answer: httpx.Response) -> list[str]:
    """What no answer may have, whatever was sent."""
    wrong = []
    if answer.status_code >= 500:
        wrong.append(f"status {answer.status_code}")
    if "Traceback (most recent" in answer.text or "psycopg" in answer.text or "sqlalchemy" in answer.text.lower():
        wrong.append("its insides are shown")
    if f"49{MARK}" in answer.text:
        wrong.append("a template was run")
    if "root:x:" in answer.text:
        wrong.append("a file was read")
    if any(MARK in value for name, value in answer.headers.items() if name not in ("location", "set-cookie")):
        wrong.append("a header carries it")
    kind = answer.headers.get("content-type", "")
    if kind.startswith("text/html"):
        wrong += [f"runs {tag}" for tag in Danger(answer.text).found]
        wrong += [] if "content-security-policy" in answer.headers else ["no policy"]
    if kind.startswith("text/csv"):
        wrong += [f"formula {cell}" for row in csv.reader(io.StringIO(answer.text)) for cell in row if _formula(cell)]
    return wrong


def _formula(cell: str) -> bool:
    return bool(re.match(r"[=+@\t\r]|-(?![0-9.]*$)", cell))


def crawl(house: House, browser: Browser) -> Iterator[tuple[str, httpx.Response]]:
    """The pages that somebody finds by following links, each kind of page once."""
    plain = [each.path for each in operations(house.app) if each.method == "GET" and "{" not in each.path]
    waiting, seen = [path for path in plain if not path.startswith("/api")], set()
    while waiting and len(seen) < PAGES_MAX:
        path = waiting.pop(0)
        kind = NUMBER.sub("/0", path)
        if kind in seen or SKIPPED.search(urlsplit(path).path):
            continue
        seen.add(kind)
        answer = browser.ask("GET", path)
        yield path, answer
        if answer.headers.get("content-type", "").startswith("text/html"):
            waiting += [link.partition("#")[0] for link in re.findall(r'href="(/[^"/][^"]*)"', answer.text)]


def forms(house: House) -> Iterator[tuple[str, dict]]:
    """Every kind of form that is sent, with the first person who finds it."""
    seen = set()
    for who in FILLING:
        for _, answer in crawl(house, house.browser(who)):
            page = _Page()
            page.feed(answer.text)
            for form in page.forms:
                kind = (NUMBER.sub("/0", form["action"]), frozenset(form["fields"]))
                if form["method"].lower() == "post" and kind not in seen and not SKIPPED.search(form["action"]):
                    seen.add(kind)
                    yield who, form


def test_whatever_is_typed_into_any_form_breaks_and_runs_nothing(house):
    wrong, sent = [], 0
    for place, (who, form) in enumerate(list(forms(house))):
        names = [name for name in form["fields"] if name not in KEPT]
        browser = house.browser(who)
        for turn in range(ROUNDS):
            typed = {name: HOSTILE[(number * ROUNDS + turn * 7) % len(HOSTILE)] for number, name in enumerate(names)}
            if turn == 0:  # once with one hostile text in an otherwise honest form, which is then stored
                typed = dict.fromkeys([name for name in names if not form["fields"][name]], HOSTILE[0])
            answer = browser.ask("POST", form["action"], **{**form["fields"], **typed, "csrf": _ticket()})
            sent += 1
            wrong += [f"POST {form['action']} as {who}: {each} {typed}"[:400] for each in wrong_with(answer)]
            if "session=" in "".join(answer.headers.get_list("set-cookie")) or answer.status_code == 303:
                browser = house.browser(who)
        for raw in RAW if place % 8 == 0 else ():  # all forms are read in one way
            body = {"content-type": "application/x-www-form-urlencoded"}
            answer = browser.post(form["action"], content=raw, headers=body)
            wrong += [f"POST {form['action']} as {who}: {each} {raw[:40]!r}" for each in wrong_with(answer)]
    assert not wrong, "\n".join(wrong)
    assert sent > 20 * ROUNDS, "the crawl found almost nothing"
    _nothing_runs_afterwards(house)


def _ticket() -> str:
    from app.web import tickets

    return tickets._field_for(TICKET)


def _nothing_runs_afterwards(house: House) -> None:
    """What was stored is shown to everyone, written in letters and exports, and never runs."""
    from app.worker import run_until_idle

    failures = run_until_idle()
    assert not failures, failures
    wrong = []
    for who in READING:
        for path, answer in crawl(house, house.browser(who)):
            wrong += [f"GET {path} as {who}: {each}" for each in wrong_with(answer)]
    with reading() as session:
        for letter in session.scalars(select(Letter)):
            message = message_of(letter)
            if {"Bcc", "Cc", "Reply-To"} & set(message.keys()) or "\n" in str(message["Subject"]):
                wrong.append(f"letter {letter.id} has headers that we did not give it")
            html = message.get_body(("html",))
            wrong += [f"letter {letter.id} runs {tag}" for tag in (Danger(html.get_content()).found if html else [])]
    assert not wrong, "\n".join(wrong)


def test_whatever_stands_in_an_address_breaks_nothing(house):
    wrong = []
    staff = {who: house.browser(who) for who in ("not signed in", "organizer", "member")}
    pages = [each for each in operations(house.app) if each.method == "GET" and not each.path.startswith("/api")]
    for place, each in enumerate(pages):
        for turn, (who, browser) in enumerate(staff.items()):  # each address with half of the texts, four by each
            for number, typed in enumerate(HOSTILE[(place + 2 * turn) % 6 :: 6]):
                value = quote(typed[:2000].replace("\x00", "").encode("utf-8", "surrogatepass"), safe="")
                path = re.sub(r"\{\w+(:\w+)?\}", value or "x", each.path)
                query = "&".join(f"{name}={value}" for name in ("as_of", "page_number", "next", "q", "cursor", "limit"))
                address = f"{path}?{query}" if number % 2 else path
                answer = browser.request("GET", httpx.URL("http://127.0.0.1").copy_with(raw_path=address.encode()))
                wrong += [f"GET {address[:160]} as {who}: {found}" for found in wrong_with(answer)]
    assert not wrong, "\n".join(wrong)
