"""Signing in: a one-time link by e-mail opens a session; there are no passwords."""

import hashlib
import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, tokens
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.models import Person, SignedIn, SignInLink
from app.members.persons import find_person

PURPOSE = "sign-in"
LINK_LASTS = timedelta(minutes=20)
SESSION_LASTS = timedelta(days=14)
LINKS_PER_HOUR = 5


class LinkNotValid(Refusal):
    """The link is not one of ours, or was cut off."""

    message = N_("This link is not complete. Copy the whole link from the letter, or ask for a new one.")
    status = 404


class LinkExpired(Refusal):
    """The link is too old."""

    message = N_("This link has expired. Ask for a new one.")
    status = 410


class LinkUsed(Refusal):
    """The link opened a session once already."""

    message = N_("This link was used already. Ask for a new one.")
    status = 410


def send_link(session: Session, email: str, back: str = "/") -> None:
    """Send a link to a normalised address when a person is known by it; the asker is told the same either way.

    `back` is the path of our own to which the link leads.
    """
    person = find_person(session, email)
    if person is None:
        return
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    recent = select(SignInLink.id).where(
        SignInLink.person_id == person.id, SignInLink.created_at > clock.now() - timedelta(hours=1)
    )
    if len(session.scalars(recent).all()) >= LINKS_PER_HOUR:
        return
    link = new_link(session, person, back)
    write(session, "sign-in", person.email, person.language, person_id=person.id, link_id=link.id)


def new_link(session: Session, person: Person, back: str = "/") -> SignInLink:
    """A link for a person, valid from now for `LINK_LASTS`."""
    now = clock.now()
    link = SignInLink(person_id=person.id, leads_to=back, created_at=now, expires_at=now + LINK_LASTS)
    session.add(link)
    session.flush()
    return link


def link_path(link: SignInLink) -> str:
    """The path of a link, as letters and the demo print it."""
    return f"/sign-in/{tokens.seal(PURPOSE, link.id)}"


def usable_link(session: Session, token: str) -> SignInLink:
    """The link of a token, locked, while it can still be used."""
    reference = tokens.unseal(PURPOSE, token)
    link = None
    if reference is not None and reference.isdigit():
        link = session.scalars(select(SignInLink).where(SignInLink.id == int(reference)).with_for_update()).first()
    if link is None:
        raise LinkNotValid
    if link.used_at is not None:
        raise LinkUsed
    if link.expires_at <= clock.now():
        raise LinkExpired
    return link


def use_link(session: Session, token: str) -> tuple[str, str]:
    """Use a link once; the cookie of the session it opens, and the path it leads to."""
    link = usable_link(session, token)
    link.used_at = clock.now()
    return open_session(session, link.person), link.leads_to


def open_session(session: Session, person: Person) -> str:
    """Open a session for a person who has just shown to own the address; its cookie, kept here only as a hash."""
    cookie = secrets.token_urlsafe(32)
    now = clock.now()
    row = SignedIn(
        person_id=person.id, cookie_sha256=_hash(cookie), opened_at=now, expires_at=now + SESSION_LASTS, ended_at=None
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.SIGNED_IN, f"session:{row.id}", by=person.id)
    return cookie


def signed_in(session: Session, cookie: str) -> Person | None:
    """The person whose session a cookie carries, while it lasts."""
    row = _session(session, cookie)
    return row.person if row else None


def sign_out(session: Session, cookie: str) -> None:
    """End the session of a cookie; harmless when it has ended."""
    row = _session(session, cookie)
    if row is not None:
        row.ended_at = clock.now()
        audit.record(session, audit.Tag.SIGNED_OUT, f"session:{row.id}", by=row.person_id)


def _session(session: Session, cookie: str) -> SignedIn | None:
    return session.scalars(
        select(SignedIn).where(
            SignedIn.cookie_sha256 == _hash(cookie), SignedIn.ended_at.is_(None), SignedIn.expires_at > clock.now()
        )
    ).first()


def _hash(cookie: str) -> bytes:
    return hashlib.sha256(cookie.encode()).digest()
