"""What browsers are told with every answer, whatever it is."""

import re

import pytest
from fastapi import Request

from app.core.errors import Refusal
from app.core.settings import settings
from app.web.headers import BODY_MAX, ours
from app.web.pages import page

ANSWERS = {
    "page": ("GET", "/demo/parts", 200),
    "unknown page": ("GET", "/nowhere", 404),
    "wrong method": ("DELETE", "/demo/parts", 405),
    "refused form": ("POST", "/demo/parts", 403),
    "language": ("GET", "/demo/parts?lang=fr", 303),
    "style": ("GET", "/static/costake.css", 200),
    "no such file": ("GET", "/static/../pyproject.toml", 404),
    "icon": ("GET", "/favicon.ico", 200),
    "robots": ("GET", "/robots.txt", 200),
    "broken": ("GET", "/broken", 500),
    "refused": ("GET", "/refused", 409),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_every_answer_forbids_what_no_page_of_ours_needs(app, browser, name):
    @app.get("/broken")
    def broken():
        raise ZeroDivisionError("secret detail")

    @app.get("/refused")
    def refused():
        class TooLate(Refusal):
            status = 409

        raise TooLate

    method, path, status = ANSWERS[name]
    answer = browser.request(method, path)
    assert answer.status_code == status
    policy = dict(part.split(" ", 1) for part in answer.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "same-origin"
    assert answer.headers["cross-origin-opener-policy"] == "same-origin"
    assert "permissions-policy" in answer.headers
    assert "strict-transport-security" not in answer.headers
    assert answer.headers["x-request-id"]


def test_no_page_has_inline_script_or_style_or_anything_from_elsewhere(browser):
    for path in ("/demo/parts", "/nowhere"):
        html = browser.get(path).text
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:", html)
        assert not re.search(r"""(?:src|href)=["'](?!/|#)""", html)


def test_what_one_person_sees_is_kept_by_nobody(app, browser):
    @app.get("/mine")
    def mine(request: Request):
        class Ana:
            name, roles = "Ana", frozenset()

        request.state.viewer = Ana()
        return page(request, "web/parts.html")

    assert browser.get("/mine").headers["cache-control"] == "no-store"
    assert browser.post("/demo/parts").headers["cache-control"] == "no-store"
    assert browser.get("/robots.txt").headers["cache-control"] == "no-cache"


def test_files_are_kept_as_long_as_their_content_is_the_same(browser):
    href = re.search(r'href="(/static/costake\.css\?v=[0-9a-f]{12})"', browser.get("/demo/parts").text).group(1)
    assert "immutable" in browser.get(href).headers["cache-control"]
    assert "immutable" not in browser.get("/static/costake.css").headers["cache-control"]


def test_hosts_that_are_not_ours_are_not_served(browser):
    assert browser.get("/demo/parts", headers={"Host": "evil.example"}).status_code == 400
    for host in ("127.0.0.1:8000", "localhost", "[::1]:8000"):
        assert ours(host)
    for host in ("", "evil.example", "localhost.evil.example", "127.0.0.1@evil.example", "[::1"):
        assert not ours(host)


def test_requests_that_are_too_large_are_refused(app, browser):
    @app.post("/reads-everything")
    async def read(request: Request):
        return len(await request.body())

    def flood():
        for _ in range(BODY_MAX // 65536 + 1):
            yield b"x" * 65536

    assert browser.post("/reads-everything", content=b"x" * 1000).text == "1000"
    assert browser.post("/reads-everything", content=flood()).status_code == 413
    assert browser.post("/reads-everything", content=b"x" * (BODY_MAX + 1)).status_code == 413


def test_whatever_can_be_read_can_be_asked_about(browser):
    for path, status in (("/demo/parts", 200), ("/static/costake.css", 200), ("/nowhere", 404)):
        answer = browser.head(path)
        assert (answer.status_code, answer.content) == (status, b"")
        assert int(answer.headers["content-length"]) > 0


def test_over_https_cookies_are_secure_and_https_is_kept(monkeypatch, browser):
    monkeypatch.setenv("COSTAKE_BASE_URL", "https://shares.example.org")
    settings.cache_clear()
    answer = browser.get("/demo/parts", headers={"Host": "shares.example.org"})
    assert "max-age=" in answer.headers["strict-transport-security"]
    assert answer.headers["set-cookie"].startswith("__Host-form=")
    assert "Secure" in answer.headers["set-cookie"]
