"""Shapes of the desk of ballots: terms and items as drafted, the notice as given, the count as tellers sign it."""

from datetime import date, datetime
from fractions import Fraction
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from app.api.ballots.results import OutcomeGiven
from app.api.pledges.shapes import Sha256
from app.api.shapes import Counted, Day, Given, Line, Lines, Moment, OptionalLine, Taken, Whole, Zone, refused
from app.ballots.models import BallotNotice, Basis, Casting, RollShown
from app.ballots.questions import Option, Question, QuestionKind, motion
from app.ballots.rules import BadFraction, read_fraction
from app.ballots.stating import BallotPlan, College
from app.web.typed import Missing


def _part(text: str) -> str:
    try:
        read_fraction(text)
    except BadFraction as refusal:
        raise refused(refusal) from None
    return text


Part = Annotated[Line, Field(max_length=20, examples=["2/3"]), AfterValidator(_part)]
Code = Annotated[Line, Field(max_length=8, examples=["A"])]
Key = Annotated[Line, Field(max_length=120, examples=["thresholds/statutes"])]
Asked = Literal["motion", "options", "approval", "score", "ranked"]


class TextsTaken(Taken):
    """A text by language, in at least one."""

    en: Annotated[Lines, Field(max_length=50_000)] | None = None
    fr: Annotated[Lines, Field(max_length=50_000)] | None = None

    @model_validator(mode="after")
    def _some(self) -> Self:
        if not self.said():
            raise refused(Missing())
        return self

    def said(self) -> dict[str, str]:
        """The text in each language in which there is one."""
        return {lang: text for lang, text in (("en", self.en), ("fr", self.fr)) if text}


class CollegeTaken(Taken):
    """A college: its part of all votes, and the classes of shares whose holders belong to it."""

    name: Annotated[Line, Field(max_length=60)]
    weight: Part
    classes: list[Code] = Field(min_length=1, max_length=20)


class BallotTermsTaken(Taken):
    """The terms of a ballot, as the desk's form has them."""

    title: TextsTaken
    summary: TextsTaken | None = None
    law: Annotated[OptionalLine, Field(max_length=60)] = Field("", description="The profile of the law that rules it.")
    notice_kind: Annotated[OptionalLine, Field(max_length=40)] = ""
    notice_days: int = Field(0, ge=0, le=366, description="What the ballot's own rules ask for.")
    zone: Zone
    casting: Casting = Casting.RECORDED
    basis: Basis = Basis.MEMBER
    votes_cap: Counted | None = Field(None, description="The most votes of one member.")
    classes: list[Code] = Field([], max_length=40)
    investor_classes: list[Code] = Field([], max_length=40)
    colleges: list[CollegeTaken] = Field([], max_length=20)
    colleges_proportional: bool = True
    record_date: Day
    opens_at: Moment
    closes_at: Moment
    changes_allowed: bool = True
    splits_allowed: bool = False
    roll_shown: RollShown = RollShown.HASHES
    seed_from: Annotated[OptionalLine, Field(max_length=300)] = ""
    topic_id: Counted | None = None

    def plan(self) -> BallotPlan:
        """The terms as the house knows them."""
        same = set(BallotTermsTaken.model_fields) - {"title", "summary", "colleges"}
        values = {name: getattr(self, name) for name in same}
        codes = {name: tuple(dict.fromkeys(map(str.upper, values[name]))) for name in ("classes", "investor_classes")}
        words = {name: values[name].value for name in ("casting", "basis", "roll_shown")}
        colleges = tuple(
            College(each.name, Fraction(read_fraction(each.weight)), tuple(map(str.upper, each.classes)))
            for each in self.colleges
        )
        summary = self.summary.said() if self.summary else {}
        return BallotPlan(title=self.title.said(), summary=summary, colleges=colleges, **(values | codes | words))


class BallotTaken(BallotTermsTaken):
    """A new ballot: its address, the meeting at which it is held, and its terms."""

    slug: Annotated[Line, Field(max_length=60, examples=["annual-2027"])]
    meeting: Annotated[Line, Field(max_length=60)] | None = Field(
        None, description="The meeting at which it is held, planned before; null: it is held by itself."
    )


class NeedTaken(Taken):
    """A majority or quorum of the organization's own."""

    base: Annotated[Line, Field(max_length=40, examples=["cast_for_against"])] = Field(
        description="Of what: cast_for_against, cast_with_abstentions, present, entitled, outstanding or members for a "
        "majority; entitled, members, shares_with_votes or outstanding for a quorum."
    )
    operator: Literal[">", ">="] = ">"
    part: Part
    second_part: Part | None = Field(None, description="Of a quorum: the part at a second call; null: the same.")


class ItemTaken(Taken):
    """An item: its full text, what it asks, and what it needs, by a law's key or in the organization's own words."""

    title: TextsTaken
    text: TextsTaken
    asks: Asked = "motion"
    options: list[Annotated[Line, Field(max_length=200)]] = Field([], max_length=100)
    seats: int = Field(1, ge=1, le=100)
    method: Annotated[OptionalLine, Field(max_length=40)] = Field("", description="How rankings are counted.")
    marks_max: Counted | None = Field(None, description="How many options an approval may mark; null: any number.")
    lowest: Whole = 0
    highest: Whole = 5
    majority: NeedTaken | Key | None = Field(None, description="Of a motion: by what it passes.")
    quorum: NeedTaken | Key | None = None

    def question(self) -> Question:
        """What it asks, as the house knows it."""
        if self.asks == "motion":
            return motion()
        return Question(
            QuestionKind[self.asks.upper()],
            tuple(Option(name) for name in self.options),
            seats=self.seats,
            method=self.method if self.asks == "ranked" else "",
            most=self.marks_max if self.asks == "approval" else None,
            lowest=self.lowest,
            highest=self.highest,
        )


class NoticeGiven(Given):
    """A notice that was given: from now on the terms are frozen, and letters go to every member."""

    slug: str
    given_on: date
    meets_on: date
    days: int
    days_needed: int
    texts_sha256: str = Field(description="Of everything that the notice says.")


class CountTaken(Taken):
    """A count; lots are drawn by a public seed where the terms say where it comes from."""

    seed: Annotated[OptionalLine, Field(max_length=300)] = ""


class CountGiven(Given):
    """A count, frozen with its hash, until two tellers sign it or one objects."""

    slug: str
    counted_at: datetime
    sha256: str = Field(description="Of the frozen facts; a signature names it.")
    items: list[OutcomeGiven]


class SignatureTaken(Taken):
    """A teller's signature under a count."""

    sha256: Sha256 = Field(description="Of the count that was looked at.")
    statement: Annotated[Lines, Field(max_length=1_000, examples=["I counted these votes."])]


def notice_given(slug: str, notice: BallotNotice) -> NoticeGiven:
    """A notice as the API gives it."""
    return NoticeGiven(
        slug=slug,
        given_on=notice.given_on,
        meets_on=notice.meets_on,
        days=notice.days,
        days_needed=notice.days_needed,
        texts_sha256=notice.texts_sha256,
    )
