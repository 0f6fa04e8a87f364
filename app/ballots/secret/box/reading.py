"""Reading the box: two tellers enter every sheet on their own; when all agree, all go into the urns at once.

In one transaction everybody whose envelope was noted has taken part, and as many papers lie in the urns, shuffled:
nothing says which came from whom, since no sheet has a name, a time or a place in the order of the envelopes.
"""

import json
import secrets
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.ballots.answers import NoAnswer, canonical
from app.ballots.casting.recording import Answers
from app.ballots.drafting import items_of
from app.ballots.electorate.models import Elector
from app.ballots.models import Ballot
from app.ballots.secret.box.models import BoxPutIn, BoxReading, Envelope
from app.ballots.secret.box.noting import secret_open, waiting
from app.ballots.secret.casting import seal_paper
from app.ballots.secret.judging import EVERYBODY, GROUP_LEAST, apart
from app.ballots.secret.models import Participation
from app.ballots.secret.papers import Paper, paper_of
from app.ballots.secret.trackers import box_tracker
from app.ballots.secret.urns import put_in
from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, InvalidInput, Refusal

Sheets = Mapping[int, Paper]


class NoSuchSheet(Refusal):
    """The box has as many sheets as envelopes were noted."""

    message = N_("{envelopes} envelopes were noted, so the sheets have the numbers 1 to {envelopes}.")
    field = "number"


class GroupMissing(Refusal):
    """Where groups are counted apart, each has its own kind of sheet."""

    message = N_("Say of which group the sheet is, as its colour or mark tells.")
    field = "group"


class SheetsUnread(Refusal):
    """Both tellers read every sheet."""

    message = N_("Of {envelopes} sheets you have read {mine}, and another teller {theirs}. Each of you reads all.")
    status = 409


class SheetsDiffer(Refusal):
    """The tellers read something else."""

    message = N_("You and the other teller read these sheets otherwise: {numbers}. Look at them again, together.")
    status = 409


class GroupsDiffer(Refusal):
    """As many sheets of each group as envelopes of its electors."""

    message = N_("Of {group} there are {sheets} sheets, but {envelopes} envelopes. Look again at the groups.")
    status = 409


class TooFewSheets(Refusal):
    """The votes of few would be told by the papers that came by the box."""

    message = N_(
        "With these there are {count} sheets of {group}, and whose they are could be guessed. "
        "Put at least {least} in together; help the others to vote online."
    )
    status = 409


@dataclass(frozen=True, slots=True)
class Box:
    """How far the reading of a box is: envelopes, sheets read by a teller and by others, and those read otherwise."""

    envelopes: int
    mine: Sheets
    theirs: int
    differing: tuple[int, ...]


def read_sheet(session: Session, slug: str, number: int, group: str, answers: Answers, *, by: int) -> None:
    """Keep what a teller reads on the sheet of a number; a second time it replaces what they read before.

    `group` is one of `groups_of`. All problems are told at once at their fields.
    """
    ballot = secret_open(session, slug)
    one_at_a_time(session, f"box of {ballot.id}")
    envelopes = waiting(session, ballot)
    if not 1 <= number <= len(envelopes):
        raise NoSuchSheet(envelopes=len(envelopes))
    groups = {name: parts for parts, name in groups_of(session, ballot, envelopes).items()}
    if group not in groups:
        raise GroupMissing
    kind, college = groups[group]
    sheet = Paper("", kind, college, _said(session, ballot, answers, college))
    row = session.get(BoxReading, (ballot.id, by))
    sheets = {**_sheets(row), number: sheet}
    content = json.dumps({str(each): sheets[each].as_data() for each in sorted(sheets)}).encode()
    if row is None:
        session.add(BoxReading(ballot_id=ballot.id, teller_id=by, content=content))
    else:
        row.content = content
    session.flush()


def put_in_box(session: Session, slug: str, *, by: int) -> BoxPutIn:
    """Put every sheet that two tellers read alike into the urns, and note that whose envelopes came in took part."""
    ballot = secret_open(session, slug)
    one_at_a_time(session, f"box of {ballot.id}")
    electors = waiting(session, ballot)
    mine, other, theirs = _both(session, ballot, by)
    whole = set(range(1, len(electors) + 1))
    if not electors or set(mine) != whole or set(theirs) != whole:
        raise SheetsUnread(envelopes=len(electors), mine=len(mine), theirs=len(theirs))
    differing = [str(number) for number in sorted(whole) if mine[number] != theirs[number]]
    if differing:
        raise SheetsDiffer(numbers=", ".join(differing))
    counts = _judge_groups(session, ballot, electors, mine)
    noted = session.scalars(select(Envelope).where(Envelope.ballot_id == ballot.id))
    channels = {row.elector_id: row.channel for row in noted}
    for elector in electors:
        session.refresh(elector, with_for_update={"key_share": True})
        session.add(
            Participation(
                elector_id=elector.id,
                ballot_id=ballot.id,
                channel=channels[elector.id],
                cast_at=clock.now(),
                cast_by=by,
            )
        )
    session.flush()
    sheets = list(mine.values())
    secrets.SystemRandom().shuffle(sheets)
    for sheet in sheets:
        number, entry = seal_paper(session, ballot, Paper(box_tracker(), sheet.kind, sheet.college, sheet.answers))
        put_in(session, ballot, number, entry)
    session.execute(delete(BoxReading).where(BoxReading.ballot_id == ballot.id))
    row = BoxPutIn(
        ballot_id=ballot.id,
        sheets=len(sheets),
        groups=counts,
        first_teller=other,
        second_teller=by,
        put_in_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.BOX_PUT_IN, ballot.subject, by=by, sheets=len(sheets), first=other)
    return row


def box_of(session: Session, ballot: Ballot, by: int) -> Box:
    """How far a teller and the others are with the sheets in the box."""
    mine, _, theirs = _both(session, ballot, by)
    differing = tuple(number for number in sorted(set(mine) & set(theirs)) if mine[number] != theirs[number])
    return Box(len(waiting(session, ballot)), mine, len(theirs), differing)


def boxes_of(session: Session, ballot: Ballot) -> list[BoxPutIn]:
    """The boxes that were put into the urns of a ballot, in order."""
    return list(session.scalars(select(BoxPutIn).where(BoxPutIn.ballot_id == ballot.id).order_by(BoxPutIn.id)))


def groups_of(session: Session, ballot: Ballot, electors: list[Elector]) -> dict[tuple[str, str], str]:
    """The groups of electors whose papers are counted apart, as kind and college, each with its name."""
    by_kind, by_college = apart(session, ballot)
    found = {(each.kind if by_kind else "", each.college if by_college else "") for each in electors}
    return {group: " ".join(filter(None, group)) or EVERYBODY for group in sorted(found)}


def forget_box(session: Session, ballot: Ballot) -> None:
    """Remove what tellers read of sheets that were not put in by the close; they are not counted."""
    session.execute(delete(BoxReading).where(BoxReading.ballot_id == ballot.id))


def _judge_groups(session: Session, ballot: Ballot, electors: list[Elector], sheets: Sheets) -> dict[str, int]:
    """How many sheets of each group; refused unless as many as envelopes, and with earlier boxes enough of each."""
    by_kind, by_college = apart(session, ballot)
    names = groups_of(session, ballot, electors)
    envelopes = Counter((each.kind if by_kind else "", each.college if by_college else "") for each in electors)
    read = Counter((each.kind, each.college) for each in sheets.values())
    before = boxes_of(session, ballot)
    for group, name in names.items():
        if read[group] != envelopes[group]:
            raise GroupsDiffer(group=name, sheets=read[group], envelopes=envelopes[group])
        count = read[group] + sum(box.groups.get(name, 0) for box in before)
        if count < GROUP_LEAST:
            raise TooFewSheets(group=name, count=count, least=GROUP_LEAST)
    return {name: read[group] for group, name in names.items()}


def _both(session: Session, ballot: Ballot, by: int) -> tuple[Sheets, int, Sheets]:
    """What a teller read, and the other teller who read most, with what they read."""
    rows = session.scalars(select(BoxReading).where(BoxReading.ballot_id == ballot.id)).all()
    mine = next((_sheets(row) for row in rows if row.teller_id == by), {})
    others = [(row.teller_id, _sheets(row)) for row in rows if row.teller_id != by]
    other, theirs = max(others, key=lambda each: len(each[1]), default=(by, {}))
    return mine, other, theirs


def _sheets(row: BoxReading | None) -> dict[int, Paper]:
    return {int(number): paper_of(sheet) for number, sheet in json.loads(row.content).items()} if row else {}


def _said(session: Session, ballot: Ballot, answers: Answers, college: str) -> tuple[tuple[int, str], ...]:
    said: list[tuple[int, str]] = []
    problems: dict[str, str | Refusal] = {}
    for item in items_of(session, ballot, withdrawn=False):
        parts = answers.get(item.id, ())
        try:
            said.append((item.id, canonical(item.question, parts[0].answer if parts else "", college)))
        except Refusal as refusal:
            problems[f"item-{item.id}"] = refusal if parts else NoAnswer()
    if problems:
        raise InvalidInput(problems)
    return tuple(sorted(said))
