"""Reckoning a close: the buckets of each section with their counts and sums, and the items of one bucket."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.ledger.closing import PeriodClosing
from app.reconciliation.closing.sections import SECTIONS, Bucket, Section

AT_ONCE = 5_000
BEGINNING = date.min
# Items of the period; of earlier ones only what still remains.
_IN_SCOPE = "item.day <= :until AND (item.day >= :since OR item.bucket = ANY(:remaining))"


class Item(NamedTuple):
    """An item: its key, its name for people, its day, and an amount of a currency (empty: no amount)."""

    key: str
    name: str
    day: date
    unit: str
    cents: int


@dataclass(frozen=True)
class Filled:
    """A bucket with what is in it: how many items, and their sums by currency in minor units."""

    bucket: Bucket
    count: int
    sums: Mapping[str, int]


@dataclass(frozen=True)
class Compared:
    """A section with its buckets, those that hold something, in their order."""

    section: Section
    filled: tuple[Filled, ...]


class BankProof(NamedTuple):
    """What the statements of all accounts in a currency say at the end of the period, and what the books say."""

    unit: str
    statements: int
    books: int


@dataclass(frozen=True)
class Reckoning:
    """The state of a period that may be closed; `since` is None when nothing was closed before."""

    since: date | None
    until: date
    compared: tuple[Compared, ...]
    bank: tuple[BankProof, ...]
    remaining: tuple[tuple[Section, Filled], ...] = field(default=())

    @property
    def count(self) -> int:
        """How many items there are in all buckets."""
        return sum(filled.count for each in self.compared for filled in each.filled)

    def facts(self) -> dict[str, Any]:
        """The reckoning as data, to be kept and hashed."""
        return {
            "since": self.since.isoformat() if self.since else None,
            "until": self.until.isoformat(),
            "sections": {
                each.section.name: {
                    filled.bucket.name: {"count": filled.count, "sums": dict(filled.sums)} for filled in each.filled
                }
                for each in self.compared
            },
            "bank": {each.unit: {"statements": each.statements, "books": each.books} for each in self.bank},
        }


def fingerprint(facts: Mapping[str, Any]) -> str:
    """SHA-256 of facts as canonical JSON, in hexadecimal."""
    said = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def reckon(session: Session, until: date) -> Reckoning:
    """Put every item up to a day into its bucket: those since the last closing, and what remains from before."""
    since = begun_after(session, until)
    compared = tuple(_compare(session, section, since, until) for section in SECTIONS)
    remaining = tuple((each.section, filled) for each in compared for filled in each.filled if filled.bucket.remains)
    return Reckoning(since, until, compared, _prove_bank(session, until), remaining)


def begun_after(session: Session, until: date) -> date | None:
    """The first day of the period that ends on a day: the one after the closing before it; None at the beginning."""
    before = session.scalar(select(func.max(PeriodClosing.until)).where(PeriodClosing.until < until))
    return before + timedelta(days=1) if before else None


def items(session: Session, section: Section, bucket: str, since: date | None, until: date) -> Iterator[Item]:
    """The items of one bucket by day, streamed."""
    query = text(f"{_items(section)} AND item.bucket = :bucket ORDER BY item.day, item.key")
    rows = session.execute(query, _places(section, since, until) | {"bucket": bucket}, execution_options=_STREAMED)
    for row in rows:
        yield Item(row.key, row.name, row.day, row.unit, int(row.cents))


def every_item(session: Session, section: Section, since: date | None, until: date) -> Iterator[tuple[str, Item]]:
    """The items of a section with their buckets, by bucket and day, streamed."""
    query = text(f"{_items(section)} ORDER BY item.bucket, item.day, item.key")
    for row in session.execute(query, _places(section, since, until), execution_options=_STREAMED):
        yield row.bucket, Item(row.key, row.name, row.day, row.unit, int(row.cents))


def _items(section: Section) -> str:
    columns = ", ".join(f"item.{name}" for name in ("bucket", *Item._fields))
    return f"SELECT {columns} FROM ({section.items}) AS item WHERE {_IN_SCOPE}"


_STREAMED = {"yield_per": AT_ONCE}


def _compare(session: Session, section: Section, since: date | None, until: date) -> Compared:
    query = text(
        "SELECT item.bucket, item.unit, count(*) AS number, sum(item.cents) AS cents "
        f"FROM ({section.items}) AS item WHERE {_IN_SCOPE} GROUP BY 1, 2"
    )
    counts: dict[str, int] = {}
    sums: dict[str, dict[str, int]] = {}
    for row in session.execute(query, _places(section, since, until)):
        counts[row.bucket] = counts.get(row.bucket, 0) + row.number
        if row.unit:
            sums.setdefault(row.bucket, {})[row.unit] = int(row.cents)
    assert counts.keys() <= {each.name for each in section.buckets}, "each item has a bucket of its section"
    filled = [
        Filled(each, counts[each.name], sums.get(each.name, {})) for each in section.buckets if each.name in counts
    ]
    return Compared(section, tuple(filled))


def _places(section: Section, since: date | None, until: date) -> dict[str, Any]:
    remaining = [each.name for each in section.buckets if each.remains]
    return {"since": since or BEGINNING, "until": until, "remaining": remaining}


_PROVED = text("""
    WITH said AS (
        SELECT unit, sum(cents) AS cents FROM (
            SELECT currency AS unit, opening_cents AS cents FROM bank_statement WHERE previous_id IS NULL
            UNION ALL SELECT currency, amount_cents FROM bank_line WHERE booked_on <= :until
        ) AS parts GROUP BY 1
    ), booked AS (
        SELECT p.unit, sum(p.amount) AS cents FROM posting p JOIN account a ON a.id = p.account_id
        JOIN entry e ON e.id = p.entry_id WHERE a.kind = 'bank' AND e.effective_on <= :until GROUP BY 1
    )
    SELECT unit, coalesce(said.cents, 0), coalesce(booked.cents, 0) FROM said FULL JOIN booked USING (unit) ORDER BY 1
""")


def _prove_bank(session: Session, until: date) -> tuple[BankProof, ...]:
    rows = session.execute(_PROVED, {"until": until})
    return tuple(BankProof(unit, int(said), int(booked)) for unit, said, booked in rows)
