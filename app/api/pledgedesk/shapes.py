"""Shapes of pledges at the desk: one with its history and notes, files of pledges, and who would be reminded."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated

from pydantic import Field, Strict
from sqlalchemy.orm import Session

from app.api.pledges.shapes import StaffPledge, staff_pledge_given
from app.api.shapes import Given, Lines, ReasonTaken, Taken
from app.core.errors import InvalidInput
from app.core.language import fill
from app.members.persons import name_of
from app.offers.desk.models import PledgeNote, ReminderKind, ReminderRun
from app.offers.desk.pledges.history import history_of
from app.offers.desk.pledges.importing import Preview
from app.offers.desk.pledges.noting import NOTE_MAX, notes_on
from app.offers.desk.reminders.reminding import Outlook
from app.offers.models import Pledge
from app.offers.tallying import paid_on
from app.web.forms import problems_of

LINES_MAX = 6_000_000


class Kind(StrEnum):
    """What people are reminded of."""

    CONFIRM = "confirm"
    PAY = "pay"

    @property
    def reminder(self) -> ReminderKind:
        """The kind as the house knows it."""
        return ReminderKind[self.name]


class NoteTaken(Taken):
    """A note on a pledge, for other staff."""

    note: Annotated[Lines, Field(max_length=NOTE_MAX)]


class NoteGiven(Given):
    """A note on a pledge."""

    id: int
    written_at: datetime
    written_by: str
    note: str


class PledgeEvent(Given):
    """Something that happened to a pledge."""

    at: datetime
    what: str = Field(description="In the language of `Accept-Language`.")
    more: str
    by: str = Field(description="Who did it; empty when no person did.")


class PledgeAtDesk(StaffPledge):
    """A pledge with everything on record of it, the latest first, and the notes of staff."""

    history: list[PledgeEvent]
    notes: list[NoteGiven]


class SheetTaken(Taken):
    """Pledges that were taken on paper or elsewhere, as lines of CSV with a header."""

    lines: Annotated[str, Strict(), Field(min_length=1, max_length=LINES_MAX)] = Field(
        description="Columns: external_id, legal_name, email, shares, street, postal_code, locality, region, country, "
        "language."
    )


class LineProblem(Given):
    """What is wrong with a line, counted from 1 with the header."""

    line: int
    column: str
    detail: str


class SheetGiven(Given):
    """What an import does: how many pledges it makes, how many it made before, and what stands against it."""

    new: int
    shares: int = Field(description="Of the new pledges together.")
    known: int
    problems: list[LineProblem]


class ReminderTaken(ReasonTaken):
    """Why people are reminded."""


class OutlookGiven(Given):
    """Who would be reminded now, and why others not."""

    kind: Kind
    reminded: int
    others: dict[str, int] = Field(description="How many are not reminded, by the reason.", examples=[{"too_new": 2}])
    refused: str | None = Field(description="Why nobody can be reminded of this now.")


class RunGiven(Given):
    """Reminders that were started, and how many letters of them are written."""

    id: int
    kind: Kind
    reason: str
    started_at: datetime
    letters: int


def pledge_at_desk(session: Session, pledge: Pledge, language: str) -> PledgeAtDesk:
    """A pledge as the desk shows it."""
    return PledgeAtDesk(
        **staff_pledge_given(pledge, paid_on(session, pledge)).model_dump(),
        history=[
            PledgeEvent(at=each.at, what=fill(each.what, each.facts, language), more=each.more, by=each.who)
            for each in history_of(session, pledge)
        ],
        notes=[note_given(session, each) for each in notes_on(session, pledge)],
    )


def note_given(session: Session, note: PledgeNote) -> NoteGiven:
    """A note as the API gives it."""
    return NoteGiven(id=note.id, written_at=note.written_at, written_by=name_of(session, note.writer), note=note.text)


def sheet_given(found: Preview, language: str) -> SheetGiven:
    """What an import would do or did."""
    return SheetGiven(
        new=len(found.new),
        shares=found.shares,
        known=len(found.known),
        problems=[
            LineProblem(line=line, column=column, detail=problems_of(InvalidInput({column: problem}), language)[column])
            for line, column, problem in found.problems
        ],
    )


def outlook_given(found: Outlook, refused: str | None) -> OutlookGiven:
    """What starting reminders would do."""
    others = {verdict.name.lower(): count for verdict, count in found.counts.items()}
    others.pop("remind", None)
    return OutlookGiven(kind=Kind[found.kind.name], reminded=found.reminded, others=others, refused=refused)


def run_given(run: ReminderRun, letters: int) -> RunGiven:
    """Reminders as the desk lists them."""
    return RunGiven(
        id=run.id,
        kind=Kind[ReminderKind(run.kind).name],
        reason=run.reason,
        started_at=run.started_at,
        letters=letters,
    )
