"""The register for the desk: looked at, and taken away as a file."""

from datetime import UTC, date, datetime, time
from io import StringIO
from itertools import islice
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.exports.register import register_lines, write_csv
from app.members.access import Desk
from app.web.database import Snapshot, Tx
from app.web.pages import page

router = APIRouter(prefix="/desk")
SHOWN = 200


class NotADay(Refusal):
    """The day cannot be read."""

    message = N_("“{text}” is not a date. Write it as year-month-day, like 2026-12-31.")
    field = "as_of"


def _day(text: str) -> date:
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(text=text[:20]) from None


def _known(text: str) -> date | None:
    return _day(text) if text else None


def _end_of(day: date | None) -> datetime | None:
    """The last moment of a day, in UTC."""
    return datetime.combine(day, time.max, UTC) if day else None


@router.get("/register")
def show_register(request: Request, session: Snapshot, viewer: Desk, as_of: str = "", known_at: str = "") -> Response:
    """The first lines of the register as of a day, as it is known now or as it stood at the end of an earlier day."""
    day, known = _day(as_of), _known(known_at)
    lines = list(islice(register_lines(session, day, known_at=_end_of(known)), SHOWN))
    return page(request, "exports/register.html", lines=lines, as_of=day, known_at=known, shown=SHOWN)


@router.get("/register.csv")
def download_register(session: Tx, viewer: Desk, as_of: str = "", known_at: str = "") -> Response:
    """The whole register as of a day, as CSV; each export is noted."""
    day, known = _day(as_of), _known(known_at)
    file = StringIO(newline="")
    lines = write_csv(session, day, file, known_at=_end_of(known))
    said: dict[str, Any] = {"as_of": day.isoformat(), "lines": lines}
    said |= {"known_at": known.isoformat()} if known else {}
    audit.record(session, audit.Tag.REGISTER_EXPORTED, "register", by=viewer.person_id, **said)
    return Response(
        file.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="register-{day.isoformat()}.csv"'},
    )
