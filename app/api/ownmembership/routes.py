"""One's own membership over the API: whom the caller acts for, applying for membership, and resigning."""

from fastapi import APIRouter
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, Caller, Once, ReadsHoldings, WritesMembership
from app.api.ownmembership.shapes import (
    ApplicationKept,
    HolderGiven,
    MembershipWanted,
    ResignationKept,
    ResignationTaken,
)
from app.core import clock
from app.core.errors import N_, NotFound
from app.members.entering import current_membership
from app.members.models import Membership, Person
from app.members.people.applying import apply, waiting_application
from app.members.people.kinds import HolderKind
from app.members.people.leaving import resign
from app.members.people.representing import holder_kind_on, may_act_for, represented_by
from app.members.people.resolving import canonical_person
from app.members.persons import name_of
from app.web.database import Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/me", route_class=ApiRoute, tags=["Members"])


@router.get("/holders", operation_id="listOwnHolders", summary=N_("List for whom you act"))
def list_holders(caller: ReadsHoldings, session: Snapshot, paging: Pages) -> Listed[HolderGiven]:
    """The caller, and everyone for whom they act today."""
    acted_for = {row.holder_id for row in represented_by(session, caller.person_id, clock.today())}
    after = paging.after()
    ids = sorted(each for each in {caller.person_id, *acted_for} if after is None or each > after[0])
    return paging.listed(ids[: paging.limit + 1], lambda row: [row], lambda row: _given(session, row, caller))


@router.post("/application", operation_id="applyForMembership", summary=N_("Apply for membership"), status_code=201)
def apply_for_membership(caller: WritesMembership, session: Once, wanted: MembershipWanted) -> ApplicationKept:
    """Ask to become a member, for oneself or for whom one acts."""
    row = apply(session, holder_of(session, caller, wanted.holder), wanted.statement, by=caller.person_id)
    return ApplicationKept(id=row.id, applied_at=row.applied_at)


@router.post("/resignation", operation_id="resignMembership", summary=N_("Resign from membership"), status_code=201)
def leave(caller: WritesMembership, session: Once, wanted: ResignationTaken) -> ResignationKept:
    """End a membership, one's own or that of whom one acts for, with a day."""
    holder = holder_of(session, caller, wanted.holder)
    end = resign(session, holder, wanted.ceases_on, by=caller.person_id, reason=wanted.reason)
    return ResignationKept(
        member_number=session.get_one(Membership, end.membership_id).number, ceases_on=wanted.ceases_on
    )


def holder_of(session: Session, caller: Caller, holder_id: int | None) -> Person:
    """The holder, if the caller may act for it today; anyone else's is as unknown as none."""
    wanted = holder_id or caller.person_id
    if not may_act_for(session, caller.person_id, wanted, clock.today()):
        raise NotFound
    return canonical_person(session, wanted)


def _given(session: Session, holder_id: int, caller: Caller) -> HolderGiven:
    holder = canonical_person(session, holder_id)
    member = current_membership(session, holder.id)
    return HolderGiven(
        id=holder_id,
        name=name_of(session, holder),
        kind=HolderKind(holder_kind_on(session, holder.id, clock.today())),
        own=holder_id == caller.person_id,
        member_number=member.number if member else None,
        application_waits=waiting_application(session, holder.id) is not None,
    )
