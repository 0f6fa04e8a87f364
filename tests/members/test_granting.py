"""A role takes two organizers: proposed by one, approved by another, never by whom it is for."""

import pytest

from app.core.database import reading, transaction
from app.core.errors import NotAllowed
from app.members.approvals.approving import OwnProposal, ProposedAlready, decide
from app.members.approvals.granting import propose_role, waiting_roles
from app.members.models import Person
from app.members.role_scopes import UnknownSubject
from app.members.roles import (
    AlreadyGranted,
    Bounds,
    NotToOneself,
    UnknownRole,
    grant_role,
    roles_of,
    standing_grants,
)
from tests import make


@pytest.fixture
def people(database) -> dict[str, Person]:
    with transaction() as session:
        found = {name: make.person(session, f"{name}@example.org", name) for name in ("ann", "bob", "cleo", "dora")}
        for name, role in (("ann", "organizer"), ("bob", "organizer"), ("dora", "treasurer")):
            grant_role(session, found[name], role, by=None, reason="founded")
    return found


def proposed(by: Person, person: Person, role: str, **named) -> int:
    with transaction() as session:
        return propose_role(session, person, role, by=by, reason="elected on 3 May", **named).id


def approved(number: int, by: Person) -> None:
    with transaction() as session:
        decide(session, number, approve=True, by=by, reason="I was there")


def test_a_role_counts_once_another_organizer_approves_it(people):
    ann, bob, cleo, dora = people.values()
    number = proposed(ann, cleo, "teller")
    with pytest.raises(ProposedAlready):
        proposed(bob, cleo, "teller")
    other = proposed(bob, cleo, "auditor")
    with reading() as session:
        assert roles_of(session, cleo.id) == frozenset()
        assert [(each.id, person.id) for each, person in waiting_roles(session)] == [
            (number, cleo.id),
            (other, cleo.id),
        ]
    for by, refusal in ((ann, OwnProposal), (dora, NotAllowed), (cleo, NotAllowed)):
        with pytest.raises(refusal):
            approved(number, by)
    approved(number, bob)
    with reading() as session:
        assert roles_of(session, cleo.id) == {"teller"}
        grant = standing_grants(session, cleo.id)[0]
        assert (grant.granted_by, grant.reason) == (bob.id, "elected on 3 May")
        assert make.letters(session, "cleo@example.org") == ["new-role"]


def test_nobody_approves_a_role_of_their_own_and_what_cannot_be_is_not_proposed(people):
    ann, bob, cleo, dora = people.values()
    number = proposed(ann, bob, "treasurer")
    with pytest.raises(NotToOneself):
        approved(number, bob)
    for refusal, who, role, bounds in (
        (NotToOneself, ann, "auditor", Bounds()),
        (AlreadyGranted, dora, "treasurer", Bounds()),
        (UnknownRole, cleo, "owner", Bounds()),
        (UnknownSubject, cleo, "teller", Bounds("offer:unknown")),
    ):
        with pytest.raises(refusal):
            proposed(ann, who, role, bounds=bounds)
    with pytest.raises(NotAllowed):
        proposed(dora, cleo, "teller")
