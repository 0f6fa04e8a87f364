"""Shapes of what the API takes and gives: exact values, closed objects, money in whole minor units."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.money import Money, currency_code
from app.web.typed import WHOLE_MAX, Form, NotAChoice

AS_PDF: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}}
}
"""The answer of an operation that gives a PDF."""
_FIELD = "value"
_RFC3339 = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_YEARS = range(1850, 2200)


class NotAMoment(Refusal):
    """The text is not a moment with its offset from UTC."""

    message = N_("“{text}” is not a moment. Write it like 2026-12-31T17:00:00Z.")


def refused(refusal: Refusal) -> PydanticCustomError:
    """A refusal in the form in which the library carries it to its field."""
    return PydanticCustomError("refusal", "refused", {"refusal": refusal})


def _as_typed(read: Callable[[Form], Any]) -> Callable[[str], Any]:
    """Check a text as the form of a page does."""

    def check(text: str) -> Any:
        form = Form({_FIELD: text})
        value = read(form)
        problem = form.problems.get(_FIELD)
        if isinstance(problem, Refusal):
            raise refused(problem)
        return value

    return check


def _read_day(value: object) -> date:
    if not isinstance(value, str):
        raise ValueError
    day: date = _as_typed(lambda form: form.day(_FIELD))(value[:40])
    return day


def _read_moment(value: object) -> datetime:
    if not isinstance(value, str):
        raise ValueError
    try:
        moment = datetime.fromisoformat(value.upper()) if _RFC3339.fullmatch(value) else None
    except ValueError:
        moment = None
    if moment is None or moment.year not in _YEARS:
        raise refused(NotAMoment(text=value[:40]))
    return moment.astimezone(UTC)


def _read_currency(text: str) -> str:
    try:
        return currency_code(text)
    except Refusal as refusal:
        raise refused(refusal) from None


def _read_zone(text: str) -> str:
    if text not in clock.zones():
        raise refused(NotAChoice())
    return text


_PLAIN = AfterValidator(_as_typed(lambda form: form.text(_FIELD, 100_000)))
_LINES = AfterValidator(_as_typed(lambda form: form.text(_FIELD, 100_000, lines=True)))
_OPTIONAL = AfterValidator(_as_typed(lambda form: form.text(_FIELD, 100_000, required=False)))
_OPTIONAL_LINES = AfterValidator(_as_typed(lambda form: form.text(_FIELD, 100_000, required=False, lines=True)))
_EMAIL = AfterValidator(_as_typed(lambda form: form.email(_FIELD).lower()))

Line = Annotated[str, Strict(), Field(min_length=1), _PLAIN]
Lines = Annotated[str, Strict(), Field(min_length=1), _LINES]
OptionalLine = Annotated[str, Strict(), _OPTIONAL]
OptionalLines = Annotated[str, Strict(), _OPTIONAL_LINES]
Email = Annotated[str, Strict(), Field(max_length=254, examples=["maya@example.org"]), _EMAIL]
Whole = Annotated[int, Strict(), Field(ge=0, le=WHOLE_MAX)]
Counted = Annotated[int, Strict(), Field(ge=1, le=WHOLE_MAX)]
Day = Annotated[
    date, BeforeValidator(_read_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2026-11-23"]})
]
Moment = Annotated[
    datetime,
    BeforeValidator(_read_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-12-31T17:00:00-08:00"]}),
]
Currency = Annotated[str, Strict(), AfterValidator(_read_currency), Field(min_length=3, max_length=3, examples=["USD"])]
Zone = Annotated[str, Strict(), AfterValidator(_read_zone), Field(max_length=60, examples=["America/Los_Angeles"])]


class Taken(BaseModel):
    """What a program sends: a closed object, since a misspelt field must not be overlooked."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Given(BaseModel):
    """What a program gets."""

    model_config = ConfigDict(frozen=True)


class Amount(Given):
    """An amount of money in whole minor units (cents for USD, yen for JPY) of an ISO 4217 currency."""

    minor: int = Field(examples=[230000])
    currency: str = Field(examples=["USD"])

    @classmethod
    def of(cls, money: Money) -> "Amount":
        """The amount as the API says it."""
        return cls(minor=money.minor, currency=money.currency)


class AmountTaken(Taken):
    """An amount of money in whole minor units (cents for USD, yen for JPY) of an ISO 4217 currency."""

    minor: Whole = Field(examples=[230000])
    currency: Currency

    def money(self) -> Money:
        """The amount as the house knows it."""
        return Money(self.minor, self.currency)


class PostalAddress(Given):
    """A postal address; the country is ISO 3166-1 alpha-2."""

    street_lines: list[str] = Field(examples=[["12 Pearl Street"]])
    postal_code: str = Field(examples=["80302"])
    locality: str = Field(examples=["Boulder"])
    region: str = Field(examples=["CO"])
    country: str = Field(examples=["US"])


class ReasonTaken(Taken):
    """Why something is done, for the record."""

    reason: Annotated[Line, Field(max_length=500, examples=["decided by the board on 3 May"])]
