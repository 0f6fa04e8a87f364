"""Who is a user of the platform, as far as it has been proved here."""

import hashlib

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.settings import settings
from app.members.models import Person
from app.members.signin.models import PlatformEmail, PlatformList, PlatformProof

LISTED = "list"
CLAIMED = "claim"


class PlatformUsersOnly(Refusal):
    """What was asked for is for users of the platform, and it is not proved that the person is one."""

    message = N_(
        "This is for users of the platform only. Sign in here with the e-mail address that you use there, or show "
        "that you are one at {place}."
    )
    status = 403


def is_platform_user(session: Session, person_id: int) -> bool:
    """Whether it is proved that a person is a user of the platform: a condition for an offer or an electorate."""
    return bool(session.scalar(select(exists().where(PlatformProof.person_id == person_id))))


def refuse_unless_platform_user(session: Session, person: Person) -> None:
    """Refuse `PlatformUsersOnly` unless it is proved, or the platform's lists hold the person's address.

    The address must have been confirmed by the person: call it at a step that only the link in a letter, or being
    signed in, leads to. It is looked up again each time, so that a list imported meanwhile counts at once.
    """
    if not is_platform_user(session, person.id) and not note_listed(session, person):
        raise PlatformUsersOnly(place=f"{settings().base_url}/me/platform")


def keep_proof(session: Session, person: Person, how: str, subject: str) -> bool:
    """Keep a proof; False when this user of the platform is someone else here already. Harmless when repeated."""
    row = insert(PlatformProof).values(person_id=person.id, how=how, subject=f"{how}:{subject}", at=clock.now())
    if session.execute(row.on_conflict_do_nothing().returning(PlatformProof.id)).first() is not None:
        audit.record(session, audit.Tag.PLATFORM_USER_PROVED, f"person:{person.id}", by=person.id, how=how)
        return True
    owner = session.scalar(select(PlatformProof.person_id).where(PlatformProof.subject == f"{how}:{subject}"))
    return owner == person.id


def note_listed(session: Session, person: Person) -> bool:
    """Keep the proof of a person who has shown to own their address, when the platform's lists hold it."""
    if person.email is None:
        return False
    for listed in session.scalars(select(PlatformList)):
        digest = email_hash(listed.salt, person.email)
        if session.get(PlatformEmail, (listed.id, digest)) is not None:
            return keep_proof(session, person, LISTED, digest.hex())
    return False


def email_hash(salt: str, email: str) -> bytes:
    """SHA-256 over the salt and the address in lower case, both as UTF-8: what the platform's list holds."""
    return hashlib.sha256((salt + email.strip().lower()).encode()).digest()
