"""The registers for the desk: looked at, and taken away as files."""

import tempfile
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any, BinaryIO, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse

from app.core import audit
from app.exports.register import register_lines
from app.exports.registers.asking import TITLES, Wanted
from app.exports.registers.profiles import STANDARD, profile, profiles
from app.exports.registers.writing.files import ENDINGS, MEDIA, write_register
from app.exports.writing import pieces_of
from app.members.access import Desk
from app.web.database import Snapshot, Tx
from app.web.days import read_day
from app.web.language import language_of
from app.web.pages import page

router = APIRouter(prefix="/desk")
SHOWN = 200


def _known(text: str) -> date | None:
    return read_day(text) if text else None


def _end_of(day: date | None) -> datetime | None:
    """The last moment of a day, in UTC."""
    return datetime.combine(day, time.max, UTC) if day else None


@router.get("/register")
def show_register(request: Request, session: Snapshot, viewer: Desk, as_of: str = "", known_at: str = "") -> Response:
    """The first lines of the register as of a day, as it is known now or as it stood at the end of an earlier day."""
    day, known = read_day(as_of), _known(known_at)
    lines = list(islice(register_lines(session, day, known_at=_end_of(known)), SHOWN))
    facts: dict[str, Any] = {"registers": TITLES, "profiles": list(profiles().values()), "forms": list(MEDIA)}
    return page(request, "exports/register.html", lines=lines, as_of=day, known_at=known, shown=SHOWN, **facts)


@router.get("/register.csv")
def download_register(
    request: Request, session: Tx, snapshot: Snapshot, viewer: Desk, as_of: str = "", known_at: str = ""
) -> Response:
    """The whole register as of a day, as CSV; each export is noted."""
    return _file(request, session, snapshot, viewer.person_id, "members", STANDARD, "csv", as_of, known_at)


@router.get("/register/file")
def download_file(
    request: Request,
    session: Tx,
    snapshot: Snapshot,
    viewer: Desk,
    register: str = "members",
    profile: str = STANDARD,
    form: str = "csv",
    as_of: str = "",
    known_at: str = "",
) -> Response:
    """Any register as of a day, in the columns of a law and in any format; each export is noted."""
    return _file(request, session, snapshot, viewer.person_id, register, profile, form, as_of, known_at)


def _file(
    request: Request,
    session: Tx,
    snapshot: Snapshot,
    by: int,
    register: str,
    name: str,
    form: str,
    as_of: str,
    known_at: str,
) -> Response:
    """Written whole before the answer begins, so that a refusal leaves no half of a file."""
    day, known = read_day(as_of), _known(known_at)
    wanted = Wanted(register, day, _end_of(known), profile(name))
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  (closed when it is sent)
    lines = write_register(snapshot, wanted, form, file, language=language_of(request))
    said: dict[str, Any] = {
        "as_of": day.isoformat(),
        "lines": lines,
        "format": form,
        "register": register,
        "profile": name,
    }
    if known:
        said["known_at"] = known.isoformat()
    audit.record(session, audit.Tag.REGISTER_EXPORTED, "register", by=by, **said)
    label = "register" if register == "members" else register
    return StreamingResponse(
        pieces_of(file),
        media_type=MEDIA[form],
        headers={
            "Content-Disposition": f'attachment; filename="{label}-{day.isoformat()}.{ENDINGS[form]}"',
            "Content-Length": str(file.tell()),
            "Cache-Control": "private, no-store",
        },
    )
