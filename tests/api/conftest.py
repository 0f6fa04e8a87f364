"""The API as a program asks it: in this process, over a fresh database, with a token for each kind of person."""

import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from app.core.database import reading, transaction
from app.members.apitokens.issuing import Wanted, issue_token
from app.members.apitokens.scopes import SHORT_LIVED, Scope, scopes_for
from app.members.entering import current_membership
from app.members.models import Person
from app.members.persons import find_person
from app.members.roles import roles_of
from app.offers.drafting import find_offer
from app.offers.pledging.naming import sha256_of, texts_of
from tests import make

_KEYS = count(1)


class Program:
    """A program with one token, or none."""

    def __init__(self, client: TestClient, token: str | None) -> None:
        self.client, self.token = client, token

    def get(self, path: str, status: int = 200, **headers: str) -> Response:
        return self._ask("GET", path, status, None, headers)

    def post(self, path: str, body: Any, status: int = 200, key: str | None = None, **headers: str) -> Response:
        """Send a request with a new key, or the given one; "" sends none."""
        own = {} if key == "" else {"Idempotency-Key": key or f"key {next(_KEYS)}"}
        return self._ask("POST", path, status, body, own | headers)

    def put(self, path: str, body: Any, status: int = 200) -> Response:
        return self._ask("PUT", path, status, body, {})

    def every(self, path: str) -> list[dict[str, Any]]:
        """Every item of a list, page after page."""
        items, following = [], path
        while following:
            listed = self.get(following).json()
            items += listed["items"]
            following = listed["next"]
        return items

    def _ask(self, method: str, path: str, status: int, body: Any, headers: dict[str, str]) -> Response:
        given = {"accept-language": "en", **{name.replace("_", "-").lower(): value for name, value in headers.items()}}
        if self.token is not None:
            given.setdefault("authorization", f"Bearer {self.token}")
        address = path if path.startswith("/api") else f"/api/v1{path}"
        if body is not None:
            given["content-type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        answer = self.client.request(method, address, content=content, headers=given)
        assert answer.status_code == status, f"{method} {address}: {answer.status_code} {answer.text}"
        if status >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["status"] == status
        return answer


def token_for(email: str, scopes: list[Scope] | None = None, days: int | None = None) -> str:
    """A token of somebody who is known, with these scopes or all that their roles can use."""
    with transaction() as session:
        person = find_person(session, email)
        assert person is not None
        roles = roles_of(session, person.id)
        if current_membership(session, person.id) is not None:
            roles |= {"member"}
        given = scopes_for(roles) if scopes is None else scopes
        wanted = Wanted(str(uuid4()), "a program", given, days or (1 if SHORT_LIVED & set(given) else 30))
        return issue_token(session, person, wanted, roles=roles, by=None)[1]


def problem(answer: Response) -> str:
    """The stable name of what was refused."""
    return str(answer.json()["type"]).removeprefix("urn:costake:problem:")


@pytest.fixture
def client(database: str) -> Iterator[TestClient]:
    from app.main import app

    with TestClient(app, raise_server_exceptions=False) as asking:
        yield asking


@pytest.fixture
def nobody(client: TestClient) -> Program:
    return Program(client, None)


@pytest.fixture
def program(client: TestClient) -> Callable[..., Program]:
    """A program of somebody: `program("maya@example.org")`, or of new staff: `program("treasurer")`."""

    def begin(who: str, scopes: list[Scope] | None = None, days: int | None = None) -> Program:
        email = who if "@" in who else f"{who}@example.org"
        with transaction() as session:
            if find_person(session, email) is None:
                _: Person = make.person(session, email) if "@" in who else make.staff(session, who)
        return Program(client, token_for(email, scopes, days))

    return begin


def terms(**changed: Any) -> dict[str, Any]:
    """Terms that can be met, as a program sends them."""
    return {
        "title": "Buy the platform",
        "summary": "We buy it together.\n\nThen we vote.",
        "share_class": {"code": "A", "name": "User-owner share", "authorized_shares": None},
        "price": {"minor": 2300, "currency": "USD"},
        "target": {"minor": 460_000, "currency": "USD"},
        "person_shares_min": 10,
        "person_shares_max": 100,
        "deadline_at": "2099-12-31T17:00:00-08:00",
        "zone": "America/Los_Angeles",
        "users_count": 350_000_000,
        "participants_target": 3_500_000,
        "account": {"holder": "WeAreTwitter Purchase Cooperative", "number": "Cooperative Bank 4471"},
        **changed,
    }


def hashes_of_texts(language: str = "en") -> list[str]:
    """What whoever pledges for the offer of a test agrees to, by hash."""
    with reading() as session:
        texts = texts_of(session, find_offer(session, make.SLUG), language)
        return [sha256_of(text, language) for text in texts]


def declared(**changed: Any) -> dict[str, Any]:
    """A supporter's declaration, as a program sends it."""
    agreed = {} if "agreed" in changed else {"agreed": hashes_of_texts(changed.get("language", "en"))}
    return {
        "terms_version": 1,
        "shares": 100,
        "legal_name": "Maya Whitfield",
        "email": "maya@example.org",
        "address": {
            "street_lines": ["12 Pearl Street"],
            "postal_code": "80302",
            "locality": "Boulder",
            "region": "CO",
            "country": "US",
        },
        **agreed,
        **changed,
    }
