"""Filing documents: facts are frozen, rendered, kept in the vault and noted, once for each cause."""

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs, series, vault
from app.core.errors import NotFound
from app.core.language import LANGUAGES
from app.core.settings import settings
from app.documents.checking import check_facts, check_shown
from app.documents.codes import address_of_code, new_code
from app.documents.issuing import issuer
from app.documents.kinds import Kind, kind_of
from app.documents.models import Document, DocumentConcern, DocumentFile
from app.documents.rendering import canonical, render_by
from app.documents.seals.keys import seal_key
from app.documents.seals.sealing import seal
from app.documents.seals.timestamping import JOB as TIMESTAMP_JOB
from app.law.adapting import law_for
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import address_of, particulars_on
from app.shares.acts.judging import terms_on
from app.shares.models import Lot

CERTIFICATE = "certificate"
ERASURE_DECISION = "erasure-decision"
ACKNOWLEDGEMENT = "pledge-acknowledgement"


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
    terms = terms_on(session, lot.share_class, lot.allotted_on)
    return issuer() | {
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
        "votes": terms.votes_rule if terms else "",
        "restriction": terms.transferable if terms else "",
        "legends": terms.legends if terms else [],
    }


def documents_of(session: Session, person: Person) -> list[Document]:
    """The documents that concern a person, the newest first."""
    return list(session.scalars(select(Document).where(concerning(person.id)).order_by(Document.id.desc())))


def concerning(person_id: int) -> ColumnElement[bool]:
    """Which documents concern a person: those addressed to any record of theirs, and those that name them besides."""
    named = select(DocumentConcern.document_id).where(DocumentConcern.person_id.in_(same_person(person_id)))
    return or_(Document.person_id.in_(same_person(person_id)), Document.id.in_(named))


def read_document(session: Session, number: int, *, by: Person) -> tuple[Document, bytes]:
    """A document and its bytes, for whom it concerns; noted in the audit trail. Else `NotFound`."""
    document = session.scalars(select(Document).where(Document.number == number, concerning(by.id))).first()
    if document is None:
        raise NotFound
    content = content_of(session, document)
    audit.record(session, audit.Tag.DOCUMENT_READ, f"document:{document.id}", by=by.id)
    return document, content


def content_of(session: Session, document: Document) -> bytes:
    """The bytes of a document's latest file."""
    return vault.get(file_of(session, document))


def file_of(session: Session, document: Document) -> str:
    """The SHA-256 of a document's latest file."""
    later = select(DocumentFile.pdf_sha256).where(DocumentFile.document_id == document.id)
    found = session.scalars(later.order_by(DocumentFile.id.desc())).first() or document.pdf_sha256
    assert found is not None, f"document {document.number} has no file yet"
    return found


def file_document(
    session: Session,
    kind: str,
    source: str,
    person: Person | None,
    facts: dict[str, Any],
    *,
    also: Sequence[Person] = (),
    profile: str | None = None,
    language: str | None = None,
) -> Document:
    """File a document of a kind of `app.documents.kinds`; the same kind and source give the same one.

    `person` is whom it is addressed to, None for the organization; `also` are others whom it concerns. `profile` is
    the law profile (`us-de-266`, or an own copy) whose mandatory facts must be there, else `FactsMissing`. `facts`
    are those the kind declares. The language is the person's, unless said.
    """
    existing = session.scalars(select(Document).where(Document.source == f"{kind}:{source}")).first()
    if existing is not None:
        return existing
    return _file(session, kind_of(kind), source, person, facts, also, profile, language, None)


def file_version(session: Session, document: Document, changed: dict[str, Any]) -> Document:
    """File the next version of a document, with some facts changed; for `correct_document`."""
    kind = kind_of(document.kind)
    known = {each.name for each in kind.fields_in(document.profile_id)}
    facts = {name: value for name, value in document.facts.items() if name in known} | changed
    person = session.get(Person, document.person_id) if document.person_id else None
    named = select(Person).join(DocumentConcern, DocumentConcern.person_id == Person.id)
    also = session.scalars(named.where(DocumentConcern.document_id == document.id)).all()
    cause = document.source.removeprefix(f"{kind.name}:").partition("#")[0]
    source = f"{cause}#{document.version + 1}"
    return _file(session, kind, source, person, facts, also, document.profile_id, document.language, document)


def _file(
    session: Session,
    kind: Kind,
    source: str,
    person: Person | None,
    facts: dict[str, Any],
    also: Sequence[Person],
    profile: str | None,
    language: str | None,
    replaces: Document | None,
) -> Document:
    check_facts(kind, facts, profile)
    check_shown(facts)
    law = law_for(session, profile) if profile else None
    language = language or (person.language if person else LANGUAGES[0])
    issued_at = clock.now().replace(microsecond=0)
    key = seal_key() if kind.seal else None
    number, code = series.draw(session, "document"), new_code()
    frozen = {
        **facts,
        "document_kind": kind.name,
        "document_schema": kind.version,
        "document_number": number,
        "document_version": replaces.version + 1 if replaces else 1,
        "replaces_number": replaces.number if replaces else None,
        "document_language": language,
        "profile": {"id": law.id, "version": law.version} if law else None,
        "verify_code": code,
        "verify_at": address_of_code(code),
        "seal": "none" if key is None else "test" if key.is_test else "organization",
        "issued_at": issued_at.isoformat(),
    }
    digest = hashlib.sha256(canonical(frozen)).hexdigest()
    content, engine = render_by(kind.name, frozen, language, issued_at=issued_at, digest=digest)
    document = Document(
        number=number,
        kind=kind.name,
        source=f"{kind.name}:{source}",
        person_id=person.id if person else None,
        language=language,
        template_version=kind.template_version,
        facts=frozen,
        facts_sha256=digest,
        pdf_sha256=vault.put(seal(content, key) if key else content),
        filed_at=issued_at,
        version=frozen["document_version"],
        schema_version=kind.version,
        profile_id=law.id if law else None,
        profile_version=law.version if law else None,
        verify_code=code,
        replaces_id=replaces.id if replaces else None,
        engine=engine,
    )
    session.add(document)
    session.flush()
    others = {each.id for each in also} - {document.person_id}
    session.add_all(DocumentConcern(document_id=document.id, person_id=each) for each in sorted(others))
    session.flush()
    audit.record(session, audit.Tag.DOCUMENT_FILED, f"document:{document.id}", by=None)
    if key and settings().tsa_url and kind.level != "B-B":
        jobs.defer(session, TIMESTAMP_JOB, document_id=document.id)
    return document
