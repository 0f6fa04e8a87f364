"""Granting: many acts at once that only give shares, each with an entry and lots of its own; and their reversal."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session, aliased

from app.core import audit, clock, jobs
from app.core.bulk import batched, new_ids, write_rows
from app.ledger import journal
from app.ledger.chart import share_unit
from app.ledger.closing import refuse_closed
from app.ledger.models import Account, Posting
from app.members.models import Membership
from app.shares.acts.judging import SharesCharged
from app.shares.acts.models import ShareCharge, ShareChargeEnd
from app.shares.allotting import holder_subject
from app.shares.models import Lot, LotEnd, ShareAct, ShareClass
from app.shares.moving import FILE_JOB, Act, BuiltUpon, InTheFuture, legs_of, refuse_beyond_authorized
from app.shares.numbering import draw_certificates, number_acts

AT_ONCE = 5_000


def grant(session: Session, acts: Sequence[Act], *, by: int, proposed_by: int) -> list[int]:
    """Do acts of one day that take no lot, as `record_act` does one; their ids in order.

    All or none. Their sources are new: whoever calls this has made sure under a lock. Raises `BeyondAuthorized`,
    `PeriodClosed` and `InTheFuture`.
    """
    assert not any(act.takes or act.reverses_id for act in acts), "what takes lots is done act by act"
    for on in {act.effective_on for act in acts}:
        if on > clock.latest_today():
            raise InTheFuture(on=on)
        refuse_closed(session, on)
    refuse_beyond_authorized(session, [], [given for act in acts for given in act.gives])
    ids: list[int] = []
    for few in batched(acts, AT_ONCE):
        ids += _write(session, few, by, proposed_by)
    return ids


def _write(session: Session, acts: Sequence[Act], by: int, proposed_by: int) -> list[int]:
    ids, now = new_ids(session, ShareAct, len(acts)), clock.now()
    number = draw_certificates(session, sum(len(act.gives) for act in acts))
    drafts = [
        journal.Draft(f"share-act:{act.source}", act.kind, act.effective_on, legs_of([], act.gives, act.money))
        for act in acts
    ]
    entries = journal.post_all(session, drafts, by=by)
    rows = [
        {
            "id": id_,
            "kind": act.kind,
            "source": act.source,
            "effective_on": act.effective_on,
            "reason": act.reason,
            "details": act.details,
            "entry_id": entry_id,
            "recorded_at": now,
            "recorded_by": by,
            "proposed_by": proposed_by,
        }
        for act, id_, entry_id in zip(acts, ids, entries, strict=True)
    ]
    write_rows(session, ShareAct, rows)
    lots: list[dict[str, Any]] = []
    for act, row in zip(acts, rows, strict=True):
        for place, given in enumerate(act.gives, 1):
            lot = {
                "certificate_number": number,
                "membership_id": given.member.id,
                "share_class_id": given.share_class.id,
                "shares": given.shares,
                "price_cents": given.price.minor,
                "paid_cents": given.paid.minor,
                "currency": given.paid.currency,
                "allotted_on": act.effective_on,
                "basis": given.basis,
                "source": f"act:{row['id']}:{place}",
                "entry_id": row["entry_id"],
                "recorded_at": now,
                "act_id": row["id"],
            }
            lots.append(lot)
            number += 1
    write_rows(session, Lot, lots)
    number_acts(session, ids)
    noted = [
        (audit.Tag.SHARES_MOVED, f"share_act:{id_}", {"kind": act.kind}) for act, id_ in zip(acts, ids, strict=True)
    ]
    audit.record_many(session, noted, by=by, reason=acts[0].reason)
    jobs.defer_many(session, FILE_JOB, [{"act_id": id_} for id_ in ids])
    return ids


def undo_granted(
    session: Session, act_ids: Sequence[int], *, on: date, by: int, reason: str, proposed_by: int
) -> list[int]:
    """Reverse granted acts as `reverse_act` does one, but those that were reversed before; the reversals' ids.

    All or none; raises `BuiltUpon` where a lot has ended, `SharesCharged` where it stands as security, `PeriodClosed`.
    """
    refuse_closed(session, on)
    ids: list[int] = []
    for few in batched(act_ids, AT_ONCE):
        undone = aliased(ShareAct)
        wanted = select(ShareAct).where(ShareAct.id == func.any(list(few)))
        wanted = wanted.where(~exists().where(undone.reverses_id == ShareAct.id)).order_by(ShareAct.id)
        acts = session.scalars(wanted.with_for_update()).all()
        if acts:
            ids += _undo(session, acts, on=on, by=by, reason=reason, proposed_by=proposed_by)
    _refuse_charged(session, act_ids)
    return ids


def _undo(session: Session, acts: Sequence[ShareAct], *, on: date, by: int, reason: str, proposed_by: int) -> list[int]:
    made = select(Lot.id, Lot.certificate_number, Lot.act_id, LotEnd.lot_id)
    made = made.outerjoin(LotEnd, LotEnd.lot_id == Lot.id).where(Lot.act_id == func.any([act.id for act in acts]))
    lots = session.execute(made.order_by(Lot.id).with_for_update(of=Lot)).all()
    for lot in lots:
        if lot.lot_id is not None:
            raise BuiltUpon(certificate=lot.certificate_number)
    legs = _opposite(session, acts)
    drafts = [
        journal.Draft(f"share-act:reversal:{act.id}", f"reversal of {act.kind}", on, tuple(legs[act.id]), act.entry_id)
        for act in acts
    ]
    entries = journal.post_all(session, drafts, by=by)
    ids, now = dict(zip((act.id for act in acts), new_ids(session, ShareAct, len(acts)), strict=True)), clock.now()
    rows = [
        {
            "id": ids[act.id],
            "kind": f"reversal of {act.kind}",
            "source": f"reversal:{act.id}",
            "effective_on": on,
            "reason": reason,
            "details": {"reverses": act.id},
            "entry_id": entry_id,
            "reverses_id": act.id,
            "recorded_at": now,
            "recorded_by": by,
            "proposed_by": proposed_by,
        }
        for act, entry_id in zip(acts, entries, strict=True)
    ]
    write_rows(session, ShareAct, rows)
    ends = [{"lot_id": lot.id, "act_id": ids[lot.act_id], "ended_on": on, "recorded_at": now} for lot in lots]
    write_rows(session, LotEnd, ends)
    noted = [(audit.Tag.SHARES_MOVED, f"share_act:{row['id']}", {"kind": row["kind"]}) for row in rows]
    audit.record_many(session, noted, by=by, reason=reason)
    jobs.defer_many(session, FILE_JOB, [{"act_id": id_} for id_ in ids.values()])
    return list(ids.values())


def _opposite(session: Session, acts: Sequence[ShareAct]) -> dict[int, list[journal.Leg]]:
    """Of each act the legs of its entry, turned round."""
    entries = {act.entry_id: act.id for act in acts}
    booked = select(Posting.entry_id, Account.kind, Account.subject, Posting.unit, Posting.amount)
    booked = booked.join(Account, Account.id == Posting.account_id)
    found: dict[int, list[journal.Leg]] = defaultdict(list)
    for row in session.execute(booked.where(Posting.entry_id == func.any(list(entries))).order_by(Posting.id)):
        found[entries[row.entry_id]].append(journal.Leg(row.kind, row.subject, row.unit, -row.amount))
    return found


def _refuse_charged(session: Session, act_ids: Sequence[int]) -> None:
    """Raise `SharesCharged` when what members keep is less than what stands as security of it."""
    touched = select(Lot.membership_id).where(Lot.act_id == func.any(list(act_ids)))
    charged = (
        select(Membership, ShareClass, func.sum(ShareCharge.shares))
        .join(ShareCharge, ShareCharge.membership_id == Membership.id)
        .join(ShareClass, ShareClass.id == ShareCharge.share_class_id)
        .where(Membership.id.in_(touched), ~exists().where(ShareChargeEnd.charge_id == ShareCharge.id))
        .group_by(Membership.id, ShareClass.id)
    )
    for member, found, shares in session.execute(charged):
        if journal.balance(session, "holder", holder_subject(member), share_unit(found.code)) < shares:
            raise SharesCharged(charged=shares, number=member.number, free=0, code=found.code)
