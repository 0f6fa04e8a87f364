"""Stating: what one holder has on a day, what is paid on it, and every movement that led there."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.members.models import Membership
from app.members.people.resolving import same_person
from app.shares.holding import EVER, stands
from app.shares.loans.lending import owed
from app.shares.loans.models import Loan
from app.shares.models import Lot, LotEnd, ShareAct, ShareClass


@dataclass(frozen=True)
class Holding:
    """What a holder has of a class: whole shares, and what is paid on them."""

    share_class: ShareClass
    shares: int
    paid: Money
    certificates: tuple[int, ...]


@dataclass(frozen=True)
class Movement:
    """What one act gave (positive) or took (negative) of a class; `balance` are the shares of the class after it.

    `kind` is that of the act, or "allotment"; `act` is None for a first allotment.
    """

    on: date
    kind: str
    reason: str
    share_class: ShareClass
    shares: int
    paid: Money
    balance: int
    certificates: tuple[int, ...]
    act: ShareAct | None


@dataclass(frozen=True)
class Statement:
    """A holder's account on a day: holdings, movements, and loans that were not paid back by then."""

    on: date
    holdings: list[Holding]
    loans: list[tuple[Loan, Money]]
    movements: list[Movement]

    @property
    def capital(self) -> list[Money]:
        """What is paid on all shares: one sum for each currency."""
        sums: dict[str, Money] = {}
        for held in self.holdings:
            sums[held.paid.currency] = sums.get(held.paid.currency, Money(0, held.paid.currency)) + held.paid
        return list(sums.values())


def statement_of(session: Session, person_id: int, on: date, known_at: datetime = EVER) -> Statement:
    """The statement of a person on a day, over every membership they have had, as known at a moment."""
    ours = Lot.membership_id.in_(select(Membership.id).where(Membership.person_id.in_(same_person(person_id))))
    loans = _loans(session, person_id, on)
    return Statement(on, _holdings(session, ours, on, known_at), loans, _movements(session, ours, on, known_at))


def _holdings(session: Session, ours: ColumnElement[bool], on: date, known_at: datetime) -> list[Holding]:
    found: dict[tuple[str, str], list[Lot]] = {}
    for lot in session.scalars(select(Lot).where(ours, stands(on, known_at)).order_by(Lot.certificate_number)):
        found.setdefault((lot.share_class.code, lot.currency), []).append(lot)
    return [
        Holding(
            lots[0].share_class,
            sum(lot.shares for lot in lots),
            Money(sum(lot.paid_cents for lot in lots), currency),
            tuple(lot.certificate_number for lot in lots),
        )
        for (_, currency), lots in sorted(found.items())
    ]


def _movements(session: Session, ours: ColumnElement[bool], on: date, known_at: datetime) -> list[Movement]:
    """In the order of their days; what one act took and gave of a class is one movement."""
    made = select(Lot).where(ours, Lot.recorded_at <= known_at)
    gone = select(Lot, LotEnd).join(LotEnd, LotEnd.lot_id == Lot.id).where(ours, LotEnd.recorded_at <= known_at)
    touched = [(lot.act_id, lot.allotted_on, lot.recorded_at, lot, 1) for lot in session.scalars(made)]
    touched += [(end.act_id, end.ended_on, end.recorded_at, lot, -1) for lot, end in session.execute(gone)]
    acts = session.scalars(select(ShareAct).where(ShareAct.id.in_({each[0] for each in touched if each[0]})))
    known = {act.id: act for act in acts}
    together: dict[tuple[int | None, int | None, int, str], list[tuple[date, datetime, Lot, int]]] = {}
    for act_id, day, recorded_at, lot, sign in touched:
        key = (act_id, None if act_id else lot.id, lot.share_class_id, lot.currency)
        effective = known[act_id].effective_on if act_id else day
        together.setdefault(key, []).append((effective, recorded_at, lot, sign))
    found, balances = [], dict[int, int]()
    for key, parts in sorted(together.items(), key=lambda each: (each[1][0][0], each[1][0][1], each[1][0][2].id)):
        day, _, lot, _ = parts[0]
        if day > on:
            continue
        shares = sum(sign * part.shares for _, _, part, sign in parts)
        paid = sum(sign * part.paid_cents for _, _, part, sign in parts)
        balances[lot.share_class_id] = balances.get(lot.share_class_id, 0) + shares
        act = known[key[0]] if key[0] else None
        found.append(
            Movement(
                day,
                act.kind if act else "allotment",
                act.reason if act else lot.basis,
                lot.share_class,
                shares,
                Money(paid, lot.currency),
                balances[lot.share_class_id],
                tuple(part.certificate_number for _, _, part, sign in parts if sign > 0),
                act,
            )
        )
    return found


def _loans(session: Session, person_id: int, on: date) -> list[tuple[Loan, Money]]:
    """Loans with what was owed on the day, by the books as they stand now; those that were paid back are left out."""
    mine = Loan.person_id.in_(same_person(person_id))
    rows = session.scalars(select(Loan).where(mine, Loan.starts_on <= on).order_by(Loan.id))
    return [(loan, left) for loan in rows if (left := owed(session, loan, on)).minor > 0]
