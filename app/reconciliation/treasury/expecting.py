"""What is expected: asked against received at any date, how old it is, and what saved cards will be charged."""

from datetime import date, timedelta
from typing import NamedTuple

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.payments.cards.models import CardPayment, ChargeAttempt
from app.payments.cards.running.dues import with_facts
from app.payments.models import Instalment

AGES = (30, 60, 90)  # days: 0-30, 31-60, 61-90, and more


class Expected(NamedTuple):
    """Of one currency: requests that stand, what they ask, what came, what is open, and what came beyond."""

    unit: str
    requests: int
    asked: int
    received: int
    open: int
    beyond: int


class Age(NamedTuple):
    """What is open of requests of an age: from so many days, up to so many (None: and more)."""

    unit: str
    since: int
    upto: int | None
    requests: int
    open: int


class Due(NamedTuple):
    """What saved ways to pay will be charged in the week that begins on a day."""

    week: date
    unit: str
    charges: int
    cents: int


# Requests that stood at the end of a day, with what they asked for then and what had come by then.
_STOOD = """
    WITH asked AS (
        SELECT r.id, r.currency AS unit, r.requested_at,
            coalesce((SELECT a.amount_cents FROM payment_request_amount a WHERE a.payment_request_id = r.id
                AND a.lowered_at < :after ORDER BY a.id DESC LIMIT 1), r.amount_cents) AS cents
        FROM payment_request r WHERE r.requested_at < :after
        AND NOT EXISTS (SELECT FROM payment_request_end e WHERE e.payment_request_id = r.id AND e.ended_at < :after)
    ), came AS (
        SELECT payment_request_id AS id, sum(cents) AS cents FROM (
            SELECT r.payment_request_id, r.amount_cents AS cents FROM receipt r WHERE r.received_on <= :day
            AND NOT EXISTS (SELECT FROM receipt_reversal v JOIN entry e ON e.id = v.entry_id
                WHERE v.receipt_id = r.id AND e.effective_on <= :day)
            UNION ALL
            SELECT payment_request_id, amount_cents FROM card_payment WHERE received_at < :after
            UNION ALL
            SELECT to_request_id, amount_cents FROM payment_carry WHERE carried_at < :after
        ) AS parts GROUP BY 1
    ), stood AS (
        SELECT asked.unit, asked.requested_at, asked.cents AS asked, coalesce(came.cents, 0) AS came
        FROM asked LEFT JOIN came USING (id)
    )
"""
_EXPECTED = text(f"""{_STOOD}
    SELECT unit, count(*), CAST(sum(asked) AS bigint), CAST(sum(came) AS bigint),
        CAST(sum(greatest(asked - came, 0)) AS bigint), CAST(sum(greatest(came - asked, 0)) AS bigint)
    FROM stood GROUP BY 1 ORDER BY 1
""")
_AGES = text(f"""{_STOOD}
    SELECT unit, width_bucket(:day - CAST(requested_at AT TIME ZONE 'UTC' AS date), CAST(:bounds AS integer[])) AS age,
        count(*), CAST(sum(asked - came) AS bigint)
    FROM stood WHERE asked > came GROUP BY 1, 2 ORDER BY 1, 2
""")


def expected(session: Session, day: date) -> list[Expected]:
    """What was asked against what had come at the end of a day (UTC), by currency."""
    return [Expected(*row) for row in session.execute(_EXPECTED, _places(day))]


def ages(session: Session, day: date) -> list[Age]:
    """What was open at the end of a day, by the age of its requests."""
    bounds = [each + 1 for each in AGES]
    rows = session.execute(_AGES, _places(day) | {"bounds": bounds})
    return [
        Age(unit, bounds[age - 1] if age else 0, AGES[age] if age < len(AGES) else None, count, cents)
        for unit, age, count, cents in rows
    ]


def forecast(session: Session) -> list[Due]:
    """What instalments with a saved way to pay still ask for, by the week in which they are due."""
    wanted = select(Instalment.id, Instalment.due_on).subquery("wanted")
    dues = with_facts(wanted, wanted.c.id).add_columns(wanted.c.due_on).subquery("dues")
    week = func.date_trunc("week", dues.c.due_on)
    rows = session.execute(
        select(week, dues.c.currency, func.count(), func.sum(dues.c.amount_cents))
        .group_by(week, dues.c.currency)
        .order_by(week, dues.c.currency)
    )
    return [Due(each.date(), unit, count, int(cents)) for each, unit, count, cents in rows]


def succeeded_so_far(session: Session) -> tuple[int, int]:
    """How many charges brought money, of how many instalments that were tried."""
    paid = session.scalar(select(func.count(CardPayment.instalment_id.distinct()))) or 0
    return paid, session.scalar(select(func.count(ChargeAttempt.instalment_id.distinct()))) or 0


def _places(day: date) -> dict[str, object]:
    return {"day": day, "after": day + timedelta(days=1)}
