"""Register files that take a while: asked for, waited for, downloaded; and a member's account as of a day."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import select

from app.api.access import ApiRoute, Once, ReadsRegister
from app.api.registers.shapes import AS_FILE, ExportGiven, ExportTaken, StatementGiven, export_given, statement_given
from app.api.shapes import Day
from app.core import clock
from app.core.errors import N_, NotFound
from app.exports.registers.asking import Wanted
from app.exports.registers.making import ask_for_export, export_named, place_to_read
from app.exports.registers.profiles import profile
from app.exports.routes import sent
from app.members.models import Membership
from app.shares.capital import account_of
from app.shares.stating import statement_of
from app.web.database import Id, Snapshot, Tx
from app.web.language import language_of

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Members"])


@router.post(
    "/register/exports", operation_id="askRegisterExport", summary=N_("Have a register written"), status_code=201
)
def ask(request: Request, caller: ReadsRegister, session: Once, wanted: ExportTaken) -> ExportGiven:
    """Have a file of a register written in the background, however long it is; it is kept for a day."""
    day = wanted.as_of or clock.today()
    what = Wanted(wanted.register_name, day, wanted.known_at, profile(wanted.profile))
    return export_given(ask_for_export(session, what, wanted.format, language=language_of(request)))


@router.get("/register/exports/{export_id}", operation_id="getRegisterExport", summary=N_("See how far a file is"))
def get_export(caller: ReadsRegister, session: Snapshot, export_id: str) -> ExportGiven:
    """How far a file of a register is, and why there is none."""
    return export_given(export_named(session, export_id))


@router.get(
    "/register/exports/{export_id}/file",
    operation_id="downloadRegisterExport",
    summary=N_("Download a file that was written"),
    response_class=Response,
    responses=AS_FILE,
)
def download(caller: ReadsRegister, session: Tx, export_id: str) -> Response:
    """The file once it is ready; each download is noted."""
    row = export_named(session, export_id)
    place = place_to_read(session, row, by=caller.person(session))
    return sent(place.open("rb"), row.register, row.as_of, row.form, row.size_bytes or 0)


@router.get(
    "/members/{number}/statement", operation_id="getMemberStatement", summary=N_("Get a member's capital account")
)
def get_statement(
    caller: ReadsRegister,
    session: Snapshot,
    number: Id,
    as_of: Annotated[Day | None, Query(description="The day at whose end it is told; today if absent.")] = None,
) -> StatementGiven:
    """What a member has at the end of a day, and the changes of their capital that led there."""
    member = session.scalars(select(Membership).where(Membership.number == number)).first()
    if member is None:
        raise NotFound
    told = statement_of(session, member.person_id, as_of or clock.today())
    return statement_given(number, told, account_of(session, member.person_id, told))
