"""A role ends by two people or by whoever has it; one person alone only suspends it, for some days and once."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import transaction
from app.members.approvals.approving import NotAllowed, OwnProposal, decide, undecided
from app.members.approvals.ending import SUSPENDED_FOR, SuspendedAlready, propose_end, suspend_role
from app.members.roles import NoSuchGrant, NotToOneself, ReasonMissing, grant_role, resign_role, roles_of
from tests import make
from tests.documents.test_downloading import browser


def test_one_person_suspends_two_people_end_and_everybody_may_resign(database):
    with transaction() as session:
        one = make.staff(session, "organizer")
        other, maya = make.person(session, "second@example.org"), make.person(session)
        own = grant_role(session, other, "organizer", by=None, reason="elected")
        grant = grant_role(session, maya, "treasurer", by=one, reason="elected")
    with transaction() as session:
        for refused, act in (
            (NotToOneself, lambda: propose_end(session, own.id, by=other, reason="x")),
            (NotToOneself, lambda: suspend_role(session, own.id, by=other, reason="x")),
            (ReasonMissing, lambda: suspend_role(session, grant.id, by=one, reason=" ")),
            (NotAllowed, lambda: propose_end(session, grant.id, by=make.person(session, "x@example.org"), reason="x")),
            (NoSuchGrant, lambda: resign_role(session, grant.id, by=one, reason="not mine")),
        ):
            with pytest.raises(refused):
                act()
    with transaction() as session:
        suspend_role(session, grant.id, by=one, reason="the books are missing")
        assert roles_of(session, maya.id) == frozenset()
        with pytest.raises(SuspendedAlready):
            suspend_role(session, grant.id, by=one, reason="again")
        with clock.at(clock.now() + SUSPENDED_FOR + timedelta(minutes=1)):
            assert roles_of(session, maya.id) == {"treasurer"}  # nobody approved: it counts again
        (proposal,) = undecided(session)
        with pytest.raises(OwnProposal):
            decide(session, proposal.id, approve=True, by=one, reason="mine")
    desk = browser("organizer@example.org")
    page = desk.get("/desk/roles").text
    assert "suspended until" in page and "its end is proposed" in page
    with transaction() as session:
        decide(session, undecided(session)[0].id, approve=True, by=other, reason="right")
        with clock.at(clock.now() + SUSPENDED_FOR + timedelta(minutes=1)):
            assert roles_of(session, maya.id) == frozenset()
    second = browser("second@example.org")
    csrf = second.get("/me/roles").text.partition('name="csrf" value="')[2].partition('"')[0]
    typed = {"csrf": csrf, "grant_id": str(own.id), "reason": "I move away"}
    assert second.post("/me/roles/resignation", data=typed).status_code == 303
    with transaction() as session:
        assert roles_of(session, other.id) == frozenset()
