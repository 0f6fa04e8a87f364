"""Acting for others: companies, minors until they come of age, joint holders in order, estates and heirs."""

from datetime import timedelta

import pytest

from app.core import clock
from app.core.database import transaction
from app.members.entering import current_membership, enter_member
from app.members.models import Person
from app.members.people.bequeathing import (
    Death,
    DiedAlready,
    DiesLater,
    EndsBeforeDeath,
    NotNatural,
    RolesFirst,
    heirs_of,
    record_death,
    record_heir,
)
from app.members.people.kinds import Capacity, HolderKind
from app.members.people.representing import (
    EndsBeforeItBegins,
    ForOneself,
    MajorityMissing,
    RepresentsAlready,
    WrongCapacity,
    appoint,
    end_representation,
    holder_kind_on,
    may_act_for,
    representatives_of,
    represented_by,
)
from app.members.persons import particulars_on, record_particulars
from app.members.roles import end_role, standing_grants
from tests import make

DAY = timedelta(days=1)


def holder(session, kind: HolderKind, email: str = "office@example.org", name: str = "Adeline Tools Ltd") -> Person:
    made = make.person(session, email, name)
    record_particulars(
        session, made, name, make.OAKLAND, valid_from=clock.today() - DAY, by=None, kind=kind, registration_number="C 1"
    )
    return made


def act_for(session, person: Person, whom: Person, capacity: Capacity, **changed):
    facts = {"basis": "extract of the register", "valid_from": clock.today(), "by": None, **changed}
    return appoint(session, person, whom, capacity, **facts)


def test_one_person_acts_for_a_company_and_for_themself_and_both_are_members(database):
    with transaction() as session:
        maya, company, stranger = (
            make.person(session),
            holder(session, HolderKind.COMPANY),
            make.person(session, "x@y.org"),
        )
        row = act_for(session, maya, company, Capacity.OFFICER)
        numbers = [
            enter_member(session, each, on=clock.today(), basis="subscription", by=None).number
            for each in (maya, company)
        ]
        assert numbers == [1, 2]
        today = clock.today()
        assert may_act_for(session, maya.id, maya.id, today) and may_act_for(session, maya.id, company.id, today)
        assert not may_act_for(session, stranger.id, company.id, today)
        assert not may_act_for(session, company.id, maya.id, today)
        assert not may_act_for(session, maya.id, company.id, today - DAY)
        assert [each.holder_id for each in represented_by(session, maya.id, today)] == [company.id]
        end_representation(session, row.id, ended_on=today + DAY, reason="left the board", by=None)
        assert may_act_for(session, maya.id, company.id, today)
        assert not may_act_for(session, maya.id, company.id, today + DAY)


def test_what_does_not_fit_is_refused(database):
    with transaction() as session:
        maya, company = make.person(session), holder(session, HolderKind.COMPANY)
        for capacity in (Capacity.GUARDIAN, Capacity.PERSONAL_REPRESENTATIVE, Capacity.JOINT_HOLDER):
            with pytest.raises(WrongCapacity):
                act_for(session, maya, company, capacity)
        with pytest.raises(ForOneself):
            act_for(session, maya, maya, Capacity.AGENT)
        with pytest.raises(EndsBeforeItBegins):
            act_for(session, maya, company, Capacity.OFFICER, valid_until=clock.today())
        act_for(session, maya, company, Capacity.OFFICER)
        with pytest.raises(RepresentsAlready):
            act_for(session, maya, company, Capacity.OFFICER)


def test_a_guardian_acts_until_the_minor_comes_of_age(database):
    with transaction() as session:
        parent, child = make.person(session), holder(session, HolderKind.MINOR, "kid@example.org", "Noor Haddad")
        with pytest.raises(MajorityMissing):
            act_for(session, parent, child, Capacity.GUARDIAN)
        majority = clock.today() + 400 * DAY
        act_for(session, parent, child, Capacity.GUARDIAN, valid_until=majority)
        assert may_act_for(session, parent.id, child.id, majority - DAY)
        assert not may_act_for(session, parent.id, child.id, majority)
        assert holder_kind_on(session, child.id, majority - DAY) == HolderKind.MINOR
        assert holder_kind_on(session, child.id, majority) == HolderKind.PERSON


def test_joint_holders_stand_in_the_order_in_which_they_were_recorded(database):
    with transaction() as session:
        joint = holder(session, HolderKind.JOINT_HOLDERS, "both@example.org", "Maya Whitfield and Wei Chan")
        for email in ("wei@example.org", "maya@example.org"):
            act_for(session, make.person(session, email), joint, Capacity.JOINT_HOLDER, basis="their declaration")
        rows = representatives_of(session, joint.id, clock.today())
        assert [(row.position, row.person.email) for row in rows] == [(1, "wei@example.org"), (2, "maya@example.org")]


def death(days_ago: int = 3, **changed) -> Death:
    facts = {
        "basis": "death certificate 12/2026",
        "estate_name": "Estate of Maya Whitfield",
        "estate_address": make.LYON,
    }
    return Death(clock.today() - days_ago * DAY, **(facts | changed))


def test_after_a_death_the_estate_is_the_holder_under_the_same_number(database):
    with transaction() as session:
        organizer, teller = make.staff(session), make.staff(session, "teller")
        record_particulars(session, teller, "Maya Whitfield", make.OAKLAND, valid_from=clock.today() - 9 * DAY, by=None)
        member = enter_member(session, teller, on=clock.today() - 9 * DAY, basis="subscription", by=None)
        with pytest.raises(RolesFirst):  # else one person alone could take any role away
            record_death(session, teller, death(), by=organizer)
        for grant in standing_grants(session, teller.id):
            end_role(session, grant.id, by=organizer, reason="died")
        estate = record_death(session, teller, death(), by=organizer)
        assert current_membership(session, teller.id).number == member.number
        assert particulars_on(session, teller.id, clock.today()).legal_name == "Estate of Maya Whitfield"
        assert holder_kind_on(session, teller.id, estate.died_on) == HolderKind.ESTATE
        assert particulars_on(session, teller.id, estate.died_on - DAY).legal_name == "Maya Whitfield"
        record_heir(session, estate, "Inès Garnier", "1/2", "certificate of inheritance", heir=None, by=organizer)
        record_heir(session, estate, "Wei Chan", "1/2", "certificate of inheritance", heir=None, by=organizer)
        assert [heir.legal_name for heir in heirs_of(session, estate)] == ["Inès Garnier", "Wei Chan"]
        executor = make.person(session, "notary@example.org", "Camille Moreau")
        act_for(session, executor, teller, Capacity.PERSONAL_REPRESENTATIVE, basis="appointment by the court")
        assert may_act_for(session, executor.id, teller.id, clock.today())
        with pytest.raises(DiedAlready):
            record_death(session, teller, death(), by=organizer)


def test_a_death_may_end_the_membership_if_the_statutes_say_so(database):
    with transaction() as session:
        organizer, maya = make.staff(session), make.member(session).person
        with pytest.raises(DiesLater):
            record_death(session, maya, death(-1), by=organizer)
        with pytest.raises(NotNatural):
            record_death(session, holder(session, HolderKind.COMPANY), death(), by=organizer)
    with transaction() as session, pytest.raises(EndsBeforeDeath):
        before = clock.today() - DAY
        record_death(session, session.get_one(Person, maya.id), death(0, ceases_on=before), by=organizer)
