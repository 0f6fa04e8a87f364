"""The platform's list of its users: hashed e-mail addresses, so that it tells nothing about those who are not here."""

from collections.abc import Iterable

from sqlalchemy import exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.members.models import Person, SignedIn
from app.members.signin.models import PlatformEmail, PlatformList
from app.members.signin.platform.proving import note_listed

BATCH = 5000


class NotAHash(Refusal):
    """A line of the list is not SHA-256 in hex."""

    message = N_("Line {number} of the list is not a SHA-256 in hex (64 digits from 0 to f).")


class SaltMissing(Refusal):
    """Without a salt whoever has the list can find addresses by trying them."""

    message = N_("Give the salt with which the platform has hashed the addresses.")


def import_list(session: Session, lines: Iterable[str], *, salt: str, by: int | None) -> tuple[int, int]:
    """Keep a list, one hash a line; how many entries it has, and how many persons here were found in it.

    Each is SHA-256 over the salt and the address in lower case, in hex. Nothing is kept when a line cannot be read.
    """
    if not salt:
        raise SaltMissing
    kept = PlatformList(salt=salt, imported_at=clock.now())
    session.add(kept)
    session.flush()
    count = 0
    for chunk in _chunks(lines):
        rows = [{"list_id": kept.id, "email_sha256": digest} for digest in chunk]
        session.execute(insert(PlatformEmail).values(rows).on_conflict_do_nothing())
        count += len(rows)
    audit.record(session, audit.Tag.PLATFORM_LIST_IMPORTED, f"platform-list:{kept.id}", by=by, entries=count)
    found = 0
    shown = exists().where(SignedIn.person_id == Person.id)  # only whoever has shown to own the address
    for person in session.scalars(select(Person).where(shown)):
        found += note_listed(session, person)
    return count, found


def _chunks(lines: Iterable[str]) -> Iterable[list[bytes]]:
    chunk: list[bytes] = []
    for number, line in enumerate(lines, start=1):
        text = line.strip().removeprefix("\ufeff")
        if not text:
            continue
        try:
            digest = bytes.fromhex(text)
        except ValueError:
            digest = b""
        if len(digest) != 32:
            raise NotAHash(number=number)
        chunk.append(digest)
        if len(chunk) == BATCH:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
