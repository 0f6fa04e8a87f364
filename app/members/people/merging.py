"""Merging: two people agree that two records are one person, and can undo it; rows say so, and nothing is moved."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal
from app.members.apitokens.issuing import revoke_token, tokens_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, person, several
from app.members.entering import current_membership
from app.members.models import Person, SignedIn
from app.members.people.models import PersonMerge, PersonUnmerge
from app.members.people.representing import holder_kind_on
from app.members.people.resolving import standing_merge
from app.members.people.warning import merge_warnings
from app.members.persons import address_of, called, particulars_on
from app.members.roles import Role, holds_any_role
from app.members.signin.models import Authenticator, OutsideAccount, Passkey

MERGE, UNMERGE = "person:merge", "person:unmerge"
ROLES = (Role.ORGANIZER, Role.SECRETARY)


TWICE = "pledged_twice"
"""In a proposal to merge: the offers in which both records have a pledge that stands."""


class OneRecord(Refusal):
    """A record cannot be merged with itself."""

    message = N_("These are one record already.")
    status = 409


class MergedAlready(Refusal):
    """One of the records was merged into another."""

    message = N_("One of these records was merged into another already. Work with the record that remained.")
    status = 409


class BothMembers(Refusal):
    """Two memberships cannot become one by a merge."""

    message = N_(
        "Both are members, with the numbers {number} and {other}. A member number is never given up by a merge: "
        "if it is one person, end one of the memberships first, then merge."
    )
    status = 409


class KindsDiffer(Refusal):
    """A company is not a person."""

    message = N_("One is registered as “{kind}”, the other as “{other}”. Correct that first if they are one.")
    status = 409


class HoldsRoles(Refusal):
    """Roles would pass silently to whoever signs in as the survivor."""

    message = N_("{who} holds a role. End it first, and grant it to the record that remains if it should stand.")
    status = 409


class NotMerged(Refusal):
    """There is no such merge that stands."""

    message = N_("This merge was undone already, or never was.")
    status = 404


def propose_merge(session: Session, survivor_id: int, absorbed_id: int, *, by: Person, reason: str) -> Proposal:
    """Propose that the absorbed record is the same person as the survivor; refused where it could not be done."""
    _refuse(session, survivor_id, absorbed_id)
    payload = {
        "survivor_id": survivor_id,
        "absorbed_id": absorbed_id,
        "proposed_by": by.id,
        "reason": reason.strip(),
    }
    if twice := merge_warnings(session, survivor_id, absorbed_id):
        payload[TWICE] = twice
    return propose(session, MERGE, subject=f"person:{absorbed_id}", payload=payload, by=by, reason=reason)


def propose_unmerge(session: Session, merge_id: int, *, by: Person, reason: str) -> Proposal:
    """Propose to undo a merge that stands."""
    merge = _standing(session, merge_id)
    payload = {"merge_id": merge.id, "proposed_by": by.id, "reason": reason.strip()}
    return propose(session, UNMERGE, subject=f"person:{merge.absorbed_id}", payload=payload, by=by, reason=reason)


def _merge(session: Session, payload: dict[str, Any], by: int) -> None:
    survivor_id, absorbed_id = payload["survivor_id"], payload["absorbed_id"]
    _refuse(session, survivor_id, absorbed_id)
    merge = PersonMerge(
        survivor_id=survivor_id,
        absorbed_id=absorbed_id,
        merged_at=clock.now(),
        proposed_by=payload["proposed_by"],
        approved_by=by,
        reason=payload["reason"],
    )
    session.add(merge)
    session.flush()
    _end_sessions(session, absorbed_id)
    _end_keys(session, absorbed_id, None)
    audit.record(
        session,
        audit.Tag.PERSONS_MERGED,
        f"person:{survivor_id}",
        by=by,
        reason=merge.reason,
        absorbed=absorbed_id,
        merge=merge.id,
    )


def _unmerge(session: Session, payload: dict[str, Any], by: int) -> None:
    merge = _standing(session, payload["merge_id"])
    _lock(session, merge.survivor_id, merge.absorbed_id)
    merge = _standing(session, merge.id)
    session.add(
        PersonUnmerge(
            merge_id=merge.id,
            undone_at=clock.now(),
            proposed_by=payload["proposed_by"],
            approved_by=by,
            reason=payload["reason"],
        )
    )
    session.flush()
    _end_sessions(session, merge.survivor_id)  # whoever signed in by the absorbed address is not the survivor
    _end_keys(session, merge.survivor_id, merge.merged_at)
    audit.record(
        session,
        audit.Tag.PERSONS_UNMERGED,
        f"person:{merge.survivor_id}",
        by=by,
        reason=payload["reason"],
        absorbed=merge.absorbed_id,
        merge=merge.id,
    )


def _parted(told: Told) -> Words:
    merge = told.session.get_one(PersonMerge, told.value)  # by address: as long as they are one, so is their name
    return [called(told.session.get_one(Person, each)) for each in (merge.survivor_id, merge.absorbed_id)]


def _name_after(told: Told) -> Words:
    """The later of what both records say today: a merge makes one history of the two."""
    both = [particulars_on(told.session, told.payload[each], clock.today()) for each in ("survivor_id", "absorbed_id")]
    known = [row for row in both if row is not None]
    if not known:
        return called(told.session.get_one(Person, told.payload["survivor_id"]))
    row = max(known, key=lambda row: (row.valid_from, row.id))
    return f"{row.legal_name}, {address_of(row).one_line()}"


_RECORDS = (
    Value("survivor_id", N_("The record that remains"), person),
    Value("absorbed_id", N_("The record that becomes part of it"), person),
    Value("survivor_id", N_("Name and address of both from then on"), _name_after),
    Value(TWICE, N_("Offers in which both have a pledge"), several),
)
register(TwoPersonAct(MERGE, N_("Merge two records of one person"), ROLES, _merge, values=_RECORDS))
_APART = (Value("merge_id", N_("Records that are two again"), _parted),)
register(TwoPersonAct(UNMERGE, N_("Undo the merge of two records"), ROLES, _unmerge, values=_APART))


def _refuse(session: Session, survivor_id: int, absorbed_id: int) -> None:
    """Judged under lock, when it is proposed and again when it is done."""
    if survivor_id == absorbed_id:
        raise OneRecord
    _lock(session, survivor_id, absorbed_id)
    if standing_merge(session, survivor_id) or standing_merge(session, absorbed_id):
        raise MergedAlready
    kinds = [holder_kind_on(session, each, clock.today()) for each in (survivor_id, absorbed_id)]
    if kinds[0] != kinds[1]:
        raise KindsDiffer(kind=kinds[0], other=kinds[1])
    one, other = (current_membership(session, each) for each in (survivor_id, absorbed_id))
    if one is not None and other is not None:
        raise BothMembers(number=str(one.number), other=str(other.number))
    if holds_any_role(session, absorbed_id):
        raise HoldsRoles(who=called(session.get_one(Person, absorbed_id)))


def _lock(session: Session, *ids: int) -> None:
    """Lock both records, always in the same order."""
    found = session.scalars(
        select(Person.id).where(Person.id.in_(ids)).order_by(Person.id).with_for_update(key_share=True)
    ).all()
    if len(found) != len(ids):
        raise NotFound


def _standing(session: Session, merge_id: int) -> PersonMerge:
    merge = session.get(PersonMerge, merge_id)
    if merge is None or session.get(PersonUnmerge, merge_id) is not None:
        raise NotMerged
    return merge


def _end_sessions(session: Session, person_id: int) -> None:
    session.execute(
        update(SignedIn)
        .where(SignedIn.person_id == person_id, SignedIn.ended_at.is_(None))
        .values(ended_at=clock.now())
    )


def _end_keys(session: Session, person_id: int, since: datetime | None) -> None:
    """End what opens a record without its letters: tokens; and what was added `since`, when two people could."""
    for token in tokens_of(session, person_id):
        if since is None or token.created_at >= since:
            revoke_token(session, token.id, person_id=person_id, by=None)
    if since is None:
        return
    now = clock.now()
    for kind in (Passkey, Authenticator):
        added = (kind.person_id == person_id, kind.removed_at.is_(None), kind.added_at >= since)
        session.execute(update(kind).where(*added).values(removed_at=now))
    joined = (OutsideAccount.person_id == person_id, OutsideAccount.connected_at >= since)
    session.execute(delete(OutsideAccount).where(*joined))
