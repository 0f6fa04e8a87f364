"""Distinguishing numbers of shares: ranges that follow the shares from lot to lot, each number given once.

What an act takes out of a lot has the lowest of its numbers, the rest keeps the others. Numbers end with the lot and
are never given to other shares, so that a reversal restores exactly those that were there.
"""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import date

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.core import audit, clock, series
from app.core.errors import N_, Refusal
from app.shares.models import REST, Lot, LotEnd, ShareAct, ShareClass, ShareNumbering, ShareNumbers

Range = tuple[int, int]
"""The first and the last number."""

Pools = dict[tuple[int, int], list[Range]]
"""Ranges that an act can give, by the lot from which they come and its class; lot 0: whichever comes first."""


class NumberedAlready(Refusal):
    """The class has numbers since an earlier day."""

    message = N_("Shares of class {code} are numbered since {day}.")
    status = 409
    field = "class_code"


_BARE = "JOIN share_numbering n USING (share_class_id) WHERE NOT EXISTS (SELECT FROM share_numbers WHERE lot_id = l.id)"
_OF_LOTS = "l.id = ANY (:ids)"
_OF_ACTS = "l.act_id = ANY (:ids)"
_STANDING = "l.share_class_id = ANY (:ids) AND NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id)"


def begin_numbering(
    session: Session,
    found: ShareClass,
    *,
    by: int | None,
    proposed_by: int | None = None,
    reason: str,
    begins_on: date | None = None,
) -> ShareNumbering:
    """Number the shares of a class from a day, today unless said: those that are held in the order of certificates.

    Raises `NumberedAlready`.
    """
    session.execute(text("LOCK TABLE lot, lot_end IN SHARE ROW EXCLUSIVE MODE"))  # no lot is made unnumbered meanwhile
    known = session.get(ShareNumbering, found.id)
    if known is not None:
        raise NumberedAlready(code=found.code, day=known.begins_on)
    row = ShareNumbering(
        share_class_id=found.id,
        begins_on=begins_on or clock.today(),
        reason=reason,
        written_at=clock.now(),
        written_by=by,
        proposed_by=proposed_by,
    )
    session.add(row)
    session.flush()
    _number(session, _STANDING, [found.id])
    audit.record(session, audit.Tag.CLASS_NUMBERED, f"share-class:{found.code}", by=by, reason=reason)
    return row


def draw_certificates(session: Session, count: int) -> int:
    """The first of so many new numbers of certificates; for none as well, since whoever draws goes one at a time.

    To be drawn before the books are written: acts that held the balances of accounts while they waited for a number,
    and others that held the numbers while they waited for a balance, would wait for each other.
    """
    return series.draw(session, "certificate", count)


def keep_clear(session: Session, found: ShareClass, highest: int) -> None:
    """Never give a number up to `highest` to new shares of a class, since it was given elsewhere."""
    series.keep_clear(session, _series(found.code), highest)


def number_lots(session: Session, lot_ids: Sequence[int]) -> None:
    """Give new lots the next numbers where their class has any, in the order of their certificates."""
    _number(session, _OF_LOTS, lot_ids)


def number_acts(session: Session, act_ids: Sequence[int]) -> None:
    """Give the lots that acts have made the next numbers, as `number_lots` does."""
    _number(session, _OF_ACTS, act_ids)


def number_act(session: Session, act: ShareAct) -> None:
    """Give the lots that an act has made the numbers of the shares that went into them, and new shares the next."""
    numbered = select(ShareNumbering.share_class_id)
    made = select(Lot).where(Lot.act_id == act.id, Lot.share_class_id.in_(numbered)).order_by(Lot.id)
    lots = session.scalars(made).all()
    if not lots:
        return
    days: dict[int, date] = {
        row.share_class_id: row.begins_on
        for row in session.scalars(
            select(ShareNumbering).where(ShareNumbering.share_class_id.in_({lot.share_class_id for lot in lots}))
        )
    }
    pools = _pools(session, act, lots)
    for lot in sorted(lots, key=lambda each: each.basis != REST):
        key = (lot.from_lot_id or 0, lot.share_class_id)
        pool = key if key in pools else (0, lot.share_class_id)
        own, pools[pool] = _share_of(lot, pools.get(pool, []))
        missing = lot.shares - count(own)
        if missing:
            first = series.draw(session, _series(lot.share_class.code), missing)
            own.append((first, first + missing - 1))
        session.add_all(
            ShareNumbers(
                lot_id=lot.id,
                share_class_id=lot.share_class_id,
                first_number=first,
                last_number=last,
                given_on=max(lot.allotted_on, days[lot.share_class_id]),
                recorded_at=act.recorded_at,
            )
            for first, last in joined(own)
        )
    session.flush()


def lowest(ranges: Iterable[Range], shares: int) -> tuple[list[Range], list[Range]]:
    """The lowest so many numbers of ranges, fewer where there are not as many, and the others; both in order."""
    taken: list[Range] = []
    left: list[Range] = []
    for first, last in sorted(ranges):
        middle = min(last, first + shares - 1)
        if middle >= first:
            taken.append((first, middle))
            shares -= middle - first + 1
        if middle < last:
            left.append((max(first, middle + 1), last))
    return taken, left


def count(ranges: Iterable[Range]) -> int:
    """How many numbers ranges hold."""
    return sum(last - first + 1 for first, last in ranges)


def joined(ranges: Iterable[Range]) -> list[Range]:
    """Ranges in order, those that follow on each other as one."""
    found: list[Range] = []
    for first, last in sorted(ranges):
        if found and found[-1][1] + 1 == first:
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def read_ranges(written: str) -> list[Range] | None:
    """Ranges in order as somebody wrote them, such as `1–100, 201`, those that follow on each other as one; or None."""
    found: list[Range] = []
    for part in filter(None, map(str.strip, re.split("[,;]", written))):
        ends = re.fullmatch(r"(\d{1,15})(?:\s*[-–]\s*(\d{1,15}))?", part, re.ASCII)
        if ends is None or not 0 < int(ends[1]) <= int(ends[2] or ends[1]):
            return None
        found.append((int(ends[1]), int(ends[2] or ends[1])))
    return joined(found)


def spelled(ranges: Iterable[Range]) -> str:
    """Ranges as registers write them: `1–100, 201, 300–310`."""
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in joined(ranges))


def numbers_of(session: Session, lot_ids: Collection[int]) -> dict[int, str]:
    """The numbers of lots as they are written; lots without numbers are left out."""
    return {lot_id: spelled(ranges) for lot_id, ranges in _ranges(session, lot_ids).items()}


def _pools(session: Session, act: ShareAct, lots: Sequence[Lot]) -> Pools:
    """What the lots that an act ended had; of a reversal what the lots that begin anew had before.

    What a reversal gives back from before the class had numbers keeps those that its shares were given since.
    """
    ended = set(session.scalars(select(LotEnd.lot_id).where(LotEnd.act_id == act.id)))
    before = {lot.from_lot_id for lot in lots if lot.from_lot_id is not None}
    wanted = before if act.reverses_id is not None else before & ended
    pools: Pools = {}
    classes = {lot.id: lot.share_class_id for lot in session.scalars(select(Lot).where(Lot.id.in_(wanted | ended)))}
    for lot_id, ranges in _ranges(session, wanted).items():
        pools[lot_id, classes[lot_id]] = ranges
    if act.reverses_id is not None:
        known = {class_id for _, class_id in pools}
        for lot_id, ranges in _ranges(session, ended).items():
            if classes[lot_id] not in known:
                pools.setdefault((0, classes[lot_id]), []).extend(ranges)
    return pools


def _share_of(lot: Lot, pool: list[Range]) -> tuple[list[Range], list[Range]]:
    """Of a pool what a lot gets and what is left for others: the rest of a lot keeps the highest numbers."""
    if lot.basis != REST:
        return lowest(pool, lot.shares)
    left, own = lowest(pool, max(0, count(pool) - lot.shares))
    return own, left


def _ranges(session: Session, lot_ids: Collection[int]) -> dict[int, list[Range]]:
    found: dict[int, list[Range]] = {}
    rows = select(ShareNumbers).where(ShareNumbers.lot_id.in_(lot_ids)).order_by(ShareNumbers.first_number)
    for row in session.scalars(rows) if lot_ids else ():
        found.setdefault(row.lot_id, []).append((row.first_number, row.last_number))
    return found


def _number(session: Session, which: str, ids: Sequence[int]) -> None:
    """Give lots of numbered classes that have no numbers the next ones, class by class."""
    sums = text(
        "SELECT c.id, c.code, sum(l.shares)::bigint FROM lot l "  # noqa: S608  (a condition of our own)
        f"JOIN share_class c ON c.id = l.share_class_id {_BARE} AND {which} GROUP BY c.id ORDER BY c.id"
    )
    write = text(
        "INSERT INTO share_numbers (lot_id, share_class_id, first_number, last_number, given_on, recorded_at) "  # noqa: S608
        "SELECT l.id, l.share_class_id, CAST(:first AS bigint) + sum(l.shares) OVER o - l.shares, "
        "CAST(:first AS bigint) + sum(l.shares) OVER o - 1, greatest(l.allotted_on, n.begins_on), :now "
        f"FROM lot l {_BARE} AND {which} AND l.share_class_id = :class WINDOW o AS (ORDER BY l.certificate_number)"
    )
    for class_id, code, shares in session.execute(sums, {"ids": list(ids)}).all():
        first = series.draw(session, _series(code), shares)
        session.execute(write, {"ids": list(ids), "first": first, "class": class_id, "now": clock.now()})


def _series(code: str) -> str:
    return f"shares {code}"
