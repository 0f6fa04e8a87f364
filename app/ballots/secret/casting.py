"""Casting a secret vote: in one transaction the elector has taken part, and a sealed paper lies in an urn.

Neither names the other. Whoever knows the tracker of a paper puts another in its place until the close.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.casting.models import Channel
from app.ballots.casting.recording import Answers, NotOnTheRoll, VotedAlready, held_open, read_parts
from app.ballots.drafting import items_of
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import electors_for, roll_of
from app.ballots.models import Ballot, Casting
from app.ballots.secret.box.noting import is_here
from app.ballots.secret.judging import apart
from app.ballots.secret.models import BallotKey, Participation
from app.ballots.secret.papers import Paper, length_of, write_paper
from app.ballots.secret.sealing import seal
from app.ballots.secret.trackers import make_tracker, place_of
from app.ballots.secret.urns import Entry, has_mark, put_in, urns_of
from app.core import audit, clock
from app.core.errors import N_, Refusal


class NotSecret(Refusal):
    """A secret paper in a ballot of recorded votes."""

    message = N_("This ballot is recorded. Vote on its own page.")
    status = 409


class TrackerNeeded(Refusal):
    """A second vote of an elector: only who has the tracker of the first can replace it."""

    message = N_(
        "A vote of {name} was cast already. Nobody can tell which it is, so give its tracker to change it; "
        "without the tracker it stays as it is."
    )
    status = 409
    field = "tracker"


class NoSuchTracker(Refusal):
    """No paper in the urns has this tracker."""

    message = N_("There is no vote with this tracker. Type it as it stands on the receipt.")
    field = "tracker"


class OnPaper(Refusal):
    """The elector's envelope was noted by two tellers."""

    message = N_("The paper ballot of {name} has come in, so it is the vote. Nothing was recorded here.")
    status = 409


class NothingToChange(Refusal):
    """A change of what was never cast."""

    message = N_("No vote of {name} was cast yet. Cast one first.")
    status = 409


@dataclass(frozen=True, slots=True)
class Sender:
    """Who casts and how: the person, and by which channel."""

    by: int
    channel: Channel = Channel.ONLINE


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the voter alone gets: the tracker, which nothing keeps, and whether an earlier paper had it.

    `replaced` then says whether this one took its place, which it does where votes may be changed.
    """

    tracker: str
    known: bool = False
    replaced: bool = False


def cast_secret(
    session: Session, slug: str, elector_id: int, answers: Answers, sender: Sender, *, own: str, drawn: str
) -> Receipt:
    """Cast the secret vote of an elector for whom the sender may act; the same form again gives the same receipt.

    `own` is the voter's own word, `drawn` what the form carried of `trackers.draw`.
    """
    ballot, elector = _held(session, slug, elector_id, sender)
    before = session.get(Participation, elector.id)
    tracker = make_tracker(own, elector.id, drawn)
    number, entry = _sealed(session, ballot, elector, answers, tracker)
    if before is not None:
        return _cast_again(session, ballot, elector, number, entry, tracker)
    row = Participation(
        elector_id=elector.id,
        ballot_id=ballot.id,
        channel=sender.channel,
        cast_at=clock.now(),
        cast_by=sender.by,
    )
    session.add(row)
    session.flush()
    replaced = put_in(session, ballot, number, entry)
    assert not replaced, "80 random bits are drawn for each tracker"
    audit.record(session, audit.Tag.TOOK_PART, ballot.subject, by=sender.by, elector=elector.id)
    return Receipt(tracker)


def change_secret(
    session: Session, slug: str, elector_id: int, answers: Answers, sender: Sender, *, tracker: str
) -> Receipt:
    """Put another paper in the place of the one with a tracker; the tracker stays."""
    ballot, elector = _held(session, slug, elector_id, sender)
    if not ballot.terms.changes_allowed:
        raise VotedAlready
    if session.get(Participation, elector.id) is None:
        raise NothingToChange(name=elector.name)
    known = "".join(tracker.split()).lower()
    number, entry = _sealed(session, ballot, elector, answers, known)
    if not has_mark(session, ballot, number, entry.mark):
        raise NoSuchTracker
    put_in(session, ballot, number, entry)
    audit.record(session, audit.Tag.SECRET_VOTE_CHANGED, ballot.subject, by=sender.by, elector=elector.id)
    return Receipt(known, known=True, replaced=True)


def took_part(session: Session, elector_id: int) -> Participation | None:
    """Whether and when an elector took part."""
    return session.get(Participation, elector_id)


def _held(session: Session, slug: str, elector_id: int, sender: Sender) -> tuple[Ballot, Elector]:
    ballot = held_open(session, slug)
    if ballot.terms.casting != Casting.SECRET:
        raise NotSecret
    if elector_id not in {each.id for each in electors_for(session, ballot, sender.by)}:
        raise NotOnTheRoll
    rows = roll_of(ballot).where(Elector.id == elector_id).with_for_update(key_share=True)
    elector = session.scalars(rows).first()
    if elector is None:
        raise NotOnTheRoll
    if is_here(session, elector.id):
        raise OnPaper(name=elector.name)
    return ballot, elector


def _cast_again(session: Session, ballot: Ballot, elector: Elector, number: int, entry: Entry, tracker: str) -> Receipt:
    """The receipt of a form that was sent before; any other form of an elector who took part is refused."""
    changes = ballot.terms.changes_allowed
    if not has_mark(session, ballot, number, entry.mark):
        raise TrackerNeeded(name=elector.name) if changes else VotedAlready
    if changes:
        put_in(session, ballot, number, entry)
    return Receipt(tracker, known=True, replaced=changes)


def _sealed(session: Session, ballot: Ballot, elector: Elector, answers: Answers, tracker: str) -> tuple[int, Entry]:
    """The urn and the entry of a paper, its answers judged as those of a recorded vote are."""
    parts = read_parts(items_of(session, ballot, withdrawn=False), elector, answers, splits=False)
    by_kind, by_college = apart(session, ballot)
    kind, college = elector.kind if by_kind else "", elector.college if by_college else ""
    return seal_paper(session, ballot, Paper(tracker, kind, college, _answers(parts)))


def seal_paper(session: Session, ballot: Ballot, paper: Paper) -> tuple[int, Entry]:
    """The urn into which a paper goes, and its entry there, sealed to the ballot's key."""
    key = session.scalars(select(BallotKey.public_key).where(BallotKey.ballot_id == ballot.id)).one()
    number, mark = place_of(ballot.id, paper.tracker, paper.kind, paper.college, urns_of(session, ballot))
    return number, Entry(mark, seal(key, purpose_of(ballot), write_paper(paper, paper_length(session, ballot))))


def paper_length(session: Session, ballot: Ballot) -> int:
    """How long every paper of a ballot is."""
    questions = [item.question for item in items_of(session, ballot)]
    return length_of(questions, [each["name"] for each in ballot.terms.colleges])


def purpose_of(ballot: Ballot) -> str:
    """What papers of a ballot are sealed for, so that those of another do not open as its own."""
    return f"costake paper/1 {ballot.slug}"


def _answers(parts: Mapping[int, Mapping[str, int]]) -> tuple[tuple[int, str], ...]:
    return tuple(sorted((item, next(iter(said))) for item, said in parts.items()))
