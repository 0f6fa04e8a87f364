"""Roles: granted and ended by somebody else, with a reason, each a row."""

import pytest

from app.core.database import reading, transaction
from app.members.roles import (
    AlreadyGranted,
    NoSuchGrant,
    NotToOneself,
    ReasonMissing,
    UnknownRole,
    end_role,
    grant_role,
    roles_of,
    standing_grants,
)
from tests import make
from tests.races import at_once


def refused(refusal, act, *arguments, **named) -> None:
    """The act is refused and nothing is changed by it."""
    before = standing()
    with pytest.raises(refusal), transaction() as session:
        act(session, *arguments, **named)
    assert standing() == before


def standing() -> list[tuple[str, str]]:
    with reading() as session:
        return [(grant.person.email, grant.role) for grant in standing_grants(session)]


def test_a_role_is_granted_listed_ended_and_can_be_granted_again(database):
    with transaction() as session:
        organizer = make.staff(session, "organizer")
        maya = make.person(session)
        grant = grant_role(session, maya, "treasurer", by=organizer, reason="  elected on 3 May ")
        assert (grant.reason, grant.granted_by) == ("elected on 3 May", organizer.id)
        assert roles_of(session, maya.id) == {"treasurer"}
        assert make.letters(session, "maya@example.org") == ["new-role"]
    assert standing() == [("organizer@example.org", "organizer"), ("maya@example.org", "treasurer")]

    with transaction() as session:
        end = end_role(session, grant.id, by=organizer, reason="her term is over")
        assert (end.ended_by, end.reason) == (organizer.id, "her term is over")
        assert roles_of(session, maya.id) == frozenset()
    assert standing() == [("organizer@example.org", "organizer")]

    with transaction() as session:
        grant_role(session, maya, "treasurer", by=organizer, reason="elected again")
        grant_role(session, maya, "auditor", by=None, reason="elected too")
        assert roles_of(session, maya.id) == {"treasurer", "auditor"}


def test_every_refusal_of_a_grant_leaves_the_roles_as_they_are(database):
    with transaction() as session:
        organizer, maya = make.staff(session, "organizer"), make.person(session)
        grant_role(session, maya, "treasurer", by=organizer, reason="elected")
    for role in ("member", "owner", "", "Organizer", "organizer ", "x" * 5_000):
        refused(UnknownRole, grant_role, maya, role, by=organizer, reason="elected")
    refused(NotToOneself, grant_role, organizer, "treasurer", by=organizer, reason="elected")
    for reason in ("", "  \n "):
        refused(ReasonMissing, grant_role, maya, "auditor", by=organizer, reason=reason)
    refused(AlreadyGranted, grant_role, maya, "treasurer", by=organizer, reason="elected")
    refused(AlreadyGranted, grant_role, maya, "treasurer", by=None, reason="elected")


def test_every_refusal_of_an_end_leaves_the_roles_as_they_are(database):
    with transaction() as session:
        organizer, maya = make.staff(session, "organizer"), make.person(session)
        own = standing_grants(session)[0].id
        ended = grant_role(session, maya, "treasurer", by=organizer, reason="elected").id
        end_role(session, ended, by=None, reason="over")
    refused(NotToOneself, end_role, own, by=organizer, reason="I am tired")
    refused(ReasonMissing, end_role, own, by=maya, reason=" ")
    for grant_id in (ended, 0, -1, 999, 2**63 - 1):
        refused(NoSuchGrant, end_role, grant_id, by=organizer, reason="over")


def test_the_same_grant_or_end_twice_at_once_happens_once(database):
    with transaction() as session:
        maya = make.person(session)

    def grant(session):
        return grant_role(session, maya, "auditor", by=None, reason="elected").id

    outcomes = at_once(grant, grant)
    assert sorted(isinstance(outcome, AlreadyGranted) for outcome in outcomes) == [False, True]
    number = next(outcome for outcome in outcomes if isinstance(outcome, int))

    def end(session):
        return end_role(session, number, by=None, reason="over").grant_id

    assert sorted(isinstance(outcome, NoSuchGrant) for outcome in at_once(end, end)) == [False, True]
    assert standing() == []
