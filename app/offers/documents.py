"""Documents to read before pledging: uploads that belong to a version of an offer's terms."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from app.core.contents import Kind
from app.core.uploads import Reader, SentFile, Upload, register_subject, take_upload, uploads_of
from app.members.models import Person
from app.offers.models import Offer, OfferState, OfferTerms

KIND = "offer-terms"
KINDS: Sequence[Kind] = (Kind.PDF,)
DESK = frozenset({"organizer", "treasurer", "secretary", "auditor"})


def offer_document(session: Session, terms: OfferTerms, file: SentFile, *, by: Person) -> Upload:
    """Keep a document of these terms."""
    return take_upload(session, file, kinds=KINDS, subject=f"{KIND}:{terms.id}", by=by.id)


def documents_offered(session: Session, terms_id: int) -> list[Upload]:
    """The documents of a version of the terms, the oldest first; each is read at `/uploads/<id>`."""
    return uploads_of(session, f"{KIND}:{terms_id}")


def _may_read(session: Session, terms_id: str, reader: Reader) -> bool:
    """Everyone, once the offer is public; before that whoever works at the desk."""
    terms = session.get(OfferTerms, int(terms_id))
    if terms is None:
        return False
    return session.get_one(Offer, terms.offer_id).state != OfferState.DRAFT or bool(reader.roles & DESK)


register_subject(KIND, _may_read, noted=False)
