"""Leaving: resignations with their day, expulsions after a hearing by two people, numbers that never come back."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import transaction
from app.members.approvals.approving import decide
from app.members.entering import current_membership, enter_member, memberships_of
from app.members.models import Person
from app.members.people.leaving import (
    DecidedBeforeHearing,
    EndsAlready,
    Hearing,
    HearingAhead,
    HearingTooSoon,
    NoHearing,
    NotAMember,
    OwnExpulsion,
    TooEarly,
    propose_expulsion,
    resign,
)
from app.members.people.models import Expulsion
from tests import make
from tests.races import at_once

DAY = timedelta(days=1)


def hearing(noticed: int = 30, heard: int | None = 10, decided: int = 5) -> Hearing:
    """Days ago of the notice, the hearing and the decision."""
    today = clock.today()
    return Hearing(
        today - noticed * DAY, today - heard * DAY if heard is not None else None, today - decided * DAY, "Sold votes."
    )


def test_a_member_resigns_with_a_day_and_whoever_comes_back_gets_a_new_number(database):
    with transaction() as session:
        maya, other = make.member(session).person, make.member(session, "wei@example.org", "Wei Chan")
        resign(session, maya, clock.today() + 10 * DAY, by=maya.id, reason="I move away")
        assert current_membership(session, maya.id).number == 1  # until that day
        with pytest.raises(EndsAlready):
            resign(session, maya, clock.today() + 20 * DAY, by=maya.id)
    with clock.at(clock.now() + 10 * DAY), transaction() as session:
        maya = session.get_one(Person, maya.id)
        assert current_membership(session, maya.id) is None
        with pytest.raises(NotAMember):
            resign(session, maya, clock.today(), by=maya.id)
        back = enter_member(session, maya, on=clock.today(), basis="admission", by=None)
        assert (other.number, back.number) == (2, 3)
        assert [(member.number, end and end.basis) for member, end in memberships_of(session, maya.id)] == [
            (1, "resignation"),
            (3, None),
        ]


def test_nobody_resigns_into_the_past_and_two_letters_at_once_end_it_once(database):
    with transaction() as session:
        maya = make.member(session).person
        with pytest.raises(TooEarly):
            resign(session, maya, clock.today() - DAY, by=maya.id)

    def leave(session):
        return resign(session, session.get_one(Person, maya.id), clock.today(), by=maya.id).basis

    results = at_once(leave, leave)
    assert results.count("resignation") == 1
    assert sum(isinstance(each, NotAMember | EndsAlready) for each in results) == 1


def test_two_people_expel_a_member_who_was_heard(database):
    with transaction() as session:
        organizer, secretary = make.staff(session), make.staff(session, "secretary")
        maya = make.member(session).person
        proposal = propose_expulsion(session, maya, hearing(), by=organizer)
        assert current_membership(session, maya.id) is not None
        decide(session, proposal.id, approve=True, by=secretary, reason="the board has decided")
        assert current_membership(session, maya.id) is None
        row = session.query(Expulsion).one()
        assert (row.heard_on, row.proposed_by, row.approved_by) == (hearing().heard_on, organizer.id, secretary.id)
        assert memberships_of(session, maya.id)[0][1].basis == "expulsion"


@pytest.mark.parametrize(
    ("facts", "refusal"),
    [
        ({"heard": None}, NoHearing),
        ({"noticed": 20, "heard": 7}, HearingTooSoon),
        ({"noticed": 5, "heard": 6}, HearingTooSoon),
        ({"noticed": 30, "heard": -1}, HearingAhead),
        ({"heard": 5, "decided": 6}, DecidedBeforeHearing),
        ({"decided": -1}, DecidedBeforeHearing),
    ],
)
def test_nobody_is_expelled_without_notice_and_hearing(database, facts, refusal):
    with transaction() as session:
        organizer, maya = make.staff(session), make.member(session).person
        with pytest.raises(refusal):
            propose_expulsion(session, maya, hearing(**facts), by=organizer)


def test_nobody_decides_on_their_own_expulsion_and_who_left_meanwhile_is_not_expelled(database):
    with transaction() as session:
        organizer, secretary = make.staff(session), make.staff(session, "secretary")
        enter_member(session, secretary, on=clock.today(), basis="subscription", by=None)
        with pytest.raises(OwnExpulsion):
            propose_expulsion(session, secretary, hearing(), by=secretary)
        proposal = propose_expulsion(session, secretary, hearing(), by=organizer)
        with pytest.raises(OwnExpulsion):
            decide(session, proposal.id, approve=True, by=secretary, reason="me?")
        maya = make.member(session).person
        other = propose_expulsion(session, maya, hearing(), by=organizer)
        resign(session, maya, clock.today(), by=maya.id)
        with pytest.raises(NotAMember):
            decide(session, other.id, approve=True, by=secretary, reason="too late")
