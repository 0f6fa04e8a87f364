"""Moving shares: one act ends lots and makes new ones, with one entry in the books; every act on shares is made of it.

A lot never changes. Whatever touches a part of it ends the whole, and gives its holder a new lot for the rest, as the
Open Cap Format and a register of certificates have it.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.ledger.chart import share_unit
from app.ledger.closing import refuse_closed
from app.ledger.models import Entry
from app.members.models import Membership
from app.shares.allotting import BeyondAuthorized, can_allot, holder_subject
from app.shares.classes import issued_shares, lock_class
from app.shares.models import REST, Lot, LotEnd, ShareAct, ShareClass
from app.shares.numbering import draw_certificates, number_act

FILE_JOB = "documents.file_act"
ALLOTMENT_UNDONE = "reversal of allotment"


class LotEnded(Refusal):
    """Another act ended the lot, perhaps at the same moment."""

    message = N_("Certificate {certificate} has ended already. Nothing was changed; look at the holding again.")
    status = 409


class BeyondLot(Refusal):
    """More shares than the lot has."""

    message = N_("Certificate {certificate} stands for {shares} shares; {wanted} were asked for.")
    status = 409


class BeforeLot(Refusal):
    """The act would take effect before the shares came to the holder."""

    message = N_("Certificate {certificate} begins on {begins}; nothing can be done with it on {on}.")
    status = 409


class InTheFuture(Refusal):
    """An act is recorded when it has taken effect."""

    message = N_("{on} lies ahead. Record the act on its day.")


class ReversedAlready(Refusal):
    """The act was undone before."""

    message = N_("This act was reversed already.")
    status = 409


class BuiltUpon(Refusal):
    """A later act changed what this one made."""

    message = N_("Certificate {certificate}, which this act made, has ended by a later act. Reverse that one first.")
    status = 409


@dataclass(frozen=True)
class Part:
    """Shares to take out of a lot; the rest of it becomes a new lot of the same holder."""

    lot_id: int
    shares: int


@dataclass(frozen=True)
class Given:
    """A lot to be made. `paid` is what counts as paid on it; `acquired_on` None means the day of the act."""

    member: Membership
    share_class: ShareClass
    shares: int
    price: Money
    paid: Money
    basis: str
    acquired_on: date | None = None
    from_lot_id: int | None = None


@dataclass(frozen=True)
class Act:
    """An act to be: what it takes and gives, and the money that moves with it.

    `money` are the legs that balance the change of paid capital: what is taken less what is given, credited or
    debited to other accounts. `source` names the cause for good: the same source again changes nothing.
    `reverses_entry_id` is the entry that its own turns round, of an act or of an allotment.
    """

    kind: str
    source: str
    effective_on: date
    reason: str
    takes: Sequence[Part] = ()
    gives: Sequence[Given] = ()
    money: Sequence[journal.Leg] = ()
    details: dict[str, Any] = field(default_factory=dict)
    reverses_id: int | None = None
    reverses_entry_id: int | None = None


def record_act(session: Session, act: Act, *, by: int | None, proposed_by: int | None = None) -> ShareAct:
    """Do an act: end lots, make lots, book the entry; raises what stands above, `PeriodClosed`, `Overdrawn`."""
    one_at_a_time(session, f"share act {act.source}")
    existing = session.scalars(select(ShareAct).where(ShareAct.source == act.source)).first()
    if existing is not None:
        return existing
    if act.effective_on > clock.latest_today():
        raise InTheFuture(on=act.effective_on)
    refuse_closed(session, act.effective_on)
    taken = _locked(session, act)
    rests = [_rest(lot, part) for lot, part in taken if part.shares < lot.shares]
    gives = [*act.gives, *rests]
    refuse_beyond_authorized(session, [lot for lot, _ in taken], gives)
    legs = legs_of([lot for lot, _ in taken], gives, act.money)
    certificate = draw_certificates(session, len(gives))
    entry_id = None
    if legs:
        draft = journal.Draft(f"share-act:{act.source}", act.kind, act.effective_on, legs, act.reverses_entry_id)
        entry_id = journal.post(session, draft, by=by)
    row = ShareAct(
        kind=act.kind,
        source=act.source,
        effective_on=act.effective_on,
        reason=act.reason,
        details=act.details,
        entry_id=entry_id,
        reverses_id=act.reverses_id,
        recorded_at=clock.now(),
        recorded_by=by,
        proposed_by=proposed_by,
    )
    session.add(row)
    session.flush()
    _write(session, row, [lot for lot, _ in taken], gives, certificate)
    audit.record(
        session, audit.Tag.SHARES_MOVED, f"share_act:{row.id}", by=by, reason=act.reason, kind=act.kind,
        lots=[lot.id for lot, _ in taken],
    )  # fmt: skip
    jobs.defer(session, FILE_JOB, act_id=row.id)
    return row


def reverse_act(
    session: Session, act_id: int, *, on: date, by: int | None, reason: str, proposed_by: int | None = None
) -> ShareAct:
    """Undo an act from a day on: the lots it made end, those it ended begin anew with all their particulars.

    On the act's own day it is a correction: as of every date it looks as if the act had not been, while what was
    known before stays readable. Raises `BuiltUpon` when later acts changed what this one made.
    """
    act = session.scalars(select(ShareAct).where(ShareAct.id == act_id).with_for_update()).one()
    if session.scalars(select(ShareAct.id).where(ShareAct.reverses_id == act_id)).first() is not None:
        raise ReversedAlready
    made = session.scalars(select(Lot).where(Lot.act_id == act_id).order_by(Lot.id)).all()
    ended = session.scalars(select(Lot).join(LotEnd, LotEnd.lot_id == Lot.id).where(LotEnd.act_id == act_id)).all()
    for lot in made:
        if session.get(LotEnd, lot.id) is not None:
            raise BuiltUpon(certificate=lot.certificate_number)
    lock_class(session, *(lot.share_class for lot in ended))
    gives = [_again(lot) for lot in sorted(ended, key=lambda lot: lot.id)]
    undone = Act(
        kind=f"reversal of {act.kind}",
        source=f"reversal:{act.id}",
        effective_on=on,
        reason=reason,
        takes=[Part(lot.id, lot.shares) for lot in made],
        gives=gives,
        money=_money_of(act.entry),
        details={"reverses": act.id},
        reverses_id=act.id,
        reverses_entry_id=act.entry_id,
    )
    return record_act(session, undone, by=by, proposed_by=proposed_by)


def reverse_allotment(
    session: Session, lot: Lot, *, on: date, by: int | None, reason: str, proposed_by: int | None = None
) -> ShareAct:
    """Undo an allotment, which no act made: its lot ends whole, and its money is held again for whoever paid it."""
    assert lot.act_id is None, "the lots of an act end with it"
    undone = Act(
        kind=ALLOTMENT_UNDONE,
        source=f"reversal:allotment:{lot.id}",
        effective_on=on,
        reason=reason,
        takes=[Part(lot.id, lot.shares)],
        money=_money_of(lot.entry),
        details={"member": lot.membership.number, "certificate": lot.certificate_number, "allotment": lot.id},
        reverses_entry_id=lot.entry_id,
    )
    return record_act(session, undone, by=by, proposed_by=proposed_by)


def rest_paid(lot: Lot, shares: int) -> tuple[Money, Money]:
    """What is paid on so many shares of a lot, and on its rest; together what is paid on the lot."""
    part, rest = lot.paid.split([shares, lot.shares - shares])
    return part, rest


def part_of(session: Session, part: Part) -> tuple[Lot, Money]:
    """The lot of a part, and what is paid on that part."""
    lot = session.get_one(Lot, part.lot_id)
    if not 0 < part.shares <= lot.shares:
        raise BeyondLot(certificate=lot.certificate_number, shares=lot.shares, wanted=part.shares)
    return lot, rest_paid(lot, part.shares)[0]


def _locked(session: Session, act: Act) -> list[tuple[Lot, Part]]:
    """The lots that an act takes from, locked in one order, each alive and large enough on its day."""
    parts = {part.lot_id: part for part in act.takes}
    assert len(parts) == len(act.takes), "an act takes from a lot once"
    lots = session.scalars(select(Lot).where(Lot.id.in_(parts)).order_by(Lot.id).with_for_update()).all()
    assert len(lots) == len(parts), "the lots are ours"
    over = set(session.scalars(select(LotEnd.lot_id).where(LotEnd.lot_id.in_(parts))))
    for lot in lots:
        wanted = parts[lot.id].shares
        if lot.id in over:
            raise LotEnded(certificate=lot.certificate_number)
        if not 0 < wanted <= lot.shares:
            raise BeyondLot(certificate=lot.certificate_number, shares=lot.shares, wanted=wanted)
        if act.effective_on < lot.allotted_on:
            raise BeforeLot(certificate=lot.certificate_number, begins=lot.allotted_on, on=act.effective_on)
    return [(lot, parts[lot.id]) for lot in lots]


def _rest(lot: Lot, part: Part) -> Given:
    return Given(
        member=lot.membership,
        share_class=lot.share_class,
        shares=lot.shares - part.shares,
        price=Money(lot.price_cents, lot.currency),
        paid=rest_paid(lot, part.shares)[1],
        basis=REST,
        acquired_on=lot.held_since,
        from_lot_id=lot.id,
    )


def _again(lot: Lot) -> Given:
    return Given(
        member=lot.membership,
        share_class=lot.share_class,
        shares=lot.shares,
        price=Money(lot.price_cents, lot.currency),
        paid=lot.paid,
        basis=lot.basis,
        acquired_on=lot.held_since,
        from_lot_id=lot.id,
    )


def refuse_beyond_authorized(session: Session, taken: Iterable[Lot], gives: Iterable[Given]) -> None:
    """Judge each class that grows under its lock, in the order of their ids."""
    growth: dict[int, int] = defaultdict(int)
    classes: dict[int, ShareClass] = {}
    for lot in taken:
        growth[lot.share_class_id] -= lot.shares
    for given in gives:
        classes[given.share_class.id] = given.share_class
        growth[given.share_class.id] += given.shares
    for class_id, shares in sorted(growth.items()):
        if shares > 0 and not can_allot(session, classes[class_id], shares):
            found = classes[class_id]
            left = (found.authorized_shares or 0) - issued_shares(session, found)
            raise BeyondAuthorized(left=left, code=found.code, wanted=shares)


def legs_of(taken: Iterable[Lot], gives: Iterable[Given], money: Iterable[journal.Leg]) -> tuple[journal.Leg, ...]:
    """The legs of an act: shares by holder, the class's unissued shares and paid capital, and the money given."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)

    def add(member: Membership, code: str, shares: int, paid: Money, sign: int) -> None:
        sums["holder", holder_subject(member), share_unit(code)] += sign * shares
        sums["unissued", code, share_unit(code)] -= sign * shares
        sums["share_capital", code, paid.currency] -= sign * paid.minor

    for lot in taken:
        add(lot.membership, lot.share_class.code, lot.shares, lot.paid, -1)
    for given in gives:
        add(given.member, given.share_class.code, given.shares, given.paid, 1)
    for leg in money:
        sums[leg.kind, leg.subject, leg.unit] += leg.amount
    return tuple(journal.Leg(*key, amount) for key, amount in sorted(sums.items()) if amount)


def _money_of(entry: Entry | None) -> list[journal.Leg]:
    """The legs of an entry beyond shares and capital, turned round."""
    if entry is None:
        return []
    own = ("holder", "unissued", "share_capital")
    return [
        journal.Leg(leg.account.kind, leg.account.subject, leg.unit, -leg.amount)
        for leg in entry.postings
        if leg.account.kind not in own
    ]


def _write(session: Session, act: ShareAct, taken: Sequence[Lot], gives: Sequence[Given], certificate: int) -> None:
    session.add_all(
        LotEnd(lot_id=lot.id, act_id=act.id, ended_on=act.effective_on, recorded_at=act.recorded_at) for lot in taken
    )
    session.add_all(
        Lot(
            certificate_number=certificate + place,
            membership_id=given.member.id,
            share_class_id=given.share_class.id,
            shares=given.shares,
            price_cents=given.price.minor,
            paid_cents=given.paid.minor,
            currency=given.paid.currency,
            allotted_on=act.effective_on,
            basis=given.basis,
            source=f"act:{act.id}:{place + 1}",
            entry_id=act.entry_id,
            recorded_at=act.recorded_at,
            act_id=act.id,
            from_lot_id=given.from_lot_id,
            acquired_on=given.acquired_on,
        )
        for place, given in enumerate(gives)
    )
    session.flush()
    number_act(session, act)
