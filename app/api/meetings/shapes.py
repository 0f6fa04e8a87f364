"""Shapes of meetings and topics."""

from datetime import datetime
from typing import Annotated

from pydantic import Field

from app.api.ballotdesk.shapes import TextsTaken
from app.api.shapes import Given, Line, Moment, OptionalLine, Taken, Zone
from app.ballots.models import BallotTopic, Meeting, MeetingKind
from app.ballots.stating import MeetingPlan, in_language


class MeetingTaken(Taken):
    """A meeting, as the desk's form has it; it is at a place, online, or both."""

    slug: Annotated[Line, Field(max_length=60, examples=["agm-2027"])]
    kind: MeetingKind
    title: TextsTaken
    agenda: TextsTaken | None = None
    starts_at: Moment
    zone: Zone
    place: Annotated[OptionalLine, Field(max_length=300)] = ""
    link: Annotated[OptionalLine, Field(max_length=300)] = ""

    def plan(self) -> MeetingPlan:
        """The meeting as the house knows it."""
        return MeetingPlan(
            title=self.title.said(),
            agenda=self.agenda.said() if self.agenda else {},
            kind=self.kind.value,
            starts_at=self.starts_at,
            zone=self.zone,
            place=self.place,
            link=self.link,
        )


class MeetingAtDesk(Given):
    """A meeting that was planned."""

    slug: str
    kind: str
    title: str = Field(description="In the language of Accept-Language, where there is one.")
    agenda: str
    starts_at: datetime
    zone: str
    place: str
    link: str
    version: int


class NamesTaken(TextsTaken):
    """A short name by language, in at least one."""

    en: Annotated[Line, Field(max_length=80)] | None = None
    fr: Annotated[Line, Field(max_length=80)] | None = None


class TopicTaken(Taken):
    """A topic by which members delegate."""

    name: NamesTaken


class TopicGiven(Given):
    """A topic by which members delegate."""

    id: int
    name: str


def meeting_at_desk(row: Meeting, lang: str) -> MeetingAtDesk:
    """A meeting as the API says it."""
    terms = row.terms
    return MeetingAtDesk(
        slug=row.slug,
        kind=terms.kind,
        title=in_language(terms.title, lang),
        agenda=in_language(terms.agenda, lang),
        starts_at=terms.starts_at,
        zone=terms.zone,
        place=terms.place,
        link=terms.link,
        version=terms.version,
    )


def topic_given(row: BallotTopic, lang: str) -> TopicGiven:
    """A topic as the API says it."""
    return TopicGiven(id=row.id, name=in_language(row.name, lang))
