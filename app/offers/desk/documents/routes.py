"""The documents of an offer at the desk: added to a draft, taken out of it, and frozen with its terms."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.access import OfferOrganizer
from app.offers.documents import KINDS, add_document, documents_offered, remove_document
from app.offers.drafting import find_offer
from app.offers.models import OfferState
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect
from app.web.uploads import UploadField, takes_files

router = APIRouter(prefix="/desk/offers/{slug}/documents")
PAGE = "offers/desk/documents.html"
DOCUMENT = UploadField("document", KINDS)


@router.get("")
def show(request: Request, session: Snapshot, viewer: OfferOrganizer, slug: str) -> Response:
    """The documents of an offer."""
    return page(request, PAGE, **_facts(session, slug))


@router.post("")
@takes_files
def add(request: Request, session: Tx, viewer: OfferOrganizer, slug: str, fields: Fields) -> Response:
    """Add a document to a draft."""
    with shown_again(request, PAGE, fields, **_facts(session, slug)):
        form = Form(fields)
        file = DOCUMENT.read(fields, form)
        form.done()
        add_document(session, slug, file, by=viewer.person(session))
    return redirect(request, f"/desk/offers/{slug}/documents", N_("The document is added."))


@router.post("/{upload_id}/removal")
def remove(request: Request, session: Tx, viewer: OfferOrganizer, slug: str, upload_id: Id, fields: Fields) -> Response:
    """Take a document out of a draft."""
    with shown_again(request, PAGE, fields, **_facts(session, slug)):
        remove_document(session, slug, upload_id, by=viewer.person_id)
    return redirect(request, f"/desk/offers/{slug}/documents", N_("The document is taken out."))


def _facts(session: Session, slug: str) -> dict[str, Any]:
    offer = find_offer(session, slug)
    return {
        "offer": offer,
        "documents": documents_offered(session, offer.terms),
        "is_draft": offer.state == OfferState.DRAFT,
        "field": DOCUMENT,
    }
