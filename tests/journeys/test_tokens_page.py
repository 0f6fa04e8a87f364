"""Somebody makes a token on the page, a program of theirs uses it, and they revoke it."""

import re

import httpx

from app.core.database import transaction
from app.members.roles import grant_role
from app.members.signing_in import link_path, new_link
from tests import make


def signed_in(visitor, role: str | None = None, language: str = "en"):
    with transaction() as session:
        maya = make.person(session)
        if role:
            grant_role(session, maya, role, by=None, reason="elected")
        path = link_path(new_link(session, maya))
    return visitor(language).get(path).press("/sign-in/")


def program(address: str, secret: str) -> int:
    return httpx.get(f"{address}/api/v1/offers", headers={"Authorization": f"Bearer {secret}"}, timeout=60).status_code


def test_a_token_is_made_shown_once_used_and_revoked(visitor, address):
    maya = signed_in(visitor).get("/me/tokens").sees("You have made no token.", "Read offers and how they stand")
    assert "Grant and end roles" not in maya.text()
    maya.fill_in("/me/tokens", label="my bot", scopes="offers:read", days="30").sees("is made", "Copy it now")
    secret = re.search(r"costake_[A-Za-z0-9_-]{43}", maya.answer.text)[0]
    assert program(address, secret) == 200
    maya.send_again(409).sees("was made already")
    maya.get("/me/tokens").sees("my bot", "offers:read")
    assert secret not in maya.answer.text
    maya.press("/revocation").sees("The token is revoked.", "You have made no token.")
    assert program(address, secret) == 401


def test_wrong_values_are_explained_and_nobody_takes_more_than_they_have(visitor, address):
    maya = signed_in(visitor)
    maya.get("/me/tokens").fill_in("/me/tokens", 422, label="", scopes="offers:read", days="366")
    maya.sees("Please fill in this field.", "This must be at most 365.")
    maya.get("/me/tokens").fill_in("/me/tokens", 422, label="x", scopes="roles:write", days="1")
    maya.get("/me/tokens").fill_in("/me/tokens", 422, label="x", days="1").sees("Choose at least one thing")
    maya.get("/me/tokens").sees("You have made no token.")


def test_staff_are_offered_what_their_role_can_use(visitor, address):
    organizer = signed_in(visitor, "organizer").get("/me/tokens").sees("Grant and end roles", "Prove the books")
    assert "Record receipts" not in organizer.text()


def test_staff_without_their_second_factor_make_tokens_without_their_role(visitor, address, monkeypatch):
    from app.core.settings import settings

    monkeypatch.setenv("COSTAKE_SECOND_FACTOR", "required")
    settings.cache_clear()
    organizer = signed_in(visitor, "organizer").get("/me/tokens")
    assert "Grant and end roles" not in organizer.text()
    organizer.fill_in("/me/tokens", label="x", scopes="pledges:read", days="1").sees("is made")
    secret = re.search(r"costake_[A-Za-z0-9_-]{43}", organizer.answer.text)[0]
    asked = {"Authorization": f"Bearer {secret}"}
    assert httpx.get(f"{address}/api/v1/offers/buy-it/pledges", headers=asked, timeout=60).status_code == 403


def test_the_page_of_the_api_lists_every_operation(visitor):
    for language, said in (("en", "Record a refund as paid"), ("fr", "Enregistrer un remboursement comme payé")):
        page = visitor(language).get("/api").sees(said, "/api/v1/offers/{slug}/opening", "payments:write")
        assert page.answer.text.count("<code>GET ") > 15
