"""The caller over the API, and roles that are listed, granted and ended."""

from fastapi import APIRouter

from app.api.access import AnyCaller, ApiRoute, Once, ReadsRoles, WritesRoles
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.roles.shapes import CallerGiven, RoleGiven, RoleSuspended, RoleTaken, role_given, role_suspended
from app.api.shapes import ReasonTaken
from app.core.errors import N_
from app.members.apitokens.models import ApiToken
from app.members.apitokens.scopes import Scope
from app.members.approvals.ending import propose_end, suspend_role
from app.members.approvals.granting import propose_role
from app.members.entering import current_membership
from app.members.persons import find_person, name_of
from app.members.roles import Role, UnknownPerson, standing_grants
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Roles"])


@router.get("/me", operation_id="getCaller", summary=N_("For whom the token acts"))
def get_caller(caller: AnyCaller, session: Snapshot) -> CallerGiven:
    """The person, their roles now, and what the token may be used for."""
    person = caller.person(session)
    member = current_membership(session, person.id)
    return CallerGiven(
        email=person.email,
        name=name_of(session, person),
        roles=[role for role in Role if role in caller.roles],
        member_number=member.number if member else None,
        scopes=[scope for scope in Scope if scope in caller.scopes],
        expires_at=session.get_one(ApiToken, caller.token_id).expires_at,
    )


@router.get("/roles", operation_id="listRoles", summary=N_("List roles"))
def list_roles(caller: ReadsRoles, session: Snapshot, paging: Pages) -> Listed[RoleGiven]:
    """Every role that stands, in the order of granting."""
    after = paging.after()
    rows = [grant for grant in standing_grants(session) if after is None or grant.id > after[0]]
    return paging.listed(
        rows[: paging.limit + 1],
        lambda grant: [grant.id],
        lambda grant: role_given(grant, name_of(session, grant.person)),
    )


@router.post("/roles", operation_id="proposeRole", summary=N_("Propose a role"), status_code=201)
def propose(caller: WritesRoles, session: Once, wanted: RoleTaken) -> ProposalGiven:
    """Propose a role for somebody else, with a reason; it counts once another organizer approves it."""
    person = find_person(session, wanted.email)
    if person is None:
        raise UnknownPerson(who=wanted.email)
    by, bounds = caller.person(session), wanted.bounds()
    proposal = propose_role(session, person, wanted.role, by=by, reason=wanted.reason, bounds=bounds)
    return proposal_given(proposal, may_decide=False)


@router.post("/roles/{grant_id}/end", operation_id="endRole", summary=N_("Propose to end a role"), status_code=201)
def end(caller: WritesRoles, session: Once, grant_id: Id, wanted: ReasonTaken) -> ProposalGiven:
    """Propose to end a role of somebody else, with a reason; it ends once another organizer approves it."""
    proposal = propose_end(session, grant_id, by=caller.person(session), reason=wanted.reason)
    return proposal_given(proposal, may_decide=False)


@router.post("/roles/{grant_id}/suspension", operation_id="suspendRole", summary=N_("Suspend a role"), status_code=201)
def suspend(caller: WritesRoles, session: Once, grant_id: Id, wanted: ReasonTaken) -> RoleSuspended:
    """Suspend a role of somebody else at once, for some days, and propose to end it."""
    return role_suspended(suspend_role(session, grant_id, by=caller.person(session), reason=wanted.reason))
