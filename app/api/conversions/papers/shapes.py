"""Shapes of a conversion's papers: answers, checklist, filed papers, and the structure questionnaire."""

from typing import Annotated, Literal

from pydantic import Field

from app.api.shapes import Given, Line, Taken

YesNo = Literal["no", "yes"]


class StructureAsked(Taken):
    """The answers of the structure questionnaire; where none is given, the first stands."""

    entity: Literal["us", "uk", "fr", "de", "coop", "other"] = Field(
        "us", description="What the company is today: a Delaware corporation, a UK company, ..., a co-operative."
    )
    vehicle: YesNo = Field("no", description="Is there already a co-operative that could take it over?")
    investors: YesNo = Field("no", description="Shall investors who do not use the platform be members too?")
    calls: YesNo = Field("no", description="Shall members owe more than what they pay for their shares?")
    listed: YesNo = Field("no", description="Are its shares listed, or held by more than 2,000 holders?")
    large: YesNo = Field("no", description="Does anybody hold far more than most?")
    many: YesNo = Field("no", description="Will there be more than 1,500 members?")
    europe: YesNo = Field("no", description="Members and business in several states of the European Union?")


class PointGiven(Given):
    """A point for counsel, with the law's own words and sources."""

    text: str
    law: str = Field(description="The profile of the law.", examples=["us-de-266"])
    says: list[str]


class AdviceGiven(Given):
    """Where the answers lead; it is no legal advice."""

    route: str | None = Field(description="The profile to go by; null: none is kept.", examples=["us-de-266"])
    later: str | None = Field(description="What may follow as a later stage.")
    points: list[PointGiven]


class AnswerGiven(Given):
    """A question for the papers and what was answered, null while nothing was."""

    key: str = Field(examples=["resulting_form"])
    title: str
    shape: str = Field(description="line, text, day (ISO 8601), money (minor units) or currency.")
    needed: bool
    said: str | None


class AnswersTaken(Taken):
    """Answers by the keys of their questions, each in its shape."""

    answers: dict[Annotated[Line, Field(max_length=60)], Annotated[str, Field(max_length=50_000)]] = Field(
        min_length=1, max_length=100, examples=[{"resulting_form": "limited cooperative association"}]
    )


class PaperGiven(Given):
    """A paper as it was last filed; everything but kind and title is null before."""

    kind: str = Field(examples=["conversion-plan"])
    title: str
    number: int | None
    version: int | None
    draft: bool | None = Field(description="Whether counsel still has to look at something in it.")
    verify_code: str | None
    sha256: str | None = Field(description="Of its PDF.")


class LineGiven(Given):
    """A line of the checklist, in English."""

    title: str
    mark: str = Field(examples=["missing"])
    more: str
