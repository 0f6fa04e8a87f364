"""Writing an exchange into the books: whole ranges of holders by set-based statements, one entry and one act for each.

An act holds some thousand holders, so that its entry stays small enough to be hashed, proved and reversed.
"""

from collections import defaultdict
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.conversion.exchange.models import Exchange
from app.core import audit, clock
from app.core.errors import N_
from app.core.money import Money
from app.ledger import journal
from app.ledger.chart import share_unit
from app.payments.payouts.owing import Debt, owe_many, payable
from app.shares.loans.claiming import Booked, Claim, owed_account, take_up_claims
from app.shares.models import ShareAct
from app.shares.numbering import draw_certificates, number_acts

BASIS = N_("conversion")
KIND = "conversion"
PAYOUT_REASON = N_("cash of an exchange of shares")

_RANGES = text("""
    SELECT min(membership_id), max(membership_id) FROM (
        SELECT membership_id, (dense_rank() OVER (ORDER BY membership_id) - 1) / :many AS part
        FROM exchange_line WHERE exchange_id = :exchange
    ) placed GROUP BY part ORDER BY part
""")
_SUMS = text("""
    SELECT m.number, m.person_id, o.code AS old, n.code AS new, x.currency, sum(x.shares)::bigint AS shares,
        sum(x.paid_cents)::bigint AS paid, sum(x.new_shares)::bigint AS new_shares,
        sum(x.new_paid_cents)::bigint AS new_paid, sum(x.cash_cents)::bigint AS cash,
        sum(x.reserve_cents)::bigint AS reserve, sum(x.loan_cents)::bigint AS loan, t.loan_rate_ppm, t.loan_years
    FROM exchange_line x JOIN membership m ON m.id = x.membership_id JOIN exchange_terms t ON t.id = x.terms_id
    JOIN share_class o ON o.id = t.old_class_id JOIN share_class n ON n.id = t.new_class_id
    WHERE x.exchange_id = :exchange AND x.membership_id BETWEEN :first AND :last
    GROUP BY m.number, m.person_id, o.code, n.code, x.currency, t.id ORDER BY m.number, o.code, x.currency
""")
_ENDS = text("""
    INSERT INTO lot_end (lot_id, act_id, ended_on, recorded_at)
    SELECT lot_id, :act, :day, :now FROM exchange_line
    WHERE exchange_id = :exchange AND membership_id BETWEEN :first AND :last
""")
_COUNT = text("""
    SELECT count(*) FROM exchange_line
    WHERE exchange_id = :exchange AND membership_id BETWEEN :first AND :last AND new_shares > 0
""")
_LOTS = text("""
    INSERT INTO lot (certificate_number, membership_id, share_class_id, shares, price_cents, paid_cents, currency,
        allotted_on, basis, source, entry_id, recorded_at, act_id, from_lot_id, acquired_on)
    SELECT :certificate + place - 1, membership_id, new_class_id, new_shares, price, new_paid_cents, currency,
        :day, :basis, 'act:' || :act || ':' || place, :entry, :now, :act, lot_id, held_since
    FROM (
        SELECT x.*, t.new_class_id, coalesce(t.nominal_cents, l.price_cents * t.old_shares / t.new_shares) AS price,
            coalesce(l.acquired_on, l.allotted_on) AS held_since,
            row_number() OVER (ORDER BY x.membership_id, l.certificate_number) AS place
        FROM exchange_line x JOIN exchange_terms t ON t.id = x.terms_id JOIN lot l ON l.id = x.lot_id
        WHERE x.exchange_id = :exchange AND x.membership_id BETWEEN :first AND :last AND x.new_shares > 0
    ) made ORDER BY place
""")


def ranges(session: Session, exchange_id: int, many: int) -> list[tuple[int, int]]:
    """The holders of an exchange in ranges of so many, each as its first and last membership."""
    return [(row[0], row[1]) for row in session.execute(_RANGES, {"exchange": exchange_id, "many": many})]


def write_range(
    session: Session, exchange: Exchange, place: int, first: int, last: int, *, by: int, proposed_by: int
) -> ShareAct:
    """Exchange the lots of the holders of a range: one act, one entry, their new lots, and what is owed to them."""
    within = {"exchange": exchange.id, "first": first, "last": last}
    sums = session.execute(_SUMS, within).all()
    made = session.scalars(_COUNT, within).one()
    number = draw_certificates(session, made)
    source, now = f"exchange:{exchange.id}:{place}", clock.now()
    draft = journal.Draft(f"share-act:{source}", KIND, exchange.effective_on, _legs(exchange, sums))
    act = ShareAct(
        kind=KIND,
        source=source,
        effective_on=exchange.effective_on,
        reason=exchange.reason,
        details={"exchange": exchange.id, "holders": len({row.number for row in sums})},
        entry_id=journal.post(session, draft, by=by),
        recorded_at=now,
        recorded_by=by,
        proposed_by=proposed_by,
    )
    session.add(act)
    session.flush()
    written = within | {"act": act.id, "day": exchange.effective_on, "now": now}
    session.execute(_ENDS, written)
    if made:
        session.execute(_LOTS, written | {"certificate": number, "basis": BASIS, "entry": act.entry_id})
        number_acts(session, [act.id])
    audit.record(
        session, audit.Tag.SHARES_MOVED, f"share_act:{act.id}", by=by, reason=exchange.reason, kind=KIND,
        exchange=exchange.id,
    )  # fmt: skip
    _owe(session, exchange, act, sums)
    _borrow(session, exchange, act, sums)
    return act


def _legs(exchange: Exchange, sums: Any) -> tuple[journal.Leg, ...]:
    """The legs of an act: each holder's old and new shares and cash, the classes' unissued shares and capital."""
    legs: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in sums:
        subject, old, new = f"member:{row.number}", share_unit(row.old), share_unit(row.new)
        legs["holder", subject, old] -= row.shares
        legs["holder", subject, new] += row.new_shares
        legs["unissued", row.old, old] += row.shares
        legs["unissued", row.new, new] -= row.new_shares
        legs["share_capital", row.old, row.currency] += row.paid
        legs["share_capital", row.new, row.currency] -= row.new_paid
        legs["capital_reserve", row.old, row.currency] -= row.reserve
        if row.cash:
            legs[(*payable(_due(exchange, row)), row.currency)] -= row.cash
        if row.loan:
            legs[(*owed_account(_lent(exchange, row)), row.currency)] -= row.loan
    return tuple(journal.Leg(*key, amount) for key, amount in sorted(legs.items()) if amount)


def _owe(session: Session, exchange: Exchange, act: ShareAct, sums: Any) -> None:
    """Note what is payable to holders: one payout for each holder and currency."""
    cash: dict[tuple[str, int, str], int] = defaultdict(int)
    for row in sums:
        if row.cash:
            cash[_due(exchange, row), row.person_id, row.currency] += row.cash
    assert act.entry_id is not None, "what is paid out is booked"
    debts = [
        Debt(source, person_id, Money(cents, currency), exchange.cash_due_on)
        for (source, person_id, currency), cents in cash.items()
    ]
    owe_many(session, debts, PAYOUT_REASON, entry_id=act.entry_id)


def _borrow(session: Session, exchange: Exchange, act: ShareAct, sums: Any) -> None:
    """Note a loan for whoever is owed one: each holder, class and currency, repaid in one sum at its end."""
    if any(row.loan for row in sums):
        assert act.entry_id is not None and act.recorded_by is not None, "two people approved what is booked"
        booked = Booked(exchange.effective_on, act.entry_id, exchange.reason, act.recorded_by, act.proposed_by)
        claims = [
            Claim(_lent(exchange, row), row.person_id, Money(row.loan, row.currency), row.loan_rate_ppm, row.loan_years)
            for row in sums
            if row.loan
        ]
        take_up_claims(session, claims, booked)


def _lent(exchange: Exchange, row: Any) -> str:
    return f"exchange:{exchange.id}:{row.number}:{row.old}:{row.currency}"


def _due(exchange: Exchange, row: Any) -> str:
    return f"exchange:{exchange.id}:{row.number}:{row.currency}"
