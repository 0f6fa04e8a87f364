"""Distributions as tests write them: terms of patronage and interest, their files, and two people who declare."""

from datetime import date
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.uploads import SentFile
from app.distributions.declaring import propose_distribution
from app.distributions.drafting import draft_distribution, preview
from app.distributions.models import AllocationRedemption, Distribution, DistributionDraft, Kind
from app.distributions.redeeming.paying import propose_redemption
from app.distributions.terms import Terms
from app.members.approvals.approving import decide
from app.members.models import Person
from tests import make

YEAR = clock.today().year - 1


def patronage(**changed: Any) -> Terms:
    """A thousand dollars for royalties (90) and work (10), 30 % of it in cash."""
    facts: dict[str, Any] = {
        "kind": Kind.PATRONAGE,
        "title": f"Patronage of {YEAR}",
        "currency": "USD",
        "period_from": date(YEAR, 1, 1),
        "period_to": date(YEAR, 12, 31),
        "declared_on": clock.today(),
        "payable_on": clock.today(),
        "law": "",
        "reason": "resolution of the general meeting",
        "declared_cents": 1_000_00,
        "pools": (("royalties", 90), ("work", 10)),
        "cash_ppm": 300_000,
    }
    return Terms(**(facts | changed))


def interest(**changed: Any) -> Terms:
    """Three per cent on class A over last year."""
    facts = {"kind": Kind.INTEREST, "class_code": "A", "rate_ppm": 30_000}
    facts |= {"declared_cents": 0, "pools": (), "cash_ppm": 1_000_000}
    return patronage(**(facts | changed))


def file(*lines: str) -> SentFile:
    return SentFile("basis.csv", "\n".join(["member_number,business,amount", *lines, ""]).encode())


def hired(session: Session, role: str) -> Person:
    """Somebody with a role, the same one each time."""
    known = session.scalars(select(Person).where(Person.email == f"{role}@example.org")).first()
    return known or make.staff(session, role)


def draft(session: Session, terms: Terms, basis: SentFile | None = None) -> DistributionDraft:
    treasurer = hired(session, "treasurer")
    return draft_distribution(session, terms, basis, form_key=str(uuid4()), by=treasurer)


def declare(session: Session, terms: Terms, basis: SentFile | None = None) -> Distribution:
    """What the treasurer proposes and an organizer approves."""
    row = draft(session, terms, basis)
    approve(session, row)
    return session.scalars(select(Distribution).where(Distribution.draft_id == row.id)).one()


def redeem(session: Session, row: Distribution, percent_ppm: int = 1_000_000) -> AllocationRedemption:
    """What the treasurer proposes to pay out of what was retained, and an organizer approves."""
    treasurer, organizer = hired(session, "treasurer"), hired(session, "organizer")
    terms: dict[str, Any] = {"percent_ppm": percent_ppm, "payable_on": clock.today(), "member": None}
    found = propose_redemption(session, row.id, form_key=str(uuid4()), by=treasurer, reason="revolving", **terms)
    decide(session, found.id, approve=True, by=organizer, reason="as resolved")
    return session.scalars(select(AllocationRedemption).order_by(AllocationRedemption.id.desc())).all()[0]


def approve(session: Session, row: DistributionDraft) -> None:
    treasurer, organizer = row.drafter, hired(session, "organizer")
    found = preview(session, row)
    proposal = propose_distribution(session, row.id, list_sha256=found.list_sha256, by=treasurer)
    decide(session, proposal.id, approve=True, by=organizer, reason="as resolved")
