"""The registers for the desk: looked at, and taken away as files."""

import tempfile
from datetime import UTC, date, datetime, time
from itertools import islice
from typing import Any, BinaryIO, cast

from fastapi import APIRouter, Request
from fastapi.responses import Response, StreamingResponse
from sqlalchemy.orm import Session

from app.core import audit
from app.exports.register import register_lines
from app.exports.registers.asking import TITLES, Wanted, all_columns, rows
from app.exports.registers.checking import refuse_disagreeing
from app.exports.registers.diffing import differences
from app.exports.registers.making import ask_for_export, export_named, latest_exports, place_to_read
from app.exports.registers.profiles import STANDARD, profiles
from app.exports.registers.profiles import profile as profile_named
from app.exports.registers.wording import words_of
from app.exports.registers.writing.files import ENDINGS, MEDIA, write_register
from app.exports.writing import pieces_of
from app.members.access import Desk
from app.web.database import Snapshot, Tx
from app.web.days import read_day
from app.web.forms import Fields, Form, shown_again
from app.web.language import language_of
from app.web.pages import page, redirect

router = APIRouter(prefix="/desk")
SHOWN = 200
PAGE = "exports/register.html"
EXPORTS = "/desk/register/exports"
LOOK_AGAIN_SECONDS = 2
TITLES_OF_MEMBERS = {name: column.title for name, column in all_columns("members").items()}


def _known(text: str) -> date | None:
    return read_day(text) if text else None


def _end_of(day: date | None) -> datetime | None:
    """The last moment of a day, in UTC."""
    return datetime.combine(day, time.max, UTC) if day else None


@router.get("/register")
def show_register(
    request: Request,
    session: Snapshot,
    viewer: Desk,
    as_of: str = "",
    known_at: str = "",
    register: str = "members",
    profile: str = STANDARD,
) -> Response:
    """The first lines of a register as of a day, as it is known now or as it stood at the end of an earlier day."""
    return page(request, PAGE, **_shown(session, as_of, known_at, register, profile))


@router.get("/register/differences")
def show_differences(
    request: Request, session: Snapshot, viewer: Desk, since: str = "", until: str = "", profile: str = STANDARD
) -> Response:
    """What came, went or changed in the register of members between the ends of two days, as is known now."""
    law, new = profile_named(profile), read_day(until)
    old = _known(since) or new.replace(day=1)
    between = differences(session, Wanted("members", old, None, law), Wanted("members", new, None, law))
    facts: dict[str, Any] = {"since": old, "until": new, "law": law, "profiles": list(profiles().values())}
    facts |= {"changes": list(islice(between, SHOWN)), "shown": SHOWN, "titles": TITLES_OF_MEMBERS, "words": words_of}
    return page(request, "exports/differences.html", **facts)


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


@router.post("/register/exports")
def ask(request: Request, session: Tx, viewer: Desk, fields: Fields) -> Response:
    """Have a file of a register made, and lead to the page that tells how far it is."""
    with shown_again(request, PAGE, fields, **_shown(session, "", "")):
        form = Form(fields)
        register, name = form.choice("register", list(TITLES)), form.choice("profile", list(profiles()))
        ending, day = form.choice("form", list(MEDIA)), form.day("as_of")
        known = form.day("known_at") if form.peek("known_at") else None
        form.done()
        wanted = Wanted(register, day, _end_of(known), profile_named(name))
        row = ask_for_export(session, wanted, ending, language=language_of(request))
    return redirect(request, f"{EXPORTS}/{row.public_id}")


@router.get("/register/exports/{public_id}")
def show_export(request: Request, session: Snapshot, viewer: Desk, public_id: str) -> Response:
    """How far a file is, and where it is downloaded; looked at again by itself until it is made."""
    row = export_named(session, public_id)
    shown = page(
        request, "exports/export.html", row=row, title=TITLES[row.register], law=profile_named(row.profile).title
    )
    if row.made_at is None and row.refusal is None:
        shown.headers["Refresh"] = str(LOOK_AGAIN_SECONDS)
    return shown


@router.get("/register/exports/{public_id}/file")
def download_export(session: Tx, viewer: Desk, public_id: str) -> Response:
    """The file that was made; each download is noted."""
    row = export_named(session, public_id)
    place = place_to_read(session, row, by=viewer.person(session))
    return sent(place.open("rb"), row.register, row.as_of, row.form, row.size_bytes or 0)


def _shown(
    session: Session, as_of: str, known_at: str, register: str = "members", law: str = STANDARD
) -> dict[str, Any]:
    day, known = read_day(as_of), _known(known_at)
    wanted = Wanted(register, day, _end_of(known), profile_named(law))
    facts: dict[str, Any] = {"registers": TITLES, "profiles": list(profiles().values()), "forms": list(MEDIA)}
    facts |= {"as_of": day, "known_at": known, "shown": SHOWN, "register": register, "law": wanted.profile}
    if (register, law) == ("members", STANDARD):  # some of its columns stand together on the page
        facts |= {"columns": None, "lines": list(islice(register_lines(session, day, known_at=wanted.known_at), SHOWN))}
    else:
        refuse_disagreeing(session, wanted)
        columns = [(column, words_of(column.name)) for column in wanted.columns]
        facts |= {"columns": columns, "lines": list(islice(rows(session, wanted), SHOWN))}
    return facts | {"exports": latest_exports(session)}


def _file(
    request: Request,
    session: Session,
    snapshot: Session,
    by: int,
    register: str,
    name: str,
    form: str,
    as_of: str,
    known_at: str,
) -> Response:
    wanted = Wanted(register, read_day(as_of), _end_of(_known(known_at)), profile_named(name))
    return answer_with_file(session, snapshot, wanted, form, language=language_of(request), by=by)


def answer_with_file(
    session: Session, snapshot: Session, wanted: Wanted, form: str, *, language: str, by: int
) -> Response:
    """A register as a file, noted; written whole before the answer begins, so that a refusal leaves no half of it."""
    file = cast(BinaryIO, tempfile.TemporaryFile())  # noqa: SIM115  (closed when it is sent)
    lines = write_register(snapshot, wanted, form, file, language=language)
    said: dict[str, Any] = {
        "as_of": wanted.as_of.isoformat(),
        "lines": lines,
        "format": form,
        "register": wanted.register,
        "profile": wanted.profile.name,
    }
    if wanted.known_at:
        said["known_at"] = wanted.known_at.isoformat()
    audit.record(session, audit.Tag.REGISTER_EXPORTED, "register", by=by, **said)
    return sent(file, wanted.register, wanted.as_of, form, file.tell())


def sent(file: BinaryIO, register: str, day: date, form: str, size: int) -> Response:
    """A file of a register with the name by which it is kept."""
    label = "register" if register == "members" else register
    return StreamingResponse(
        pieces_of(file),
        media_type=MEDIA[form],
        headers={
            "Content-Disposition": f'attachment; filename="{label}-{day.isoformat()}.{ENDINGS[form]}"',
            "Content-Length": str(size),
            "Cache-Control": "private, no-store",
        },
    )
