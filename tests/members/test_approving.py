"""Acts that need two people: proposed by one, decided once by another, done with the decision or not at all."""

from datetime import date, timedelta

import pytest

from app.core import audit, clock
from app.core.database import reading, transaction
from app.core.errors import N_, NotAllowed, Refusal
from app.members.approvals.about import About
from app.members.approvals.approving import (
    LASTS,
    DecidedAlready,
    OwnProposal,
    ProposalExpired,
    ProposedAlready,
    TwoPersonAct,
    decide,
    has_lost_role,
    known_acts,
    may_decide,
    propose,
    register,
    undecided,
)
from app.members.approvals.granting import propose_role
from app.members.approvals.saying import Value, in_words
from app.members.people.models import PersonMerge
from app.members.persons import known_person
from app.members.roles import Bounds, ReasonMissing, Role, end_role, grant_role, standing_grants
from tests.races import at_once

DONE: list[tuple[dict, int]] = []


class Impossible(Refusal):
    message = N_("This cannot be done now.")
    status = 409


def perform(session, payload, by) -> None:
    if payload.get("impossible"):
        raise Impossible
    DONE.append((payload, by))


SAID = (Value("what", N_("Test")), Value("impossible", N_("Test")))
register(TwoPersonAct("test:act", N_("Test"), (Role.ORGANIZER,), perform, values=SAID))


@pytest.fixture
def people(database):
    DONE.clear()
    with transaction() as session:
        found = {name: known_person(session, f"{name}@example.org", "en") for name in ("ann", "bob", "cleo")}
        for name, role in (("ann", "organizer"), ("bob", "organizer"), ("cleo", "auditor")):
            grant_role(session, found[name], role, by=None, reason="x")
    return found


def proposed(by, subject: str = "person:1", **payload) -> int:
    with transaction() as session:
        return propose(session, "test:act", subject=subject, payload=payload, by=by, reason="it is time").id


def decided(number: int, by, approve: bool = True, reason: str = "I looked at it") -> None:
    with transaction() as session:
        decide(session, number, approve=approve, by=by, reason=reason)


def test_a_second_person_approves_and_the_act_is_done_once(people):
    number = proposed(people["ann"], what="merge")
    with pytest.raises(OwnProposal):
        decided(number, people["ann"])
    with pytest.raises(NotAllowed):
        decided(number, people["cleo"])
    with pytest.raises(ReasonMissing):
        decided(number, people["bob"], reason=" ")
    assert DONE == []
    decided(number, people["bob"])
    with pytest.raises(DecidedAlready):
        decided(number, people["bob"])
    (only,) = DONE
    assert only == ({"what": "merge"}, people["bob"].id)


def test_a_refusal_does_nothing_and_ends_the_proposal(people):
    number = proposed(people["ann"])
    with pytest.raises(ProposedAlready):
        proposed(people["bob"])
    decided(number, people["bob"], approve=False)
    assert DONE == []
    with reading() as session:
        assert undecided(session) == []
    proposed(people["bob"])


def test_a_proposal_expires(people):
    number = proposed(people["ann"])
    with clock.at(clock.now() + LASTS + timedelta(seconds=1)), pytest.raises(ProposalExpired):
        decided(number, people["bob"])


def test_an_approved_act_that_is_refused_leaves_the_proposal_undecided(people):
    number = proposed(people["ann"], impossible=True)
    with pytest.raises(Impossible):
        decided(number, people["bob"])
    with reading() as session:
        assert [waiting.id for waiting in undecided(session)] == [number]


def test_two_deciders_at_once_do_the_act_once(people):
    with transaction() as session:
        dora = known_person(session, "dora@example.org", "en")
        grant_role(session, dora, "organizer", by=None, reason="x")
    number = proposed(people["ann"])
    outcomes = at_once(
        lambda session: decide(session, number, approve=True, by=people["bob"], reason="yes"),
        lambda session: decide(session, number, approve=True, by=dora, reason="yes"),
    )
    assert sum(isinstance(outcome, DecidedAlready) for outcome in outcomes) == 1
    assert len(DONE) == 1


def test_whoever_decides_reads_in_words_what_will_be_done(people):
    with transaction() as session:
        bounds = Bounds(None, date(2026, 12, 1), date(2027, 5, 31))
        asked = propose_role(session, people["cleo"], "treasurer", by=people["ann"], reason="elected", bounds=bounds)
        act = known_acts()[asked.act]
        assert in_words(session, act.values, asked.payload, "fr") == [
            ("Personne", About("cleo@example.org", f"/desk/people/{people['cleo'].id}")),
            ("Rôle", "Trésorier"),
            ("Pour", "tout"),
            ("Premier jour", "1er décembre 2026"),
            ("Dernier jour", "31 mai 2027"),
        ]
    with pytest.raises(AssertionError, match="does not say"):
        proposed(people["ann"], unheard_of=1)


def test_only_the_act_s_roles_propose_and_always_with_a_reason(people):
    with pytest.raises(NotAllowed):
        proposed(people["cleo"])
    with pytest.raises(ReasonMissing), transaction() as session:
        propose(session, "test:act", subject="x:1", payload={}, by=people["ann"], reason="")


def test_nobody_decides_what_a_record_proposed_that_is_merged_with_theirs(people):
    number = proposed(people["ann"])
    with transaction() as session:
        again, now = known_person(session, "ann.again@example.org", "en"), clock.now()
        for grant in standing_grants(session, people["ann"].id):
            end_role(session, grant.id, by=None, reason="left")
        merge = {"survivor_id": again.id, "absorbed_id": people["ann"].id, "merged_at": now, "reason": "one passport"}
        session.add(PersonMerge(**merge, proposed_by=people["bob"].id, approved_by=people["cleo"].id))
        about, ann = f"person:{again.id}", people["ann"].id
        audit.record(
            session, audit.Tag.PERSONS_MERGED, about, by=people["cleo"].id, reason="one passport", absorbed=ann
        )
        grant_role(session, again, "organizer", by=None, reason="came back")
    with pytest.raises(OwnProposal):
        decided(number, again)
    with reading() as session:
        (waiting,) = undecided(session)
        assert not may_decide(session, waiting, again.id)
        assert has_lost_role(session, waiting), "whoever decides is told so"
