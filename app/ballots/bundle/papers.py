"""The part of a bundle that only secret ballots have: their key, the sealed papers, and the list that they open to."""

from base64 import b64encode
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.bundle.format import Listed
from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot
from app.ballots.secret.models import BallotKey, PapersOpening, Participation, SealedPaper, UrnsEmptied
from app.ballots.secret.publishing import published_papers

_SOME = {"yield_per": 5_000}


def secret_part(session: Session, ballot: Ballot, *, full: bool) -> dict[str, Any]:
    """What a bundle of a counted secret ballot holds; `full` names who took part, by their lines of the roll."""
    emptied = session.get_one(UrnsEmptied, ballot.id)
    sealed = select(SealedPaper.content).where(SealedPaper.ballot_id == ballot.id).order_by(SealedPaper.sha256)
    return {
        "public_key": session.get_one(BallotKey, ballot.id).public_key.hex(),
        "private_key": session.get_one(PapersOpening, ballot.id).private_key.hex(),
        "urns": {"papers": emptied.papers, "sha256": emptied.sha256, "emptied_at": emptied.emptied_at.isoformat()},
        "sealed": Listed(b64encode(content).decode() for content in session.scalars(sealed, execution_options=_SOME)),
        "papers": Listed(paper.as_data() for paper in published_papers(session, ballot)),
        "took_part": Listed(_took_part(session, ballot)) if full else None,
    }


def _took_part(session: Session, ballot: Ballot) -> Iterable[str]:
    rows = select(Elector.leaf).join(Participation, Participation.elector_id == Elector.id)
    rows = rows.where(Participation.ballot_id == ballot.id).order_by(Elector.leaf.collate("C"))
    return session.scalars(rows, execution_options=_SOME)
