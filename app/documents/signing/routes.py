"""The page on which a person signs a document."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_
from app.documents.kinds import kind_of
from app.documents.signing.asking import waiting_for
from app.documents.signing.signing import CONSENT, DRAWN_MAX, INTENT, sign, turn_of
from app.members.access import Someone
from app.members.signin.access import Fresh
from app.web.database import Id, Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.pages import page, redirect

router = APIRouter(prefix="/documents")
PAGE = "documents/signing/sign.html"


@router.get("/{number}/signature")
def show(request: Request, session: Snapshot, viewer: Someone, number: Id) -> Response:
    """A document that waits for the viewer's signature, and the form to sign it."""
    return page(request, PAGE, **_facts(session, number, viewer.person_id))


@router.post("/{number}/signature")
def sign_it(request: Request, session: Tx, viewer: Someone, fresh: Fresh, number: Id, fields: Fields) -> Response:
    """Sign it; the signed version is a new document of the viewer's."""
    with shown_again(request, PAGE, fields, **_facts(session, number, viewer.person_id)):
        form = Form(fields)
        form.checked("intent", required=True)
        form.checked("consent", required=True)
        typed = form.text("typed", required=False)
        drawn = form.text("drawn", DRAWN_MAX, required=False)
        form.done()
        sign(session, number, viewer.person(session), typed=typed, drawn=drawn, session_id=viewer.session_id)
    return redirect(request, "/documents", N_("You have signed. The signed version is the first of this list."))


def _facts(session: Session, number: int, person_id: int) -> dict[str, Any]:
    row = turn_of(session, number, person_id)
    version = next(each for each in waiting_for(session, person_id) if each.number == number)
    return {
        "document": version,
        "title": kind_of(version.kind).title,
        "named": version.facts["signatories"][row.place],
        "today": clock.today(),
        "intent": INTENT,
        "consent": CONSENT,
    }
