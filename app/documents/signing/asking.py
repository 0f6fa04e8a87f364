"""Asking for signatures: each place that a document names gets its person, and the first of them a letter."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.documents.correcting import ReplacedAlready
from app.documents.filing import is_concerned
from app.documents.kinds import kind_of
from app.documents.models import Document, DocumentConcern
from app.documents.signing.models import DocumentSignatory, DocumentSignature
from app.letters.writing import write
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import find_person, normal_email
from app.members.roles import UnknownPerson


class NothingToSign(Refusal):
    """The document names nobody who signs."""

    message = N_("Nobody signs a document of this kind, or all who do have signed.")
    status = 409


class AskedAlready(Refusal):
    """Each place has one person, for good."""

    message = N_("The signatures to this version were asked for already.")
    status = 409


class NobodyAsked(Refusal):
    """The form names nobody."""

    message = N_("Name at least one person who is to sign here. Whoever signs on paper can be left out.")


def places_to_sign(document: Document) -> list[tuple[int, dict[str, Any]]]:
    """Whom a document names as signing who has not yet: their places, from 0, and what it says of them."""
    named = document.facts.get("signatories") or []
    return [(place, one) for place, one in enumerate(named) if not one.get("signed_at")]


def ask_signatures(session: Session, document: Document, emails: Mapping[int, str], *, by: int) -> None:
    """Ask people, known by their addresses, to sign a document in the order of its places.

    The document concerns them from now on, so that they can read what they sign.
    """
    session.execute(select(Document.id).where(Document.id == document.id).with_for_update(key_share=True))
    if session.scalars(select(Document.id).where(Document.replaces_id == document.id)).first() is not None:
        raise ReplacedAlready
    if not places_to_sign(document):
        raise NothingToSign
    if signatories_of(session, document):
        raise AskedAlready
    people = {
        place: _known(session, emails[place]) for place, _ in places_to_sign(document) if emails.get(place, "").strip()
    }
    if not people:
        raise NobodyAsked
    for place, person in sorted(people.items()):
        row = DocumentSignatory(
            document_id=document.id, place=place, person_id=person.id, asked_by=by, asked_at=clock.now()
        )
        session.add(row)
        if not is_concerned(session, document, person.id):
            session.add(DocumentConcern(document_id=document.id, person_id=person.id))
            session.flush()
        audit.record(session, audit.Tag.SIGNATURE_ASKED, f"document:{document.id}", by=by, signatory=person.id)
    session.flush()
    tell_next(session, document)


def signatories_of(session: Session, document: Document) -> Sequence[DocumentSignatory]:
    """Who was asked to sign a version, or the one that it became by being signed; in order."""
    asked_on = document.id
    earlier = session.scalars(select(DocumentSignature).where(DocumentSignature.made_id == document.id)).first()
    if earlier is not None:
        asked_on = session.get_one(DocumentSignatory, earlier.signatory_id).document_id
    found = select(DocumentSignatory).where(DocumentSignatory.document_id == asked_on)
    return session.scalars(found.order_by(DocumentSignatory.place)).all()


def next_signatory(session: Session, document: Document) -> DocumentSignatory | None:
    """Whose turn it is to sign this version; None when nobody's is, or another version took its place."""
    if session.scalars(select(Document.id).where(Document.replaces_id == document.id)).first() is not None:
        return None
    rows = signatories_of(session, document)
    return next((row for row in rows if session.get(DocumentSignature, row.id) is None), None)


def waiting_for(session: Session, person_id: int) -> list[Document]:
    """The versions that a person is to sign now."""
    mine = select(DocumentSignatory).where(DocumentSignatory.person_id.in_(same_person(person_id)))
    found = []
    for row in session.scalars(mine):
        last = select(DocumentSignature.made_id).join(DocumentSignatory)
        last = last.where(DocumentSignatory.document_id == row.document_id).order_by(DocumentSignature.made_id.desc())
        made = session.scalars(last).first()
        version = session.get_one(Document, made) if made else row.document
        if next_signatory(session, version) is row:
            found.append(version)
    return found


def tell_next(session: Session, document: Document) -> None:
    """Write to whoever is to sign next, if anybody is."""
    row = next_signatory(session, document)
    if row is not None:
        write(
            session,
            "signature-wanted",
            row.person.email,
            row.person.language,
            person_id=row.person_id,
            title=kind_of(document.kind).title,
            number=document.number,
            path=f"/documents/{document.number}/signature",
        )


def _known(session: Session, email: str) -> Person:
    person = find_person(session, normal_email(email))
    if person is None:
        raise UnknownPerson(who=email)
    return person
