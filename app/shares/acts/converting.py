"""Converting shares into another class, and splitting or consolidating a class: lots are exchanged at a ratio."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.members.models import Membership
from app.payments.payouts.owing import owe, payable
from app.shares.acts.exchanging import Exchange, Fractions, Held, Ratio, exchange, without_rest
from app.shares.acts.judging import (
    charged_shares,
    lock_holders,
    lots_standing,
    movable_lots,
    oldest_parts,
    refuse_beyond_limits,
    refuse_called,
    refuse_locked,
    terms_on,
)
from app.shares.classes import lock_class
from app.shares.models import Lot, ShareAct, ShareClass
from app.shares.moving import Act, Given, Part, part_of, record_act

PAYOUT_REASON = N_("fraction of a share in an exchange")


class SameClass(Refusal):
    """A conversion leads into another class."""

    message = N_("Shares are converted into another class.")
    field = "to_class"


class NotSameClass(Refusal):
    """A split at one to one changes nothing."""

    message = N_("One for one changes nothing.")
    field = "new"


class NothingComes(Refusal):
    """The holding is too small for one new share, and no rule turns it into money."""

    message = N_("These shares make less than one new share. Nothing was exchanged.")
    status = 409


class NobodyHolds(Refusal):
    """There is nothing to split."""

    message = N_("Nobody holds shares of class {code}.")
    status = 409


class ChargesStand(Refusal):
    """Shares of the class stand as security."""

    message = N_("Shares of member no. {number} stand as security. Release them, and note them anew after the split.")
    status = 409


@dataclass(frozen=True)
class Conversion:
    """A conversion to be: a member's shares of one class, those held longest first, become shares of another."""

    source: str
    member: Membership
    old: ShareClass
    new: ShareClass
    shares: int
    ratio: Ratio
    rule: Fractions
    on: date
    reason: str


@dataclass(frozen=True)
class Split:
    """A split (more new than old) or consolidation to be of all shares of a class."""

    source: str
    share_class: ShareClass
    ratio: Ratio
    rule: Fractions
    on: date
    reason: str


def convert(session: Session, what: Conversion, *, by: int | None, proposed_by: int | None = None) -> ShareAct:
    """Convert shares lot by lot; each new lot keeps the day from which the old one was held, and what was paid."""
    if what.old.id == what.new.id:
        raise SameClass
    existing = _done(session, what.source)
    if existing is not None:
        return existing
    lock_class(session, what.old, what.new)
    lock_holders(session, what.member)
    lots = movable_lots(session, what.member, what.old, what.shares, what.on)
    kept = what.rule is Fractions.KEEP
    parts = oldest_parts(lots, without_rest(what.shares, what.ratio) if kept else what.shares)
    plan = plan_exchange(session, parts, what.ratio, what.rule)
    if not plan.pieces or (plan.shares == 0 and what.rule is not Fractions.CASH):
        raise NothingComes
    refuse_beyond_limits(session, what.member, what.old, -sum(piece.taken for piece in plan.pieces), what.on)
    refuse_beyond_limits(session, what.member, what.new, plan.shares, what.on)
    takes, gives, money, owed = moves(session, what.source, [plan], what.new, what.ratio, what.on)
    details: dict[str, Any] = {
        "member": what.member.number,
        "from_class": what.old.code,
        "to_class": what.new.code,
        "ratio": [what.ratio.new, what.ratio.old],
        "fractions": what.rule.name,
        "shares": sum(piece.taken for piece in plan.pieces),
        "cash_cents": plan.cash_cents,
    }
    act = Act("conversion", what.source, what.on, what.reason, takes, gives, money, details)
    row = record_act(session, act, by=by, proposed_by=proposed_by)
    _owe_all(session, owed, row)
    return row


def split(session: Session, what: Split, *, by: int | None, proposed_by: int | None = None) -> ShareAct:
    """Exchange every lot of a class at a ratio, holder by holder, in one act that can be reversed as one."""
    if what.ratio.new == what.ratio.old:
        raise NotSameClass
    assert what.rule is not Fractions.KEEP, "old and new shares are of one class"
    existing = _done(session, what.source)
    if existing is not None:
        return existing
    lock_class(session, what.share_class)
    refuse_locked(session, what.share_class, what.on)
    holders = _holders(session, what.share_class, what.on)
    if not holders:
        raise NobodyHolds(code=what.share_class.code)
    lock_holders(session, *(lots[0].membership for lots in holders.values()))
    plans = []
    for lots in _holders(session, what.share_class, what.on).values():
        if charged_shares(session, lots[0].membership, what.share_class):
            raise ChargesStand(number=lots[0].membership.number)
        refuse_called(session, lots)
        plans.append(plan_exchange(session, [Part(lot.id, lot.shares) for lot in lots], what.ratio, what.rule))
    takes, gives, money, owed = moves(session, what.source, plans, what.share_class, what.ratio, what.on)
    details: dict[str, Any] = {
        "class": what.share_class.code,
        "ratio": [what.ratio.new, what.ratio.old],
        "fractions": what.rule.name,
        "cash_cents": sum(plan.cash_cents for plan in plans),
    }
    kind = "split" if what.ratio.new > what.ratio.old else "consolidation"
    act = Act(kind, what.source, what.on, what.reason, takes, gives, money, details)
    row = record_act(session, act, by=by, proposed_by=proposed_by)
    _owe_all(session, owed, row)
    return row


def plan_exchange(session: Session, parts: list[Part], ratio: Ratio, rule: Fractions) -> Exchange:
    """What one holder's parts of lots become; nothing is written."""
    held = [Held(part.lot_id, part.shares, part_of(session, part)[1].minor) for part in parts]
    return exchange(held, ratio, rule)


Owed = list[tuple[str, int, Money, date]]


def moves(
    session: Session, source: str, plans: list[Exchange], new: ShareClass, ratio: Ratio, on: date
) -> tuple[list[Part], list[Given], list[journal.Leg], Owed]:
    """Out of planned exchanges: what an act takes and gives, the money payable for fractions, and to whom."""
    takes: list[Part] = []
    gives: list[Given] = []
    money: list[journal.Leg] = []
    owed: Owed = []
    terms = terms_on(session, new, on)
    for plan in plans:
        for piece in plan.pieces:
            lot = session.get_one(Lot, piece.lot_id)
            takes.append(Part(piece.lot_id, piece.taken))
            if piece.shares:
                gives.append(
                    _given(lot, new, piece.shares, piece.paid_cents, ratio, terms.nominal_cents if terms else None)
                )
        if plan.cash_cents:
            lot = session.get_one(Lot, plan.pieces[0].lot_id)
            due = f"{source}:{lot.membership.number}"
            money.append(journal.Leg(*payable(due), lot.currency, -plan.cash_cents))
            owed.append((due, lot.membership.person_id, Money(plan.cash_cents, lot.currency), on))
    return takes, gives, money, owed


def _given(lot: Lot, new: ShareClass, shares: int, paid_cents: int, ratio: Ratio, nominal: int | None) -> Given:
    """A new lot at the nominal of its class or, where none is stated, at the old price by the ratio."""
    price = nominal if nominal is not None else lot.price_cents * ratio.old // ratio.new
    return Given(
        member=lot.membership,
        share_class=new,
        shares=shares,
        price=Money(price, lot.currency),
        paid=Money(paid_cents, lot.currency),
        basis=N_("exchange of shares"),
        acquired_on=lot.held_since,
        from_lot_id=lot.id,
    )


def _owe_all(session: Session, owed: Owed, act: ShareAct) -> None:
    for due, person_id, amount, on in owed:
        assert act.entry_id is not None, "money was booked"
        owe(session, due, person_id, amount, PAYOUT_REASON, due_on=on, entry_id=act.entry_id)


def _done(session: Session, source: str) -> ShareAct | None:
    return session.scalars(select(ShareAct).where(ShareAct.source == source)).first()


def _holders(session: Session, found: ShareClass, on: date) -> dict[int, list[Lot]]:
    by_holder: dict[int, list[Lot]] = {}
    for lot in lots_standing(session, found, on):
        by_holder.setdefault(lot.membership_id, []).append(lot)
    return by_holder
