"""One's own privacy: consents, the file of everything that is kept, and asking for erasure."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.members.access import SignedInViewer, Someone
from app.privacy.consenting import (
    TEXTS,
    Purpose,
    consent_now,
    current_text,
    give_consent,
    history,
    read_purpose,
    withdraw_consent,
)
from app.privacy.erasing import ask_for_erasure, requests_of
from app.privacy.filing import Form as FileForm
from app.privacy.filing import ask_for_file, latest_file, read_file
from app.web.database import Snapshot, Tx
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/me/privacy")
PAGE = "privacy/me.html"
HOME = "/me/privacy"
MEDIA = {"json": "application/json", "pdf": "application/pdf"}


@router.get("")
def show(request: Request, session: Snapshot, viewer: Someone) -> Response:
    """The viewer's consents, the file of their data, and their requests for erasure."""
    return page(request, PAGE, **_facts(session, viewer))


@router.post("/consents/{purpose}")
def give(request: Request, session: Tx, viewer: Someone, purpose: str, fields: Fields) -> Response:
    """Agree to a purpose."""
    give_consent(session, viewer.person(session), read_purpose(purpose), language_of(request))
    return redirect(request, HOME, N_("Thank you. Your consent is noted, and you can take it back at any time."))


@router.post("/consents/{purpose}/withdrawal")
def withdraw(request: Request, session: Tx, viewer: Someone, purpose: str, fields: Fields) -> Response:
    """Take consent back."""
    withdraw_consent(session, viewer.person(session), read_purpose(purpose), language_of(request))
    return redirect(request, HOME, N_("Your consent is withdrawn."))


@router.post("/file")
def ask_file(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """Ask for the file of everything that is kept of the viewer."""
    ask_for_file(session, viewer.person(session))
    return redirect(request, HOME, N_("The file is being made. A letter tells you when it is ready."))


@router.get("/file/{public_id}.{form}")
def download(session: Tx, viewer: Someone, public_id: Annotated[str, Path(max_length=64)], form: FileForm) -> Response:
    """The file, for the person whom it is about only; each reading is noted."""
    return Response(
        read_file(session, public_id, form, by=viewer.person(session)),
        media_type=MEDIA[form],
        headers={
            "Content-Disposition": f'attachment; filename="personal-data.{form}"',
            "Cache-Control": "private, no-store",
        },
    )


@router.post("/erasure")
def ask_erasure(request: Request, session: Tx, viewer: Someone, fields: Fields) -> Response:
    """Ask that one's own data be erased."""
    with shown_again(request, PAGE, fields, **_facts(session, viewer)):
        form = Form(fields)
        reason = form.text("reason", max=1_000, required=False, lines=True)
        form.checked("sure", required=True)
        form.done()
        ask_for_erasure(session, viewer.person(session), by=viewer.person(session), reason=reason)
    return redirect(request, HOME, N_("Your request is noted. You will be told by letter what was decided."))


def _facts(session: Session, viewer: SignedInViewer) -> dict[str, Any]:
    texts = [(purpose, *current_text(purpose), consent_now(session, viewer.person_id, purpose)) for purpose in Purpose]
    return {
        "texts": texts,
        "titles": {purpose.value: versions[-1].title for purpose, versions in TEXTS.items()},
        "history": history(session, viewer.person_id),
        "file": latest_file(session, viewer.person_id),
        "requests": requests_of(session, viewer.person_id),
    }
