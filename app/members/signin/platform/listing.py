"""The platform's list of its users: hashed e-mail addresses, so that it tells nothing about those who are not here."""

from collections.abc import Iterable
from secrets import token_hex

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.models import Person, SignedIn
from app.members.signin.models import PlatformEmail, PlatformList
from app.members.signin.platform.proving import email_hash, note_listed

BATCH = 5000
EMAIL_MAX = 254


class NotAHash(Refusal):
    """A line of the list is neither SHA-256 in hex nor an address."""

    message = N_("Line {number} of the list is neither a SHA-256 in hex (64 digits from 0 to f) nor an e-mail address.")


class SaltMissing(Refusal):
    """Without a salt whoever has the list can find addresses by trying them."""

    message = N_("Give the salt with which the platform has hashed the addresses.")


def import_list(session: Session, lines: Iterable[str], *, salt: str, by: int | None) -> tuple[int, int]:
    """Keep a list, one user a line; how many entries it has, and how many persons here were found in it.

    A line is SHA-256 over the salt and the address in lower case, in hex, or the address itself: that is hashed here,
    with a salt of our own if none is given, and not kept. Nothing is kept when a line cannot be read.
    """
    kept = PlatformList(salt=salt or token_hex(16), imported_at=clock.now())
    session.add(kept)
    session.flush()
    count = 0
    for chunk in _chunks(lines, kept.salt, hashed=bool(salt)):
        rows = [{"list_id": kept.id, "email_sha256": digest} for digest in chunk]
        session.execute(insert(PlatformEmail).values(rows).on_conflict_do_nothing())
        count += len(rows)
    audit.record(session, audit.Tag.PLATFORM_LIST_IMPORTED, f"platform-list:{kept.id}", by=by, entries=count)
    found = 0
    shown = exists().where(SignedIn.person_id == Person.id)  # only whoever has shown to own the address
    for person in session.scalars(select(Person).where(shown)):
        found += note_listed(session, person)
    return count, found


def _chunks(lines: Iterable[str], salt: str, *, hashed: bool) -> Iterable[list[bytes]]:
    chunk: list[bytes] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().removeprefix("\ufeff").strip()
        if not text:
            continue
        chunk.append(email_hash(salt, text) if _is_address(text) else _digest(text, number))
        if not hashed and not _is_address(text):
            raise SaltMissing
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _is_address(text: str) -> bool:
    before, sign, domain = text.rpartition("@")
    return bool(before and sign and "." in domain) and len(text) <= EMAIL_MAX and len(text.split()) == 1


def _digest(text: str, number: int) -> bytes:
    try:
        digest = bytes.fromhex(text)
    except ValueError:
        digest = b""
    if len(digest) != 32:
        raise NotAHash(number=number)
    return digest
