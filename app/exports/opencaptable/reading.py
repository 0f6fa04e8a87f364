"""What a package tells, from the database: classes, holders, lots, and how each lot ended, as of a day."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.orm import Session

from app.exports.registers.asking import AT_ONCE, EVER
from app.members.people.asof import CANONICAL, known_sql, same_sql

_CLASSES = """
    SELECT c.id, c.code, c.name,
           CASE WHEN known.id IS NULL THEN c.authorized_shares ELSE known.authorized_shares END AS authorized_shares,
           t.purpose, t.nominal_cents, t.currency, t.votes_rule, t.votes_cap,
           t.transferable, t.withdrawable, t.redemption_right, t.legends, t.notice_days, t.holder_shares_min,
           t.holder_shares_max, t.capital_min_cents, t.locked_until, price.price_cents,
           price.currency AS price_currency
    FROM share_class c LEFT JOIN LATERAL (
        SELECT * FROM share_class_price WHERE share_class_id = c.id AND valid_from <= :day AND written_at <= :known_at
        ORDER BY valid_from DESC, id DESC LIMIT 1
    ) price ON true LEFT JOIN LATERAL (
        SELECT * FROM share_class_terms WHERE share_class_id = c.id AND valid_from <= :day AND written_at <= :known_at
        ORDER BY valid_from DESC, id DESC LIMIT 1
    ) t ON true LEFT JOIN LATERAL (
        SELECT id, authorized_shares FROM share_class_limit
        WHERE share_class_id = c.id
        ORDER BY written_at < CAST(:day AS date) + 1 AND written_at <= :known_at DESC,
            CASE WHEN written_at < CAST(:day AS date) + 1 AND written_at <= :known_at THEN -id ELSE id END LIMIT 1
    ) known ON true
    WHERE c.created_at <= :known_at
    ORDER BY c.id
"""
_HOLDERS = f"""
    WITH {CANONICAL}
    SELECT m.id, m.number, m.entered_on, m.basis, ended.ceased_on, ended.basis AS ceased_by, known.*
    FROM membership m {same_sql("m.person_id")} {known_sql("m.person_id")}
    LEFT JOIN membership_end ended
        ON ended.membership_id = m.id AND ended.ceased_on <= :day AND ended.recorded_at <= :known_at
    WHERE m.recorded_at <= :known_at AND (m.entered_on <= :day OR EXISTS (
        SELECT FROM lot WHERE membership_id = m.id AND allotted_on <= :day AND recorded_at <= :known_at))
    ORDER BY m.number
"""
_LOTS = """
    SELECT l.id, l.certificate_number, l.membership_id, l.share_class_id, l.shares, l.price_cents, l.paid_cents,
           l.currency, l.allotted_on, l.acquired_on, l.basis, l.act_id, a.kind AS act_kind, a.reverses_id,
           numbers.ranges
    FROM lot l LEFT JOIN share_act a ON a.id = l.act_id LEFT JOIN LATERAL (
        SELECT json_agg(json_build_array(first_number, last_number) ORDER BY first_number) AS ranges
        FROM share_numbers WHERE lot_id = l.id AND given_on <= :day AND recorded_at <= :known_at
    ) numbers ON true
    WHERE l.allotted_on <= :day AND l.recorded_at <= :known_at ORDER BY l.allotted_on, l.id
"""
_ENDS = """
    SELECT l.id, l.membership_id, l.share_class_id, l.shares, l.price_cents, l.paid_cents, l.currency, e.ended_on,
           e.act_id, a.kind, a.reason, a.reverses_id, made.lots
    FROM lot_end e JOIN lot l ON l.id = e.lot_id JOIN share_act a ON a.id = e.act_id
    LEFT JOIN LATERAL (
        SELECT json_agg(json_build_object('id', id, 'holder', membership_id, 'class', share_class_id, 'shares', shares,
                        'basis', basis) ORDER BY id) AS lots
        FROM lot WHERE from_lot_id = l.id AND act_id = e.act_id
    ) made ON true
    WHERE e.ended_on <= :day AND e.recorded_at <= :known_at ORDER BY e.ended_on, e.act_id, l.id
"""
_FOUNDED = "SELECT least((SELECT min(entered_on) FROM membership), (SELECT min(allotted_on) FROM lot))"

Found = Iterator[Row[*tuple[Any, ...]]]


class Told:
    """The facts of a package, each streamed in a fixed order from one snapshot."""

    def __init__(self, session: Session, day: date, known_at: datetime | None) -> None:
        self._session, self._places = session, {"day": day, "known_at": known_at or EVER}
        self.day = day

    def classes(self) -> Found:
        """Every share class that was made by then, with its terms and authorized number on the day."""
        return self._rows(_CLASSES)

    def holders(self) -> Found:
        """Every member, those who left too, with name and address on the day."""
        return self._rows(_HOLDERS)

    def lots(self) -> Found:
        """Every lot that began by the day, ended ones too."""
        return self._rows(_LOTS)

    def ends(self) -> Found:
        """Every end of a lot by the day, with the lots that the act made of it."""
        return self._rows(_ENDS)

    def begun(self) -> date:
        """The first day that the register knows."""
        first: date | None = self._session.scalar(text(_FOUNDED))
        return min(first or self.day, self.day)

    def _rows(self, query: str) -> Found:
        found = self._session.execute(text(query), self._places, execution_options={"yield_per": AT_ONCE})
        return iter(found)
