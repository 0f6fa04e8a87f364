"""Admission: an application, an identity that two people have seen, a decision with its reason, a new number."""

from datetime import date, timedelta

import pytest

from app.core import clock
from app.core.database import transaction
from app.members.approvals.approving import decide
from app.members.entering import current_membership
from app.members.models import Membership, Person
from app.members.people.applying import (
    AppliedAlready,
    GuardianMissing,
    IdentityNotChecked,
    MemberAlready,
    NoSuchApplication,
    OwnApplication,
    ParticularsMissing,
    ReasonMissing,
    admit,
    applications_of,
    apply,
    refuse,
)
from app.members.people.identifying import (
    DocumentExpired,
    OwnIdentity,
    SeenLater,
    identity_checked,
    identity_checks,
    propose_identity,
)
from app.members.people.kinds import Capacity, HolderKind
from app.members.people.representing import appoint
from app.members.persons import known_person, record_particulars
from tests import make
from tests.races import at_once


def staff(session) -> tuple[Person, Person]:
    return make.staff(session, "organizer"), make.staff(session, "secretary")


def seen(session, person: Person, organizer: Person, secretary: Person) -> None:
    proposal = propose_identity(
        session,
        person,
        "passport",
        "France",
        seen_on=clock.today(),
        expires_on=None,
        by=organizer,
        reason="at the office",
    )
    decide(session, proposal.id, approve=True, by=secretary, reason="seen too")


def test_whoever_applies_is_seen_by_two_and_admitted_with_a_number(database):
    with transaction() as session:
        organizer, secretary = staff(session)
        maya = make.person(session)
        application = apply(session, maya, "I have used it for years.", by=maya.id)
        with pytest.raises(IdentityNotChecked):
            admit(session, application.id, by=secretary, reason="welcome")
        seen(session, maya, organizer, secretary)
        check = identity_checks(session, maya.id)[0]
        assert (check.document, check.seen_by, check.approved_by) == ("passport", organizer.id, secretary.id)
        member = admit(session, application.id, by=secretary, reason="meets the statutes")
        assert (member.number, member.basis, member.entered_on) == (1, "admission", clock.today())
        with pytest.raises(NoSuchApplication):
            refuse(session, application.id, by=organizer, reason="too late")
        with pytest.raises(MemberAlready):
            apply(session, maya, "", by=maya.id)


def test_a_refusal_has_its_reason_and_one_may_apply_again(database):
    with transaction() as session:
        organizer, _ = staff(session)
        maya = make.person(session)
        application = apply(session, maya, "", by=maya.id)
        with pytest.raises(AppliedAlready):
            apply(session, maya, "", by=maya.id)
        with pytest.raises(ReasonMissing):
            refuse(session, application.id, by=organizer, reason="  ")
        refuse(session, application.id, by=organizer, reason="is not a user")
        apply(session, maya, "now I am", by=maya.id)
        assert [decision and decision.reason for _, decision in applications_of(session, maya.id)] == [
            "is not a user",
            None,
        ]
        assert current_membership(session, maya.id) is None


def test_nobody_decides_on_themself_or_vouches_for_themself(database):
    with transaction() as session:
        organizer, secretary = staff(session)
        application = apply(session, organizer, "", by=organizer.id)
        with pytest.raises(OwnApplication):
            admit(session, application.id, by=organizer, reason="me")
        facts = {"seen_on": clock.today(), "expires_on": None, "reason": "x"}
        with pytest.raises(OwnIdentity):
            propose_identity(session, organizer, "passport", "France", by=organizer, **facts)
        proposal = propose_identity(session, organizer, "passport", "France", by=secretary, **facts)
        with pytest.raises(OwnIdentity):
            decide(session, proposal.id, approve=True, by=organizer, reason="it is me")


def test_a_document_that_had_expired_or_is_not_seen_yet_counts_for_nothing(database):
    with transaction() as session:
        organizer, _ = staff(session)
        maya, today = make.person(session), clock.today()
        facts = {"by": organizer, "reason": "x"}
        with pytest.raises(DocumentExpired):
            propose_identity(
                session, maya, "passport", "France", seen_on=today, expires_on=today - timedelta(days=1), **facts
            )
        with pytest.raises(SeenLater):
            propose_identity(
                session, maya, "passport", "France", seen_on=today + timedelta(days=1), expires_on=None, **facts
            )
        assert not identity_checked(session, maya.id)


def test_without_name_and_address_or_a_minor_without_guardian_nobody_is_admitted(database):
    with transaction() as session:
        organizer, secretary = staff(session)
        with pytest.raises(ParticularsMissing):
            apply(session, known_person(session, "new@example.org", "en"), "", by=None)
        child, parent = make.person(session, "kid@example.org", "Noor Haddad"), make.person(session)
        record_particulars(
            session, child, "Noor Haddad", make.OAKLAND, valid_from=clock.today(), by=None, kind=HolderKind.MINOR
        )
        application = apply(session, child, "", by=parent.id)
        seen(session, child, organizer, secretary)
        with pytest.raises(GuardianMissing):
            admit(session, application.id, by=secretary, reason="welcome")
        until = date(clock.today().year + 5, 1, 1)
        appoint(
            session,
            parent,
            child,
            Capacity.GUARDIAN,
            basis="birth certificate",
            valid_from=clock.today(),
            valid_until=until,
            by=secretary.id,
        )
        assert admit(session, application.id, by=secretary, reason="welcome").number == 1


def test_two_who_admit_at_once_admit_once(database):
    with transaction() as session:
        organizer, secretary = staff(session)
        maya = make.person(session)
        application = apply(session, maya, "", by=maya.id)
        seen(session, maya, organizer, secretary)

    def by(who: Person):
        return lambda session: admit(session, application.id, by=session.get_one(Person, who.id), reason="yes").number

    results = at_once(by(organizer), by(secretary), by(secretary))
    assert [each for each in results if each == 1] == [1]
    assert sum(isinstance(each, NoSuchApplication) for each in results) == 2
    with transaction() as session:
        assert session.query(Membership).count() == 1
