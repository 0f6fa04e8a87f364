"""Reading the cap table as of a day: classes, the largest holders, how it grew, and one holder's lots."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.exports.registers.asking import EVER
from app.members.people.asof import CANONICAL, known_sql, same_sql

LARGEST = 12
Rows = Sequence[Row[*tuple[Any, ...]]]

_STANDING = """
    SELECT * FROM lot l WHERE allotted_on <= :day AND NOT EXISTS (
        SELECT FROM lot_end WHERE lot_id = l.id AND ended_on <= :day)"""
_CLASSES = f"""
    WITH standing AS ({_STANDING}), pledged AS (
        SELECT t.share_class_id, sum(coalesce(p.allotted_shares, p.shares)) AS shares
        FROM pledge p JOIN offer_terms t ON t.id = p.terms_id
        WHERE p.state = 'confirmed' AND t.kind <> 'indication of interest' GROUP BY 1
    ), held AS (
        SELECT share_class_id, sum(shares) AS shares, count(DISTINCT membership_id) AS holders FROM standing GROUP BY 1
    )
    SELECT c.code, c.name, c.authorized_shares AS authorized, coalesce(held.shares, 0)::bigint AS shares,
           coalesce(held.holders, 0) AS holders, coalesce(pledged.shares, 0)::bigint AS pledged,
           price.price_cents, price.currency
    FROM share_class c LEFT JOIN LATERAL (
        SELECT * FROM share_class_price WHERE share_class_id = c.id AND valid_from <= :day
        ORDER BY valid_from DESC, id DESC LIMIT 1
    ) price ON true LEFT JOIN held ON held.share_class_id = c.id LEFT JOIN pledged ON pledged.share_class_id = c.id
    ORDER BY c.id
"""
_LARGEST = f"""
    WITH {CANONICAL}, standing AS ({_STANDING}), held AS (
        SELECT membership_id, sum(shares) AS shares,
               jsonb_object_agg(code, shares ORDER BY code) AS by_class
        FROM (SELECT membership_id, c.code, sum(shares)::bigint AS shares FROM standing
              JOIN share_class c ON c.id = share_class_id GROUP BY 1, 2) AS each
        GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT :most
    )
    SELECT m.number, CASE WHEN NOT EXISTS (
            SELECT FROM restriction WHERE person_id = ANY (coalesce(same.ids, ARRAY[m.person_id]))
        ) THEN known.legal_name END AS legal_name, held.shares::bigint AS shares, held.by_class
    FROM held JOIN membership m ON m.id = held.membership_id {same_sql("m.person_id")} {known_sql("m.person_id")}
    ORDER BY held.shares DESC, m.number
"""
_GROWTH = """
    SELECT day, code, sum(sum(shares)) OVER (PARTITION BY code ORDER BY day)::bigint AS shares FROM (
        SELECT allotted_on AS day, share_class_id, shares FROM lot WHERE allotted_on <= :day
        UNION ALL SELECT ended_on, share_class_id, -shares FROM lot_end JOIN lot ON lot.id = lot_id
        WHERE ended_on <= :day
    ) AS change JOIN share_class c ON c.id = share_class_id GROUP BY day, code ORDER BY day, code
"""
_LOTS = """
    SELECT l.id, l.certificate_number, c.code, l.shares, l.price_cents, l.paid_cents, l.currency, l.basis,
           l.allotted_on,
           coalesce(l.acquired_on, l.allotted_on) AS held_since, e.ended_on, made.kind AS made_by, l.act_id,
           over.kind AS ended_by, e.act_id AS ended_act
    FROM lot l JOIN membership m ON m.id = l.membership_id JOIN share_class c ON c.id = l.share_class_id
    LEFT JOIN share_act made ON made.id = l.act_id
    LEFT JOIN lot_end e ON e.lot_id = l.id AND e.ended_on <= :day
    LEFT JOIN share_act over ON over.id = e.act_id
    WHERE m.number = :number AND l.allotted_on <= :day ORDER BY e.ended_on IS NOT NULL, l.certificate_number
"""


@dataclass(frozen=True)
class Growth:
    """How many shares of each class there were, day by day of change; `codes` in order."""

    codes: list[str]
    days: list[tuple[date, dict[str, int]]]


def classes_on(session: Session, day: date) -> Rows:
    """Each class with its shares, holders, confirmed pledges that would become shares, and issue price of the day."""
    return session.execute(text(_CLASSES), {"day": day}).all()


def largest_holders(session: Session, day: date) -> Rows:
    """Those who hold most, with their shares by class."""
    return session.execute(text(_LARGEST), {"day": day, "known_at": EVER, "most": LARGEST}).all()


def growth(session: Session, day: date, most: int = 60) -> Growth:
    """The shares of each class over time, at so many days at most: the last of each stretch."""
    standing: dict[str, int] = {}
    days: dict[date, dict[str, int]] = {}
    for on, code, shares in session.execute(text(_GROWTH), {"day": day}):
        standing[code] = int(shares)
        days[on] = dict(standing)
    if days:
        days.setdefault(day, dict(standing))  # the picture reaches to the day itself
    every = list(days.items())
    step = max((len(every) + most - 1) // most, 1)
    return Growth(sorted(standing), every[(len(every) - 1) % step :: step] if every else [])


def lots_of_member(session: Session, number: int, day: date) -> Rows:
    """Every lot that a member had by a day, those that have ended last."""
    return session.execute(text(_LOTS), {"day": day, "number": number}).all()


def converted(shares: dict[str, int], source: str, target: str, given: int, for_each: int) -> dict[str, int]:
    """The shares of each class after a class is converted, `given` of the target for each `for_each`; rests lapse."""
    after = dict(shares)
    moved = after.pop(source, 0)
    after[source] = 0
    after[target] = after.get(target, 0) + moved * given // for_each
    return after
