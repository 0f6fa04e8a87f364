"""The tax summary of a year: what each member was paid or allocated, in the boxes of Form 1099-PATR and beside."""

import csv
import io
from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from app.core.cells import plain
from app.core.money import Money, precision
from app.distributions.models import (
    AllocationRedemption,
    AllocationRedemptionEnd,
    AllocationRedemptionPart,
    Distribution,
    DistributionEnd,
    DistributionPart,
    Kind,
)
from app.distributions.terms import Terms
from app.law.profiles import reference
from app.members.people.sealing import private_of
from app.members.persons import address_of, particulars_on

COLUMNS = (
    "tax_year", "currency", "member_number", "legal_name", "address", "country", "tax_number",
    "box_1_patronage_dividends", "box_4_tax_withheld", "box_5_redeemed_nonqualified_notices", "nonqualified_notices",
    "share_interest",
    "share_interest_tax_withheld", "below_filing_floor",
)  # fmt: skip


@dataclass
class Sums:
    """A member's year in one currency, in minor units."""

    patronage: int = 0
    patronage_withheld: int = 0
    redeemed: int = 0
    nonqualified: int = 0
    interest: int = 0
    interest_withheld: int = 0

    def add(self, other: "Sums") -> None:
        """Count another's sums in."""
        for each in fields(self):
            setattr(self, each.name, getattr(self, each.name) + getattr(other, each.name))


def box_1(part: DistributionPart, terms: Terms) -> int:
    """Box 1 of Form 1099-PATR: cash and qualified notices; a nonqualified one counts when it is redeemed."""
    return part.amount_cents if terms.notice == "qualified" else part.cash_cents


def year_of(session: Session, year: int) -> dict[tuple[str, int], Sums]:
    """The sums of a calendar year, by the day of declaration, by currency and member number; reversals are left out."""
    rows = session.scalars(
        select(DistributionPart)
        .join(Distribution)
        .where(
            Distribution.declared_on.between(date(year, 1, 1), date(year, 12, 31)),
            ~exists().where(DistributionEnd.distribution_id == Distribution.id),
        )
    )
    found: dict[tuple[str, int], Sums] = defaultdict(Sums)
    for part in rows:
        found[part.distribution.currency, part.membership.number].add(_sums(part))
    for paid in session.scalars(_redeemed_in(year)):
        row = paid.redemption.distribution
        if Terms.of_data(row.terms).notice == "nonqualified":
            sums = Sums(redeemed=paid.amount_cents, patronage_withheld=paid.withheld_cents)
            found[row.currency, paid.membership.number].add(sums)
    return dict(sorted(found.items()))


def _redeemed_in(year: int) -> Select[AllocationRedemptionPart]:
    """What was paid out of allocations in a calendar year, by the day of redemption; reversals are left out."""
    return (
        select(AllocationRedemptionPart)
        .join(AllocationRedemption)
        .where(
            AllocationRedemption.redeemed_on.between(date(year, 1, 1), date(year, 12, 31)),
            ~exists().where(AllocationRedemptionEnd.redemption_id == AllocationRedemption.id),
        )
    )


def tax_summary(session: Session, year: int) -> bytes:
    """The year as CSV in UTF-8, with tax numbers in full; one line a member and currency, amounts with a point."""
    written = io.StringIO(newline="")
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    floor = reference("equity-accounting").value("us_subchapter_T.form_1099_patr").whole("threshold_usd")
    parts = {part.membership.number: part.membership for part in session.scalars(select(DistributionPart))}
    for (currency, number), sums in year_of(session, year).items():
        person = parts[number].person
        known = particulars_on(session, person.id, date(year, 12, 31))
        assert known is not None, "a member's name and address are on record"
        who = [known.legal_name, address_of(known).one_line(), known.country]
        amounts = [
            sums.patronage, sums.patronage_withheld, sums.redeemed, sums.nonqualified, sums.interest,
            sums.interest_withheld,
        ]  # fmt: skip
        below = sums.patronage + sums.redeemed < floor * 10 ** precision(currency) and not sums.patronage_withheld
        line: list[object] = [year, currency, number, *who, private_of(session, person.id).tax_number]
        line += [_decimal(amount, currency) for amount in amounts]
        lines.writerow([plain(cell) for cell in [*line, "yes" if below else "no"]])
    return written.getvalue().encode()


def _sums(part: DistributionPart) -> Sums:
    if part.distribution.kind == Kind.INTEREST:
        return Sums(interest=part.amount_cents, interest_withheld=part.withheld_cents)
    counted = box_1(part, Terms.of_data(part.distribution.terms))
    return Sums(patronage=counted, patronage_withheld=part.withheld_cents, nonqualified=part.amount_cents - counted)


def _decimal(amount: int, currency: str) -> Decimal:
    return Money(amount, currency).decimal()
