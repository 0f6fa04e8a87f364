"""The file of personal data: asked for by its person, made by the worker, read by nobody else, gone when it expires."""

import hashlib
import secrets
from datetime import timedelta
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.errors import N_, NotFound, Refusal
from app.documents.rendering import canonical, render
from app.letters.writing import write
from app.members.models import Person
from app.privacy.gathering import gather
from app.privacy.labels import labelled
from app.privacy.models import PersonalFile

MAKE_JOB = "privacy.make_file"
KEPT = timedelta(days=7)
Form = Literal["json", "pdf"]


class FileExpired(Refusal):
    """The file was removed, as it was said to be."""

    message = N_("This file has expired and was removed. Ask for a new one.")
    status = 410


def ask_for_file(session: Session, person: Person) -> PersonalFile:
    """Have the worker make the file of one's own data; while one is being made or can be had, that is it."""
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    latest = latest_file(session, person.id)
    if latest is not None and (latest.expires_at is None or latest.expires_at > clock.now()):
        return latest
    asked = PersonalFile(public_id=secrets.token_urlsafe(16), person_id=person.id, asked_at=clock.now())
    session.add(asked)
    session.flush()
    audit.record(session, audit.Tag.PERSONAL_FILE_ASKED, f"person:{person.id}", by=person.id)
    jobs.defer(session, MAKE_JOB, file_id=asked.id)
    return asked


def make_file(session: Session, file_id: int) -> None:
    """Gather the data, write it as JSON and as PDF, and tell its person; harmless when repeated."""
    row = session.scalars(select(PersonalFile).where(PersonalFile.id == file_id).with_for_update()).one()
    if row.made_at is not None:
        return
    person = session.get_one(Person, row.person_id)
    now = clock.now().replace(microsecond=0)
    facts = gather(session, person)
    row.json = canonical(facts)
    digest = hashlib.sha256(row.json).hexdigest()
    shown = facts | {"parts": labelled(facts["parts"])}
    row.pdf = render("personal-data", shown, person.language, issued_at=now, digest=digest)
    row.made_at, row.expires_at = now, now + KEPT
    write(
        session,
        "personal-file-ready",
        person.email,
        person.language,
        person_id=person.id,
        expires_at=row.expires_at.isoformat(),
    )


def latest_file(session: Session, person_id: int) -> PersonalFile | None:
    """The file that a person asked for last."""
    return session.scalars(
        select(PersonalFile).where(PersonalFile.person_id == person_id).order_by(PersonalFile.id.desc()).limit(1)
    ).first()


def read_file(session: Session, public_id: str, form: Form, *, by: Person) -> bytes:
    """The content of one's own file, its reading noted; somebody else's is as unknown as one that does not exist."""
    row = session.scalars(select(PersonalFile).where(PersonalFile.public_id == public_id)).first()
    if row is None or row.person_id != by.id or row.made_at is None:
        raise NotFound
    content = row.json if form == "json" else row.pdf
    if content is None or row.expires_at is None or row.expires_at <= clock.now():
        raise FileExpired
    audit.record(session, audit.Tag.PERSONAL_FILE_READ, f"person:{by.id}", by=by.id, format=form)
    return content


def forget_files(session: Session) -> None:
    """Remove the content of files that have expired."""
    over = PersonalFile.expires_at <= clock.now()
    session.execute(update(PersonalFile).where(over, PersonalFile.json.is_not(None)).values(json=None, pdf=None))
