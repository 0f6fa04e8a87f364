"""The register of officers over the API: who is and was in office, entering one, and leaving it."""

from fastapi import APIRouter

from app.api.access import ApiRoute, DecidesMembers, Once, ReadsMembers
from app.api.officers.shapes import LeavingTaken, OfficerGiven, OfficerTaken, officer_given
from app.core.errors import N_, InvalidInput, NotFound
from app.members.models import Person
from app.members.offices.appointing import appoint, leave_office, officers
from app.members.offices.models import Officer
from app.members.people.resolving import canonical_person
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/officers", route_class=ApiRoute, tags=["Members"])


@router.get("", operation_id="listOfficers", summary=N_("List officers"))
def list_officers(caller: ReadsMembers, session: Snapshot, paging: Pages) -> Listed[OfficerGiven]:
    """Everybody who is or was in office, in the order of recording."""
    start = (paging.after() or [0])[0]
    rows = sorted((each for each in officers(session) if each[0].id > start), key=lambda each: each[0].id)
    return paging.listed(rows[: paging.limit + 1], lambda row: [row[0].id], lambda row: officer_given(session, *row))


@router.post("", operation_id="appointOfficer", summary=N_("Record an officer"), status_code=201)
def appoint_officer(caller: DecidesMembers, session: Once, wanted: OfficerTaken) -> OfficerGiven:
    """Record that somebody has entered an office."""
    named = session.get(Person, wanted.person)
    if named is None:
        raise InvalidInput({"person": NotFound()})
    person = canonical_person(session, named.id)
    row = appoint(
        session, person, wanted.office, entered_on=wanted.entered_on, reason=wanted.reason, by=caller.person_id
    )
    return officer_given(session, row, None)


@router.post("/{officer_id}/leaving", operation_id="endOffice", summary=N_("Record that an officer has left"))
def end_office(caller: DecidesMembers, session: Once, officer_id: Id, wanted: LeavingTaken) -> OfficerGiven:
    """Record when somebody has left an office, and by which deed."""
    gone = leave_office(session, officer_id, left_on=wanted.left_on, reason=wanted.reason, by=caller.person_id)
    return officer_given(session, session.get_one(Officer, officer_id), gone)
