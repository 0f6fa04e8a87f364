"""Days in addresses of pages: “as of” dates as typed after the question mark."""

from datetime import date

from app.core import clock
from app.core.errors import N_, Refusal


class NotADay(Refusal):
    """The day cannot be read."""

    message = N_("“{text}” is not a date. Write it as year-month-day, like 2026-12-31.")
    field = "as_of"


def read_day(text: str) -> date:
    """A day as typed into the address, today when there is none. Raises `NotADay`."""
    if not text:
        return clock.today()
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotADay(text=text[:20]) from None
