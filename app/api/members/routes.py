"""Members over the API, and the register as of any day: page by page as JSON, or whole as CSV."""

from datetime import date
from io import StringIO
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.api.access import ApiRoute, InspectsRegister, ReadsMembers, ReadsRegister
from app.api.members.shapes import (
    InspectedGiven,
    MemberGiven,
    MemberWhole,
    RegisterLine,
    inspected_given,
    member_given,
    member_whole,
    register_line,
)
from app.api.registers.shapes import AS_FILE, FileForm
from app.api.shapes import Day, Moment
from app.core import audit, clock
from app.core.errors import N_, NotFound
from app.exports.inspection.reading import members_inspected
from app.exports.register import START, register_lines, write_csv
from app.exports.registers.asking import Name, Wanted
from app.exports.registers.profiles import STANDARD
from app.exports.registers.profiles import profile as profile_named
from app.exports.routes import answer_with_file
from app.members.models import Membership, MembershipEnd, Particulars
from app.members.persons import particulars_on
from app.web.database import Id, Snapshot, Tx
from app.web.language import language_of
from app.web.paging import Listed, Pages
from app.web.problems import accepts

router = APIRouter(prefix="/api/v1", route_class=ApiRoute, tags=["Members"])

AsOf = Annotated[Day | None, Query(description="The day at whose end the register is read; today if absent.")]
ProfileName = Annotated[str, Query(description="Whose law says the columns.", examples=["uk"], max_length=40)]
_AS_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/csv": {"schema": {"type": "string"}}, "application/json": {}}}
}


@router.get("/members", operation_id="listMembers", summary=N_("List members"))
def list_members(caller: ReadsMembers, session: Snapshot, paging: Pages) -> Listed[MemberGiven]:
    """Every membership by its number, ended ones too."""
    wanted = _memberships().order_by(Membership.number).limit(paging.limit + 1)
    if (after := paging.after()) is not None:
        wanted = wanted.where(Membership.number > after[0])
    rows = session.execute(wanted).all()
    return paging.listed(rows, lambda row: [row[0].number], lambda row: member_given(*row, _known(session, row[0])))


@router.get("/members/{number}", operation_id="getMember", summary=N_("Get a member"))
def get_member(caller: ReadsMembers, session: Snapshot, number: Id) -> MemberWhole:
    """A membership with the name and address that are valid today."""
    row = session.execute(_memberships().where(Membership.number == number)).first()
    if row is None:
        raise NotFound
    return member_whole(*row, _known(session, row[0]), row[0].person)


@router.get("/register", operation_id="getRegister", summary=N_("Read the register"), responses=_AS_CSV)
def get_register(
    request: Request, caller: ReadsRegister, session: Tx, snapshot: Snapshot, paging: Pages, as_of: AsOf = None
) -> Listed[RegisterLine]:
    """The register at the end of a day: a page of lines, or with `Accept: text/csv` the whole of it, which is noted."""
    day = as_of or clock.today()
    if not accepts(request, "application/json"):
        return _csv(session, snapshot, caller.person_id, day)  # type: ignore[return-value]  # a finished answer, as the library allows
    after = paging.after()
    lines = register_lines(snapshot, day, (after[0], after[1]) if after else START)
    rows = list(islice(lines, paging.limit + 1))
    return paging.listed(
        rows, lambda line: [line.member_number, line.share_class], register_line, as_of=day.isoformat()
    )


@router.get(
    "/register/file",
    operation_id="downloadRegister",
    summary=N_("Download a register as a file"),
    response_class=Response,
    responses=AS_FILE,
)
def download_register(
    request: Request,
    caller: ReadsRegister,
    session: Tx,
    snapshot: Snapshot,
    register: Annotated[Name, Query(description="Which register.")] = "members",
    profile: ProfileName = STANDARD,
    form: Annotated[FileForm, Query(alias="format", description="The format of the file.")] = "csv",
    as_of: AsOf = None,
    known_at: Annotated[Moment | None, Query(description="As it stood at this moment, before what came later.")] = None,
) -> Response:
    """Any register at the end of a day in the columns of a law; each export is noted."""
    wanted = Wanted(register, as_of or clock.today(), known_at, profile_named(profile))
    language = language_of(request)
    return answer_with_file(session, snapshot, wanted, form, language=language, by=caller.person_id)


@router.get("/register/inspection", operation_id="inspectRegister", summary=N_("Inspect the register"))
def inspect(caller: InspectsRegister, session: Tx, paging: Pages) -> Listed[InspectedGiven]:
    """Present members in the columns that the law opens to members; each inspection is noted."""
    after = paging.after()
    start = after[0] if after else 0
    rows = members_inspected(session, clock.today(), start, paging.limit + 1)
    lines = min(len(rows), paging.limit)
    audit.record(session, audit.Tag.REGISTER_INSPECTED, "register", by=caller.person_id, after=start, lines=lines)
    return paging.listed(rows, lambda row: [row.number], inspected_given)


def _csv(session: Session, snapshot: Session, person_id: int, day: date) -> Response:
    file = StringIO(newline="")
    count = write_csv(snapshot, day, file)
    audit.record(session, audit.Tag.REGISTER_EXPORTED, "register", by=person_id, as_of=day.isoformat(), lines=count)
    disposition = f'attachment; filename="register-{day.isoformat()}.csv"'
    return Response(file.getvalue(), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition})


def _memberships() -> Select[Membership, MembershipEnd | None]:
    return select(Membership, MembershipEnd).outerjoin(MembershipEnd, MembershipEnd.membership_id == Membership.id)


def _known(session: Session, member: Membership) -> Particulars | None:
    return particulars_on(session, member.person_id, clock.today())
