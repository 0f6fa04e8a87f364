"""Making a file of a register in the background: asked for at the desk, written by the worker, gone after a day."""

import hashlib
import os
import secrets
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time, reading, transaction
from app.core.errors import N_, NotFound, Refusal
from app.core.language import say
from app.core.settings import settings
from app.exports.models import RegisterExport
from app.exports.registers.asking import Wanted, count_lines
from app.exports.registers.profiles import profile
from app.exports.registers.writing.files import known_form, write_register
from app.members.models import Person

JOB = "exports.make_register"
KEPT = timedelta(days=1)
TOLD_SECONDS = 1.0
PIECE = 1 << 20


class ExportExpired(Refusal):
    """The file was removed, as it was said to be."""

    message = N_("This file has expired and was removed. Ask for a new one.")
    status = 410


def ask_for_export(session: Session, wanted: Wanted, form: str, *, language: str) -> RegisterExport:
    """Have the worker write a file of a register. Raises `UnknownForm`."""
    row = RegisterExport(
        public_id=secrets.token_urlsafe(16),
        register=wanted.register,
        profile=wanted.profile.name,
        form=known_form(form),
        language=language,
        as_of=wanted.as_of,
        known_at=wanted.known_at,
        asked_at=clock.now(),
        lines_done=0,
        lines_total=0,
    )
    session.add(row)
    session.flush()
    jobs.defer(session, JOB, export_id=row.id)
    return row


def make_export(session: Session, export_id: int) -> None:
    """Write the file from one snapshot, and tell how far it is; harmless when repeated, begun anew when interrupted."""
    one_at_a_time(session, f"register export {export_id}")
    row = session.get_one(RegisterExport, export_id)
    if row.made_at is not None or row.refusal is not None:
        return
    place = place_of(row)
    place.parent.mkdir(parents=True, exist_ok=True)
    draft = place.with_suffix(".part")
    try:
        _write(row, draft)
    except Refusal as refusal:
        draft.unlink(missing_ok=True)
        row.refusal = say(refusal, row.language)
        return
    draft.replace(place)
    row.sha256, row.size_bytes = _digest(place), place.stat().st_size
    row.made_at = clock.now()
    row.expires_at = row.made_at + KEPT


def export_named(session: Session, public_id: str) -> RegisterExport:
    """The export of an address; else `NotFound`."""
    row = session.scalars(select(RegisterExport).where(RegisterExport.public_id == public_id)).first()
    if row is None:
        raise NotFound
    return row


def place_to_read(session: Session, row: RegisterExport, *, by: Person) -> Path:
    """Where the file lies, its reading noted. Raises `ExportExpired`, and `NotFound` while it is not made."""
    if row.made_at is None or row.expires_at is None:
        raise NotFound
    place = place_of(row)
    if row.expires_at <= clock.now() or not place.exists():
        raise ExportExpired
    known = {"known_at": row.known_at.isoformat()} if row.known_at else {}
    audit.record(
        session, audit.Tag.REGISTER_EXPORTED, "register", by=by.id, as_of=row.as_of.isoformat(), lines=row.lines_done,
        format=row.form, register=row.register, profile=row.profile, **known,
    )  # fmt: skip
    return place


def latest_exports(session: Session, count: int = 5) -> list[RegisterExport]:
    """The latest files that were asked for today and are there or will be, the newest first."""
    there = RegisterExport.expires_at.is_(None) | (RegisterExport.expires_at > clock.now())
    wanted = select(RegisterExport).where(there, RegisterExport.asked_at > clock.now() - KEPT)
    return list(session.scalars(wanted.order_by(RegisterExport.id.desc()).limit(count)))


def forget_exports(session: Session) -> None:
    """Remove the files that have expired; what was asked for stays noted in the audit trail."""
    over = session.scalars(select(RegisterExport).where(RegisterExport.expires_at <= clock.now()))
    for row in over:
        place_of(row).unlink(missing_ok=True)


def place_of(row: RegisterExport) -> Path:
    """Where the file of an export lies."""
    return settings().var / "exports" / row.public_id


def _write(row: RegisterExport, draft: Path) -> None:
    wanted = Wanted(row.register, row.as_of, row.known_at, profile(row.profile))
    with reading() as snapshot, os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as file:
        tell = _teller(row.id, 0 if row.form == "ocf" else count_lines(snapshot, wanted))
        lines = write_register(snapshot, wanted, row.form, file, language=row.language, progress=tell)
    row.lines_done = row.lines_total = lines


def _teller(export_id: int, total: int) -> Callable[[int], None]:
    """A progress that is told to whoever looks, about once a second, in transactions of its own."""
    told = 0.0

    def tell(done: int) -> None:
        nonlocal told
        if time.monotonic() - told < TOLD_SECONDS:
            return
        told = time.monotonic()
        with transaction() as session:
            far = {"lines_done": done, "lines_total": total}
            session.execute(update(RegisterExport).where(RegisterExport.id == export_id).values(**far))

    tell(0)
    return tell


def _digest(place: Path) -> str:
    digest = hashlib.sha256()
    with place.open("rb") as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return digest.hexdigest()
