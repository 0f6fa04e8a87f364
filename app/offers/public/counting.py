"""Counting for the live total: every move of a pledge and of its money adds to the counters in its own transaction.

The counters are rows in slots. A transaction adds to the slot of its connection, so that two of them wait for each
other only when their connections share one; the exact sums of an offer are the sums over its slots.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import clock
from app.ledger import journal
from app.offers.models import Pledge, PledgeState
from app.offers.tallying import COUNTED

SLOTS = 64
_HELD = "subscriptions_held"


class Weight(NamedTuple):
    """What one pledge adds to its offer's counters, apart from money that is held for it."""

    people: int
    shares: int
    amount_cents: int
    paid_cents: int
    paid_people: int


_COUNTS = ", ".join(Weight._fields)
_SUMS = ", ".join(f"sum({name})" for name in Weight._fields)
_MORE = ", ".join(f"{name} = kept.{name} + excluded.{name}" for name in Weight._fields)
_SLOT = f"pg_backend_pid() % {SLOTS}"
# One statement for the three tables, which are always added to in this order.
_ADD = f"""
    total AS (
        INSERT INTO offer_total AS kept (offer_id, slot, {_COUNTS})
        SELECT offer_id, {_SLOT}, {_SUMS} FROM change GROUP BY offer_id ORDER BY offer_id
        ON CONFLICT (offer_id, slot) DO UPDATE SET {_MORE}
    ), day AS (
        INSERT INTO offer_day AS kept (offer_id, day, slot, {_COUNTS})
        SELECT offer_id, CAST(:today AS date), {_SLOT}, {_SUMS} FROM change GROUP BY offer_id ORDER BY offer_id
        ON CONFLICT (offer_id, day, slot) DO UPDATE SET {_MORE}
    )
    INSERT INTO offer_country AS kept (offer_id, country, slot, {_COUNTS})
    SELECT offer_id, country, {_SLOT}, {_SUMS} FROM change GROUP BY offer_id, country ORDER BY offer_id, country
    ON CONFLICT (offer_id, country, slot) DO UPDATE SET {_MORE}
"""  # noqa: S608  (names of our own columns)
_ADD_ONE = text(
    "WITH change AS (SELECT CAST(:offer_id AS bigint) AS offer_id, CAST(:country AS text) AS country, "
    + ", ".join(f"CAST(:{name} AS bigint) AS {name}" for name in Weight._fields)
    + f"), {_ADD}"
)
_ADD_MONEY = text(
    f"""
    WITH arrived AS (
        SELECT * FROM unnest(CAST(:subjects AS text[]), CAST(:units AS text[]), CAST(:amounts AS bigint[]))
            AS arrived (subject, unit, amount)
    ), change AS (
        SELECT offer_id, country, 0 AS people, 0 AS shares, 0 AS amount_cents, arrived.amount AS paid_cents,
            CASE WHEN state = 'allotted' THEN 0
                ELSE (-balance.amount >= amount_cents)::int - (-balance.amount - arrived.amount >= amount_cents)::int
            END AS paid_people
        FROM arrived JOIN pledge ON payment_request_id = substr(subject, 9)::bigint AND currency = unit
        JOIN account ON account.kind = '{_HELD}' AND account.subject = arrived.subject
        JOIN balance ON balance.account_id = account.id AND balance.unit = arrived.unit
    ), {_ADD}
    """  # noqa: S608  (fixed text)
)


@contextmanager
def counted(session: Session, pledge: Pledge) -> Iterator[None]:
    """Change a pledge's state, shares, amount or country inside: what it adds to the counters follows.

    The pledge is locked by the caller. Money that is held for it is counted where it is booked.
    """
    before, country = weigh(session, pledge), pledge.country
    yield
    session.flush()
    after = weigh(session, pledge)
    if country != pledge.country:
        _add(session, pledge.offer_id, country, Weight(*[-part for part in before]))
        before = Weight(0, 0, 0, 0, 0)
    change = Weight(*[new - old for new, old in zip(after, before, strict=True)])
    if any(change):
        _add(session, pledge.offer_id, pledge.country, change)


def weigh(session: Session, pledge: Pledge) -> Weight:
    """What a pledge adds to its offer's counters as it stands."""
    counts = pledge.state in COUNTED
    allotted = pledge.state == PledgeState.ALLOTTED
    shares = pledge.shares if pledge.allotted_shares is None else pledge.allotted_shares
    return Weight(
        people=int(counts),
        shares=pledge.shares if counts else 0,
        amount_cents=pledge.amount_cents if counts else 0,
        paid_cents=shares * pledge.price_cents if allotted else 0,
        paid_people=int(allotted or _is_held(session, pledge)),
    )


def _is_held(session: Session, pledge: Pledge) -> bool:
    if pledge.payment_request_id is None:
        return False
    subject = f"request:{pledge.payment_request_id}"
    return journal.balance(session, _HELD, subject, pledge.currency) >= pledge.amount_cents


def _add(session: Session, offer_id: int, country: str, change: Weight) -> None:
    values = {"offer_id": offer_id, "country": country, "today": clock.today(), **change._asdict()}
    session.execute(_ADD_ONE, values)


def count_money(session: Session, changes: Mapping[tuple[str, str], int]) -> None:
    """Money came to be held for pledges, or no longer is: by subject of the account and unit, as the books have it."""
    subjects, units = zip(*changes, strict=True)
    values = {"subjects": list(subjects), "units": list(units), "amounts": list(changes.values())}
    session.execute(_ADD_MONEY, values | {"today": clock.today()})


journal.hear(_HELD, count_money)
