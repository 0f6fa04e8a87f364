"""Documents of ballots over HTTP: those of the ballot for its readers, receipt and form for each elector alone."""

from collections.abc import Callable

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from app.ballots.access import elector_of_link, own_elector, seen_ballot
from app.ballots.drafting import find_ballot
from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot
from app.documents.access import give_document
from app.documents.balloting.filing import shown_record
from app.documents.balloting.receipt import file_form, file_receipt
from app.documents.balloting.tracked import tracked_receipt
from app.documents.models import Document
from app.members.access import BallotDesk, Someone
from app.members.models import Person
from app.web.database import Id, Snapshot, Tx
from app.web.files import given
from app.web.forms import Fields
from app.web.language import language_of
from app.web.limiting import LINK

router = APIRouter()
PDF = "application/pdf"


@router.get("/ballots/{slug}/documents/{record}.pdf")
def download(session: Tx, viewer: Someone, slug: str, record: Id) -> Response:
    """A document of a ballot that whoever sees the ballot may read."""
    ballot = seen_ballot(session, viewer, slug)
    return give_document(session, shown_record(session, ballot, record, staff=False), by=viewer.person_id)


@router.get("/desk/ballots/{slug}/documents/{record}.pdf")
def download_at_desk(session: Tx, viewer: BallotDesk, slug: str, record: Id) -> Response:
    """A document of a ballot, also one that names who took part."""
    document = shown_record(session, find_ballot(session, slug), record, staff=True)
    return give_document(session, document, by=viewer.person_id)


@router.get("/ballots/votes/{elector_id}/receipt.pdf")
def give_receipt(session: Tx, viewer: Someone, elector_id: Id) -> Response:
    """The receipt of the recorded vote that counts now, which is filed when it is first asked for."""
    ballot, elector = own_elector(session, viewer, elector_id)
    return _file(session, file_receipt, ballot, elector, by=viewer.person(session))


@router.get("/ballots/votes/{elector_id}/proxy-form.pdf")
def give_form(session: Tx, viewer: Someone, elector_id: Id) -> Response:
    """The form by which the elector votes by post or names a proxy."""
    ballot, elector = own_elector(session, viewer, elector_id)
    return _file(session, file_form, ballot, elector, by=viewer.person(session))


@router.get("/ballots/vote/{token}/receipt.pdf", dependencies=LINK)
def give_receipt_by_link(session: Tx, token: str) -> Response:
    """The receipt of the vote of the elector whom the link is for."""
    ballot, elector, person_id = elector_of_link(session, token)
    return _file(session, file_receipt, ballot, elector, by=session.get_one(Person, person_id))


@router.get("/ballots/vote/{token}/proxy-form.pdf", dependencies=LINK)
def give_form_by_link(session: Tx, token: str) -> Response:
    """The form of proxy and postal vote of the elector whom the link is for."""
    ballot, elector, person_id = elector_of_link(session, token)
    return _file(session, file_form, ballot, elector, by=session.get_one(Person, person_id))


@router.post("/ballots/secret/{slug}/receipt.pdf", dependencies=LINK)
def make_receipt(request: Request, session: Snapshot, slug: str, fields: Fields) -> Response:
    """The receipt of a secret vote for whoever has just got its tracker; it is kept nowhere."""
    ballot = find_ballot(session, slug)
    content = tracked_receipt(session, ballot, fields.get("proof", ""), language_of(request))
    return given(content, f"{ballot.slug}-receipt.pdf", PDF)


def _file(session: Session, file: Callable[..., Document], ballot: Ballot, elector: Elector, *, by: Person) -> Response:
    return give_document(session, file(session, ballot, elector, by=by), by=by.id)
