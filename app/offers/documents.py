"""Documents to read before pledging: uploads that belong to a version of an offer's terms, and are frozen with them.

Whoever pledges says that they have read all of them; what they agree to names each with its hash.
"""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core import audit
from app.core.contents import Kind
from app.core.errors import N_, NotFound, Refusal
from app.core.uploads import Reader, SentFile, Upload, carry_uploads, register_subject, take_upload, uploads_of
from app.members.models import Person
from app.offers.drafting import TermsFrozen, locked_offer, replace_terms, write_version
from app.offers.models import Offer, OfferState, OfferTerms
from app.offers.terms.stating import terms_of

KIND = "offer-terms"
KINDS: Sequence[Kind] = (Kind.PDF,)
DESK = frozenset({"organizer", "treasurer", "secretary", "auditor"})
MOST = 12


class TooManyDocuments(Refusal):
    """Nobody reads so many."""

    message = N_("An offer has at most {most} documents. Put some of them together.")
    field = "document"


def offer_document(session: Session, terms: OfferTerms, file: SentFile, *, by: Person) -> Upload:
    """Keep a document of these terms."""
    return take_upload(session, file, kinds=KINDS, subject=terms.documents_subject, by=by.id)


def add_document(session: Session, slug: str, file: SentFile, *, by: Person) -> Upload:
    """Add a document to a draft; once the offer is open, its documents are frozen with its terms."""
    offer = _draft(session, slug)
    if len(documents_offered(session, offer.terms)) >= MOST:
        raise TooManyDocuments(most=MOST)
    return offer_document(session, offer.terms, file, by=by)


def remove_document(session: Session, slug: str, upload_id: int, *, by: int | None) -> None:
    """Take a document out of a draft: its next version has all the others."""
    offer = _draft(session, slug)
    before = offer.terms
    if upload_id not in {document.id for document in documents_offered(session, before)}:
        raise NotFound
    version = write_version(session, offer.id, before.version + 1, terms_of(before), by)
    carry_uploads(session, before.documents_subject, version.documents_subject, but=upload_id)
    replace_terms(session, offer, version)
    audit.record(
        session, audit.Tag.OFFER_CHANGED, f"offer:{offer.id}", by=by, version=version.version, removed=upload_id
    )


def documents_offered(session: Session, terms: OfferTerms) -> list[Upload]:
    """The documents of a version of the terms, the oldest first; each is read at `/uploads/<id>`."""
    return uploads_of(session, terms.documents_subject)


def _draft(session: Session, slug: str) -> Offer:
    offer = locked_offer(session, slug)
    if offer.state != OfferState.DRAFT:
        raise TermsFrozen
    return offer


def _may_read(session: Session, terms_id: str, reader: Reader) -> bool:
    """Everyone, once the offer is public; before that whoever works at the desk."""
    terms = session.get(OfferTerms, int(terms_id))
    if terms is None:
        return False
    return session.get_one(Offer, terms.offer_id).state != OfferState.DRAFT or bool(reader.roles & DESK)


register_subject(KIND, _may_read, noted=False)
