"""Redeeming allocations: each member's statement of what had been retained and is paid out now."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.distributions.models import AllocationRedemptionEnd, AllocationRedemptionPart
from app.distributions.redeeming.paying import entry_of_redemption
from app.distributions.terms import Terms
from app.documents.distributing import ATTACHMENT
from app.documents.filing import file_document
from app.documents.issuing import issuer
from app.documents.models import Document
from app.letters.models import Letter
from app.letters.writing import write
from app.members.people.bank.recording import bank_account_of
from app.members.persons import address_of, particulars_about
from app.members.restricting import is_restricted

STATEMENT, LETTER = "allocation-redemption", "allocation-redeemed"


def tell_redeemed(session: Session, redemption_id: int, membership_id: int) -> None:
    """File what a redemption paid a member, and write to them with it, once; harmless when repeated."""
    document = file_allocation_redemption(session, redemption_id, membership_id)
    part = session.get_one(AllocationRedemptionPart, (redemption_id, membership_id))
    person, row = part.membership.person, part.redemption
    told = Letter.facts["redemption"].as_integer() == redemption_id
    written = select(Letter.id).where(Letter.person_id == person.id, Letter.name == LETTER, told)
    if document is None or is_restricted(session, person.id) or session.scalars(written).first() is not None:
        return
    if session.get(AllocationRedemptionEnd, redemption_id) is not None:
        return  # it was undone before anybody was told of it
    paid = part.amount_cents - part.withheld_cents
    write(
        session,
        LETTER,
        person.email,
        person.language,
        person_id=person.id,
        redemption=redemption_id,
        title=row.distribution.title,
        payable_on=row.payable_on.isoformat(),
        currency=row.distribution.currency,
        amount_minor=part.amount_cents,
        paid_minor=paid,
        withheld_minor=part.withheld_cents,
        left_minor=part.prior_cents - part.amount_cents,
        bank_missing=bool(paid) and bank_account_of(session, person.id) is None,
        attached={"kind": ATTACHMENT, "id": document.id},
    )


def file_allocation_redemption(session: Session, redemption_id: int, membership_id: int) -> Document | None:
    """File what a redemption paid a member, once; None where the member's data was erased meanwhile."""
    part = session.get_one(AllocationRedemptionPart, (redemption_id, membership_id))
    row, member = part.redemption, part.membership
    known = particulars_about(session, member.person_id, row.redeemed_on)
    if known is None:
        return None
    terms = Terms.of_data(row.distribution.terms)
    entry = entry_of_redemption(session, row, member.number)
    facts: dict[str, Any] = issuer() | {
        "legal_name": known.legal_name,
        "address": address_of(known).one_line(),
        "member_number": member.number,
        "title": row.distribution.title,
        "allocated_on": row.distribution.declared_on.isoformat(),
        "redeemed_on": row.redeemed_on.isoformat(),
        "payable_on": row.payable_on.isoformat(),
        "currency": row.distribution.currency,
        "notice_class": terms.notice,
        "prior_balance_minor": part.prior_cents,
        "amount_minor": part.amount_cents,
        "withheld_minor": part.withheld_cents,
        "paid_minor": part.amount_cents - part.withheld_cents,
        "new_balance_minor": part.prior_cents - part.amount_cents,
        "reason": row.reason,
        "entry_sha256": bytes(entry.content_sha256).hex(),
    }
    if terms.law == "us-subchapter-t":
        facts["form_1099_patr"] = {
            "tax_year": row.redeemed_on.year,
            "box_5_minor": part.amount_cents if terms.notice == "nonqualified" else 0,
            "box_4_minor": part.withheld_cents,
        }
    return file_document(session, STATEMENT, f"{row.source}:{member.number}", member.person, facts, as_record=True)
