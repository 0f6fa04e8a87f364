"""What becomes of a person over the API: applying, identity, leaving, expulsion, death and heirs."""

from fastapi import APIRouter

from app.api.access import ApiRoute, DecidesMembers, Once
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.ownmembership.shapes import ApplicationKept
from app.api.people.standing.shapes import (
    DeathTaken,
    EstateGiven,
    HearingTaken,
    HeirTaken,
    LeavingGiven,
    LeavingTaken,
    SeenTaken,
    StatementTaken,
    estate_given,
)
from app.api.pledges.reading import read_typed_address
from app.core.errors import N_
from app.members.models import Membership
from app.members.people.applying import apply
from app.members.people.bequeathing import Death, NoEstate, estate_of, record_death, record_heir
from app.members.people.finding import known, one
from app.members.people.identifying import propose_identity
from app.members.people.leaving import Hearing, propose_expulsion, resign
from app.web.database import Id

router = APIRouter(prefix="/api/v1/people/{person_id}", route_class=ApiRoute, tags=["Members"])


@router.post("/application", operation_id="noteApplication", summary=N_("Note an application"), status_code=201)
def note_application(caller: DecidesMembers, session: Once, person_id: Id, wanted: StatementTaken) -> ApplicationKept:
    """Note an application for membership that came on paper."""
    row = apply(session, one(session, person_id), wanted.statement, by=caller.person_id)
    return ApplicationKept(id=row.id, applied_at=row.applied_at)


@router.post(
    "/identity-proposals", operation_id="proposeIdentity", summary=N_("Say whose identity was seen"), status_code=201
)
def say_seen(caller: DecidesMembers, session: Once, person_id: Id, wanted: SeenTaken) -> ProposalGiven:
    """Say that one has seen a document; another person who has seen it too approves."""
    proposal = propose_identity(
        session,
        one(session, person_id),
        wanted.document,
        wanted.issued_by,
        seen_on=wanted.seen_on,
        expires_on=wanted.expires_on,
        by=caller.person(session),
        reason=wanted.reason,
    )
    return proposal_given(proposal, may_decide=False)


@router.post("/resignation", operation_id="noteResignation", summary=N_("Note a resignation"), status_code=201)
def note_resignation(caller: DecidesMembers, session: Once, person_id: Id, wanted: LeavingTaken) -> LeavingGiven:
    """Note a resignation that came on paper."""
    end = resign(session, one(session, person_id), wanted.ceases_on, by=caller.person_id, reason=wanted.reason)
    number = session.get_one(Membership, end.membership_id).number
    return LeavingGiven(member_number=number, ceases_on=end.ceased_on)


@router.post(
    "/expulsion-proposals", operation_id="proposeExpulsion", summary=N_("Propose to expel a member"), status_code=201
)
def expel(caller: DecidesMembers, session: Once, person_id: Id, wanted: HearingTaken) -> ProposalGiven:
    """Propose to expel a member after the hearing; another person decides."""
    hearing = Hearing(wanted.noticed_on, wanted.heard_on, wanted.decided_on, wanted.grounds)
    proposal = propose_expulsion(session, one(session, person_id), hearing, by=caller.person(session))
    return proposal_given(proposal, may_decide=False)


@router.post("/death", operation_id="recordDeath", summary=N_("Record a death"), status_code=201)
def note_death(caller: DecidesMembers, session: Once, person_id: Id, wanted: DeathTaken) -> EstateGiven:
    """Record a death: from that day the estate is the holder; sessions, roles and tokens end."""
    address = read_typed_address(wanted.estate_address, "estate_address")
    death = Death(wanted.died_on, wanted.basis, wanted.estate_name, address, wanted.ceases_on)
    return estate_given(session, record_death(session, one(session, person_id), death, by=caller.person(session)))


@router.post("/heirs", operation_id="recordHeir", summary=N_("Record an heir"), status_code=201)
def add_heir(caller: DecidesMembers, session: Once, person_id: Id, wanted: HeirTaken) -> EstateGiven:
    """Record an heir of somebody who has died, as a document names them."""
    estate = estate_of(session, one(session, person_id).id)
    if estate is None:
        raise NoEstate
    heir, by = known(session, wanted.email) if wanted.email else None, caller.person(session)
    record_heir(session, estate, wanted.legal_name, wanted.portion, wanted.basis, heir=heir, by=by)
    return estate_given(session, estate)
