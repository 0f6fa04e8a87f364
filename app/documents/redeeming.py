"""Redeeming allocations: each member's statement of what had been retained and is paid out now."""

from typing import Any

from sqlalchemy.orm import Session

from app.distributions.models import AllocationRedemptionPart
from app.distributions.redeeming.paying import entry_of_redemption
from app.distributions.terms import Terms
from app.documents.filing import file_document
from app.documents.issuing import issuer
from app.documents.models import Document
from app.members.persons import address_of, particulars_about

STATEMENT = "allocation-redemption"


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
