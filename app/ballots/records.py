"""Records of a ballot: the legal documents that its acts bring about, filed upstairs and shown on its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.core import jobs

RECORDS_JOB = "documents.file_ballot_records"
ATTENDANCE_MOST = 20_000
"""How many lines an attendance list has at most; of more who took part the full audit bundle is the list."""


@dataclass(frozen=True, slots=True)
class Record:
    """A document filed of a ballot: what it is, about which item ("" for all), and the hashes of facts and file.

    `for_staff` says that it names people and is shown at the desk only.
    """

    number: int
    version: int
    kind: str
    title: str
    about: str
    facts_sha256: str
    pdf_sha256: str
    filed_at: datetime
    for_staff: bool


Reader = Callable[[Session, Ballot], list[Record]]
_READERS: list[Reader] = []


def register_records(reader: Reader) -> None:
    """Make known who reads the documents of ballots."""
    assert not _READERS or [reader] == _READERS, "records are read by one"
    _READERS[:] = [reader]


def records_of(session: Session, ballot: Ballot, *, staff: bool) -> list[Record]:
    """The documents filed of a ballot, in order; those that name people for `staff` only."""
    found = [record for read in _READERS for record in read(session, ballot)]
    return [record for record in found if staff or not record.for_staff]


def file_records(session: Session, ballot: Ballot) -> None:
    """Let every document be filed that is due after an act and not filed yet, once the act is committed."""
    jobs.defer(session, RECORDS_JOB, ballot_id=ballot.id)
