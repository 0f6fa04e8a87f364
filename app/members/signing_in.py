"""Signing in: a one-time link by e-mail opens a session; there are no passwords.

A link that was asked for in a browser works there; elsewhere it asks for the code that this browser shows. So nobody
who only reads the mailbox can use a link that somebody else asked for. A link made on the command line works anywhere.
"""

import hmac
import secrets
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, tokens
from app.core.errors import N_, Refusal
from app.letters.writing import write
from app.members.models import Person, SignInLink
from app.members.people.living import death_of
from app.members.persons import find_person
from app.members.signin.browsers import Here
from app.members.signin.sessions import SESSION_LASTS, end_session, hash_of, open_session, session_of

__all__ = ["SESSION_LASTS", "open_session"]

PURPOSE = "sign-in"
LINK_LASTS = timedelta(minutes=20)
LINKS_PER_HOUR = 12  # twice what one network may ask for, so that a stranger elsewhere leaves the owner some
CODE_DIGITS = 6
CODE_TRIES = 5


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


class TooManyCodes(Refusal):
    """Too many wrong codes were typed for this link."""

    message = N_("Too many wrong codes were entered for this link. Ask for a new one.")
    status = 410


class WrongLinkCode(Refusal):
    """The code is not the one that the asking browser shows."""

    message = N_("This is not the code that the browser shows in which you asked for the link.")
    field = "code"


def new_code() -> str:
    """A code for the browser that asks for a link."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}}"


def send_link(session: Session, email: str, back: str = "/", *, asker: str = "", code: str = "") -> None:
    """Send a link to a normalised address when a person is known by it; the asker is told the same either way.

    `back` is the path of our own to which the link leads; `asker` the cookie of the browser that asks, and `code` what
    it shows.
    """
    person = find_person(session, email)
    if person is None or death_of(session, person.id) is not None:
        return
    session.execute(select(Person.id).where(Person.id == person.id).with_for_update(key_share=True))
    recent = select(SignInLink.id).where(
        SignInLink.person_id == person.id, SignInLink.created_at > clock.now() - timedelta(hours=1)
    )
    if len(session.scalars(recent).all()) >= LINKS_PER_HOUR:
        return
    link = new_link(session, person, back)
    if asker:
        link.browser_sha256, link.code_mac = hash_of(asker), _mac(link, code)
    write(session, "sign-in", person.email, person.language, person_id=person.id, link_id=link.id)


def new_link(session: Session, person: Person, back: str = "/") -> SignInLink:
    """A link for a person that works in any browser, valid from now for `LINK_LASTS`."""
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
    if link.code_tries >= CODE_TRIES:
        raise TooManyCodes
    return link


def needs_code(link: SignInLink, here: Here | None) -> bool:
    """Whether a link was asked for in another browser than this one."""
    if link.browser_sha256 is None:
        return False
    return here is None or not hmac.compare_digest(link.browser_sha256, hash_of(here.asker))


def code_fits(link: SignInLink, code: str) -> bool:
    """Whether a code is the one that the asking browser shows; a wrong one is counted, so keep the transaction."""
    digits = "".join(char for char in code if char.isdecimal())
    if link.code_mac is not None and hmac.compare_digest(link.code_mac, _mac(link, digits)):
        return True
    link.code_tries += 1
    return False


def use_link(session: Session, token: str, here: Here | None = None, *, code_checked: bool = False) -> tuple[str, str]:
    """Use a link once; the cookie of the session it opens, and the path it leads to.

    In another browser than the one that asked, only after `code_fits` said yes (`code_checked`), in a transaction
    that is kept either way.
    """
    link = usable_link(session, token)
    if needs_code(link, here) and not code_checked:
        raise WrongLinkCode
    link.used_at = clock.now()
    return open_session(session, link.person, here), link.leads_to


def signed_in(session: Session, cookie: str) -> Person | None:
    """The person whose session a cookie carries, while it lasts."""
    row = session_of(session, cookie)
    return row.person if row else None


def sign_out(session: Session, cookie: str) -> None:
    """End the session of a cookie; harmless when it has ended."""
    end_session(session, cookie)


def _mac(link: SignInLink, code: str) -> bytes:
    """What is kept of a code: without our key nobody can find it by trying all of them."""
    return tokens.seal("sign-in-code", f"{link.id}:{code}").rpartition(".")[2].encode()
