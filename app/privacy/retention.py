"""Retention: what must stay of a former holder, on what ground and for how long, by the law of the register.

Where no law is set, or a profile gives no figure, the longest usual time is taken: to be confirmed with counsel.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.settings import settings
from app.law.adapting import law_for

PAPERS_YEARS, BOOKS_YEARS, IDENTITY_YEARS, CONSENT_YEARS = 10, 10, 5, 3

# Profile, value, and where in its data the years stand (none: the data itself).
Place = tuple[str, str, str | None]
PAPERS: dict[str, Place] = {
    "de": ("de-eg", "register_support_docs_retention", "years"),
    "fr": ("fr-sa-scic", "retention_years", "registers_and_minutes"),
    "uk": ("uk-company-to-society", "former_member_retention_years", None),
}
BOOKS: dict[str, Place] = {"fr": ("fr-sa-scic", "retention_years", "accounts")}
IDENTITY: dict[str, Place] = {"de": ("aml", "eu", "retention_years"), "fr": ("aml", "eu", "retention_years")}


@dataclass(frozen=True)
class Keeping:
    """Something that stays: what, on what ground, and how many years (None: as long as the register is kept).

    `source` is the value of a profile that says so; `counsel` that no read source carries the figure.
    """

    what: str
    ground: str
    years: int | None
    source: str = ""
    counsel: bool = False

    def until(self, exit_on: date) -> date | None:
        """The last day on which it is kept: the end of the calendar year that many years after the exit."""
        return None if self.years is None else date(exit_on.year + self.years, 12, 31)


def keepings(session: Session) -> list[Keeping]:
    """What stays of somebody who held shares or paid, in the order of the document."""
    return [
        Keeping(
            N_("The line in the register of members: name, address, number, days, shares and what was paid for them"),
            N_("the register must be whole, also for those who have left"),
            None,
        ),
        _keeping(
            session,
            PAPERS,
            PAPERS_YEARS,
            N_("Papers behind the register: the pledge, documents filed, applications, how membership ended"),
            N_("papers that support the register"),
        ),
        _keeping(
            session, BOOKS, BOOKS_YEARS, N_("Payments and refunds in the books, with their payer"), N_("the books")
        ),
        _keeping(
            session,
            IDENTITY,
            IDENTITY_YEARS,
            N_("Birth date, tax number, identity checks, and what was declared of income and net worth"),
            N_("duties against money laundering"),
        ),
        Keeping(
            N_("Consents, this request and its decision, and the lines of the audit trail about them"),
            N_("proof that the law was kept"),
            CONSENT_YEARS,
            counsel=True,
        ),
    ]


def _keeping(session: Session, table: dict[str, Place], otherwise: int, what: str, ground: str) -> Keeping:
    known = table.get(settings().register_law)
    if known is None:
        return Keeping(what, ground, otherwise, counsel=True)
    profile_id, key, inside = known
    value = law_for(session, profile_id).value(key)
    years: Any = value.data[inside] if inside else value.data
    return Keeping(what, ground, int(years), value.id, not value.enforced)
