"""The register for members to inspect, in the columns that the law opens to them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from app.core import audit, clock
from app.core.settings import settings
from app.exports.inspection.reading import AT_ONCE, TITLES, VIEWS, members_inspected
from app.members.access import SignedInViewer, holding
from app.members.roles import Role
from app.web.database import Tx
from app.web.pages import page

router = APIRouter()
Member = Annotated[SignedInViewer, Depends(holding(Role.MEMBER))]


@router.get("/register")
def inspect_register(
    request: Request, session: Tx, viewer: Member, after: Annotated[int, Query(ge=0, lt=2**63)] = 0
) -> Response:
    """Present members as the register has them today, for other members; each inspection is noted."""
    view, today = VIEWS[settings().register_law], clock.today()
    rows = members_inspected(session, today, after)
    audit.record(session, audit.Tag.REGISTER_INSPECTED, "register", by=viewer.person_id, after=after, lines=len(rows))
    return page(
        request,
        "exports/inspection.html",
        view=view,
        titles=TITLES,
        rows=rows,
        today=today,
        following=rows[-1].number if len(rows) == AT_ONCE else None,
        first=after == 0,
    )
