"""Telling each member what a distribution brought them: a patronage notice (D22) or a statement of interest."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.language import translator
from app.core.settings import settings
from app.distributions.booked import entry_of_part
from app.distributions.models import DistributionLine, DistributionPart, Kind
from app.distributions.taxing import box_1
from app.distributions.terms import Terms
from app.documents.filing import content_of, file_document
from app.documents.models import Document
from app.letters.attaching import Attached, register_attachment
from app.letters.models import Letter
from app.letters.writing import write
from app.members.people.bank.recording import bank_account_of
from app.members.persons import address_of, particulars_on
from app.members.restricting import is_restricted
from app.shares.acts.judging import class_coded

NOTICE, STATEMENT = "patronage-notice", "share-interest-statement"
LETTER, ATTACHMENT = "distribution-declared", "distribution-statement"
_NAME = N_("statement")


def tell_member(session: Session, distribution_id: int, membership_id: int) -> None:
    """File what a distribution brought a member, and write to them with it, once; harmless when repeated."""
    document = file_distribution_statement(session, distribution_id, membership_id)
    part = session.get_one(DistributionPart, (distribution_id, membership_id))
    person, row = part.membership.person, part.distribution
    told = Letter.facts["distribution"].as_integer() == distribution_id
    written = select(Letter.id).where(Letter.person_id == person.id, Letter.name == LETTER, told)
    if is_restricted(session, person.id) or session.scalars(written).first() is not None:
        return
    paid = part.cash_cents - part.withheld_cents
    write(
        session,
        LETTER,
        person.email,
        person.language,
        person_id=person.id,
        distribution=distribution_id,
        title=row.title,
        declared_on=row.declared_on.isoformat(),
        payable_on=row.payable_on.isoformat(),
        currency=row.currency,
        amount_minor=part.amount_cents,
        paid_minor=paid,
        withheld_minor=part.withheld_cents,
        retained_minor=part.retained_cents,
        bank_missing=bool(paid) and bank_account_of(session, person.id) is None,
        attached={"kind": ATTACHMENT, "id": document.id},
    )


def file_distribution_statement(session: Session, distribution_id: int, membership_id: int) -> Document:
    """File what a distribution brought a member; the same again gives the same document."""
    part = session.get_one(DistributionPart, (distribution_id, membership_id))
    person, row = part.membership.person, part.distribution
    kind = STATEMENT if row.kind == Kind.INTEREST else NOTICE
    facts = _common(session, part) | (_of_interest(session, part) if kind == STATEMENT else _of_notice(session, part))
    return file_document(session, kind, f"{row.source}:{part.membership.number}", person, facts)


def _give(session: Session, document_id: int) -> Attached:
    document = session.get_one(Document, document_id)
    name = f"{translator(document.language)(_NAME)}-{document.number}.pdf"
    return Attached(name, content_of(session, document))


register_attachment(ATTACHMENT, _give)


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
