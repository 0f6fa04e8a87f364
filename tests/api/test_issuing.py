"""Issuing tokens, on the page and on the command line."""

import json
from uuid import uuid4

import pytest
from click.testing import CliRunner

from app.cli import costake
from app.core.database import reading, transaction
from app.members.apitokens.issuing import (
    STANDING_MAX,
    IssuedAlready,
    LastsTooLong,
    NoSuchToken,
    ScopeBeyondRole,
    ScopeMissing,
    TooManyTokens,
    Wanted,
    issue_token,
    revoke_token,
    tokens_of,
)
from app.members.apitokens.scopes import Scope
from app.members.persons import find_person
from app.members.roles import roles_of
from tests import make
from tests.api.conftest import Program, problem


def wanted(**changed) -> Wanted:
    return Wanted(**({"form_key": str(uuid4()), "label": "x", "scopes": [Scope.OFFERS_READ], "days": 30} | changed))


WRONG = [
    ({"days": 0}, LastsTooLong),
    ({"days": 366}, LastsTooLong),
    ({"scopes": []}, ScopeMissing),
    ({"scopes": [Scope.OFFERS_READ, Scope.ROLES_WRITE]}, ScopeBeyondRole),
]


def test_a_token_that_may_not_be_is_refused(database):
    with transaction() as session:
        maya = make.person(session)
    for changed, refusal in WRONG:
        with pytest.raises(refusal), transaction() as session:
            issue_token(session, maya, wanted(**changed), roles=frozenset({"member"}), by=maya.id)
    with reading() as session:
        assert tokens_of(session, maya.id) == []


def test_a_form_sent_twice_makes_one_token_and_nobody_hoards(database):
    with transaction() as session:
        maya = make.person(session)
        once = wanted()
        issue_token(session, maya, once, roles=frozenset(), by=maya.id)
    with pytest.raises(IssuedAlready), transaction() as session:
        issue_token(session, maya, once, roles=frozenset(), by=maya.id)
    with transaction() as session:
        for _ in range(STANDING_MAX - 1):
            issue_token(session, maya, wanted(), roles=frozenset(), by=maya.id)
    with pytest.raises(TooManyTokens), transaction() as session:
        issue_token(session, maya, wanted(), roles=frozenset(), by=maya.id)


def test_nobody_revokes_another_persons_token(database):
    with transaction() as session:
        maya, wei = make.person(session), make.person(session, "wei@example.org")
        row, _ = issue_token(session, maya, wanted(), roles=frozenset(), by=maya.id)
    with pytest.raises(NoSuchToken), transaction() as session:
        revoke_token(session, row.id, person_id=wei.id, by=wei.id)
    with transaction() as session:
        revoke_token(session, row.id, person_id=maya.id, by=maya.id)
    with pytest.raises(NoSuchToken), transaction() as session:
        revoke_token(session, row.id, person_id=maya.id, by=maya.id)


def test_the_command_line_makes_lists_and_revokes(program, client):
    program("treasurer")
    run = CliRunner().invoke
    made = run(costake, ["token", "create", "treasurer@example.org", "--scope", "payments:read", "--days", "7"])
    assert made.exit_code == 0, made.output
    bank = Program(client, made.output.strip())
    assert bank.get("/me").json()["scopes"] == ["payments:read"]
    bank.get("/receipts")
    rows = json.loads(run(costake, ["token", "list", "treasurer@example.org", "--json"]).output)
    assert rows[0]["scopes"] == ["payments:read"]
    assert run(costake, ["token", "revoke", str(rows[0]["id"])]).exit_code == 0
    assert problem(bank.get("/me", 401)) == "TokenNotValid"
    assert run(costake, ["token", "create", "treasurer@example.org", "--scope", "roles:write"]).exit_code == 2
    assert "is not one of" in run(costake, ["token", "create", "treasurer@example.org", "--scope", "all"]).output
    assert run(costake, ["token", "create", "nobody@example.org", "--scope", "offers:read"]).exit_code == 2


def test_roles_of_the_moment_are_kept_with_the_token(database):
    with transaction() as session:
        organizer = make.staff(session)
        roles = roles_of(session, organizer.id)
        counted, _ = issue_token(session, organizer, wanted(), roles=roles, by=organizer.id)
        waiting, _ = issue_token(session, organizer, wanted(), roles=frozenset(), by=organizer.id)
        assert (counted.with_roles, waiting.with_roles) == (True, False)
        assert find_person(session, "organizer@example.org").id == organizer.id
