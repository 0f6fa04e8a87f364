"""Records that may be one person, over the API: found, proposed to be made one, and to be made two again."""

from fastapi import APIRouter

from app.api.access import ApiRoute, DecidesMembers, Once, ReadsMembers
from app.api.approvals.shapes import ProposalGiven, proposal_given
from app.api.people.merges.shapes import CandidateGiven, MergeTaken, candidate_given, merges_given
from app.api.shapes import ReasonTaken
from app.core.errors import N_
from app.members.people.duplicating import LOOKED_AT_MAX, all_candidates
from app.members.people.finding import one
from app.members.people.merging import NotMerged, propose_merge, propose_unmerge
from app.web.database import Id, Snapshot
from app.web.paging import Listed, Pages

router = APIRouter(prefix="/api/v1/people", route_class=ApiRoute, tags=["Members"])


@router.get("/duplicates", operation_id="listDuplicates", summary=N_("List records that may be one person"))
def list_duplicates(caller: ReadsMembers, session: Snapshot, paging: Pages) -> Listed[CandidateGiven]:
    """The likeliest pairs of records, by their numbers; people decide whether they are one."""
    found = {(each.person.id, each.other.id): each for each in all_candidates(session, LOOKED_AT_MAX)}
    after = tuple(paging.after() or ())
    rows = [found[pair] for pair in sorted(found) if pair > after]
    return paging.listed(rows[: paging.limit + 1], lambda row: [row.person.id, row.other.id], candidate_given)


@router.post(
    "/{person_id}/merge-proposals",
    operation_id="proposeMerge",
    summary=N_("Propose that two records are one"),
    status_code=201,
)
def merge(caller: DecidesMembers, session: Once, person_id: Id, wanted: MergeTaken) -> ProposalGiven:
    """Propose that another record is this same person; another person decides."""
    by = caller.person(session)
    proposal = propose_merge(session, one(session, person_id).id, wanted.absorbed, by=by, reason=wanted.reason)
    return proposal_given(proposal, may_decide=False)


@router.post(
    "/{person_id}/merges/{merge_id}/undoing-proposals",
    operation_id="proposeUnmerge",
    summary=N_("Propose that one record is two again"),
    status_code=201,
)
def undo_merge(
    caller: DecidesMembers, session: Once, person_id: Id, merge_id: Id, wanted: ReasonTaken
) -> ProposalGiven:
    """Propose to undo a merge that stands, in which the record takes part; another person decides."""
    if merge_id not in {each.id for each in merges_given(session, one(session, person_id).id)}:
        raise NotMerged
    proposal = propose_unmerge(session, merge_id, by=caller.person(session), reason=wanted.reason)
    return proposal_given(proposal, may_decide=False)
