"""The audit trail on pages: one's own lines, and for auditors and organizers all, filtered and as a file."""

from collections.abc import Iterator, Sequence
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.audit import AuditLine, Tag
from app.core.database import reading
from app.core.language import translator
from app.exports.trail.reading import AT_ONCE, Wanted, lines, lines_concerning, read_wanted
from app.exports.trail.titles import DOORS, TITLES, title_of
from app.exports.trail.writing import MEDIA, Form, write_trail
from app.members.access import SignedInViewer, Someone, holding
from app.members.people.naming import names_of
from app.members.roles import Role
from app.web.database import Snapshot, Tx
from app.web.language import language_of
from app.web.pages import page

router = APIRouter()
Reader = Annotated[SignedInViewer, Depends(holding(Role.ORGANIZER, Role.AUDITOR))]
"""Whoever may read the whole trail."""
Before = Annotated[int | None, Query(ge=1, lt=2**63)]
FILTERS = ("tag", "subject", "actor", "since", "until", "text")


@router.get("/me/audit")
def show_own(request: Request, session: Snapshot, viewer: Someone, before: Before = None) -> Response:
    """What was done by the viewer, or to what is theirs."""
    found = lines_concerning(session, viewer.person_id, before)
    return page(request, "exports/own_trail.html", **_facts(session, found, before))


@router.get("/desk/audit")
def show_all(request: Request, session: Snapshot, viewer: Reader, before: Before = None) -> Response:
    """The audit trail, filtered."""
    typed = _typed(request)
    wanted = read_wanted(session, typed)
    say = translator(language_of(request))
    tags = sorted(((tag.value, say(TITLES[tag])) for tag in Tag), key=lambda option: option[1])
    facts = _facts(session, lines(session, wanted, before), before)
    return page(request, "exports/trail.html", typed=typed, query=urlencode(typed), tags=tags, **facts)


@router.get("/desk/audit.{form}")
def download(request: Request, session: Tx, viewer: Reader, form: Form) -> Response:
    """The filtered audit trail as a file; the export is itself a line of it."""
    typed = _typed(request)
    wanted = read_wanted(session, typed)
    audit.record(session, Tag.TRAIL_EXPORTED, "audit", by=viewer.person_id, format=form, filtered_by=sorted(typed))
    name = f"audit-{clock.today().isoformat()}.{form}"
    return StreamingResponse(
        _pieces(wanted, form),
        media_type=MEDIA[form],
        headers={"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"},
    )


def _pieces(wanted: Wanted, form: Form) -> Iterator[str]:
    with reading() as session:  # one of its own: the request's transaction is over when the file is sent
        yield from write_trail(session, wanted, form)


def _typed(request: Request) -> dict[str, str]:
    return {name: value for name in FILTERS if (value := request.query_params.get(name, "").strip())}


def _facts(session: Session, found: Sequence[AuditLine], before: int | None) -> dict[str, Any]:
    return {
        "lines": found,
        "titles": {line.tag: title_of(line.tag) for line in found},
        "doors": DOORS,
        "names": names_of(session, {line.actor_id for line in found if line.actor_id is not None}),
        "older_id": found[-1].id if len(found) == AT_ONCE else None,
        "newest": before is None,
    }
