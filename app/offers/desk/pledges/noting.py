"""Noting: what staff write down about a pledge, for each other; a note is never changed, a later one corrects it."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.offers.desk.models import PledgeNote
from app.offers.models import Pledge

NOTE_MAX = 2_000


class NothingNoted(Refusal):
    """The note has no text."""

    message = N_("Write something first.")
    field = "note"


class ErasedPledge(Refusal):
    """Nothing new is kept about somebody whose data was erased."""

    message = N_("The data of this person was erased. Nothing is noted about them any more.")
    status = 409


def write_note(session: Session, pledge: Pledge, text: str, *, by: int) -> PledgeNote:
    """Keep a note on a pledge, seen by staff only (and by the person, in the file of their own data)."""
    if not text.strip():
        raise NothingNoted
    if pledge.person is not None and pledge.person.restricted:
        raise ErasedPledge
    note = PledgeNote(pledge_id=pledge.id, text=text.strip()[:NOTE_MAX], written_at=clock.now(), written_by=by)
    session.add(note)
    session.flush()
    audit.record(session, audit.Tag.PLEDGE_NOTED, f"pledge:{pledge.id}", by=by, note=note.id)
    return note


def notes_on(session: Session, pledge: Pledge) -> list[PledgeNote]:
    """The notes on a pledge that were not erased, the latest first."""
    return list(
        session.scalars(
            select(PledgeNote)
            .where(PledgeNote.pledge_id == pledge.id, PledgeNote.text != "")
            .order_by(PledgeNote.id.desc())
        )
    )
