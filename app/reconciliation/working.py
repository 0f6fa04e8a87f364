"""Working through open lines: what is certain posts itself, everything else waits with the ways to read it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, jobs
from app.core.database import one_at_a_time
from app.core.errors import N_, Refusal
from app.reconciliation.finding import candidates_of
from app.reconciliation.lines import Said, facts_of, is_matched, is_parked, matches_of, open_lines
from app.reconciliation.matching.judging import Reading, Verdict, judge
from app.reconciliation.models import BankLine, BankLineNote
from app.reconciliation.posting import MatchedAlready, locked_line, post_match
from app.reconciliation.taking import MATCH_JOB

AT_ONCE = 500
NAME_MAX = 300


class NoteMissing(Refusal):
    """A line is set aside for a reason."""

    message = N_("Write a note: why the line waits, and for whom.")
    field = "note"


class NotParked(Refusal):
    """The line was not set aside."""

    message = N_("This line is not parked.")
    status = 409


class NoSuchReading(Refusal):
    """What was shown is not so any more."""

    message = N_("The line was judged anew since the page was loaded. Look at it again.")
    status = 409


@dataclass(frozen=True)
class Waiting:
    """An open line with the ways to read it, the likeliest first."""

    line: BankLine
    said: Said
    perhaps: tuple[Reading, ...]


def judged(session: Session, lines: Sequence[BankLine]) -> list[tuple[BankLine, Said, Verdict]]:
    """Lines with what the bank said and the verdict on each."""
    said = [(line, Said.of(line)) for line in lines]
    facts = {line.id: facts_of(line, what) for line, what in said}
    candidates = candidates_of(session, [(line, what, facts[line.id].keys) for line, what in said])
    return [(line, what, judge(facts[line.id], candidates[line.id])) for line, what in said]


def match_next(session: Session, after: int = 0, again: bool = False) -> None:
    """Post what is certain of the next open lines, then go on by a job.

    Lines that mean the same as one that was just posted are judged anew, by starting over at the end (`again`).
    """
    one_at_a_time(session, "matching of bank lines")
    lines = list(session.scalars(open_lines().where(BankLine.id > after).limit(AT_ONCE)))
    changed: set[str] = set()
    for line, _, verdict in judged(session, lines):
        reading = verdict.certain
        if reading is None:
            continue
        subjects = {part.subject for part in reading.parts}
        if subjects & changed:
            again = True
        elif _post(session, line, reading):
            changed |= subjects
    if len(lines) == AT_ONCE:
        jobs.defer(session, MATCH_JOB, after=lines[-1].id, again=again)
    elif again:
        jobs.defer(session, MATCH_JOB)


def match_all(session: Session) -> None:
    """Begin anew from the oldest open line: what a line means may have come into the books after it."""
    match_next(session)


def _post(session: Session, line: BankLine, reading: Reading) -> bool:
    """Post one certain reading; what the books refuse stays on the work list."""
    try:
        with session.begin_nested():
            post_match(session, line.id, reading.parts, reading.why, reading.facts, certain=True, by=None)
    except Refusal:
        return False
    return True


def work_list(session: Session, *, after: int = 0, most: int = 50) -> list[Waiting]:
    """Open lines, the oldest first, each with the ways to read it."""
    lines = list(session.scalars(open_lines().where(BankLine.id > after).limit(most)))
    return [Waiting(line, said, _ways(verdict)) for line, said, verdict in judged(session, lines)]


def waiting(session: Session, line: BankLine) -> Waiting:
    """One line with the ways to read it."""
    ((line, said, verdict),) = judged(session, [line])
    return Waiting(line, said, _ways(verdict))


def _ways(verdict: Verdict) -> tuple[Reading, ...]:
    """Certain readings that the books refused wait with the others."""
    return ((verdict.certain,) if verdict.certain else ()) + verdict.perhaps


def name_of_reading(reading: Reading) -> str:
    """What tells a reading from the others of its line, for forms."""
    name = "+".join(f"{part.what.name}:{part.subject}:{part.cents}" for part in reading.parts)
    return name if len(name) <= NAME_MAX else hashlib.sha256(name.encode()).hexdigest()


def confirm(session: Session, line_id: int, chosen: str, *, by: int) -> None:
    """Book a line by one of the ways it can be read now."""
    line = locked_line(session, line_id)
    if matches_of(session, line):
        raise MatchedAlready
    ways = {name_of_reading(each): each for each in waiting(session, line).perhaps}
    if chosen not in ways:
        raise NoSuchReading
    reading = ways[chosen]
    post_match(session, line_id, reading.parts, reading.why, reading.facts, certain=False, by=by)


def park_line(session: Session, line_id: int, note: str, *, by: int) -> None:
    """Set an open line aside with a note."""
    line = locked_line(session, line_id)
    if matches_of(session, line):
        raise MatchedAlready
    if not note.strip():
        raise NoteMissing
    _note(session, line, True, note.strip()[:500], by)


def take_up(session: Session, line_id: int, *, by: int) -> None:
    """Take a parked line up again."""
    line = locked_line(session, line_id)
    if session.scalars(select(BankLine.id).where(BankLine.id == line.id, is_parked())).first() is None:
        raise NotParked
    _note(session, line, False, "", by)


def _note(session: Session, line: BankLine, parked: bool, note: str, by: int) -> None:
    row = BankLineNote(bank_line_id=line.id, parked=parked, note=note, written_at=clock.now(), written_by=by)
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.BANK_LINE_PARKED, f"bank-line:{line.id}", by=by, reason=note or None, parked=parked)


def parked_lines(session: Session) -> list[tuple[BankLine, BankLineNote]]:
    """Lines that were set aside, each with its note."""
    latest = select(BankLineNote).where(BankLineNote.parked).order_by(BankLineNote.id)
    notes = {note.bank_line_id: note for note in session.scalars(latest)}
    rows = session.scalars(select(BankLine).where(is_parked(), ~is_matched()).order_by(BankLine.id))
    return [(line, notes[line.id]) for line in rows]
