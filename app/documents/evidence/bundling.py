"""Bundling evidence: the records about a disputed payment become a document; the treasurer reads it, then sends it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.core.language import money
from app.core.money import Money
from app.documents.correcting import NothingChanged, correct_document
from app.documents.evidence.gathering import LANGUAGE, evidence_facts, pledge_of
from app.documents.filing import file_document, make_file
from app.documents.models import Document
from app.members.models import Person
from app.payments.cards.evidence.models import DisputeEvidence
from app.payments.cards.evidence.submitting import find_dispute, refuse_unless_waiting, submit_evidence
from app.payments.cards.returning.models import Dispute

KIND = "dispute-evidence"
TEXT_MAX = 5_000
"""Signs of a text that is sent beside the file: what the bank reads first."""
_AGAIN = N_("bundled anew")


class NoBundle(Refusal):
    """There is nothing to send yet."""

    message = N_("Make the bundle and read it first.")
    status = 409


def bundle(session: Session, dispute_id: int, statement: str, *, by: int) -> Document:
    """Make the bundle of a dispute from the records as they stand; another one becomes its next version.

    `statement` is what the treasurer says to the bank; it must say something.
    """
    assert statement.strip(), "a form asks for it"
    row = find_dispute(session, dispute_id, lock=True)
    refuse_unless_waiting(session, row)
    facts, before = evidence_facts(session, row, statement.strip()), latest_bundle(session, row)
    if before is None:
        return file_document(session, KIND, f"dispute:{row.id}", None, facts, language=LANGUAGE)
    try:
        return correct_document(session, before, facts, reason=_AGAIN, by=by)
    except NothingChanged:
        return before


def latest_bundle(session: Session, row: Dispute) -> Document | None:
    """The latest version of the bundle of a dispute."""
    found = session.scalars(select(Document).where(Document.source == f"{KIND}:dispute:{row.id}")).first()
    while found is not None:
        later = session.scalars(select(Document).where(Document.replaces_id == found.id)).first()
        if later is None:
            return found
        found = later
    return None


def submit_bundle(session: Session, dispute_id: int, *, by: int) -> DisputeEvidence:
    """Give the latest bundle of a dispute to be sent to the bank, once."""
    row = find_dispute(session, dispute_id)
    document = latest_bundle(session, row)
    if document is None:
        raise NoBundle
    return submit_evidence(
        session,
        dispute_id,
        document_number=document.number,
        pdf_sha256=make_file(session, document),
        texts=_texts(session, row, document),
        by=by,
    )


def _texts(session: Session, row: Dispute, document: Document) -> dict[str, str]:
    """What is sent beside the file, by the processor's names of fields."""
    facts, pledge = document.facts, pledge_of(session, row)
    person = session.get_one(Person, row.payment.request.person_id)
    log = "\n".join(f"{line['at'][:16]} {line['what']}" for line in facts["log"])
    bought = ""
    if pledge is not None:
        price = money(Money(pledge.price_cents, pledge.currency), LANGUAGE)
        bought = f"{pledge.shares} shares ({facts['share_class']}) at {price}, offer “{facts['offer_title']}”"
    return {
        "customer_name": facts.get("legal_name") or "",
        "customer_email_address": person.email or "",
        "billing_address": facts.get("address") or "",
        "product_description": bought[:TEXT_MAX],
        "service_date": facts["paid_at"][:10],
        "access_activity_log": log[:TEXT_MAX],
        "uncategorized_text": facts["statement"][:TEXT_MAX],
    }
