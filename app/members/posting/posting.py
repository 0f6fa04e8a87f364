"""Posting: letters without an e-mail address wait at the desk, which prints them and notes the day of posting."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.letters.models import Channel, Letter, LetterPosted
from app.members.models import Person
from app.members.people import reaching  # noqa: F401  (so that it is known where letters go)
from app.members.people.resolving import canonical_person
from app.members.persons import Address, address_of, name_of, particulars_on

SHOWN = 200


class NoSuchLetter(Refusal):
    """There is no such letter to go by post."""

    message = N_("There is no such letter that waits for the post.")
    status = 404


class PostedAlready(Refusal):
    """The letter has gone."""

    message = N_("This letter was posted on {day} already.")
    status = 409


class PostedBeforeWritten(Refusal):
    """The day lies ahead, or before the letter was written."""

    message = N_("The day must not lie in the future, nor before the letter was written.")
    field = "posted_on"


@dataclass(frozen=True)
class PaperLetter:
    """A letter for the post: its row, to whom, and where; the address is None when none is on record."""

    letter: Letter
    name: str
    address: Address | None


def waiting_letters(session: Session) -> list[PaperLetter]:
    """The letters that wait for the post, the oldest first, at most `SHOWN`."""
    return [_paper(session, letter) for letter in session.scalars(_waiting().order_by(Letter.id).limit(SHOWN))]


def paper_letter(session: Session, letter_id: int) -> PaperLetter:
    """One letter that waits for the post."""
    letter = session.scalars(_waiting().where(Letter.id == letter_id)).first()
    if letter is None:
        raise NoSuchLetter
    return _paper(session, letter)


def note_posted(session: Session, letter_id: int, posted_on: date, *, by: int) -> LetterPosted:
    """Note that a letter was given to the post on a day."""
    letter = session.scalars(_by_post().where(Letter.id == letter_id).with_for_update(of=Letter)).first()
    if letter is None:
        raise NoSuchLetter
    earlier = session.get(LetterPosted, letter_id)
    if earlier is not None:
        raise PostedAlready(day=earlier.posted_on)
    if not letter.written_at.date() <= posted_on <= clock.today():
        raise PostedBeforeWritten
    row = LetterPosted(letter_id=letter_id, posted_on=posted_on, recorded_at=clock.now(), recorded_by=by)
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.LETTER_POSTED, f"person:{letter.person_id}", by=by, letter=letter_id, on=str(posted_on)
    )
    return row


def _paper(session: Session, letter: Letter) -> PaperLetter:
    person = canonical_person(session, letter.person_id or 0)
    known = particulars_on(session, person.id, clock.today())
    return PaperLetter(letter, name_of(session, person), address_of(known) if known else None)


def _by_post() -> Select[Letter]:
    """Letters by post whose text was not erased."""
    return select(Letter).where(
        Letter.channel == Channel.POST, Letter.person_id.in_(select(Person.id)), Letter.facts != {}
    )


def _waiting() -> Select[Letter]:
    return _by_post().where(Letter.id.not_in(select(LetterPosted.letter_id)))
