"""Signing in with an account elsewhere, against a small OpenID provider that runs on this machine."""

import base64
import hashlib
import secrets
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse, RedirectResponse
from joserfc import jwt
from joserfc.jwk import RSAKey
from sqlalchemy import select

from app.core.database import reading, transaction
from app.core.settings import settings
from app.members.models import Person
from app.members.signin.accounts import provider as gateway
from app.members.signin.models import OutsideAccount
from tests import make

CLIENT, SECRET = "costake", "between-us"


class Provider:
    """An OpenID provider with one person, who always consents; a test may bend what it says."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "1"})
        self.signs_with = self.key
        self.claims: dict[str, Any] = {"sub": "u-1", "email": "maya@example.org", "email_verified": True}
        self.bent: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.issuer = ""
        self.app = FastAPI()
        self.app.get("/.well-known/openid-configuration")(self.configuration)
        self.app.get("/keys")(lambda: {"keys": [self.key.as_dict(private=False)]})
        self.app.get("/authorize")(self.authorize)
        self.app.post("/token")(self.token)

    def configuration(self) -> dict[str, Any]:
        places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token", "jwks_uri": "/keys"}
        return {"issuer": self.issuer, **{name: self.issuer + path for name, path in places.items()}}

    def authorize(self, request: Request) -> RedirectResponse:
        asked = dict(request.query_params)
        assert asked["client_id"] == CLIENT and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(8)
        self.codes[code] = asked
        return RedirectResponse(asked["redirect_uri"] + "?" + urlencode({"code": code, "state": asked["state"]}))

    async def token(self, request: Request) -> JSONResponse:
        sent = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        asked = self.codes.pop(sent["code"], None)
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        digest = hashlib.sha256(sent.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or challenge != asked["code_challenge"]
            or request.headers["authorization"] != f"Basic {basic}"
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        said = {"iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        said |= self.claims | self.bent
        id_token = jwt.encode({"alg": "RS256", "kid": "1"}, said, self.signs_with, algorithms=["RS256"])
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": id_token})


@pytest.fixture
def provider(address, monkeypatch) -> Iterator[Provider]:
    made = Provider()
    server = uvicorn.Server(uvicorn.Config(made.app, port=0, log_config=None, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    made.issuer = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    named = {"ISSUER": made.issuer, "CLIENT_ID": CLIENT, "CLIENT_SECRET": SECRET, "NAME": "Our house"}
    for name, value in named.items():
        monkeypatch.setenv(f"COSTAKE_OIDC_{name}", value)
    settings.cache_clear()
    gateway._kept.clear()
    yield made
    server.should_exit = True
    thread.join()
    settings.cache_clear()


def test_an_account_signs_in_and_stays_the_same_person_when_its_address_changes(provider, visitor):
    with transaction() as session:
        maya = make.person(session).id
    browser = visitor().get("/sign-in?next=/pledges").sees("Sign in with Our house")
    browser.get("/sign-in/with/account?next=/pledges").sees("You are signed in.", "Maya Whitfield")
    assert browser.answer.url.path == "/pledges"
    provider.claims |= {"email": "maya@another.example.org"}
    visitor().get("/sign-in/with/account").sees("You are signed in.", "Maya Whitfield")
    with reading() as session:
        assert session.scalars(select(OutsideAccount.person_id)).all() == [maya]


def test_a_verified_address_makes_a_new_person_known_and_an_unverified_one_does_not(provider, visitor):
    for unverified in ({"email_verified": False}, {"email_verified": "true"}, {"email": None}):
        provider.bent = unverified
        visitor().get("/sign-in/with/account", 403).sees("has not confirmed your e-mail address")
    with reading() as session:
        assert session.scalars(select(Person)).all() == []
    provider.bent = {}
    visitor().get("/sign-in/with/account").sees("You are signed in.", "maya@example.org")


@pytest.mark.parametrize(
    "bent",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody-else"},
        {"aud": ["costake", "somebody-else"]},
        {"azp": "somebody-else"},
        {"iss": "https://somebody.example.org"},
        {"exp": int(time.time()) - 3600},
        {"exp": None},
        {"sub": None},
    ],
    ids=lambda bent: "-".join(f"{name}" for name in bent),
)
def test_a_token_that_is_not_for_this_very_sign_in_opens_nothing(provider, visitor, bent):
    provider.bent = bent
    browser = visitor().get("/sign-in/with/account", 403).sees("Signing in with Our house did not work.")
    browser.get("/pledges").sees("There is no password")


def test_a_token_that_somebody_else_signed_opens_nothing(provider, visitor):
    provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    visitor().get("/sign-in/with/account", 403)


def test_a_new_key_of_the_provider_is_found(provider, visitor):
    visitor().get("/sign-in/with/account").sees("You are signed in.")
    provider.key = provider.signs_with = RSAKey.generate_key(2048, {"kid": "1"})
    visitor().get("/sign-in/with/account").sees("You are signed in.")


def test_an_answer_counts_once_and_only_in_the_browser_that_went(provider, visitor):
    browser = visitor()
    browser.browser.follow_redirects = False
    away = browser.get("/sign-in/with/account", 303).answer.headers["location"]
    cookies = dict(browser.browser.cookies)
    back = urlsplit(browser.browser.get(away, follow_redirects=False).headers["location"])
    path = f"{back.path}?{back.query}"
    visitor().get(path, 403)
    forged = f"{back.path}?" + urlencode({"code": parse_qs(back.query)["code"][0], "state": "forged-é"})
    browser.get(forged, 403)
    browser.get(path, 303)
    browser.browser.cookies.update(cookies)
    browser.get(path, 403)


def test_an_account_is_connected_by_its_person_and_disconnected(provider, signed_in, visitor):
    provider.claims = {"sub": "u-2", "email": "x@example.org", "email_verified": False}
    maya = signed_in().get("/me/security").fill_in("/me/security/accounts").sees("The account is connected.")
    visitor().get("/sign-in/with/account").sees("Maya Whitfield")
    signed_in("wei@example.org").get("/me/security").fill_in("/me/security/accounts", 409)
    maya.get("/me/security").press("/removal").sees("The account is disconnected.")
    visitor().get("/sign-in/with/account", 403)


def test_staff_who_sign_in_by_an_account_still_need_their_own_second_factor(required, provider, visitor):
    with transaction() as session:
        make.staff(session, "organizer")
    provider.claims |= {"email": "organizer@example.org"}
    visitor().get("/sign-in/with/account").sees("A second factor")


def test_a_provider_that_does_not_answer_is_said_so(provider, visitor, monkeypatch):
    monkeypatch.setenv("COSTAKE_OIDC_ISSUER", "http://127.0.0.1:1")
    settings.cache_clear()
    visitor().get("/sign-in/with/account", 503).sees("does not answer at the moment")


def test_without_a_provider_there_is_no_such_way(address, visitor):
    visitor().get("/sign-in/with/account", 404)
    assert "/sign-in/with/account" not in visitor().get("/sign-in").answer.text


@pytest.mark.parametrize("issuer", ["http://id.example.org", "ftp://127.0.0.1", "id.example.org", "https://"])
def test_a_provider_is_asked_over_https_only(issuer, monkeypatch):
    monkeypatch.setenv("COSTAKE_OIDC_ISSUER", issuer)
    settings.cache_clear()
    with pytest.raises(ValueError, match="COSTAKE_OIDC_ISSUER"):
        settings()
    monkeypatch.delenv("COSTAKE_OIDC_ISSUER")
    settings.cache_clear()
