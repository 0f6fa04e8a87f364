"""What stands against an exchange: charges, unpaid calls, locks, limits and closed books, each with its figure."""

from typing import Any, ClassVar

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.conversion.exchange.models import Exchange
from app.core.errors import N_, Refusal
from app.ledger.closing import closed_until


class Obstacle(Refusal):
    """Something that stands against the exchange; where it does not `blocks`, it should only be known."""

    status = 409
    blocks: ClassVar[bool] = True


class BooksClosed(Obstacle):
    """The effective date lies in a closed period."""

    message = N_("The books are closed up to {until}; nothing can take effect on the effective date.")


class ChargesStand(Obstacle):
    """Some of the shares stand as security."""

    message = N_(
        "{count} charges stand on shares that are to be exchanged. Release them, and note them anew afterwards."
    )


class CallsUnpaid(Obstacle):
    """Something is still to be paid on some shares."""

    message = N_("{count} certificates have a call that is not paid.")


class CertificatesBeginLater(Obstacle):
    """Some shares are dated after the exchange."""

    message = N_("{count} certificates begin after the effective date.")


class ClassesLocked(Obstacle):
    """A class does not move by then."""

    message = N_("{count} of the classes are locked beyond the effective date.")


class MembersAboveMost(Obstacle):
    """Some would hold too much."""

    message = N_("{count} members would hold more than the new class allows. What they may do is told below.")


class MembersBelowLeast(Obstacle):
    """Some would hold too little."""

    message = N_("{count} members would hold some shares of the new class, but fewer than its least.")


class ClassesBeyondAuthorized(Obstacle):
    """More would be issued than may be."""

    message = N_("{count} new classes would be issued beyond their authorized number.")


class ExitsWait(Obstacle):
    """Members gave shares of the old classes up."""

    message = N_("{count} accepted exits of old shares are not redeemed yet. Redeem them first, on the page of exits.")


class MembersPaidOut(Obstacle):
    """Some get no share, only money."""

    message = N_("{count} members get less than one new share, and are paid out.")
    blocks = False


class TransfersWait(Obstacle):
    """Members wait for transfers of old shares."""

    message = N_("{count} requests to transfer old shares wait; they can no longer be carried out afterwards.")
    blocks = False


# Pieces of the queries below, by the names that stand for them there.
_PIECES = {
    "[held]": """(
        SELECT membership_id, class_id, sum(shares) AS shares FROM (
            SELECT x.membership_id, t.new_class_id AS class_id, x.new_shares AS shares
            FROM exchange_line x JOIN exchange_terms t ON t.id = x.terms_id WHERE x.exchange_id = :exchange
            UNION ALL
            SELECT l.membership_id, l.share_class_id, l.shares FROM lot l WHERE l.share_class_id = ANY(:new) AND [open]
        ) each GROUP BY 1, 2
    ) h""",
    "[open]": "NOT EXISTS (SELECT FROM lot_end WHERE lot_id = l.id)",
    "[terms]": """(
        SELECT DISTINCT ON (share_class_id) * FROM share_class_terms WHERE valid_from <= :day
        ORDER BY share_class_id, valid_from DESC, id DESC
    )""",
}
_COUNTS: list[tuple[type[Obstacle], str]] = [
    (
        ChargesStand,
        "SELECT count(*) FROM share_charge WHERE share_class_id = ANY(:old) "
        "AND NOT EXISTS (SELECT FROM share_charge_end WHERE charge_id = share_charge.id)",
    ),
    (
        CallsUnpaid,
        """SELECT count(DISTINCT p.lot_id) FROM share_call_part p JOIN lot l ON l.id = p.lot_id
        WHERE l.share_class_id = ANY(:old) AND [open]
        AND NOT EXISTS (SELECT FROM share_act WHERE source = 'call-part:' || p.id)
        AND NOT EXISTS (SELECT FROM payment_request_end e WHERE e.payment_request_id = p.payment_request_id)""",
    ),
    (
        CertificatesBeginLater,
        "SELECT count(*) FROM lot l WHERE share_class_id = ANY(:old) AND allotted_on > :day AND [open]",
    ),
    (
        ClassesLocked,
        "SELECT count(*) FROM exchange_terms t JOIN [terms] c ON c.share_class_id = t.old_class_id "
        "WHERE t.exchange_id = :exchange AND c.locked_until > :day",
    ),
    (
        MembersAboveMost,
        """SELECT count(*) FROM [held] JOIN [terms] c ON c.share_class_id = h.class_id
        WHERE h.shares > c.holder_shares_max""",
    ),
    (
        MembersBelowLeast,
        """SELECT count(*) FROM [held] JOIN [terms] c ON c.share_class_id = h.class_id
        WHERE h.shares > 0 AND h.shares < c.holder_shares_min""",
    ),
    (
        ClassesBeyondAuthorized,
        """SELECT count(*) FROM (SELECT class_id, sum(shares) AS shares FROM [held] GROUP BY 1) h
        JOIN share_class s ON s.id = h.class_id WHERE h.shares > s.authorized_shares""",
    ),
    (
        ExitsWait,
        "SELECT count(*) FROM exit_acceptance a JOIN exit_offer o ON o.id = a.offer_id "
        "WHERE o.share_class_id = ANY(:old) "
        "AND NOT EXISTS (SELECT FROM exit_settlement z WHERE z.acceptance_id = a.id "
        "AND NOT EXISTS (SELECT FROM share_act WHERE reverses_id = z.act_id))",
    ),
    (
        MembersPaidOut,
        """SELECT count(*) FROM (SELECT membership_id FROM exchange_line WHERE exchange_id = :exchange
        GROUP BY 1 HAVING sum(new_shares) = 0) paid""",
    ),
    (
        TransfersWait,
        "SELECT count(*) FROM transfer_request r WHERE share_class_id = ANY(:old) "
        "AND NOT EXISTS (SELECT FROM transfer_request_end WHERE request_id = r.id)",
    ),
]
_ABOVE = """
    SELECT m.number, s.code, h.shares, c.holder_shares_max AS most, c.transferable, c.redemption_right
    FROM [held] JOIN membership m ON m.id = h.membership_id JOIN share_class s ON s.id = h.class_id
    JOIN [terms] c ON c.share_class_id = h.class_id
    WHERE h.shares > c.holder_shares_max AND (:number = 0 OR m.number = :number) ORDER BY m.number LIMIT 200
"""


def obstacles(session: Session, exchange: Exchange) -> list[Obstacle]:
    """What stands against an exchange as reckoned, those that block it first."""
    found: list[Obstacle] = []
    until = closed_until(session)
    if until is not None and exchange.effective_on <= until:
        found.append(BooksClosed(until=until))
    for obstacle, query in _COUNTS:
        count = session.scalar(_filled(query), _places(exchange))
        if count:
            found.append(obstacle(count=count))
    return found


def refuse_obstructed(session: Session, exchange: Exchange) -> None:
    """Raise the first obstacle that blocks the exchange."""
    for each in obstacles(session, exchange):
        if each.blocks:
            raise each


def members_above(session: Session, exchange: Exchange, number: int = 0) -> list[Any]:
    """Members (or the one of a number) who would hold more than a new class allows.

    Each with number, class, shares, most, and how shares may go.
    """
    return list(session.execute(_filled(_ABOVE), _places(exchange) | {"number": number}))


def _filled(query: str) -> TextClause:
    for name, piece in _PIECES.items():
        query = query.replace(name, piece)
    return text(query)


def _places(exchange: Exchange) -> dict[str, Any]:
    return {
        "exchange": exchange.id,
        "day": exchange.effective_on,
        "old": [each.old_class_id for each in exchange.terms],
        "new": [each.new_class_id for each in exchange.terms],
    }
