"""Urns: sealed papers lie together in few large rows, each under the installation's key, until all are emptied at once.

Each urn is rewritten whole with every paper, its papers sorted by marks that are random: a copy of the database, also
one that was made while votes came in, shows no paper, and neither whose it is nor when it came.
"""

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.ballots.secret.models import SealedPaper, Urn
from app.core.cipher import Unreadable

PAPERS_EACH = 32
"""How many electors there are for each urn."""
AT_A_TIME = 200
_HEAD = struct.Struct(">QQQ")
_MARK = 16


@dataclass(frozen=True, slots=True)
class Entry:
    """A sealed paper in an urn, and the mark by which whoever knows its tracker finds it again."""

    mark: bytes
    sealed: bytes


def set_up(session: Session, ballot: Ballot, electors: int) -> None:
    """Set up the empty urns of a ballot that opens."""
    for number in range(max(1, electors // PAPERS_EACH)):
        session.add(Urn(ballot_id=ballot.id, number=number, content=_written(ballot.id, number, [])))
    session.flush()


def urns_of(session: Session, ballot: Ballot) -> int:
    """How many urns an open ballot has."""
    return session.scalars(select(func.count()).select_from(Urn).where(Urn.ballot_id == ballot.id)).one()


def put_in(session: Session, ballot: Ballot, number: int, entry: Entry) -> bool:
    """Put a paper into an urn, in place of the one of the same mark; whether there was one."""
    rows = select(Urn).where(Urn.ballot_id == ballot.id, Urn.number == number).with_for_update()
    urn = session.scalars(rows.execution_options(populate_existing=True)).one()
    entries = {each.mark: each for each in _entries(urn)}
    replaced = entry.mark in entries
    entries[entry.mark] = entry
    urn.content = _written(ballot.id, number, sorted(entries.values(), key=lambda each: each.mark))
    session.flush()
    return replaced


def has_mark(session: Session, ballot: Ballot, number: int, mark: bytes) -> bool:
    """Whether an urn holds the paper of a mark."""
    return any(each.mark == mark for each in _entries(session.get_one(Urn, (ballot.id, number))))


def papers_in(session: Session, ballot: Ballot) -> Iterator[list[bytes]]:
    """Every sealed paper in the urns of an open ballot, some urns at a time; raises `Unreadable` for an altered one."""
    last = -1
    while True:
        rows = select(Urn).where(Urn.ballot_id == ballot.id, Urn.number > last).order_by(Urn.number).limit(AT_A_TIME)
        urns = session.scalars(rows).all()
        if not urns:
            return
        yield [each.sealed for urn in urns for each in _entries(urn)]
        last = urns[-1].number
        for urn in urns:
            session.expunge(urn)


def empty(session: Session, ballot: Ballot) -> tuple[int, str]:
    """Empty the urns into rows sorted by hash, all in this transaction: how many papers, and the hash of their hashes.

    The rows are copied sorted, so that neither their place nor their transaction tells anything of their coming.
    """
    connection = session.connection().connection.driver_connection
    assert connection is not None, "the session is connected"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE emptied (sha256 text, content bytea) ON COMMIT DROP")
        for papers in papers_in(session, ballot):
            with cursor.copy("COPY emptied FROM STDIN") as copy:
                for sealed in papers:
                    copy.write_row((hashlib.sha256(sealed).hexdigest(), sealed))
        cursor.execute(
            "INSERT INTO sealed_paper (ballot_id, sha256, content) "
            'SELECT %s, sha256, content FROM emptied ORDER BY sha256 COLLATE "C"',
            (ballot.id,),
        )
        many = cursor.rowcount
        cursor.execute("DROP TABLE emptied")
    session.execute(delete(Urn).where(Urn.ballot_id == ballot.id))
    return many, hash_of_papers(session, ballot)


def hash_of_papers(session: Session, ballot: Ballot) -> str:
    """The SHA-256 of the sorted hashes of the sealed papers, each followed by a line feed."""
    rows = select(SealedPaper.sha256).where(SealedPaper.ballot_id == ballot.id)
    digest = hashlib.sha256()
    for each in session.scalars(
        rows.order_by(SealedPaper.sha256.collate("C")), execution_options={"yield_per": 10_000}
    ):
        digest.update(f"{each}\n".encode())
    return digest.hexdigest()


def _entries(urn: Urn) -> list[Entry]:
    ballot_id, number, many = _HEAD.unpack_from(urn.content)
    if (ballot_id, number) != (urn.ballot_id, urn.number):
        raise Unreadable(f"urn.content: urn {urn.number} of ballot {urn.ballot_id} holds what was another's")
    size = (len(urn.content) - _HEAD.size) // many if many else 0
    found = [urn.content[place : place + size] for place in range(_HEAD.size, _HEAD.size + many * size, size or 1)]
    return [Entry(each[:_MARK], each[_MARK:]) for each in found]


def _written(ballot_id: int, number: int, entries: list[Entry]) -> bytes:
    assert len({len(each.sealed) for each in entries}) <= 1, "papers of one ballot are of one length"
    return _HEAD.pack(ballot_id, number, len(entries)) + b"".join(each.mark + each.sealed for each in entries)
