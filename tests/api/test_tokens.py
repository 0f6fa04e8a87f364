"""Tokens: what each opens, for how long, and that it never does more than its person may."""

import re

import pytest

from app.api.access import operations
from app.api.routes import api
from app.core import clock
from app.core.database import reading, transaction
from app.members.apitokens.issuing import PREFIX, revoke_token, tokens_of
from app.members.apitokens.scopes import USED_BY, Scope, scopes_for
from app.members.persons import find_person
from app.members.roles import end_role, standing_grants
from tests import make
from tests.api.conftest import Program, problem, token_for

OPERATIONS = list(operations(api.routes))
NOBODY_ELSE = re.compile(r"\{[a-z_]+\}")
ROLES = ("", "organizer", "treasurer", "secretary", "auditor", "teller")


def asked(program: Program, method: str, path: str):
    """An operation asked for something that does not exist, so that only being let in is looked at."""
    address = NOBODY_ELSE.sub("999", path)
    body = {} if method in ("POST", "PUT") else None
    headers = {"Authorization": f"Bearer {program.token}"} if program.token else {}
    return program.client.request(method, address, json=body, headers=headers | {"Idempotency-Key": "x"})


def test_every_operation_says_what_it_needs():
    assert len(OPERATIONS) > 25
    assert [path for _, path, _, needs in OPERATIONS if needs is None] == []
    open_to_all = [path for _, path, _, needs in OPERATIONS if needs.scope is None]
    verifying = ["/api/v1/verifications", "/api/v1/verifications/{code}"]  # on the pages it needs nobody signed in
    assert sorted(open_to_all) == ["/api/v1/me", *verifying]
    for _, _, _, needs in OPERATIONS:
        if needs.scope is not None and USED_BY[needs.scope]:
            assert set(needs.roles) <= set(USED_BY[needs.scope])


def test_no_operation_lets_in_who_has_no_token_a_wrong_one_or_a_session_only(nobody, client):
    for method, path, _, _ in OPERATIONS:
        answer = asked(nobody, method, path)
        assert (answer.status_code, problem(answer)) == (401, "TokenMissing"), path
        assert answer.headers["www-authenticate"].startswith("Bearer")
    for wrong in ("", "costake_", "costake_" + "x" * 43, "é" * 10):
        answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {wrong}".encode()})
        assert answer.status_code == 401, wrong
    answer = client.get("/api/v1/me", headers={"Authorization": f"Bearer {PREFIX}wrong"})
    assert answer.headers["www-authenticate"].endswith('error="invalid_token"')
    assert client.get("/api/v1/me", headers={"Authorization": "Basic YTpi"}).status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_scopes_and_roles_are_both_needed(program, client, role):
    email = f"{role or 'someone'}@example.org"
    program(role or email)
    usable = scopes_for(frozenset({role}))
    for given in ({Scope.HOLDINGS_READ}, set(usable), set(usable) - {Scope.OFFERS_READ, Scope.PAYMENTS_READ}):
        holder = Program(client, token_for(email, sorted(given)))
        for method, path, _, needs in OPERATIONS:
            answer = asked(holder, method, path)
            if needs.scope is not None and needs.scope not in given:
                assert (answer.status_code, problem(answer)) == (403, "ScopeNotGiven"), (path, given)
            elif needs.roles and role not in needs.roles:
                assert (answer.status_code, problem(answer)) == (403, "NotAllowed"), (path, given)
            else:
                assert answer.status_code not in (401, 403), (path, given, answer.text)


def test_a_token_ends_on_its_day_and_when_it_is_revoked(program):
    maya = program("maya@example.org", days=1)
    assert maya.get("/me").json()["email"] == "maya@example.org"
    with transaction() as session:
        [row] = tokens_of(session, find_person(session, "maya@example.org").id)
        assert row.last_used_on == clock.today()
        row.expires_at = clock.now()  # the application's threads keep the real time: the row is aged instead
    assert problem(maya.get("/me", 401)) == "TokenNotValid"

    other = program("maya@example.org")
    other.get("/me")
    with transaction() as session:
        newest = tokens_of(session, find_person(session, "maya@example.org").id)[0]
        revoke_token(session, newest.id, person_id=newest.person_id, by=newest.person_id)
    assert problem(other.get("/me", 401)) == "TokenNotValid"


def test_a_token_loses_what_its_person_loses_and_never_gains_a_role(program):
    organizer, maya = program("organizer"), program("maya@example.org")
    assert organizer.get("/roles").json()["items"]
    with transaction() as session:
        [grant] = standing_grants(session)
        end_role(session, grant.id, by=None, reason="her term is over")
    assert problem(organizer.get("/roles", 403)) == "NotAllowed"

    with transaction() as session:
        make.open_offer(session)
        from app.members.roles import grant_role

        grant_role(session, find_person(session, "maya@example.org"), "auditor", by=None, reason="elected")
    assert problem(maya.get("/offers/buy-it/pledges", 403)) == "NotAllowed"
    program("maya@example.org").get("/offers/buy-it/pledges")


def test_the_secret_is_kept_nowhere(program, database):
    import psycopg

    maya = program("maya@example.org")
    with psycopg.connect(database) as connection:
        rows = connection.execute("SELECT t::text FROM api_token t").fetchall()
        lines = connection.execute("SELECT a::text FROM audit_line a WHERE tag = 'token:issued'").fetchall()
    assert rows and lines
    assert maya.token.startswith(PREFIX)
    assert not any(maya.token.removeprefix(PREFIX) in str(row) for row in [*rows, *lines])


def test_the_caller_is_told_who_they_are(program):
    with transaction() as session:
        make.member(session)
    said = program("maya@example.org", [Scope.OFFERS_READ]).get("/me").json()
    assert (said["name"], said["roles"], said["member_number"]) == ("Maya Whitfield", ["member"], 1)
    assert said["scopes"] == ["offers:read"]
    with reading() as session:
        assert tokens_of(session, find_person(session, "maya@example.org").id)[0].label == "a program"


def test_drafts_and_bank_accounts_are_for_staff(program):
    with transaction() as session:
        make.open_offer(session)
        make.draft(session, "later")
    maya, auditor = program("maya@example.org"), program("auditor")
    assert [offer["slug"] for offer in maya.every("/offers")] == ["buy-it"]
    assert [offer["slug"] for offer in auditor.every("/offers?limit=1")] == ["later", "buy-it"]
    assert maya.get("/offers/buy-it").json()["terms"]["account"] is None
    assert auditor.get("/offers/buy-it").json()["terms"]["account"]["number"]
    for path in ("/offers/later", "/offers/later/tally", "/offers/nowhere"):
        assert problem(maya.get(path, 404)) == "NotFound"
