"""The capital account: what is paid on a holder's shares and what was retained for them, line by line, as of a day."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.money import Money
from app.ledger.models import Account, Entry, Posting
from app.members.models import Membership
from app.members.people.resolving import same_person
from app.shares.holding import EVER
from app.shares.stating import Movement, Statement, statement_of

RETAINED = N_("Patronage retained and allocated")
TAKEN = N_("Allocated patronage paid out, turned into shares or taken back")


@dataclass(frozen=True)
class Change:
    """What one act or entry did to the capital of a holder; `balance` is the account in its currency after it.

    `kind` is that of an act on shares, "allotment", or one of `RETAINED` and `TAKEN`.
    """

    on: date
    kind: str
    act_id: int | None
    amount: Money
    balance: Money


@dataclass(frozen=True)
class CapitalAccount:
    """The changes in order, and what stands at the end of the day: one sum for each currency."""

    changes: list[Change]
    retained: list[Money]
    closing: list[Money]


def capital_account(session: Session, person_id: int, on: date, known_at: datetime = EVER) -> CapitalAccount:
    """The capital account of a person at the end of a day, over every membership, as known at a moment."""
    return account_of(session, person_id, statement_of(session, person_id, on, known_at), known_at)


def account_of(session: Session, person_id: int, told: Statement, known_at: datetime = EVER) -> CapitalAccount:
    """The same, for a statement that was read already."""
    allocated = _allocated(session, person_id, told.on, known_at)
    changes, standing = list[Change](), dict[str, int]()
    # On one day what is retained comes first, then what becomes of it.
    ordered = [(line[0], 0 if line[3].minor > 0 else 2, line) for line in allocated]
    ordered += [(line[0], 1, line) for line in _paid_in(told.movements)]
    for _, _, (day, kind, act_id, amount) in sorted(ordered, key=lambda each: each[:2]):
        standing[amount.currency] = standing.get(amount.currency, 0) + amount.minor
        changes.append(Change(day, kind, act_id, amount, Money(standing[amount.currency], amount.currency)))
    retained = dict[str, int]()
    for _, _, _, amount in allocated:
        retained[amount.currency] = retained.get(amount.currency, 0) + amount.minor
    return CapitalAccount(changes, _sums(retained), _sums(standing))


_Line = tuple[date, str, int | None, Money]


def _paid_in(movements: list[Movement]) -> Iterator[_Line]:
    """What each act changed in all classes together; an exchange of one class for another changes nothing."""
    sums: dict[tuple[int, str], Money] = {}
    first: dict[tuple[int, str], Movement] = {}
    for place, row in enumerate(movements):
        key = (row.act.id if row.act else -place - 1, row.paid.currency)
        sums[key] = sums.get(key, Money(0, row.paid.currency)) + row.paid
        first.setdefault(key, row)
    for key, amount in sums.items():
        if amount.minor:
            row = first[key]
            yield row.on, row.kind, row.act.id if row.act else None, amount


def _allocated(session: Session, person_id: int, on: date, known_at: datetime) -> list[_Line]:
    """What the books allocated to the person's memberships and took from there, entry by entry."""
    numbers = session.scalars(select(Membership.number).where(Membership.person_id.in_(same_person(person_id))))
    found = session.execute(
        select(Entry.effective_on, Posting.unit, -func.sum(Posting.amount))
        .join(Posting, Posting.entry_id == Entry.id)
        .join(Account, Account.id == Posting.account_id)
        .where(Account.kind == "allocations", Account.subject.in_([f"member:{number}" for number in numbers]))
        .where(Entry.effective_on <= on, Entry.booked_at <= known_at)
        .group_by(Entry.id, Entry.effective_on, Posting.unit)
        .order_by(Entry.effective_on, Entry.id)
    )
    return [
        (day, RETAINED if amount > 0 else TAKEN, None, Money(int(amount), unit))
        for day, unit, amount in found
        if amount
    ]


def _sums(by_currency: dict[str, int]) -> list[Money]:
    return [Money(minor, currency) for currency, minor in sorted(by_currency.items()) if minor]
