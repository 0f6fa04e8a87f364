"""The basis of a distribution: business as it was imported, or money on shares times the days it was held."""

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.sheets import Column, Formula, read_sheet
from app.distributions.sharing import DAYS_UNIT
from app.distributions.terms import Terms
from app.members.models import Membership
from app.shares.acts.judging import class_coded
from app.shares.models import Lot, LotEnd

COLUMNS = (
    Column("member_number", N_("The number in the register of members."), required=True),
    Column("business", N_("The kind of business, one of those with a weight."), required=True),
    Column("amount", N_("How much of it in the period: money or points, with at most four decimals."), required=True),
)
PLACES = 4
_AMOUNT = re.compile(r"[0-9]{1,13}(\.[0-9]{1,4})?")

_BELOW_ZERO = re.compile(r"[-−–] *[0-9., ]+")

Basis = dict[tuple[str, int], int]
"""By kind of business and membership: ten-thousandths of the measure, or cents times days."""


class BasisRefused(Refusal):
    """Lines that cannot be used: `lines` has each with its number (0: the header) and what is wrong with it."""

    message = N_("The file cannot be used; {count} lines are wrong. Line {line}: {problem} Nothing was kept.")
    field = "basis"

    def __init__(self, lines: "list[tuple[int, Refusal]]") -> None:
        """Keep every line; the first is told."""
        self.lines = lines
        super().__init__(count=len(lines), line=lines[0][0], problem=lines[0][1])


class UnreadableCell(Refusal):
    """A column or cell that is not as it must be."""

    message = N_("{column}: {problem}")


class UnknownMemberNumber(Refusal):
    """Nobody has the number."""

    message = N_("There is no member no. “{number}”.")


class UnknownBusiness(Refusal):
    """The terms give no weight to such business."""

    message = N_("“{business}” is none of the kinds of business with a weight: {known}.")


class NegativeBusiness(Refusal):
    """Nobody does less than no business."""

    message = N_("“{text}” is below zero.")


class NotAMeasure(Refusal):
    """The amount is no plain number."""

    message = N_("“{text}” is not an amount. Write digits, with a point and at most four decimals, like 1250.75.")


class TwiceInTheFile(Refusal):
    """One member has one line for each kind of business."""

    message = N_("Member no. {number} has a line for this business already: line {earlier}. Add them up.")


class BusinessMissing(Refusal):
    """Nobody did such business, so its part could go to nobody."""

    message = N_("No line has any “{business}”, which would get a part. Leave its weight out.")
    field = "basis"


class NoSharesPaid(Refusal):
    """Nobody held shares of the class in the period."""

    message = N_("Nobody held paid shares of class {code} in this period.")
    status = 409


@dataclass(frozen=True)
class _Row:
    number: int
    member: str
    business: str
    amount: str


def imported(session: Session, data: bytes, terms: Terms) -> Basis:
    """The basis in a CSV or XLSX file; raises `BasisRefused` with every line that cannot be used."""
    rows, wrong = _rows(data)
    numbers = {int(row.member) for row in rows if row.member.isascii() and row.member.isdigit()}
    known = _memberships(session, numbers)
    weighed = [name for name, weight in terms.pools if weight]
    basis: Basis = {}
    seen: dict[tuple[str, int], int] = {}
    for row in rows:
        problem = _problem(row, known, weighed)
        if problem is None:
            place = (row.business, known[int(row.member)])
            if place in seen:
                problem = TwiceInTheFile(number=row.member, earlier=seen[place])
            seen.setdefault(place, row.number)
        if problem is not None:
            wrong.append((row.number, problem))
        else:
            basis[place] = int(Decimal(row.amount).scaleb(PLACES))
    if wrong:
        raise BasisRefused(sorted(wrong, key=lambda each: each[0]))
    for name in weighed:
        if not any(amount for (business, _), amount in basis.items() if business == name):
            raise BusinessMissing(business=name)
    return basis


def held(session: Session, terms: Terms) -> Basis:
    """What was paid on shares of a class, in cents, times the days of the period on which they were held.

    Each day counts as its part of its year: `DAYS_UNIT` over the length of the year.
    """
    found = class_coded(session, terms.class_code)
    ends = LotEnd.ended_on
    rows = session.execute(
        select(Lot.membership_id, Lot.paid_cents, Lot.allotted_on, ends)
        .outerjoin(LotEnd, LotEnd.lot_id == Lot.id)
        .where(
            Lot.share_class_id == found.id,
            Lot.currency == terms.currency,
            Lot.paid_cents > 0,
            Lot.allotted_on <= terms.period_to,
            or_(ends.is_(None), ends > terms.period_from),
        )
    )
    basis: dict[tuple[str, int], int] = defaultdict(int)
    for member, paid, begun, ended in rows:
        first = max(begun, terms.period_from)
        after = min(ended or date.max, terms.period_to + timedelta(days=1))
        basis[found.code, member] += paid * weight_of_days(first, after)
    basis = {place: weight for place, weight in basis.items() if weight}
    if not basis:
        raise NoSharesPaid(code=found.code)
    return basis


def weight_of_days(first: date, after: date) -> int:
    """The days from the first until (not including) another, each as a part of its year, in `DAYS_UNIT`ths."""
    weight = 0
    while first < after:
        turn = min(after, date(first.year + 1, 1, 1))
        year = (date(first.year + 1, 1, 1) - date(first.year, 1, 1)).days
        weight += (turn - first).days * (DAYS_UNIT // year)
        first = turn
    return weight


def _rows(data: bytes) -> tuple[list[_Row], list[tuple[int, Refusal]]]:
    sheet = read_sheet(data, COLUMNS)
    wrong: list[tuple[int, Refusal]] = [
        (1, UnreadableCell(column=name, problem=problem)) for name, problem in sheet.problems.items()
    ]
    rows = []
    for line in sheet.lines:
        if line.problems:
            wrong += [(line.number, _cell_problem(name, problem)) for name, problem in line.problems.items()]
        else:
            said = line.fields
            rows.append(
                _Row(line.number, said["member_number"].strip(), said["business"].strip(), said["amount"].strip())
            )
    return rows, wrong


def _cell_problem(name: str, problem: Refusal) -> Refusal:
    """What is wrong with a cell; a number below zero looks like a formula to whoever reads sheets."""
    if name == "amount" and isinstance(problem, Formula) and _BELOW_ZERO.fullmatch(problem.facts["text"]):
        return NegativeBusiness(text=problem.facts["text"])
    return UnreadableCell(column=name, problem=problem)


def _memberships(session: Session, numbers: set[int]) -> dict[int, int]:
    wanted = [number for number in numbers if number < 2**31]
    rows = session.execute(select(Membership.number, Membership.id).where(Membership.number == func.any(wanted)))
    return {row.number: row.id for row in rows}


def _problem(row: _Row, known: dict[int, int], weighed: list[str]) -> Refusal | None:
    if not (row.member.isascii() and row.member.isdigit()) or int(row.member) not in known:
        return UnknownMemberNumber(number=row.member[:20])
    if row.business not in weighed:
        return UnknownBusiness(business=row.business[:60], known=", ".join(weighed))
    if _BELOW_ZERO.fullmatch(row.amount):
        return NegativeBusiness(text=row.amount[:40])
    if not _AMOUNT.fullmatch(row.amount):
        return NotAMeasure(text=row.amount[:40])
    return None
