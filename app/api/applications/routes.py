"""Applications for membership over the API: those that wait, admitted or refused with a reason."""

from fastapi import APIRouter
from sqlalchemy import select

from app.api.access import ApiRoute, DecidesMembers, Once, ReadsMembers
from app.api.applications.shapes import (
    ApplicationDecided,
    ApplicationGiven,
    application_decided,
    application_given,
)
from app.api.shapes import ReasonTaken
from app.core.errors import N_
from app.members.people.applying import admit, refuse
from app.members.people.identifying import identity_checked
from app.members.people.models import Application, ApplicationDecision
from app.members.persons import name_of
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/applications", route_class=ApiRoute, tags=["Members"])


@router.get("", operation_id="listApplications", summary=N_("List applications for membership"))
def list_applications(caller: ReadsMembers, session: Snapshot, paging: Pages) -> Listed[ApplicationGiven]:
    """The applications that wait for their decision, the oldest first."""
    wanted = (
        select(Application)
        .outerjoin(ApplicationDecision, ApplicationDecision.application_id == Application.id)
        .where(ApplicationDecision.application_id.is_(None))
        .order_by(Application.id)
        .limit(paging.limit + 1)
    )
    if (after := paging.after()) is not None:
        wanted = wanted.where(Application.id > after[0])
    return paging.listed(
        session.scalars(wanted).all(),
        lambda row: [row.id],
        lambda row: application_given(row, name_of(session, row.person), identity_checked(session, row.person_id)),
    )


@router.post("/{application_id}/admission", operation_id="admitApplicant", summary=N_("Admit an applicant"))
def admit_applicant(
    caller: DecidesMembers, session: Once, application_id: Id, wanted: ReasonTaken
) -> ApplicationDecided:
    """Admit an applicant whose identity was checked: they enter the register today."""
    member = admit(session, application_id, by=caller.person(session), reason=wanted.reason)
    return application_decided(session.get_one(ApplicationDecision, application_id), member.number)


@router.post("/{application_id}/refusal", operation_id="refuseApplicant", summary=N_("Refuse an applicant"))
def refuse_applicant(
    caller: DecidesMembers, session: Once, application_id: Id, wanted: ReasonTaken
) -> ApplicationDecided:
    """Refuse an applicant, with the reason."""
    return application_decided(refuse(session, application_id, by=caller.person(session), reason=wanted.reason), None)
