"""Publishing the papers of a secret ballot: sorted by tracker, for everybody, once they are opened."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.ballots.secret.models import OpenedPaper
from app.ballots.secret.papers import Paper, paper_of

_NAMES = ("tracker", "kind", "college", "answers")


def published_papers(session: Session, ballot: Ballot) -> Iterator[Paper]:
    """The papers of a ballot in clear, in the order of the published list; none while they are sealed."""
    rows = select(OpenedPaper).where(OpenedPaper.ballot_id == ballot.id).order_by(OpenedPaper.number)
    for row in session.scalars(rows, execution_options={"yield_per": 5_000}):
        yield _paper(row)
        session.expunge(row)


def papers_from(session: Session, ballot: Ballot, beginning: str, most: int) -> list[Paper]:
    """The next papers of the list, from the first whose tracker begins with something or comes after it."""
    rows = select(OpenedPaper).where(OpenedPaper.ballot_id == ballot.id, OpenedPaper.tracker.collate("C") >= beginning)
    return [_paper(row) for row in session.scalars(rows.order_by(OpenedPaper.number).limit(most))]


def line_of(paper: Paper) -> str:
    """A paper as a line of the text file: tracker, group where there is one, and the answer to each item."""
    group = [name for name in (paper.kind, paper.college) if name]
    return "\t".join([paper.tracker, *group, *(answer for _, answer in paper.answers)])


def _paper(row: OpenedPaper) -> Paper:
    return paper_of({name: getattr(row, name) for name in _NAMES})
