"""Proofs of the live total: the counters say what the pledges and the books say."""

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof, count, rows_wrong
from app.offers.public.counting import Weight

_NAMES = Weight._fields
_SUMS = ", ".join(f"sum({name}) AS {name}" for name in _NAMES)
_ROW = ", ".join(f"coalesce({{side}}.{name}, 0)" for name in _NAMES)
_ONE, _OTHER = _ROW.format(side="a"), _ROW.format(side="b")
_FROM_ROWS = """
    SELECT offer_id, sum(counts) AS people, sum(counts * shares) AS shares, sum(counts * amount_cents) AS amount_cents,
        sum(held + allotted) AS paid_cents,
        sum((state = 'allotted' OR held >= amount_cents AND amount_cents > 0)::int) AS paid_people
    FROM (
        SELECT p.offer_id, p.state, p.shares, p.amount_cents, coalesce(-b.amount, 0) AS held,
            (p.state IN ('confirmed', 'allotted', 'lapsed', 'returned'))::int AS counts,
            CASE WHEN p.state = 'allotted'
                THEN coalesce(p.allotted_shares, p.shares) * p.price_cents ELSE 0 END AS allotted
        FROM pledge p
        LEFT JOIN account c ON c.kind = 'subscriptions_held' AND c.subject = 'request:' || p.payment_request_id
        LEFT JOIN balance b ON b.account_id = c.id AND b.unit = p.currency
        WHERE p.person_id IS NOT NULL
    ) AS weighed GROUP BY offer_id
"""


def _totals_are_the_rows(session: Session) -> Finding:
    wrong = rows_wrong(
        session,
        f"""
        WITH a AS (SELECT offer_id, {_SUMS} FROM offer_total GROUP BY offer_id), b AS ({_FROM_ROWS})
        SELECT 'offer', offer_id, 'counts ({", ".join(_NAMES)})', concat_ws(' ', {_ONE}), 'its rows say',
            concat_ws(' ', {_OTHER}), '; whatever changes a pledge must do so inside of `counted`'
        FROM a FULL JOIN b USING (offer_id) WHERE ({_ONE}) IS DISTINCT FROM ({_OTHER})
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM offer_total')} counters", wrong)


def _parts_are_the_totals(session: Session) -> Finding:
    wrong = [
        line
        for table in ("offer_day", "offer_country")
        for line in rows_wrong(
            session,
            f"""
            WITH a AS (SELECT offer_id, {_SUMS} FROM {table} GROUP BY offer_id),
                b AS (SELECT offer_id, {_SUMS} FROM offer_total GROUP BY offer_id)
            SELECT 'offer', offer_id, 'counts in {table}', concat_ws(' ', {_ONE}), 'in all', concat_ws(' ', {_OTHER})
            FROM a FULL JOIN b USING (offer_id) WHERE ({_ONE}) IS DISTINCT FROM ({_OTHER})
            """,
        )
    ]
    return Finding(f"{count(session, 'SELECT count(*) FROM offer_day')} counters by day", wrong)


def _countries_are_the_rows(session: Session) -> Finding:
    """Never fewer than the pledges say; more only where an address was erased."""
    wrong = rows_wrong(
        session,
        """
        WITH a AS (SELECT offer_id, country, sum(people) AS people FROM offer_country GROUP BY offer_id, country),
            b AS (
                SELECT offer_id, country, count(*) AS people FROM pledge
                WHERE state IN ('confirmed', 'allotted', 'lapsed', 'returned') AND country <> ''
                GROUP BY offer_id, country
            ), erased AS (SELECT offer_id, count(*) AS people FROM pledge WHERE country = '' GROUP BY offer_id)
        SELECT 'offer', offer_id, 'counts', coalesce(a.people, 0), 'people in', country, 'and has', b.people
        FROM a FULL JOIN b USING (offer_id, country) LEFT JOIN erased USING (offer_id)
        WHERE coalesce(a.people, 0) - coalesce(b.people, 0) NOT BETWEEN 0 AND coalesce(erased.people, 0)
        """,
    )
    return Finding(f"{count(session, 'SELECT count(*) FROM offer_country')} counters by country", wrong)


PROOFS = [
    Proof(N_("The live total is what pledges and books say"), _totals_are_the_rows),
    Proof(N_("Days and countries of the live total add up"), _parts_are_the_totals),
    Proof(N_("Countries of the live total are those of the pledges"), _countries_are_the_rows),
]
