"""Approvals, applications, privacy and inspection over the API, and tokens for what cannot be taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest

from app.core import clock
from app.core.database import transaction
from app.members.apitokens.issuing import LastsADay, Wanted, issue_token, tokens_of
from app.members.apitokens.scopes import SHORT_LIVED, Scope
from app.members.people.applying import apply
from app.members.people.identifying import propose_identity
from app.members.persons import find_person
from app.members.roles import Bounds, grant_role, roles_of, scoped_roles_of
from app.worker import run_until_idle
from tests import make
from tests.api.conftest import Program, problem, terms


def applied() -> tuple[int, int]:
    """Maya has applied for membership and a secretary proposes that they saw her passport: application, proposal."""
    with transaction() as session:
        maya = make.person(session)
        application = apply(session, maya, "I use it every day.", by=None)
        seen = propose_identity(
            session, maya, "passport", "US", seen_on=clock.today(), expires_on=None,
            by=make.staff(session, "secretary"), reason="seen in the office",
        )  # fmt: skip
        return application.id, seen.id


def test_an_applicant_is_checked_by_two_and_admitted_over_the_api(program):
    application, proposal = applied()
    organizer, secretary, auditor = program("organizer"), program("secretary"), program("auditor")
    [waiting] = auditor.every("/approvals?limit=1")
    assert (waiting["id"], waiting["subject"][:7], waiting["may_decide"]) == (proposal, "person:", False)
    assert organizer.every("/approvals")[0]["may_decide"]
    [listed] = auditor.every("/applications?limit=1")
    assert (listed["legal_name"], listed["identity_checked"]) == ("Maya Whitfield", False)

    said = {"reason": "as it should be"}
    assert problem(auditor.post(f"/approvals/{proposal}/approval", said, 403)) == "ScopeNotGiven"
    assert problem(secretary.post(f"/approvals/{proposal}/approval", said, 403)) == "OwnProposal"
    assert problem(organizer.post(f"/applications/{application}/admission", said, 409)) == "IdentityNotChecked"
    first = organizer.post(f"/approvals/{proposal}/approval", said, key="once")
    assert first.json()["approved"]
    again = organizer.post(f"/approvals/{proposal}/approval", said, key="once")
    assert (again.json(), again.headers["idempotent-replayed"]) == (first.json(), "true")
    assert problem(organizer.post(f"/approvals/{proposal}/refusal", said, 409)) == "DecidedAlready"
    assert problem(organizer.post("/approvals/99999/refusal", said, 404)) == "NoSuchProposal"
    assert auditor.every("/approvals") == []

    assert organizer.post(f"/applications/{application}/admission", said).json()["member_number"] == 1
    assert problem(organizer.post(f"/applications/{application}/refusal", said, 404)) == "NoSuchApplication"
    assert auditor.every("/applications") == []
    [seen] = program("maya@example.org").every("/register/inspection")
    assert (seen["number"], seen["legal_name"], seen["shares"]) == (1, "Maya Whitfield", None)
    assert problem(organizer.get("/register/inspection", 403)) == "ScopeNotGiven"


def test_an_applicant_and_a_proposal_are_refused_with_a_reason(program):
    application, proposal = applied()
    organizer = program("organizer")
    assert organizer.post(f"/approvals/{proposal}/refusal", {"reason": "too blurred"}).json()["approved"] is False
    refused = organizer.post(f"/applications/{application}/refusal", {"reason": "lives elsewhere"}).json()
    assert (refused["member_number"], refused["reason"]) == (None, "lives elsewhere")
    organizer.post(f"/applications/{application}/refusal", {}, 422)


def test_everyone_gets_their_own_file_and_asks_for_erasure(program):
    maya, wei, secretary = program("maya@example.org"), program("wei@example.org"), program("secretary")
    maya.get("/me/file", 404)
    asked = maya.post("/me/file", None, 202).json()
    assert asked["made_at"] is None
    assert not run_until_idle()
    made = maya.get("/me/file").json()
    assert made["id"] == asked["id"] and made["made_at"]
    assert "maya@example.org" in maya.get(f"/me/file/{made['id']}/content").text
    wei.get(f"/me/file/{made['id']}/content", 404)

    assert maya.post("/me/erasures", {"reason": "I am leaving"}, 201).json()["granted"] is None
    assert problem(maya.post("/me/erasures", {}, 409)) == "AskedAlready"
    wei.post("/me/erasures", {}, 201)
    assert len(maya.every("/me/erasures")) == 1
    assert len(secretary.every("/erasures?limit=1")) == 2
    assert problem(maya.get("/erasures", 403)) == "NotAllowed"


def test_a_token_for_what_cannot_be_taken_back_lasts_a_day(program, database):
    organizer = program("organizer")
    with transaction() as session:
        person = find_person(session, "organizer@example.org")
        roles = roles_of(session, person.id)
        for scope in sorted(SHORT_LIVED & {Scope.OFFERS_WRITE, Scope.ROLES_WRITE, Scope.APPROVALS_WRITE}):
            wanted = Wanted(str(uuid4()), "x", [Scope.OFFERS_READ, scope], 2)
            with pytest.raises(LastsADay):
                issue_token(session, person, wanted, roles=roles, by=None)
    assert problem(organizer.post("/offers/none/opening", {"reason": "x"}, 404)) == "NotFound"
    with transaction() as session:  # one made before the rule, or whose end was moved
        [row] = tokens_of(session, person.id)
        row.created_at, row.expires_at = clock.now() - timedelta(days=1), clock.now() + timedelta(days=30)
    assert problem(organizer.post("/offers/none/opening", {"reason": "x"}, 403)) == "TokenTooOld"
    organizer.get("/offers")


def test_the_staff_decide_requests_for_erasure(program):
    maya, wei = program("maya@example.org"), program("wei@example.org")
    organizer, secretary = program("organizer"), program("secretary")
    [mine, others] = [each.post("/me/erasures", {"reason": "I am leaving"}, 201).json()["id"] for each in (maya, wei)]
    said = {"reason": "nothing stands against it"}
    assert problem(maya.post(f"/erasures/{others}/approval", said, 403)) == "NotAllowed"
    secretary.post(f"/erasures/{mine}/approval", {}, 422)
    granted = secretary.post(f"/erasures/{mine}/approval", said, key="once").json()
    assert granted["granted"] and granted["decision_reason"] == said["reason"]
    assert secretary.post(f"/erasures/{mine}/approval", said, key="once").json() == granted
    assert problem(organizer.post(f"/erasures/{mine}/refusal", said, 409)) == "DecidedAlready"
    assert organizer.post(f"/erasures/{others}/refusal", {"reason": "not proved to be you"}).json()["granted"] is False
    own = secretary.post("/me/erasures", {"reason": "I am leaving"}, 201).json()["id"]
    assert problem(secretary.post(f"/erasures/{own}/approval", said, 403)) == "OwnRequest"
    secretary.post("/erasures/99999/refusal", said, 404)


def test_a_role_for_one_offer_counts_for_it_alone(database, client):
    with transaction() as session:
        make.draft(session, "mine")
        make.draft(session, "another")
        ana = make.person(session, "ana@example.org", "Ana")
        grant_role(session, ana, "organizer", by=None, reason="elected", bounds=Bounds("offer:mine"))
        wanted = Wanted(str(uuid4()), "x", [Scope.OFFERS_READ, Scope.OFFERS_WRITE, Scope.PLEDGES_READ], 1)
        roles = frozenset(role for role, _ in scoped_roles_of(session, ana.id))
        _, secret = issue_token(session, ana, wanted, roles=roles, by=ana.id)
    program = Program(client, secret)
    assert [offer["slug"] for offer in program.every("/offers")] == ["mine"]
    assert program.get("/offers/mine").json()["state"] == "draft"
    program.get("/offers/another", 404)
    assert problem(program.get("/offers/another/moves", 403)) == "NotAllowed"
    assert problem(program.post("/offers/another/opening", {"reason": "x"}, 403)) == "NotAllowed"
    assert problem(program.post("/offers", {"slug": "third", **terms()}, 403)) == "NotAllowed"
    assert program.post("/offers/mine/opening", {"reason": "decided"}).json()["state"] == "open"
    assert program.every("/offers/mine/pledges") == []
    assert problem(program.get("/offers/another/pledges", 403)) == "NotAllowed"
