"""Opening the papers of a closed ballot with its key, by a job: all of them in one transaction, sorted by tracker."""

import json
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.drafting import locked_ballot
from app.ballots.models import Ballot
from app.ballots.secret.casting import purpose_of
from app.ballots.secret.keys import opening_of
from app.ballots.secret.models import OpenedPaper, SealedPaper
from app.ballots.secret.papers import Paper, read_paper
from app.ballots.secret.sealing import unseal
from app.core.cipher import Unreadable

AT_A_TIME = 5_000
_SORTED = """
    INSERT INTO opened_paper (ballot_id, number, tracker, kind, college, answers)
    SELECT %s, row_number() OVER listed, tracker, kind, college, answers FROM opened
    WINDOW listed AS (ORDER BY tracker COLLATE "C", kind, college, answers::text) ORDER BY 2"""


def open_papers(session: Session, ballot_id: int) -> None:
    """Open every sealed paper of a ballot whose key two tellers opened; a second time does nothing."""
    ballot = locked_ballot(session, session.get_one(Ballot, ballot_id).slug)
    if is_opened(session, ballot):
        return
    connection = session.connection().connection.driver_connection
    assert connection is not None, "the session is connected"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE opened (tracker text, kind text, college text, answers jsonb)")
        for papers in papers_of(session, ballot):
            with cursor.copy("COPY opened FROM STDIN") as copy:
                for paper in papers:
                    answers = json.dumps(paper.as_data()["answers"])
                    copy.write_row((paper.tracker, paper.kind, paper.college, answers))
        cursor.execute(_SORTED, (ballot.id,))
        cursor.execute("DROP TABLE opened")


def papers_of(session: Session, ballot: Ballot) -> Iterator[list[Paper]]:
    """The papers of a ballot as its key opens them, some at a time; raises `Unreadable` for one that it does not."""
    opening = opening_of(session, ballot)
    assert opening is not None, "two tellers have opened the key"
    purpose, last = purpose_of(ballot), ""
    while True:
        rows = select(SealedPaper.sha256, SealedPaper.content).where(
            SealedPaper.ballot_id == ballot.id, SealedPaper.sha256 > last
        )
        sealed = session.execute(rows.order_by(SealedPaper.sha256).limit(AT_A_TIME)).all()
        if not sealed:
            return
        yield [_opened(opening.private_key, purpose, name, content) for name, content in sealed]
        last = sealed[-1].sha256


def is_opened(session: Session, ballot: Ballot) -> bool:
    """Whether the papers of a ballot lie open; where nobody took part there is nothing to open."""
    if opening_of(session, ballot) is None:
        return False
    left = select(SealedPaper.sha256).where(SealedPaper.ballot_id == ballot.id).limit(1)
    found = select(OpenedPaper.number).where(OpenedPaper.ballot_id == ballot.id).limit(1)
    return session.scalars(left).first() is None or session.scalars(found).first() is not None


def _opened(private: bytes, purpose: str, name: str, sealed: bytes) -> Paper:
    content = unseal(private, purpose, sealed)
    if content is None:
        raise Unreadable(f"sealed_paper.content: the key does not open {name}")
    return read_paper(content)
