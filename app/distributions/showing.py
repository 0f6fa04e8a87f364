"""What the pages of distributions show: parts with names, page by page, sums, and how each is paid."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.money import Money
from app.distributions.drafting import SUBJECT, open_drafts
from app.distributions.models import (
    KIND_TITLES,
    AllocationRedemption,
    AllocationRedemptionEnd,
    AllocationRedemptionPart,
    Distribution,
    DistributionEnd,
    DistributionPart,
    Kind,
)
from app.distributions.reckoning import Part, Reckoned
from app.distributions.redeeming.resting import redemptions_of, rests
from app.distributions.terms import LAWS, NOTICES, Terms
from app.members.models import Membership, Person
from app.members.people.naming import names_of
from app.members.people.resolving import same_person
from app.payments.payouts.models import Payout, PayoutEnd, PayoutPayment

PAGE = 100


def overview(session: Session) -> dict[str, Any]:
    """Every distribution, the newest first, and the drafts."""
    rows = session.execute(
        select(Distribution, DistributionEnd)
        .outerjoin(DistributionEnd, DistributionEnd.distribution_id == Distribution.id)
        .order_by(Distribution.id.desc())
    )
    drafts = [(row, Terms.of_data(row.terms)) for row in open_drafts(session)]
    return {"rows": [(row, end) for row, end in rows], "drafts": drafts, "kind_titles": KIND_TITLES}


def preview_facts(session: Session, found: Reckoned, number: int, lang: str) -> dict[str, Any]:
    """A reckoned draft: sums, what the law says, a picture of where it goes, and one page of parts."""
    count = max(1, -(-len(found.parts) // PAGE))
    number = min(max(number, 1), count)
    shown: Sequence[Part] = found.parts[(number - 1) * PAGE : number * PAGE]
    names = names_of(session, (part.member.person_id for part in shown))
    return {
        "found": found,
        "terms": found.terms,
        "says": [(decision.outcome, decision.text(lang)) for decision in found.decisions],
        "parts": [(part, names[part.member.person_id]) for part in shown],
        "number": number,
        "count": count,
        **titles(),
    }


def declared_facts(session: Session, row: Distribution, number: int) -> dict[str, Any]:
    """A declared distribution with one page of its parts, each with its payout as far as it went."""
    total = len(session.scalars(select(DistributionPart.membership_id).where(_of(row))).all())
    count = max(1, -(-total // PAGE))
    number = min(max(number, 1), count)
    rows = session.execute(
        select(DistributionPart, Payout, PayoutPayment, PayoutEnd)
        .join(Membership, Membership.id == DistributionPart.membership_id)
        .outerjoin(Payout, Payout.source == func.concat(SUBJECT, ":", row.draft_id, ":", Membership.number))
        .outerjoin(PayoutPayment, PayoutPayment.payout_id == Payout.id)
        .outerjoin(PayoutEnd, PayoutEnd.payout_id == Payout.id)
        .where(_of(row))
        .order_by(Membership.number)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    ).all()
    names = names_of(session, (part.membership.person_id for part, *_ in rows))
    return {
        "row": row,
        "terms": Terms.of_data(row.terms),
        "end": session.get(DistributionEnd, row.id),
        "parts": [(part, names[part.membership.person_id], paid) for part, _, paid, _ in rows],
        "people": total,
        "rest": Money(sum(cents for _, cents in rests(session, row)), row.currency),
        "redemptions": redemptions_of(session, row),
        "today": clock.today(),
        "number": number,
        "count": count,
        **titles(),
    }


def own_facts(session: Session, person: Person) -> dict[str, Any]:
    """What distributions brought a person, and what was paid out of their allocations, each with its payment."""
    paid = session.execute(
        select(AllocationRedemptionPart, PayoutPayment, AllocationRedemptionEnd.redemption_id)
        .select_from(AllocationRedemptionPart)
        .join(AllocationRedemption)
        .join(Membership, Membership.id == AllocationRedemptionPart.membership_id)
        .outerjoin(Payout, Payout.source == func.concat(AllocationRedemption.source, ":", Membership.number))
        .outerjoin(PayoutPayment, PayoutPayment.payout_id == Payout.id)
        .outerjoin(AllocationRedemptionEnd, AllocationRedemptionEnd.redemption_id == AllocationRedemption.id)
        .where(Membership.person_id.in_(same_person(person.id)))
        .order_by(AllocationRedemption.id.desc())
    )
    redeemed = [(part, payment, ended is not None) for part, payment, ended in paid]
    return {"rows": own_parts(session, person), "redeemed": redeemed}


def own_parts(session: Session, person: Person) -> list[tuple[DistributionPart, PayoutPayment | None, bool]]:
    """What distributions brought a person, the newest first: each part, its payment, and whether it was reversed."""
    rows = session.execute(
        select(DistributionPart, PayoutPayment, DistributionEnd.distribution_id)
        .select_from(DistributionPart)
        .join(Distribution)
        .join(Membership, Membership.id == DistributionPart.membership_id)
        .outerjoin(Payout, Payout.source == func.concat(SUBJECT, ":", Distribution.draft_id, ":", Membership.number))
        .outerjoin(PayoutPayment, PayoutPayment.payout_id == Payout.id)
        .outerjoin(DistributionEnd, DistributionEnd.distribution_id == Distribution.id)
        .where(Membership.person_id.in_(same_person(person.id)))
        .order_by(Distribution.id.desc())
    )
    return [(part, paid, ended is not None) for part, paid, ended in rows]


def titles() -> dict[str, Any]:
    """What kinds, laws and notices are called."""
    return {"kind_titles": KIND_TITLES, "law_titles": LAWS, "notice_titles": NOTICES, "interest": Kind.INTEREST}


def _of(row: Distribution) -> Any:
    return DistributionPart.distribution_id == row.id
