"""Postal and paper ballots: two tellers enter each on their own, and the vote is cast when both read the same."""

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.models import Channel, PaperEntry
from app.ballots.casting.recording import Answers, Part, Way, read_parts, record_vote, require_open, standing_vote
from app.ballots.drafting import find_ballot, items_of
from app.ballots.electorate.reading import elector_of
from app.ballots.models import Ballot
from app.core import audit, clock
from app.core.errors import N_, Refusal

PAPER = (Channel.POSTAL, Channel.PAPER)


class VotedOtherwise(Refusal):
    """A vote of the elector is in already, and nobody replaces it from outside."""

    message = N_("A vote of {name} was cast already. It stays, unless they change it themself.")
    status = 409


def enter_paper(
    session: Session, slug: str, elector_id: int, answers: Answers, *, channel: Channel, by: int
) -> PaperEntry:
    """Enter what a teller reads on a ballot. When another teller's last entry says the same, the vote is cast."""
    assert channel in PAPER, "others cast by themselves"
    ballot = require_open(session, slug)
    elector = elector_of(session, ballot, elector_id)
    said = read_parts(items_of(session, ballot, withdrawn=False), elector, answers, ballot.terms.splits_allowed)
    elector = elector_of(session, ballot, elector_id)
    session.refresh(elector, with_for_update={"key_share": True})
    if standing_vote(session, elector.id) is not None:
        raise VotedOtherwise(name=elector.name)
    kept = {str(item): dict(sorted(parts.items())) for item, parts in said.items()}
    agreeing = [
        row for row in last_entries(session, ballot, elector_id) if row.entered_by != by and row.answers == kept
    ]
    vote = None
    if agreeing:
        parts = {item: [Part(answer, weight) for answer, weight in each.items()] for item, each in said.items()}
        vote = record_vote(session, ballot, elector_id, parts, Way(by, str(uuid4()), channel))
    row = PaperEntry(
        ballot_id=ballot.id,
        elector_id=elector.id,
        channel=channel,
        answers=kept,
        vote_id=vote.id if vote else None,
        entered_at=clock.now(),
        entered_by=by,
    )
    session.add(row)
    session.flush()
    tag = audit.Tag.PAPER_BALLOT_ENTERED
    audit.record(session, tag, ballot.subject, by=by, entry=row.id, elector=elector.id, agreed=vote is not None)
    return row


def last_entries(session: Session, ballot: Ballot, elector_id: int) -> list[PaperEntry]:
    """Each teller's last entry for an elector."""
    rows = select(PaperEntry).where(PaperEntry.ballot_id == ballot.id, PaperEntry.elector_id == elector_id)
    return list({row.entered_by: row for row in session.scalars(rows.order_by(PaperEntry.id))}.values())


def waiting_entries(session: Session, slug: str) -> list[tuple[int, list[PaperEntry]]]:
    """The electors whose ballots wait for a second teller, or on whom tellers differ, with each teller's last entry."""
    ballot = find_ballot(session, slug)
    rows = session.scalars(select(PaperEntry).where(PaperEntry.ballot_id == ballot.id).order_by(PaperEntry.id)).all()
    done = {row.elector_id for row in rows if row.vote_id is not None}
    last = {(row.elector_id, row.entered_by): row for row in rows if row.elector_id not in done}
    electors = sorted({elector for elector, _ in last})
    return [(elector, [row for (each, _), row in last.items() if each == elector]) for elector in electors]
