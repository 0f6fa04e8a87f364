"""Shapes of a campaign: who is behind it, updates with their versions, questions with answers."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field, Strict

from app.api.shapes import Counted, Given, Line, Lines, OptionalLine, OptionalLines, ReasonTaken, Taken
from app.offers.public.asking import ShownQuestion
from app.offers.public.models import OfferWords
from app.offers.public.updating import ShownUpdate

Heading = Annotated[Line, Field(max_length=120, examples=["Half of the way"])]
Text = Annotated[Lines, Field(max_length=10_000)]


class WordsTaken(Taken):
    """What is said beside the terms; empty texts are left out of the page."""

    organization: Annotated[OptionalLines, Field(max_length=5_000)] = ""
    people: Annotated[OptionalLines, Field(max_length=5_000)] = ""
    share_text: Annotated[OptionalLine, Field(max_length=240)] = ""
    hashtag: Annotated[OptionalLine, Field(max_length=50, examples=["WeAreTwitter"])] = ""
    company_cents: Counted | None = Field(
        None, description="What all of the company costs, where the offer buys one, in the offer’s currency."
    )


class WordsGiven(Given):
    """What is said beside the terms, and by which version."""

    version: int
    organization: str
    people: str
    share_text: str
    hashtag: str


class UpdateTaken(Taken):
    """An update, which everyone can read at once."""

    title: Heading
    text: Text


class UpdateCorrected(ReasonTaken, UpdateTaken):
    """The next words of an update; the earlier ones stay on record and can be read."""


class UpdateGiven(Given):
    """An update as it reads now."""

    number: int
    version: int = Field(description="More than 1: it was corrected.")
    title: str
    text: str
    reason: str = Field(description="Why it was corrected; empty: it was not.")
    posted_at: datetime
    written_at: datetime


class QuestionTaken(Taken):
    """A question to the organizers, shown without a name once it is answered."""

    question: Annotated[Lines, Field(max_length=1_000)]


class QuestionAsked(Given):
    """A question that waits for its answer."""

    id: int
    question: str
    asked_at: datetime


class AnswerTaken(Taken):
    """An answer, for everyone to read; a later one replaces it and leaves it on record."""

    answer: Annotated[Lines, Field(max_length=5_000)]


class HidingTaken(ReasonTaken):
    """Whether a question is left out of the public page, and why."""

    hidden: Annotated[bool, Strict()]


class QuestionGiven(QuestionAsked):
    """A question as the desk sees it."""

    state: Literal["waiting", "answered", "hidden"]
    answer: str | None
    answered_at: datetime | None


def words_given(row: OfferWords) -> WordsGiven:
    """Words as the API says them."""
    names = ("version", "organization", "people", "share_text", "hashtag")
    return WordsGiven(**{name: getattr(row, name) for name in names})


def update_given(shown: ShownUpdate) -> UpdateGiven:
    """An update as the API says it."""
    row = shown.latest
    return UpdateGiven(
        number=row.number,
        version=row.version,
        title=row.title,
        text=row.text,
        reason=row.reason,
        posted_at=shown.first.written_at,
        written_at=row.written_at,
    )


def question_given(shown: ShownQuestion) -> QuestionGiven:
    """A question as the API says it to the desk."""
    row, answer = shown.question, shown.answer
    return QuestionGiven(
        id=row.id,
        question=row.text,
        asked_at=row.asked_at,
        state="hidden" if shown.hidden else "answered" if answer else "waiting",
        answer=answer.text if answer else None,
        answered_at=answer.answered_at if answer else None,
    )
