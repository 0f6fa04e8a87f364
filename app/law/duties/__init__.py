"""The duties of a co-operative in each year, one readable file for each form: what is due, from whom, by which day."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from app.core.errors import N_
from app.law.notices import added_months
from app.law.plans.steps import Evidence, Who
from app.law.sources import source


class DutyTitle(StrEnum):
    """What a duty is called."""

    ANNUAL_MEETING = N_("Annual meeting of the members")
    ACCOUNTS_FILED = N_("Annual accounts sent to the register")
    ANNUAL_RETURN = N_("Annual return to the registrar")
    TAX_RETURN = N_("Tax return")
    PATRONAGE_NOTICES = N_("Patronage refunds declared, and each member’s notice sent")
    TAX_FORMS = N_("Forms 1099-PATR sent to members and to the tax authority")
    AUDIT = N_("Audit by the auditing association")
    REVIEW = N_("Review by an approved co-operative auditor")
    REGISTER = N_("Register of members looked through and proved")


MEETS: dict[DutyTitle, tuple[Evidence, ...]] = {
    DutyTitle.ANNUAL_MEETING: (Evidence.BALLOT, Evidence.FILE),
    DutyTitle.PATRONAGE_NOTICES: (Evidence.DISTRIBUTION, Evidence.FILE),
}
"""Which evidence ticks a duty; where nothing is said, a document."""


@dataclass(frozen=True, slots=True)
class Duty:
    """A duty: due so many months and days after the year's end, then on the next day `on` (month, day) if it says so.

    It recurs every `years` years. With `since_effect` it counts from the day on which the co-operative came about.
    `basis` is the provision in words; `confidence` tells how sure we are of it, and `read` whether it was read.
    """

    key: str
    who: Who
    months: int
    days: int
    on: tuple[int, int] | None
    years: int
    since_effect: bool
    basis: str
    note: str
    sources: tuple[str, ...]
    read: bool
    confidence: str

    @property
    def title(self) -> DutyTitle:
        """What it is called."""
        return DutyTitle[self.key.upper()]

    @property
    def meets(self) -> tuple[Evidence, ...]:
        """The kinds of evidence of which one is enough."""
        return MEETS.get(self.title, (Evidence.FILE,))

    def due_on(self, end: date) -> date:
        """By which day it is due for the period that ends so."""
        day = added_months(end, self.months) + timedelta(days=self.days)
        if self.on is None:
            return day
        this = date(day.year, *self.on)
        return this if this >= day else date(day.year + 1, *self.on)


@cache
def duties_of(profile_id: str) -> tuple[Duty, ...]:
    """The duties of a form by the id of its profile, as its file orders them; none where no file is kept."""
    file = files("app.law.duties") / f"{profile_id}.toml"
    if not file.is_file():
        return ()
    return tuple(_duty(entry) for entry in tomllib.loads(file.read_text(encoding="utf-8"))["duties"])


def _duty(entry: Mapping[str, Any]) -> Duty:
    for each in entry["sources"]:
        source(each)
    month_day = entry.get("on")
    duty = Duty(
        key=entry["key"],
        who=Who[entry["who"]],
        months=int(entry["months"]),
        days=int(entry.get("days", 0)),
        on=(month_day[0], month_day[1]) if month_day else None,
        years=int(entry.get("years", 1)),
        since_effect=entry.get("since", "year") == "effect",
        basis=entry["basis"],
        note=entry.get("note", ""),
        sources=tuple(entry["sources"]),
        read=bool(entry["read"]),
        confidence=entry["confidence"],
    )
    assert duty.years > 0 and duty.title in DutyTitle, duty.key
    return duty
