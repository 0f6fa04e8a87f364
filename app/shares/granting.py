"""Granting: many acts at once that only give shares, each with an entry and lots of its own, written in batches."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.core import audit, clock, series
from app.core.bulk import batched, new_ids, write_rows
from app.ledger import journal
from app.ledger.closing import refuse_closed
from app.shares.models import Lot, ShareAct
from app.shares.moving import Act, InTheFuture, legs_of, refuse_beyond_authorized

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
    number = series.draw(session, "certificate", sum(len(act.gives) for act in acts))
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
    noted = [
        (audit.Tag.SHARES_MOVED, f"share_act:{id_}", {"kind": act.kind}) for act, id_ in zip(acts, ids, strict=True)
    ]
    audit.record_many(session, noted, by=by, reason=acts[0].reason)
    return ids
