"""A ballot as its staff see it over the API."""

from sqlalchemy.orm import Session

from app.api.ballots.shapes import BallotShown, ballot_shown
from app.ballots.drafting import find_ballot
from app.ballots.records import records_of
from app.ballots.showing import ballot_facts


def shown_at_desk(session: Session, slug: str, lang: str) -> BallotShown:
    """A ballot as its staff see it, drafts too."""
    ballot = find_ballot(session, slug)
    return ballot_shown(ballot_facts(session, ballot, lang), records_of(session, ballot, staff=True), [], lang)
