"""Reckoning an exchange: what every lot becomes, some holders at a time, then one hash over the whole list.

Each part is a job of its own that commits and puts the next in the queue: killed anywhere, it goes on from there. The
list is the dry run, what two people approve by its hash, and what the execution writes: nothing is reckoned later.
"""

import hashlib
from itertools import groupby
from typing import Any

from sqlalchemy import delete, select, text
from sqlalchemy.orm import Session

from app.conversion.exchange.models import Exchange, ExchangeLine, ExchangeReckoning
from app.conversion.exchange.terms import exchanged
from app.core import clock, jobs
from app.core.bulk import write_rows
from app.core.settings import settings
from app.shares.acts.exchanging import Held

RECKON_JOB = "conversion.reckon"
AT_ONCE = 10_000  # rows read at once

_NEXT = text("""
    SELECT l.id, l.membership_id, l.share_class_id, l.shares, l.paid_cents, l.currency FROM lot l
    WHERE l.membership_id IN (
        SELECT DISTINCT membership_id FROM lot WHERE membership_id > :after AND share_class_id = ANY(:classes)
            AND NOT EXISTS (SELECT FROM lot_end WHERE lot_id = lot.id) ORDER BY membership_id LIMIT :many
    ) AND l.share_class_id = ANY(:classes) AND NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id)
    ORDER BY l.membership_id, l.share_class_id, l.currency, coalesce(l.acquired_on, l.allotted_on), l.certificate_number
""")
_LINES = text("""
    SELECT lot_id, membership_id, terms_id, shares, paid_cents, currency, new_shares, new_paid_cents, cash_cents,
        reserve_cents, loan_cents
    FROM exchange_line WHERE exchange_id = :exchange ORDER BY lot_id
""")
_TOTALS = text("""
    SELECT o.code AS old_class, n.code AS new_class, x.currency, count(DISTINCT x.membership_id) AS holders,
        count(*) AS lots, sum(x.shares)::bigint AS shares, sum(x.paid_cents)::bigint AS paid_cents,
        sum(x.new_shares)::bigint AS new_shares, sum(x.new_paid_cents)::bigint AS new_paid_cents,
        sum(x.cash_cents)::bigint AS cash_cents, sum(x.reserve_cents)::bigint AS reserve_cents,
        sum(x.loan_cents)::bigint AS loan_cents
    FROM exchange_line x JOIN exchange_terms t ON t.id = x.terms_id
    JOIN share_class o ON o.id = t.old_class_id JOIN share_class n ON n.id = t.new_class_id
    WHERE x.exchange_id = :exchange GROUP BY t.id, o.code, n.code, x.currency ORDER BY t.id, x.currency
""")


def start_reckoning(session: Session, exchange_id: int) -> None:
    """Have the list of an exchange reckoned from the lots as they stand."""
    jobs.defer(session, RECKON_JOB, exchange_id=exchange_id, after=0)


def reckon_next(session: Session, exchange_id: int, after: int) -> None:
    """Reckon the next holders (by the id of their membership), then put itself in the queue again until none is left.

    An executed exchange is left as it is.
    """
    exchange = session.scalars(select(Exchange).where(Exchange.id == exchange_id).with_for_update()).one()
    if is_executed(session, exchange_id):
        return
    if after == 0:
        session.execute(delete(ExchangeLine).where(ExchangeLine.exchange_id == exchange_id))
    terms = {each.old_class_id: (each.id, each.said) for each in exchange.terms}
    places = {"after": after, "classes": list(terms), "many": settings().exchange_batch}
    found, last = [], None
    for (member, class_id, currency), lots in groupby(
        session.execute(_NEXT, places), key=lambda row: (row.membership_id, row.share_class_id, row.currency)
    ):
        last, held = member, list(lots)
        terms_id, said = terms[class_id]
        for lot, became in zip(
            held, exchanged([Held(row.id, row.shares, row.paid_cents) for row in held], said), strict=True
        ):
            found.append(
                {
                    "exchange_id": exchange_id,
                    "lot_id": lot.id,
                    "membership_id": member,
                    "terms_id": terms_id,
                    "shares": lot.shares,
                    "paid_cents": lot.paid_cents,
                    "currency": currency,
                    "new_shares": became.shares,
                    "new_paid_cents": became.paid_cents,
                    "cash_cents": became.cash_cents,
                    "reserve_cents": became.reserve_cents,
                    "loan_cents": became.loan_cents,
                }
            )
    write_rows(session, ExchangeLine, found, skip_known=True)
    if last is None:
        _conclude(session, exchange_id)
    else:
        jobs.defer(session, RECKON_JOB, exchange_id=exchange_id, after=last)


def latest_reckoning(session: Session, exchange_id: int) -> ExchangeReckoning | None:
    """The list as last reckoned; None while the first is being reckoned."""
    return session.scalars(
        select(ExchangeReckoning)
        .where(ExchangeReckoning.exchange_id == exchange_id)
        .order_by(ExchangeReckoning.id.desc())
        .limit(1)
    ).first()


def list_sha256(session: Session, exchange_id: int) -> str:
    """SHA-256 over the lines of an exchange in the order of their lots, each as its figures parted by spaces.

    A loan of nothing is not written, so that lists of before there were loans keep their hash.
    """
    digest = hashlib.sha256()
    for rows in session.execute(
        _LINES, {"exchange": exchange_id}, execution_options={"yield_per": AT_ONCE}
    ).partitions():
        digest.update("".join(" ".join(map(str, row if row[-1] else row[:-1])) + "\n" for row in rows).encode())
    return digest.hexdigest()


def totals_of(session: Session, exchange_id: int) -> list[dict[str, Any]]:
    """The sums of the lines, for each class and currency."""
    return [dict(row._mapping) for row in session.execute(_TOTALS, {"exchange": exchange_id})]


def is_executed(session: Session, exchange_id: int) -> bool:
    """Whether the exchange took effect."""
    executed = "SELECT EXISTS (SELECT FROM exchange_execution WHERE exchange_id = :exchange)"
    return bool(session.scalar(text(executed), {"exchange": exchange_id}))


def _conclude(session: Session, exchange_id: int) -> None:
    totals = totals_of(session, exchange_id)
    counted = session.execute(
        text("SELECT count(DISTINCT membership_id), count(*) FROM exchange_line WHERE exchange_id = :exchange"),
        {"exchange": exchange_id},
    ).one()
    session.add(
        ExchangeReckoning(
            exchange_id=exchange_id,
            sha256=list_sha256(session, exchange_id),
            holders=counted[0],
            lots=counted[1],
            totals=totals,
            reckoned_at=clock.now(),
        )
    )
    session.flush()
