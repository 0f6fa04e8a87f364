"""Filing documents: facts are frozen, rendered, kept in the vault and noted, once for each cause."""

import hashlib
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, series, vault
from app.core.errors import NotFound
from app.core.settings import settings
from app.documents.models import Document
from app.documents.rendering import canonical, render
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import address_of, particulars_on
from app.shares.models import Lot

CERTIFICATE = "certificate"
ERASURE_DECISION = "erasure-decision"
ACKNOWLEDGEMENT = "pledge-acknowledgement"
TEMPLATE_VERSIONS = {CERTIFICATE: 1, ERASURE_DECISION: 1, ACKNOWLEDGEMENT: 1}


def file_certificate(session: Session, lot_id: int) -> Document:
    """File the share certificate of a lot; the same lot again gives the same document."""
    lot = session.scalars(select(Lot).where(Lot.id == lot_id).with_for_update(key_share=True)).one()
    person = lot.membership.person
    return file_document(session, CERTIFICATE, f"lot:{lot.id}", person, certificate_facts(session, lot))


def file_erasure_decision(session: Session, request_id: int, person: Person, facts: dict[str, Any]) -> Document:
    """File the decision of a request for erasure, with the name that the person had."""
    return file_document(session, ERASURE_DECISION, f"request:{request_id}", person, facts)


def certificate_facts(session: Session, lot: Lot) -> dict[str, Any]:
    """What a certificate says, as valid on the day of allotment; money in minor units, dates in ISO 8601."""
    person = lot.membership.person
    known = particulars_on(session, person.id, lot.allotted_on)
    assert known is not None, "a holder's name and address are recorded before shares are allotted"
    return {
        "organization": settings().organization,
        "organization_seat": settings().organization_seat,
        "certificate_number": lot.certificate_number,
        "member_number": lot.membership.number,
        "legal_name": known.legal_name,
        "address": address_of(known).one_line(),
        "share_class": lot.share_class.name,
        "share_class_code": lot.share_class.code,
        "shares": lot.shares,
        "price_minor": lot.price_cents,
        "paid_minor": lot.paid_cents,
        "currency": lot.currency,
        "allotted_on": lot.allotted_on.isoformat(),
        "basis": lot.basis,
        "entry_sha256": bytes(lot.entry.content_sha256).hex() if lot.entry else "",
    }


def documents_of(session: Session, person: Person) -> list[Document]:
    """The documents that concern a person, the newest first."""
    return list(
        session.scalars(
            select(Document).where(Document.person_id.in_(same_person(person.id))).order_by(Document.id.desc())
        )
    )


def read_document(session: Session, number: int, *, by: Person) -> tuple[Document, bytes]:
    """A document and its bytes, for the person whom it concerns; noted in the audit trail. Else `NotFound`."""
    document = session.scalars(select(Document).where(Document.number == number)).first()
    if document is None or document.person_id not in session.scalars(same_person(by.id)).all():
        raise NotFound
    content = vault.get(document.pdf_sha256)
    audit.record(session, audit.Tag.DOCUMENT_READ, f"document:{document.id}", by=by.id)
    return document, content


def file_document(session: Session, kind: str, source: str, person: Person, facts: dict[str, Any]) -> Document:
    """File a document of a kind in `TEMPLATE_VERSIONS` for a person; the same kind and source give the same one."""
    existing = session.scalars(select(Document).where(Document.source == f"{kind}:{source}")).first()
    if existing is not None:
        return existing
    issued_at = clock.now().replace(microsecond=0)
    number = series.draw(session, "document")
    frozen = {**facts, "document_number": number, "issued_at": issued_at.isoformat()}
    digest = hashlib.sha256(canonical(frozen)).hexdigest()
    content = render(kind, frozen, person.language, issued_at=issued_at, digest=digest)
    document = Document(
        number=number,
        kind=kind,
        source=f"{kind}:{source}",
        person_id=person.id,
        language=person.language,
        template_version=TEMPLATE_VERSIONS[kind],
        facts=frozen,
        facts_sha256=digest,
        pdf_sha256=vault.put(content),
        filed_at=issued_at,
    )
    session.add(document)
    session.flush()
    audit.record(session, audit.Tag.DOCUMENT_FILED, f"document:{document.id}", by=None)
    return document
