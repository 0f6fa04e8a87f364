"""The register of members: one number a member, given once, without gaps."""

from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.members.entering import current_membership, enter_member
from app.members.models import Membership
from tests import make
from tests.races import at_once, overlapping


def enter(email: str):
    def act(session):
        person = make.person(session, email)
        return enter_member(session, person, on=clock.today(), basis="subscription", by=None).number

    return act


def test_entering_again_gives_the_same_number(database):
    with transaction() as session:
        first = make.member(session)
        assert make.member(session) is first
        assert current_membership(session, first.person_id) is first
        assert first.number == 1


def test_entering_twice_at_once_gives_one_number(database):
    assert at_once(*[enter("maya@example.org")] * 4) == [1, 1, 1, 1]
    assert overlapping(enter("wei@example.org"), enter("wei@example.org")) == (2, 2)
    with reading() as session:
        assert len(session.scalars(select(Membership)).all()) == 2


def test_numbers_are_given_without_gaps_also_when_many_enter_at_once_and_one_fails(database):
    try:
        with transaction() as session:
            make.member(session, "failed@example.org")
            raise ZeroDivisionError
    except ZeroDivisionError:
        pass
    numbers = at_once(*[enter(f"member{number}@example.org") for number in range(6)])
    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]
