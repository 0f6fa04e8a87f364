"""Linking: from a ballot back to the motions that its items come from, also at a second call."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.models import Ballot
from app.ballots.motions.models import MotionBallot, MotionText
from app.ballots.stating import in_language


@dataclass(frozen=True, slots=True)
class Origin:
    """A motion that a ballot was made of: its number and title."""

    number: int
    title: str


def origins_of(session: Session, ballot: Ballot, lang: str) -> list[Origin]:
    """The motions whose items a ballot holds, or held at the call before."""
    calls, at = [ballot.id], ballot
    while at.follows_id is not None:
        at = session.get_one(Ballot, at.follows_id)
        calls.append(at.id)
    rows = select(MotionBallot.motion_id, MotionText.title).join(MotionText, MotionText.id == MotionBallot.text_id)
    found = session.execute(rows.where(MotionBallot.ballot_id.in_(calls)).order_by(MotionBallot.id))
    return [Origin(number, in_language(title, lang)) for number, title in found]
