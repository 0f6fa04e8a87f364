"""Sessions: opened for a browser, listed, ended, and told of by letter when the browser is new."""

import hashlib
import secrets
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.models import Person, SignedIn
from app.members.people.living import refuse_the_dead
from app.members.people.models import Estate
from app.members.signin.browsers import Here
from app.members.signin.models import KnownDevice
from app.members.signin.platform.proving import note_listed

SESSION_LASTS = timedelta(days=14)
FRESH_LASTS = timedelta(minutes=10)


class NoSuchSession(Refusal):
    """The session is not the person's own, or has ended."""

    message = N_("This session has ended already.")
    status = 404


def open_session(
    session: Session, person: Person, here: Here | None = None, *, how: str = "link", second_factor: bool = False
) -> str:
    """Open a session for a person who has just shown who they are; its cookie, kept here only as a hash.

    The cookie is always new, and the session that the browser had ends. `how` is `link`, `pledge`, `passkey` or
    `account`; `second_factor` says that this way was a second factor itself. Raises `HasDied`.
    """
    refuse_the_dead(session, person.id)
    now = clock.now()
    if here is not None:
        end_session(session, here.before)
    cookie = secrets.token_urlsafe(32)
    row = SignedIn(
        person_id=person.id,
        cookie_sha256=hash_of(cookie),
        opened_at=now,
        expires_at=now + SESSION_LASTS,
        ended_at=None,
        second_factor_at=now if second_factor else None,
        used_on=now.date(),
        how=how,
        browser=here.browser if here else "",
        system=here.system if here else "",
    )
    if here is not None:
        _recognise(session, person, here)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.SIGNED_IN, f"session:{row.id}", by=person.id, how=how)
    note_listed(session, person)
    return cookie


def session_of(session: Session, cookie: str) -> SignedIn | None:
    """The session that a cookie carries, while it lasts."""
    return session.scalars(
        select(SignedIn).where(SignedIn.cookie_sha256 == hash_of(cookie), _lasts()).options(joinedload(SignedIn.person))
    ).first()


def end_session(session: Session, cookie: str) -> None:
    """End the session of a cookie; harmless when it has ended."""
    row = session_of(session, cookie)
    if row is not None:
        _end(session, row)


def open_sessions(session: Session, person_id: int) -> list[SignedIn]:
    """The sessions of a person that last, the newest first."""
    return list(session.scalars(_lasting(person_id).order_by(SignedIn.id.desc())))


def revoke_session(session: Session, session_id: int, *, person_id: int) -> None:
    """End one of a person's own sessions."""
    row = session.scalars(_lasting(person_id).where(SignedIn.id == session_id).with_for_update()).first()
    if row is None:
        raise NoSuchSession
    _end(session, row)


def revoke_others(session: Session, person_id: int, *, kept: int | None = None) -> int:
    """End every session of a person but one; how many ended."""
    rows = session.scalars(_lasting(person_id).with_for_update()).all()
    ended = [row for row in rows if row.id != kept]
    for row in ended:
        _end(session, row)
    return len(ended)


def pass_second_factor(session: Session, session_id: int) -> str:
    """Note that the second factor was passed in a session now; its new cookie, since it may do more from now on."""
    row = session.scalars(select(SignedIn).where(SignedIn.id == session_id).with_for_update()).one()
    cookie = secrets.token_urlsafe(32)
    row.cookie_sha256, row.second_factor_at = hash_of(cookie), clock.now()
    audit.record(session, audit.Tag.SECOND_FACTOR_PASSED, f"session:{row.id}", by=row.person_id)
    return cookie


def is_fresh(at: datetime | None) -> bool:
    """Whether somebody showed who they are at a moment that is recent enough for acts that cannot be taken back."""
    return at is not None and at > clock.now() - FRESH_LASTS


def hash_of(cookie: str) -> bytes:
    """SHA-256 of a cookie: what is kept of it."""
    return hashlib.sha256(cookie.encode()).digest()


def _recognise(session: Session, person: Person, here: Here) -> None:
    """Keep the browser as one of the person's; tell them of a new one, unless it is their first."""
    earlier = session.scalars(select(SignedIn.id).where(SignedIn.person_id == person.id).limit(1)).first()
    row = insert(KnownDevice).values(person_id=person.id, cookie_sha256=hash_of(here.device), seen_at=clock.now())
    known = row.on_conflict_do_nothing().returning(KnownDevice.id)
    if session.execute(known).first() is None or earlier is None:
        return
    facts = {"at": clock.now().isoformat(), "browser": here.browser, "system": here.system}
    write(session, "new-device", person.email, person.language, person_id=person.id, **facts)


def _end(session: Session, row: SignedIn) -> None:
    row.ended_at = clock.now()
    audit.record(session, audit.Tag.SIGNED_OUT, f"session:{row.id}", by=row.person_id)


def _lasting(person_id: int) -> Select[SignedIn]:
    return select(SignedIn).where(SignedIn.person_id == person_id, _lasts())


def _lasts() -> ColumnElement[bool]:
    """Neither ended nor expired; nor of somebody whose death was being recorded while they signed in."""
    died = exists().where(Estate.person_id == SignedIn.person_id)
    return SignedIn.ended_at.is_(None) & (SignedIn.expires_at > clock.now()) & ~died
