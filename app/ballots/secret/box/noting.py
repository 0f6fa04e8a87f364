"""Noting envelopes: two tellers note whose paper ballot came in, before anybody opens it."""

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from app.ballots.casting.models import Channel
from app.ballots.casting.paper import PAPER
from app.ballots.casting.recording import held_open
from app.ballots.drafting import find_ballot
from app.ballots.electorate.models import Elector
from app.ballots.electorate.reading import elector_of, roll_of
from app.ballots.models import Ballot, Casting
from app.ballots.secret.box.models import Envelope
from app.ballots.secret.models import Participation
from app.core import audit, clock
from app.core.errors import N_, NotFound, Refusal

TELLERS = 2


class TookPartBefore(Refusal):
    """One vote each: whoever took part has no second one on paper."""

    message = N_("{name} has taken part already. Leave this envelope unopened, and keep it with the others.")
    status = 409


def note_envelope(session: Session, slug: str, elector_id: int, *, channel: Channel, by: int) -> bool:
    """Note an elector's envelope; whether now two tellers have, so that the elector cannot vote otherwise any more."""
    assert channel in PAPER, "others cast by themselves"
    ballot = secret_open(session, slug)
    elector = elector_of(session, ballot, elector_id)
    session.refresh(elector, with_for_update={"key_share": True})
    if session.get(Participation, elector.id) is not None:
        raise TookPartBefore(name=elector.name)
    if session.get(Envelope, (elector.id, by)) is None:
        row = Envelope(elector_id=elector.id, noted_by=by, ballot_id=ballot.id, channel=channel, noted_at=clock.now())
        session.add(row)
        session.flush()
        audit.record(session, audit.Tag.ENVELOPE_NOTED, ballot.subject, by=by, elector=elector.id)
    return is_here(session, elector.id)


def is_here(session: Session, elector_id: int) -> bool:
    """Whether two tellers noted an elector's envelope."""
    return session.scalars(select(func.count()).where(Envelope.elector_id == elector_id)).one() >= TELLERS


def waiting(session: Session, ballot: Ballot, *, noted: bool = True) -> list[Elector]:
    """The electors whose envelopes wait for the box; with `noted` false those whom only one teller has noted yet."""
    many = select(func.count()).where(Envelope.elector_id == Elector.id).scalar_subquery()
    took_part = exists().where(Participation.elector_id == Elector.id)
    rows = roll_of(ballot).where(many >= TELLERS if noted else many == 1, ~took_part)
    return list(session.scalars(rows))


def secret_open(session: Session, slug: str) -> Ballot:
    """A secret ballot, held open against its close; `NotFound` for a recorded one."""
    if find_ballot(session, slug).terms.casting != Casting.SECRET:
        raise NotFound
    return held_open(session, slug)
