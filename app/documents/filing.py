"""Filing documents: facts are frozen, rendered, kept in the vault and noted, once for each cause."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs, series, vault
from app.core.errors import N_, NotFound, Refusal
from app.core.settings import settings
from app.documents.bulk.models import DocumentLeaf
from app.documents.freezing import freeze, key_for, pdf_of
from app.documents.issuing import issuer
from app.documents.kinds import Kind, kind_of
from app.documents.models import Document, DocumentConcern, DocumentFile
from app.documents.rendering import is_long
from app.documents.seals.keys import seal_key
from app.documents.seals.timestamping import JOB as TIMESTAMP_JOB
from app.law.adapting import law_for
from app.members.models import Particulars, Person
from app.members.people.resolving import same_person
from app.members.persons import address_of, particulars_about
from app.shares.acts.judging import terms_on
from app.shares.models import Lot, ShareClassTerms
from app.shares.numbering import numbers_of


class ContentsGone(Refusal):
    """The document was emptied when its person was erased."""

    message = N_("The contents of document no. {number} were erased by a decision on erasure. Its hash is kept.")
    status = 410


class BeingMade(Refusal):
    """A long document takes minutes to lay out, for which no page waits."""

    message = N_("Document no. {number} is long, so its file is still being made. Ask again in a few minutes.")
    status = 503


MAKE_JOB = "documents.make_file"
CERTIFICATE = "certificate"
ERASURE_DECISION = "erasure-decision"
_CALLED = {"fr": N_("Statement of entry in account"), "de": N_("Confirmation of entry in the list of members")}
"""Laws that know no share certificates, and what confirms the entry there."""
ACKNOWLEDGEMENT = "pledge-acknowledgement"


def file_certificate(session: Session, lot_id: int) -> Document | None:
    """File the share certificate of a lot; the same lot again gives the same document.

    None where the holder's data was erased before: nothing is filed that would name them.
    """
    lot = session.scalars(select(Lot).where(Lot.id == lot_id).with_for_update(key_share=True)).one()
    known = particulars_about(session, lot.membership.person_id, lot.allotted_on)
    if known is None:
        return None
    facts = facts_of_lot(lot, known, terms_on(session, lot.share_class, lot.allotted_on), _numbers(session, lot))
    return file_document(session, CERTIFICATE, f"lot:{lot.id}", lot.membership.person, facts)


def file_erasure_decision(session: Session, request_id: int, person: Person, facts: dict[str, Any]) -> Document:
    """File the decision of a request for erasure, with the name that the person had."""
    return file_document(session, ERASURE_DECISION, f"request:{request_id}", person, facts)


def certificate_facts(session: Session, lot: Lot) -> dict[str, Any]:
    """What a certificate says, as valid on the day of allotment."""
    known = particulars_about(session, lot.membership.person_id, lot.allotted_on)
    assert known is not None, "a holder's name and address are recorded before shares are allotted"
    return facts_of_lot(lot, known, terms_on(session, lot.share_class, lot.allotted_on), _numbers(session, lot))


def _numbers(session: Session, lot: Lot) -> str:
    return numbers_of(session, [lot.id]).get(lot.id, "")


def facts_of_lot(lot: Lot, known: Particulars, terms: ShareClassTerms | None, numbers: str = "") -> dict[str, Any]:
    """What the certificate of a lot says; money in minor units, dates in ISO 8601, numbers as they are written."""
    return (
        issuer()
        | ({"share_numbers": numbers} if numbers else {})
        | {
            "called": _CALLED.get(settings().register_law, ""),
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
    )


def documents_of(session: Session, person: Person) -> list[Document]:
    """The documents that concern a person, the newest first."""
    return list(session.scalars(select(Document).where(concerning(person.id)).order_by(Document.id.desc())))


def latest_versions(session: Session, documents: Sequence[Document]) -> dict[int, Document]:
    """The version of each document that holds now, by the id of the one that was given."""
    found = {each.id: each for each in documents}
    while True:
        replacing = select(Document).where(Document.replaces_id.in_([each.id for each in found.values()]))
        later = {row.replaces_id: row for row in session.scalars(replacing)}
        if not later:
            return found
        found = {first: later.get(each.id, each) for first, each in found.items()}


def concerning(person_id: int) -> ColumnElement[bool]:
    """Which documents concern a person: those addressed to any record of theirs, and those that name them besides."""
    named = select(DocumentConcern.document_id).where(DocumentConcern.person_id.in_(same_person(person_id)))
    return or_(Document.person_id.in_(same_person(person_id)), Document.id.in_(named))


def is_concerned(session: Session, document: Document, person_id: int) -> bool:
    """Whether a document concerns a person."""
    return session.scalar(select(Document.id).where(Document.id == document.id, concerning(person_id))) is not None


def read_document(session: Session, number: int, *, by: Person) -> tuple[Document, bytes]:
    """A document and its bytes, for whom it concerns; noted in the audit trail. Else `NotFound`."""
    document = session.scalars(select(Document).where(Document.number == number, concerning(by.id))).first()
    if document is None:
        raise NotFound
    content = content_of(session, document)
    audit.record(session, audit.Tag.DOCUMENT_READ, f"document:{document.id}", by=by.id)
    return document, content


def content_of(session: Session, document: Document) -> bytes:
    """The bytes of a document's latest file, which is made now where a record has none yet.

    Raises `ContentsGone`, and `BeingMade` of a long one.
    """
    if not document.facts:
        raise ContentsGone(number=document.number)
    known = file_of(session, document)
    if known is None and is_long(document.facts):
        raise BeingMade(number=document.number)
    return vault.get(known or make_file(session, document))


def file_name(document: Document) -> str:
    """What the file of a document is called."""
    return f"{document.kind}-{document.number}.pdf"


def file_of(session: Session, document: Document) -> str | None:
    """The SHA-256 of a document's latest file; None where none was made yet."""
    later = select(DocumentFile.pdf_sha256).where(DocumentFile.document_id == document.id)
    return session.scalars(later.order_by(DocumentFile.id.desc())).first() or document.pdf_sha256


def make_file(session: Session, document: Document) -> str:
    """Make the file of a document that was filed as a record, once; its SHA-256. Raises `SealGone`."""
    session.execute(select(Document.id).where(Document.id == document.id).with_for_update(key_share=True))
    if (known := file_of(session, document)) is not None:
        return known
    key = key_for(document)
    sha256 = keep_file(session, document, *pdf_of(document, key))
    if key and settings().tsa_url and session.get(DocumentLeaf, document.id) is None:
        jobs.defer(session, TIMESTAMP_JOB, document_id=document.id)
    return sha256


def make_long_file(session: Session, document_id: int) -> None:
    """Make the file of a long document that was filed as a record; harmless when repeated, and after an erasure."""
    document = session.get_one(Document, document_id)
    if document.facts:
        make_file(session, document)


def keep_file(session: Session, document: Document, content: bytes, engine: str) -> str:
    """Keep the file that was made of a record; its SHA-256."""
    sha256 = vault.put(content)
    made = f"{engine}, template {kind_of(document.kind).template_version}"
    row = DocumentFile(document_id=document.id, pdf_sha256=sha256, level="B-B", engine=made, made_at=clock.now())
    session.add(row)
    session.flush()
    return sha256


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
    as_record: bool = False,
) -> Document:
    """File a document of a kind of `app.documents.kinds`; the same kind and source give the same one.

    `person` is whom it is addressed to, None for the organization; `also` are others whom it concerns. `profile` is
    the law profile (`us-de-266`, or an own copy) whose mandatory facts must be there, else `FactsMissing`. `facts`
    are those the kind declares. The language is the person's, unless said. As a record it has no file yet: that is
    made when somebody asks for it. A long document (`is_long`) is always filed so, and a job makes its file.
    """
    existing = session.scalars(select(Document).where(Document.source == f"{kind}:{source}")).first()
    if existing is not None:
        return existing
    return _file(session, kind_of(kind), source, person, facts, also, profile, language, None, as_record=as_record)


def file_version(session: Session, document: Document, changed: dict[str, Any], *, as_record: bool = False) -> Document:
    """File the next version of a document, with some facts changed; for `correct_document`."""
    kind = kind_of(document.kind)
    known = {each.name for each in kind.fields_in(document.profile_id)}
    facts = {name: value for name, value in document.facts.items() if name in known} | changed
    person = session.get(Person, document.person_id) if document.person_id else None
    named = select(Person).join(DocumentConcern, DocumentConcern.person_id == Person.id)
    also = session.scalars(named.where(DocumentConcern.document_id == document.id)).all()
    cause = document.source.removeprefix(f"{kind.name}:").partition("#")[0]
    source = f"{cause}#{document.version + 1}"
    law, language = document.profile_id, document.language
    return _file(session, kind, source, person, facts, also, law, language, document, as_record=as_record)


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
    *,
    as_record: bool = False,
) -> Document:
    key = seal_key() if kind.seal else None
    document = freeze(
        kind,
        source,
        person,
        facts,
        number=series.draw(session, "document"),
        language=language,
        law=law_for(session, profile) if profile else None,
        key=key,
        replaces=replaces,
    )
    long = is_long(document.facts)
    as_record = as_record or long
    if not as_record:
        content, document.engine = pdf_of(document, key)
        document.pdf_sha256 = vault.put(content)
    session.add(document)
    session.flush()
    others = {each.id for each in also} - {document.person_id}
    session.add_all(DocumentConcern(document_id=document.id, person_id=each) for each in sorted(others))
    session.flush()
    audit.record(session, audit.Tag.DOCUMENT_FILED, f"document:{document.id}", by=None)
    if long:
        jobs.defer(session, MAKE_JOB, document_id=document.id)
    if key and not as_record and settings().tsa_url and kind.level != "B-B":
        jobs.defer(session, TIMESTAMP_JOB, document_id=document.id)
    return document
