"""What an extract says: the holder's entry in the columns of a law, lots that stand, and every movement in a time."""

import hashlib
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.documents.issuing import issuer
from app.exports.registers.asking import TITLES, Wanted, rows
from app.exports.registers.profiles import Profile
from app.ledger.models import Entry, Seal
from app.members.models import Membership, MembershipEnd, Particulars
from app.members.people.resolving import same_person
from app.members.persons import address_of
from app.shares.desk.showing import act_title
from app.shares.holding import stands
from app.shares.models import Lot, LotEnd, ShareAct

_SAID_ABOVE = frozenset(
    ("member_number", "legal_name", "postal_address", "country", "date_entered", "date_ceased", "certificate_numbers")
)


def entry_facts(
    session: Session, member: Membership, known: Particulars, since: date, as_of: date, profile: Profile
) -> dict[str, Any]:
    """What the register says of a member at the end of a day; money in minor units, dates in ISO 8601."""
    ours = Lot.membership_id.in_(select(Membership.id).where(Membership.person_id.in_(same_person(member.person_id))))
    lots = session.scalars(select(Lot).where(ours, stands(as_of)).order_by(Lot.certificate_number)).all()
    last, state = _state(session)
    ended = session.get(MembershipEnd, member.id)
    return issuer() | {
        "register_name": TITLES["members"],
        "as_of": as_of.isoformat(),
        "since": since.isoformat(),
        "member_number": member.number,
        "legal_name": known.legal_name,
        "address": address_of(known).one_line(),
        "entered_on": member.entered_on.isoformat(),
        "ceased_on": ended.ceased_on.isoformat() if ended and ended.ceased_on <= as_of else None,
        "shares": sum(lot.shares for lot in lots),
        "legal_basis": profile.law,
        "columns": _columns(session, member, as_of, profile),
        "last_entry": last,
        "state_sha256": state,
        "holdings": [_holding(lot) for lot in lots],
        "movements": _movements(session, ours, since, as_of),
    }


def _holding(lot: Lot) -> dict[str, Any]:
    return {
        "certificate_number": lot.certificate_number,
        "share_class": lot.share_class.name,
        "held_since": (lot.acquired_on or lot.allotted_on).isoformat(),
        "basis": lot.basis,
        "shares": lot.shares,
        "paid_minor": lot.paid_cents,
        "currency": lot.currency,
    }


def _movements(session: Session, ours: ColumnElement[bool], since: date, as_of: date) -> list[dict[str, Any]]:
    """Each certificate that came and each that ended, in the order of their days."""
    made = select(Lot, ShareAct).outerjoin(ShareAct, ShareAct.id == Lot.act_id)
    gone = select(Lot, LotEnd, ShareAct).join(LotEnd, LotEnd.lot_id == Lot.id)
    gone = gone.outerjoin(ShareAct, ShareAct.id == LotEnd.act_id)
    came = [
        _movement(lot, act, lot.allotted_on, lot.entry_id, 1)
        for lot, act in session.execute(made.where(ours, Lot.allotted_on.between(since, as_of)))
    ]
    ended = [
        _movement(lot, act, end.ended_on, act.entry_id if act else None, -1)
        for lot, end, act in session.execute(gone.where(ours, LotEnd.ended_on.between(since, as_of)))
    ]
    return sorted(came + ended, key=lambda each: (each["on"], each["entry"] or 0, each["change"]))


def _movement(lot: Lot, act: ShareAct | None, on: date, entry: int | None, sign: int) -> dict[str, Any]:
    return {
        "entry": entry,
        "on": on.isoformat(),
        "what": act_title(act.kind) if act else lot.basis,
        "share_class": lot.share_class.name,
        "certificate_number": lot.certificate_number,
        "change": sign * lot.shares,
    }


def _columns(session: Session, member: Membership, as_of: date, profile: Profile) -> list[dict[str, Any]]:
    """What else the law's register shows of the member, a line for each class."""
    wanted = Wanted("members", as_of, profile=profile)
    shown = [column for column in wanted.columns if column.name not in _SAID_ABOVE]
    found = rows(session, wanted, after=member.number - 1, most=1, columns=shown)
    return [
        {"title": column.title, "kind": column.kind, "value": value.isoformat() if isinstance(value, date) else value}
        for line in found
        for column, value in zip(shown, line, strict=True)
        if value is not None
    ]


def _state(session: Session) -> tuple[int, str]:
    """The last entry of the books, and one hash over all of them: the last seal, then each entry after it."""
    seal = session.scalars(select(Seal).order_by(Seal.id.desc())).first()
    digest = hashlib.sha256(bytes(seal.sha256) if seal else b"")
    after = select(Entry.content_sha256).where(Entry.xact >= (seal.before_xact if seal else "0"))
    for content in session.scalars(after.order_by(Entry.id)):
        digest.update(bytes(content))
    return session.scalar(select(func.max(Entry.id))) or 0, digest.hexdigest()


def begins(member: Membership, as_of: date) -> date:
    """From when movements are told where nobody said: a year, or since the member entered if that is later."""
    return max(member.entered_on, as_of - timedelta(days=365)) if member.entered_on <= as_of else as_of
