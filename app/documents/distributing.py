"""Telling each member what a distribution brought them: a patronage notice (D22) or a statement of interest."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.settings import settings
from app.distributions.booked import entry_of_part
from app.distributions.models import DistributionLine, DistributionPart, Kind
from app.distributions.taxing import box_1
from app.distributions.terms import Terms
from app.documents.filing import file_document
from app.documents.models import Document
from app.members.persons import address_of, particulars_on
from app.shares.acts.judging import class_coded

NOTICE, STATEMENT = "patronage-notice", "share-interest-statement"


def file_distribution_statement(session: Session, distribution_id: int, membership_id: int) -> Document:
    """File what a distribution brought a member; the same again gives the same document."""
    part = session.get_one(DistributionPart, (distribution_id, membership_id))
    person, row = part.membership.person, part.distribution
    kind = STATEMENT if row.kind == Kind.INTEREST else NOTICE
    facts = _common(session, part) | (_of_interest(session, part) if kind == STATEMENT else _of_notice(session, part))
    return file_document(session, kind, f"{row.source}:{part.membership.number}", person, facts)


def _common(session: Session, part: DistributionPart) -> dict[str, Any]:
    """What both say: money in minor units, days in ISO 8601; the name and address on the day of the declaration."""
    row, person = part.distribution, part.membership.person
    terms = Terms.of_data(row.terms)
    known = particulars_on(session, person.id, row.declared_on)
    assert known is not None, "a member's name and address are on record"
    return {
        "organization": settings().organization,
        "organization_seat": settings().organization_seat,
        "legal_name": known.legal_name,
        "address": address_of(known).one_line(),
        "member_number": part.membership.number,
        "title": row.title,
        "period_from": terms.period_from.isoformat(),
        "period_to": terms.period_to.isoformat(),
        "declared_on": row.declared_on.isoformat(),
        "payable_on": row.payable_on.isoformat(),
        "currency": row.currency,
        "amount_minor": part.amount_cents,
        "withheld_minor": part.withheld_cents,
        "entry_sha256": bytes(entry_of_part(session, row, part.membership.number).content_sha256).hex(),
    }


def _of_interest(session: Session, part: DistributionPart) -> dict[str, Any]:
    terms = Terms.of_data(part.distribution.terms)
    return {
        "share_class": class_coded(session, terms.class_code).name,
        "rate_ppm": terms.rate_ppm,
        "paid_minor": part.cash_cents - part.withheld_cents,
    }


def _of_notice(session: Session, part: DistributionPart) -> dict[str, Any]:
    terms = Terms.of_data(part.distribution.terms)
    lines = session.scalars(
        select(DistributionLine)
        .where(
            DistributionLine.distribution_id == part.distribution_id,
            DistributionLine.membership_id == part.membership_id,
        )
        .order_by(DistributionLine.business)
    )
    facts: dict[str, Any] = {
        "cash_minor": part.cash_cents,
        "cash_ppm": terms.cash_ppm,
        "retained_minor": part.retained_cents,
        "lines": [
            {"business": line.business, "basis": line.basis, "amount_minor": line.amount_cents} for line in lines
        ],
        "notice_class": terms.notice,
        "consent_basis": terms.consent,
        "prior_balance_minor": part.prior_cents,
        "redeemed_minor": part.share_cents,
        "new_balance_minor": part.prior_cents + part.retained_cents - part.share_cents,
        "shares": part.shares,
        "share_class": class_coded(session, terms.into_class).name if terms.into_class else "",
    }
    if terms.law == "us-subchapter-t":
        facts["form_1099_patr"] = {
            "tax_year": part.distribution.declared_on.year,
            "box_1_minor": box_1(part, terms),
            "box_4_minor": part.withheld_cents,
        }
    return facts
