"""What rests of an allocation: retained, less what became shares and what was paid out since; and what to pay of it."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Integer, func, select
from sqlalchemy.orm import Session

from app.core.money import Money
from app.distributions.models import (
    AllocationRedemption,
    AllocationRedemptionEnd,
    AllocationRedemptionPart,
    Distribution,
    DistributionEnd,
    DistributionPart,
)
from app.distributions.reckoning import withholding
from app.distributions.sharing import PPM, split
from app.distributions.terms import Terms
from app.ledger import journal
from app.members.models import Membership
from app.shares.allotting import holder_subject
from app.shares.models import ShareAct


@dataclass(frozen=True)
class Due:
    """What a member is paid: `withheld` of `amount` goes to the authority; `prior` was allocated to them in all."""

    member: Membership
    amount: int
    withheld: int
    prior: int

    @property
    def paid(self) -> int:
        """What is sent to the member."""
        return self.amount - self.withheld


@dataclass(frozen=True)
class Redeeming:
    """A redemption as it would be now: every member's part by member numbers, and the hash of the list."""

    row: Distribution
    percent_ppm: int
    payable_on: date
    dues: Sequence[Due]

    @property
    def paid(self) -> Money:
        """What is paid out in all, tax withheld of it included."""
        return Money(sum(due.amount for due in self.dues), self.row.currency)

    @property
    def withheld(self) -> Money:
        """What of it is withheld."""
        return Money(sum(due.withheld for due in self.dues), self.row.currency)

    @property
    def list_sha256(self) -> str:
        """SHA-256 over canonical JSON of what is redeemed, so that what is approved is what was looked at."""
        parts = [[due.member.number, due.amount, due.withheld] for due in self.dues]
        said = [self.row.id, self.percent_ppm, self.payable_on.isoformat(), parts]
        return hashlib.sha256(json.dumps(said, separators=(",", ":")).encode()).hexdigest()


def rests(session: Session, row: Distribution) -> list[tuple[Membership, int]]:
    """What is still allocated out of a distribution to whom, by member numbers; nothing of one that was reversed."""
    if session.get(DistributionEnd, row.id) is not None:
        return []
    redeemed = (
        select(AllocationRedemptionPart.membership_id, func.sum(AllocationRedemptionPart.amount_cents).label("paid"))
        .join(AllocationRedemption)
        .outerjoin(AllocationRedemptionEnd, AllocationRedemptionEnd.redemption_id == AllocationRedemption.id)
        .where(AllocationRedemption.distribution_id == row.id, AllocationRedemptionEnd.redemption_id.is_(None))
        .group_by(AllocationRedemptionPart.membership_id)
        .subquery()
    )
    undone = select(ShareAct.reverses_id).where(ShareAct.reverses_id.is_not(None))
    standing = func.coalesce(DistributionPart.share_act_id.not_in(undone), False).cast(Integer)
    rest = DistributionPart.retained_cents - DistributionPart.share_cents * standing
    rest = rest - func.coalesce(redeemed.c.paid, 0)
    found = (
        select(Membership, rest)
        .select_from(DistributionPart)
        .join(Membership, Membership.id == DistributionPart.membership_id)
        .outerjoin(redeemed, redeemed.c.membership_id == Membership.id)
        .where(DistributionPart.distribution_id == row.id, rest > 0)
        .order_by(Membership.number)
    )
    return [(member, int(cents)) for member, cents in session.execute(found)]


def reckon_redemption(
    session: Session, row: Distribution, percent_ppm: int, payable_on: date, *, member: int | None = None
) -> Redeeming:
    """What would be paid now, of everybody or of one member number; a cent that is not whole stays allocated.

    A qualified notice was taxed when it was given. Of a nonqualified one, tax is withheld now by the terms.
    """
    terms = Terms.of_data(row.terms)
    found = [(who, cents * percent_ppm // PPM) for who, cents in rests(session, row)]
    found = [(who, cents) for who, cents in found if cents and (member is None or who.number == member)]
    withhold = withholding(session, terms, {who.id: who for who, _ in found})
    balances = journal.balances(session, "allocations", row.currency)
    dues = [
        Due(
            member=who,
            amount=cents,
            withheld=split(cents, PPM, withhold(who)).withheld if terms.notice == "nonqualified" else 0,
            prior=balances[holder_subject(who)],
        )
        for who, cents in found
    ]
    return Redeeming(row, percent_ppm, payable_on, dues)


def redemptions_of(
    session: Session, row: Distribution
) -> list[tuple[AllocationRedemption, AllocationRedemptionEnd | None]]:
    """The redemptions of a distribution's allocations in order, each with its end."""
    found = (
        select(AllocationRedemption, AllocationRedemptionEnd)
        .outerjoin(AllocationRedemptionEnd, AllocationRedemptionEnd.redemption_id == AllocationRedemption.id)
        .where(AllocationRedemption.distribution_id == row.id)
        .order_by(AllocationRedemption.id)
    )
    return [(each, end) for each, end in session.execute(found)]
