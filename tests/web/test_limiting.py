"""Limits at the door: whose tries are counted together, and what people are told."""

from itertools import count

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import HTTPConnection

from app.core.errors import NotFound
from app.core.limits import Limit
from app.core.settings import settings
from app.web import limiting
from app.web.network import client_address, client_network


def connection(peer: str, *forwarded: str) -> HTTPConnection:
    headers = [(b"x-forwarded-for", each.encode()) for each in forwarded]
    return HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.fixture
def proxies(monkeypatch):
    def trust(text: str) -> None:
        monkeypatch.setenv("COSTAKE_TRUSTED_PROXIES", text)
        settings.cache_clear()

    yield trust
    settings.cache_clear()


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("testclient", "testclient"),
    ],
)
def test_neighbours_count_as_one(address, network):
    assert client_network(connection(address)) == network


def test_nobody_chooses_their_own_address(proxies):
    assert client_address(connection("198.51.100.1", "203.0.113.9")) == "198.51.100.1"
    assert client_address(connection("127.0.0.1", "203.0.113.9")) == "127.0.0.1"
    proxies("127.0.0.1, 10.0.0.0/8")
    assert client_address(connection("127.0.0.1", "203.0.113.9")) == "203.0.113.9"
    assert client_address(connection("127.0.0.1", "1.2.3.4, 203.0.113.9, 10.1.1.1")) == "203.0.113.9"
    assert client_address(connection("127.0.0.1", "1.2.3.4", "203.0.113.9:4711")) == "203.0.113.9"
    assert client_address(connection("127.0.0.1", "[2001:db8::1]:80")) == "2001:db8::1"
    assert client_address(connection("127.0.0.1")) == "127.0.0.1"
    assert client_address(connection("198.51.100.1", "203.0.113.9")) == "198.51.100.1"


def test_an_unreadable_proxy_is_refused_at_the_start(proxies):
    proxies("the proxy")
    with pytest.raises(ValueError, match=r"(?i)trusted_proxies"):
        settings()


def client(app: FastAPI, peer: str = "203.0.113.5") -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1", client=(peer, 1), headers={"accept": "text/html"})


@pytest.fixture
def house(database) -> FastAPI:
    from app.main import build

    return build()


def test_the_answer_says_when_to_come_back(house):
    limit = Limit("test", 2, limiting._HOUR)
    house.get("/limited", dependencies=[limiting.limited(limit)])(lambda: "ok")
    mine, neighbours, theirs = client(house), client(house, "203.0.113.200"), client(house, "198.51.100.5")
    assert [mine.get("/limited").status_code, neighbours.get("/limited").status_code] == [200, 200]
    refused = mine.get("/limited")
    assert refused.status_code == 429 and 0 < int(refused.headers["retry-after"]) <= 7200
    assert "tried too often" in refused.text and "Too often" in refused.text
    said = mine.get("/limited", headers={"accept": "application/json"})
    assert said.headers["content-type"] == "application/problem+json" and said.json()["status"] == 429
    assert said.headers["retry-after"]
    assert theirs.get("/limited").status_code == 200


def test_where_failures_are_limited_honest_use_is_not(house):
    limit = Limit("test", 2, limiting._HOUR)

    @house.get("/code/{code}", dependencies=[limiting.failures_limited(limit)])
    def look(code: str):
        if code != "right":
            raise NotFound

    mine = client(house)
    assert {mine.get("/code/right").status_code for _ in range(5)} == {200}
    assert [mine.get("/code/wrong").status_code for _ in range(3)] == [404, 404, 429]
    assert mine.get("/code/right").status_code == 429


def test_wrong_links_end(house):
    mine = client(house)
    answers = [mine.get(f"/confirm/guess{number}").status_code for number in range(limiting.WRONG_LINKS.most + 1)]
    assert answers == [404] * limiting.WRONG_LINKS.most + [429]
    assert mine.get("/sign-in/guess").status_code == 429


def ask(browser: TestClient, email: str) -> int:
    page = browser.get("/sign-in").text
    field = page.partition('name="csrf" value="')[2].partition('"')[0]
    return browser.post("/sign-in", data={"csrf": field, "email": email, "next": "/"}).status_code


def test_letters_to_one_address_end_however_it_is_written(house):
    spellings = ["maya@example.org", " Maya@Example.org", "MAYA@EXAMPLE.ORG", "ｍaya@example.org"]
    mine = client(house)
    most = limiting.SIGN_IN_ADDRESS_NETWORK.most
    asked = [ask(mine, spellings[number % 4]) for number in range(most + 1)]
    assert asked[most] == 429 and 429 not in asked[:most]
    assert ask(mine, "wei@example.org") == 200
    assert ask(client(house, "198.51.100.5"), "maya@example.org") == 200, "a stranger elsewhere locked the owner out"


def test_letters_to_one_address_end_from_everywhere_together(house):
    networks = count(1)
    asked = [
        ask(client(house, f"198.51.{next(networks)}.1"), "maya@example.org")
        for _ in range(limiting.SIGN_IN_ADDRESS.most + 1)
    ]
    assert asked == [200] * limiting.SIGN_IN_ADDRESS.most + [429]


def test_every_route_that_sends_letters_or_opens_links_is_limited(house):
    from fastapi.routing import iter_route_contexts

    limited = {
        (method, route.path)
        for route in iter_route_contexts(house.routes)
        if any(each.call.__module__ == limiting.__name__ for each in _dependencies(route))
        for method in route.methods
    }
    assert {("POST", "/sign-in"), ("POST", "/offers/{slug}/pledge")} <= limited
    assert {("GET", "/confirm/{token}"), ("POST", "/confirm/{token}")} <= limited
    assert {("GET", "/sign-in/with/account"), ("GET", "/sign-in/with/account/answer")} <= limited
    assert {("GET", "/sign-in/{token}"), ("POST", "/sign-in/{token}")} <= limited


def _dependencies(route):
    return getattr(getattr(route, "dependant", None), "dependencies", ())
