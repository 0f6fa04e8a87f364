"""Fiscal years: when one begins, and which one a day lies in."""

from dataclasses import dataclass
from datetime import date, timedelta

from app.core.settings import settings


@dataclass(frozen=True, order=True)
class FiscalYear:
    """A fiscal year by its first and last day."""

    begins_on: date
    ends_on: date

    @property
    def name(self) -> str:
        """How it is called: by its year, or by both where it does not follow the calendar (`2026-27`)."""
        first, last = self.begins_on.year, self.ends_on.year
        return str(first) if first == last else f"{first}-{last % 100:02}"


def fiscal_year(day: date) -> FiscalYear:
    """The fiscal year in which a day lies, as `COSTAKE_FISCAL_YEAR_BEGINS` has it."""
    month, first = settings().fiscal_year_begins_on
    begins = date(day.year, month, first)
    if day < begins:
        begins = date(day.year - 1, month, first)
    return FiscalYear(begins, date(begins.year + 1, month, first) - timedelta(days=1))


def fiscal_years(first: date, last: date) -> list[FiscalYear]:
    """Every fiscal year from the one of a day to the one of another, the latest first."""
    found = [fiscal_year(first)]
    while found[-1].ends_on < last:
        found.append(fiscal_year(found[-1].ends_on + timedelta(days=1)))
    return found[::-1]
