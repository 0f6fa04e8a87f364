"""Asking the books: entries of a period, what stood before it, and the trial balance, from one snapshot."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.core.errors import N_, Refusal
from app.ledger.chart import KINDS, OWN_KINDS, Heading
from app.ledger.manual.charting import charted_names
from app.ledger.models import Entry
from app.ledger.years import fiscal_year

EARLIER = "earlier_results"  # what stands in place of income and expenses of earlier fiscal years
EARLIER_TITLE = N_("Results of earlier fiscal years")
AT_ONCE = 5_000


class PeriodBackwards(Refusal):
    """The period ends before it begins."""

    message = N_("The period ends on {until}, before it begins on {since}. Swap the days.")
    field = "until"


@dataclass(frozen=True)
class Period:
    """From a day (None: since the books began) to a day, both included, by the days on which entries take effect."""

    since: date | None
    until: date

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.since is not None and self.until < self.since:
            raise PeriodBackwards(since=self.since, until=self.until)

    @property
    def places(self) -> dict[str, object]:
        """What stands at `:since`, `:until` and `:year` of the queries; results before `:year` are earlier results."""
        since = self.since or date.min
        year = fiscal_year(since).begins_on if self.since else date.min
        result = [kind.name for kind in KINDS.values() if kind.heading.of_result]
        return {"since": since, "until": self.until, "year": year, "result": result, "earlier": EARLIER}


@dataclass(frozen=True, slots=True)
class Leg:
    """A posting, or what stands on an account: its kind and subject, a unit, and an amount (debit positive)."""

    kind: str
    subject: str
    unit: str
    amount: int


@dataclass(frozen=True, slots=True)
class Booked:
    """An entry as it is in the books."""

    id: int
    on: date
    nature: str
    key: str
    reverses_id: int | None
    legs: tuple[Leg, ...]


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of the trial balance: what stood on a kind of account before, what moved, and what stands at the end.

    `subject` is the number of an account of the organization's own, else "": all subjects of the kind together.
    """

    kind: str
    subject: str
    unit: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        """What stands at the end (debit positive)."""
        return self.opening + self.debit - self.credit


def heading_of(kind: str) -> Heading:
    """What a kind of account is in the financial statements."""
    return Heading.EQUITY if kind == EARLIER else KINDS[kind].heading


def title_of(kind: str) -> str:
    """The title of a kind of account, to be said in the reader's language."""
    return EARLIER_TITLE if kind == EARLIER else KINDS[kind].title


Titles = Callable[[str, str], str]
"""The title of an account by kind and subject, with the number that the accountant gave it."""


def titles(session: Session, say: Callable[[str], str]) -> Titles:
    """Titles as the accountant has them; where they gave none, those of the product in a language."""
    named = charted_names(session)

    def title(kind: str, subject: str) -> str:
        found = named.get((kind, subject)) or named.get((kind, ""))
        return " ".join(part for part in (found.number, found.title) if part) if found else say(title_of(kind))

    return title


def order_of(kind: str) -> tuple[int, int]:
    """Where a kind stands in the order of the chart."""
    place = list(KINDS).index(kind) if kind in KINDS else len(KINDS)
    return list(Heading).index(heading_of(kind)), place


_ENTRIES = text("""
    SELECT e.id, e.effective_on, e.nature, e.key, e.reverses_id, a.kind, a.subject, p.unit, p.amount
    FROM entry e JOIN posting p ON p.entry_id = e.id JOIN account a ON a.id = p.account_id
    WHERE e.effective_on BETWEEN :since AND :until ORDER BY e.effective_on, e.id, p.id
""")
_STOOD = text("""
    SELECT CASE WHEN a.kind = ANY(:result) AND e.effective_on < :year THEN :earlier ELSE a.kind END AS kind,
        CASE WHEN a.kind = ANY(:result) AND e.effective_on < :year THEN '' ELSE a.subject END AS subject,
        p.unit, CAST(sum(p.amount) AS bigint) AS amount
    FROM posting p JOIN entry e ON e.id = p.entry_id JOIN account a ON a.id = p.account_id
    WHERE e.effective_on < :since AND e.effective_on <= :until
    GROUP BY 1, 2, 3 HAVING sum(p.amount) <> 0 ORDER BY 1, 2, 3
""")
_SUMS = text("""
    SELECT CASE WHEN a.kind = ANY(:result) AND e.effective_on < :year THEN :earlier ELSE a.kind END AS kind,
        CASE WHEN a.kind <> ALL(:own) OR a.kind = ANY(:result) AND e.effective_on < :year THEN '' ELSE a.subject END
            AS subject, p.unit,
        CAST(coalesce(sum(p.amount) FILTER (WHERE e.effective_on < :since), 0) AS bigint) AS opening,
        CAST(coalesce(sum(p.amount) FILTER (WHERE e.effective_on >= :since AND p.amount > 0), 0) AS bigint) AS debit,
        CAST(coalesce(-sum(p.amount) FILTER (WHERE e.effective_on >= :since AND p.amount < 0), 0) AS bigint) AS credit
    FROM posting p JOIN entry e ON e.id = p.entry_id JOIN account a ON a.id = p.account_id
    WHERE e.effective_on <= :until GROUP BY 1, 2, 3
""")


def entries(session: Session, period: Period) -> Iterator[Booked]:
    """The entries of a period by day and number, streamed."""
    rows = session.execute(_ENTRIES, _only(period, "since", "until"), execution_options={"yield_per": AT_ONCE})
    for number, group in groupby(rows, key=lambda row: row.id):
        lines = list(group)
        legs = tuple(Leg(line.kind, line.subject, line.unit, line.amount) for line in lines)
        head = lines[0]
        yield Booked(number, head.effective_on, head.nature, head.key, head.reverses_id, legs)


def stood_before(session: Session, period: Period) -> Iterator[Leg]:
    """What stood on every account when the period began; nothing for one that begins with the books."""
    if period.since is None:
        return
    rows = session.execute(_STOOD, period.places, execution_options={"yield_per": AT_ONCE})
    for row in rows:
        yield Leg(*row)


def trial_balance(session: Session, period: Period) -> list[Sum]:
    """The trial balance: a line for each kind or own account and each unit, in the order of the chart; zero in sum."""
    found = [Sum(*row) for row in session.execute(_SUMS, period.places | {"own": list(OWN_KINDS)})]
    kept = [each for each in found if each.opening or each.debit or each.credit]
    return sorted(kept, key=lambda each: (order_of(each.kind), each.subject, each.unit))


def days_booked(session: Session) -> tuple[date, date] | None:
    """The first and the last day of entries; None while the books are empty."""
    first, last = session.execute(select(func.min(Entry.effective_on), func.max(Entry.effective_on))).one()
    return None if first is None else (first, last)


def _only(period: Period, *names: str) -> dict[str, object]:
    return {name: period.places[name] for name in names}
