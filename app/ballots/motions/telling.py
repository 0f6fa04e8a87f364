"""Letters about motions: to the board when enough support one, to supporters what it says, to the proposer the end."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ballots.days import end_of_day
from app.ballots.motions.keeping import gathering_of, standing_support, statement_of, supporters, text_of
from app.ballots.motions.models import Motion, MotionGathering, MotionState, MotionSupport
from app.ballots.stating import in_language
from app.core import clock, jobs
from app.letters.writing import write
from app.members.models import Person
from app.members.offices.appointing import Office, officers
from app.members.people.resolving import canonical_person
from app.members.roles import Role, people_in

STATEMENT_JOB = "motions.tell_supporters"
BATCH = 200
BOARD = (Office.DIRECTOR, Office.MANAGING_DIRECTOR, Office.CHAIR, Office.SUPERVISOR)


def statement_due(gathering: MotionGathering, reached_at: datetime) -> datetime:
    """Until when the board makes its statement: the end of a day, so many days after the threshold was reached."""
    reached_on = reached_at.astimezone(ZoneInfo(gathering.zone)).date()
    return end_of_day(reached_on + timedelta(days=gathering.statement_days), gathering.zone)


def board(session: Session) -> list[Person]:
    """Who hears of a motion for the board: officers of the board who are in office, organizers and secretaries."""
    seated = [row.person for row, gone in officers(session) if row.office in BOARD and gone is None]
    staff = people_in(session, Role.ORGANIZER) + people_in(session, Role.SECRETARY)
    found = [canonical_person(session, each.id) for each in (*seated, *staff)]
    return list({each.id: each for each in found}.values())


def tell_board(session: Session, motion: Motion, gathering: MotionGathering) -> None:
    """Write to the board that enough members support a motion, and until when its statement is due."""
    due, text, many = statement_due(gathering, clock.now()), text_of(session, motion), supporters(session, motion)
    for person in board(session):
        write(
            session, "motion-reached", person.email, person.language, person_id=person.id, number=motion.id,
            title=in_language(text.title, person.language), supporters=many, due=due.isoformat(), zone=gathering.zone,
        )  # fmt: skip


def tell_supporters(session: Session, motion_id: int, after: int) -> None:
    """Write the board's statement to the next supporters, then go on with those after them."""
    motion = session.get_one(Motion, motion_id)
    statement, text = statement_of(session, motion), text_of(session, motion)
    assert statement is not None, "there is a statement to tell of"
    rows = select(MotionSupport).where(
        MotionSupport.motion_id == motion_id, MotionSupport.id > after, standing_support()
    )
    found = session.scalars(rows.order_by(MotionSupport.id).limit(BATCH)).all()
    for each in found:
        person = canonical_person(session, each.given_by)
        write(
            session, "motion-statement", person.email, person.language, person_id=person.id, number=motion.id,
            title=in_language(text.title, person.language), stance=statement.stance,
            statement=in_language(statement.text, person.language),
        )  # fmt: skip
    if len(found) == BATCH:
        jobs.defer(session, STATEMENT_JOB, motion_id=motion_id, after=found[-1].id)


def tell_proposer(session: Session, motion: Motion, reason: str) -> None:
    """Write to the proposer that their motion lapsed or is inadmissible, and why."""
    person, gathering = canonical_person(session, motion.person_id), gathering_of(session, motion)
    text = text_of(session, motion)
    write(
        session, "motion-ended", person.email, person.language, person_id=person.id, number=motion.id,
        title=in_language(text.title, person.language), lapsed=motion.state == MotionState.LAPSED, reason=reason,
        supporters=supporters(session, motion), needed=gathering.needed if gathering else 0,
    )  # fmt: skip
