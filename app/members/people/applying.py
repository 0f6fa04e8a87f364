"""Applying for membership: somebody asks; once two people have seen who they are, they are admitted, or refused."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.entering import current_membership, enter_member, locked_holder
from app.members.models import Membership, Person
from app.members.people.identifying import identity_checked
from app.members.people.kinds import Capacity, HolderKind
from app.members.people.models import Application, ApplicationDecision
from app.members.people.representing import holder_kind_on, may_act_for, representatives_of
from app.members.people.resolving import same_person
from app.members.persons import particulars_on


class MemberAlready(Refusal):
    """The person is in the register."""

    message = N_("This person is a member already, with the number {number}.")
    status = 409


class AppliedAlready(Refusal):
    """An application waits for its decision."""

    message = N_("An application was made already and waits for its decision.")
    status = 409


class ParticularsMissing(Refusal):
    """The register needs a name and an address."""

    message = N_("Record the legal name and postal address first: the register shows them.")
    status = 409


class NoSuchApplication(Refusal):
    """There is none that waits."""

    message = N_("There is no such application, or it was decided already.")
    status = 404


class OwnApplication(Refusal):
    """Nobody decides on their own admission, or on that of whom they represent."""

    message = N_("Nobody decides on their own admission. Ask another organizer or secretary.")
    status = 403


class IdentityNotChecked(Refusal):
    """Nobody is admitted unseen."""

    message = N_(
        "Two people must have seen a document first: propose the identity check, and have it approved. Where payments "
        "by card are switched on, the applicant can also show it online."
    )
    status = 409


class GuardianMissing(Refusal):
    """A minor becomes a member through a guardian."""

    message = N_("A minor is admitted when a guardian is recorded. Record the guardian first.")
    status = 409


class ReasonMissing(Refusal):
    """A decision needs a reason that can be understood later."""

    message = N_("Say why, so that it can be understood later.")
    field = "reason"


def apply(session: Session, person: Person, statement: str, *, by: int | None) -> Application:
    """Note that somebody asks to become a member, in their own words."""
    holder = locked_holder(session, person.id)
    member = current_membership(session, holder.id)
    if member is not None:
        raise MemberAlready(number=str(member.number))
    if waiting_application(session, holder.id) is not None:
        raise AppliedAlready
    if particulars_on(session, holder.id, clock.today()) is None:
        raise ParticularsMissing
    row = Application(person_id=holder.id, statement=statement.strip(), applied_at=clock.now(), recorded_by=by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.MEMBERSHIP_APPLIED, f"person:{holder.id}", by=by, application=row.id)
    return row


def admit(session: Session, application_id: int, *, by: Person, reason: str) -> Membership:
    """Admit an applicant: they enter the register today, with a new number."""
    application = _undecided(session, application_id, by, reason)
    holder = locked_holder(session, application.person_id)
    existing = current_membership(session, holder.id)
    if existing is not None:
        raise MemberAlready(number=str(existing.number))
    if not identity_checked(session, holder.id):
        raise IdentityNotChecked
    if holder_kind_on(session, holder.id, clock.today()) == HolderKind.MINOR and not any(
        row.capacity == Capacity.GUARDIAN for row in representatives_of(session, holder.id, clock.today())
    ):
        raise GuardianMissing
    member = enter_member(session, holder, on=clock.today(), basis="admission", by=by.id)
    _decide(session, application, member, by, reason)
    return member


def refuse(session: Session, application_id: int, *, by: Person, reason: str) -> ApplicationDecision:
    """Refuse an applicant, with the reason."""
    application = _undecided(session, application_id, by, reason)
    decision = _decide(session, application, None, by, reason)
    subject = f"person:{application.person_id}"
    audit.record(
        session, audit.Tag.MEMBERSHIP_REFUSED, subject, by=by.id, reason=reason.strip(), application=application.id
    )
    return decision


def waiting_application(session: Session, person_id: int) -> Application | None:
    """The application of a person that waits for its decision."""
    return session.scalars(
        select(Application)
        .outerjoin(ApplicationDecision, ApplicationDecision.application_id == Application.id)
        .where(Application.person_id.in_(same_person(person_id)), ApplicationDecision.application_id.is_(None))
        .order_by(Application.id)
    ).first()


def waiting_applications(session: Session, limit: int = 200) -> list[Application]:
    """The applications that wait, the oldest first."""
    return list(
        session.scalars(
            select(Application)
            .outerjoin(ApplicationDecision, ApplicationDecision.application_id == Application.id)
            .where(ApplicationDecision.application_id.is_(None))
            .order_by(Application.id)
            .limit(limit)
        )
    )


def applications_of(session: Session, person_id: int) -> list[tuple[Application, ApplicationDecision | None]]:
    """Every application of a person with its decision, in order."""
    rows = session.execute(
        select(Application, ApplicationDecision)
        .outerjoin(ApplicationDecision, ApplicationDecision.application_id == Application.id)
        .where(Application.person_id.in_(same_person(person_id)))
        .order_by(Application.id)
    )
    return [(application, decision) for application, decision in rows]


def _undecided(session: Session, application_id: int, by: Person, reason: str) -> Application:
    application = session.scalars(select(Application).where(Application.id == application_id).with_for_update()).first()
    if application is None or session.get(ApplicationDecision, application_id, populate_existing=True) is not None:
        raise NoSuchApplication
    if may_act_for(session, by.id, application.person_id, clock.today()):
        raise OwnApplication
    if not reason.strip():
        raise ReasonMissing
    return application


def _decide(
    session: Session, application: Application, member: Membership | None, by: Person, reason: str
) -> ApplicationDecision:
    decision = ApplicationDecision(
        application_id=application.id,
        membership_id=member.id if member else None,
        reason=reason.strip(),
        decided_at=clock.now(),
        decided_by=by.id,
    )
    session.add(decision)
    session.flush()
    return decision
