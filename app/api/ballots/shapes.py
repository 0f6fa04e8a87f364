"""Shapes of ballots: the terms, what is decided and by which rule, turnout, and documents with their hashes."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import Field

from app.api.ballots.votes import ElectorGiven
from app.api.shapes import Given
from app.ballots.models import Ballot, BallotState, Basis, Casting
from app.ballots.questions import QuestionKind
from app.ballots.records import Record
from app.ballots.showing import ItemShown, Meter
from app.ballots.stating import title_of
from app.core.language import translator
from app.core.uploads import Upload


class BallotGiven(Given):
    """A ballot with its hours."""

    slug: str = Field(examples=["annual-2027"])
    state: BallotState
    title: str = Field(description="In the language of Accept-Language, where there is one.")
    call: int = Field(description="1, or 2 after a quorum was missed.")
    casting: Casting
    record_date: date = Field(description="Whoever was in the register at the end of this day may vote.")
    opens_at: datetime
    closes_at: datetime
    zone: str = Field(description="Where its days count.", examples=["Europe/London"])


class MeetingGiven(Given):
    """The meeting at which the ballot is held."""

    kind: str = Field(examples=["annual general meeting"])
    starts_at: datetime
    zone: str
    place: str
    link: str


class OptionGiven(Given):
    """Something to choose, by the number that an answer names."""

    number: int
    name: str
    college: str = Field(description="The college that elects it; empty: all do.")


class ItemGiven(Given):
    """A resolution or an election: its full text, what it asks, and what it needs."""

    item: int = Field(description="The number by which an answer names it.")
    position: int
    version: int = Field(description="Of its text; a later one is an amendment.")
    title: str
    text: str
    asks: QuestionKind
    options: list[OptionGiven] = Field(description="None for a motion.")
    seats: int
    method: str = Field(description="How rankings are counted; empty where nothing is ranked.")
    marks_max: int | None = Field(description="How many options an approval may mark; null: any number.")
    lowest: int = Field(description="The lowest score.")
    highest: int = Field(description="The highest score.")
    needs: str = Field(
        description="The rule in words; empty where it needs nothing.",
        examples=["Passes if more than 1/2 of the votes cast for and against are for it."],
    )
    withdrawn: bool


class TurnoutGiven(Given):
    """How many take part, against the highest quorum; without a quorum against all votes."""

    part: int
    whole: int
    quorum: str = Field(description="The quorum in words; empty: none is needed.")
    met: bool | None = Field(description="Whether the quorum is reached; null: none is needed.")


class RollGiven(Given):
    """The roll as it was frozen from the register."""

    electors: int
    votes: int
    shares: int
    sha256: str = Field(description="Of the sorted hashes of its lines.")
    frozen_at: datetime


class PaperGiven(Given):
    """A document that was laid before the voters, or that an act of the ballot brought about."""

    title: str
    number: int | None = Field(description="Of a document that was filed; null: it was laid before the voters.")
    sha256: str = Field(description="Of its file; of its facts while the file of a record is not made yet.")
    path: str = Field(description="Where people who are signed in read it.", examples=["/uploads/12"])
    download: str = Field(description="The operation that gives it to a program.")


class BallotShown(BallotGiven):
    """A ballot as its page shows it."""

    summary: str
    basis: Basis
    law: str = Field(description="The law that rules it; empty: none was chosen.")
    changes_allowed: bool
    splits_allowed: bool
    meeting: MeetingGiven | None
    items: list[ItemGiven]
    turnout: TurnoutGiven | None = Field(description="Null until the roll is frozen.")
    roll: RollGiven | None = Field(description="Null until the roll is frozen.")
    documents: list[PaperGiven]
    electors: list[ElectorGiven] = Field(description="The caller, and those for whom they act, as the roll has them.")


def ballot_given(ballot: Ballot, lang: str) -> BallotGiven:
    """A ballot of a list."""
    return BallotGiven(**_terms(ballot, lang))


def ballot_shown(
    facts: dict[str, Any], records: Sequence[Record], electors: list[ElectorGiven], lang: str
) -> BallotShown:
    """A ballot from what its page shows, as `ballot_facts` gives it."""
    ballot, roll, meter = facts["ballot"], facts["electorate"], facts["meter"]
    terms = ballot.terms
    return BallotShown(
        **_terms(ballot, lang),
        summary=facts["summary"],
        basis=Basis(terms.basis),
        law=terms.law,
        changes_allowed=terms.changes_allowed,
        splits_allowed=terms.splits_allowed,
        meeting=_meeting(ballot),
        items=[_item(each) for each in facts["items"]],
        turnout=_turnout(meter) if meter else None,
        roll=RollGiven(
            electors=roll.electors,
            votes=roll.weight,
            shares=roll.shares,
            sha256=roll.sha256,
            frozen_at=roll.frozen_at,
        )
        if roll
        else None,
        documents=[_upload(ballot, each) for each in facts["documents"]]
        + [_record(ballot, each, lang) for each in records],
        electors=electors,
    )


def _terms(ballot: Ballot, lang: str) -> dict[str, Any]:
    terms = ballot.terms
    return {
        "slug": ballot.slug,
        "state": BallotState(ballot.state),
        "title": title_of(ballot, lang),
        "call": ballot.call,
        "casting": Casting(terms.casting),
        "record_date": terms.record_date,
        "opens_at": terms.opens_at,
        "closes_at": terms.closes_at,
        "zone": terms.zone,
    }


def _meeting(ballot: Ballot) -> MeetingGiven | None:
    if ballot.meeting is None:
        return None
    terms = ballot.meeting.terms
    return MeetingGiven(kind=terms.kind, starts_at=terms.starts_at, zone=terms.zone, place=terms.place, link=terms.link)


def _item(shown: ItemShown) -> ItemGiven:
    item, asked = shown.item, shown.item.question
    return ItemGiven(
        item=item.id,
        position=item.row.position,
        version=item.text.version,
        title=shown.title,
        text=shown.text,
        asks=asked.kind,
        options=[
            OptionGiven(number=number, name=option.name, college=option.college)
            for number, option in enumerate(asked.options, start=1)
        ],
        seats=asked.seats,
        method=asked.method,
        marks_max=asked.most,
        lowest=asked.lowest,
        highest=asked.highest,
        needs=shown.needs,
        withdrawn=item.withdrawal is not None,
    )


def _turnout(meter: Meter) -> TurnoutGiven:
    return TurnoutGiven(part=meter.part, whole=meter.whole, quorum=meter.words, met=meter.met)


def _upload(ballot: Ballot, file: Upload) -> PaperGiven:
    return PaperGiven(
        title=file.shown_name,
        number=None,
        sha256=file.sha256,
        path=f"/uploads/{file.id}",
        download=f"/api/v1/ballots/{ballot.slug}/papers/{file.id}/pdf",
    )


def _record(ballot: Ballot, record: Record, lang: str) -> PaperGiven:
    title = translator(lang)(record.title)
    return PaperGiven(
        title=f"{title}: {record.about}" if record.about else title,
        number=record.number,
        sha256=record.pdf_sha256 or record.facts_sha256,
        path=f"/ballots/{ballot.slug}/documents/{record.number}.pdf",
        download=f"/api/v1/ballots/{ballot.slug}/documents/{record.number}/pdf",
    )
