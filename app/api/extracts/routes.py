"""Extracts of the register over the API: one's own, and those that the desk gives to whom the law lets have them."""

from uuid import uuid4

from fastapi import APIRouter

from app.api.access import ApiRoute, GivesExtracts, Once, ReadsDocuments
from app.api.documents.shapes import DocumentGiven, document_given
from app.api.extracts.shapes import ExtractTaken, OwnExtractTaken
from app.core.errors import N_
from app.documents.filing import file_of
from app.exports.extracts.filing import Request, file_extract, usual_profile
from app.exports.extracts.finding import member_numbered, own_membership
from app.members.roles import Role
from app.web.database import Id

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Shares and documents"])


@router.post(
    "/me/extracts", operation_id="fileOwnExtract", summary=N_("Get an extract of your own entry"), status_code=201
)
def file_own(caller: ReadsDocuments, session: Once, wanted: OwnExtractTaken) -> DocumentGiven:
    """File an extract of the caller's own entry in the register, among their documents."""
    member = own_membership(session, caller.person_id)
    asked = Request(wanted.since, wanted.as_of, wanted.purpose, usual_profile())
    key = f"{member.number}:{uuid4()}"
    document = file_extract(session, member, asked, by=caller.person(session), form_key=key)
    return document_given(document, file_of(session, document))


@router.post(
    "/members/{number}/extracts", operation_id="giveExtract", summary=N_("Give an extract of an entry"), status_code=201
)
def give(caller: GivesExtracts, session: Once, number: Id, wanted: ExtractTaken) -> DocumentGiven:
    """File an extract of one holder's entry, for whom it was asked for and why."""
    asked = Request(
        wanted.since,
        wanted.as_of,
        wanted.purpose,
        wanted.profile,
        wanted.name,
        wanted.requested_address,
        wanted.interest,
        wanted.place,
    )
    officer = Role.SECRETARY if Role.SECRETARY in caller.roles else Role.ORGANIZER
    by, member = caller.person(session), member_numbered(session, number)
    document = file_extract(session, member, asked, by=by, form_key=f"{number}:{uuid4()}", officer=officer.value)
    return document_given(document, file_of(session, document))
