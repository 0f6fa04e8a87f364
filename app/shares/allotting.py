"""Allotting shares: one entry moves money to share capital and shares to the holder; one lot keeps its particulars."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.ledger import journal
from app.ledger.chart import share_unit
from app.members.models import Membership
from app.shares.classes import issued_shares, lock_class
from app.shares.models import Lot, ShareClass
from app.shares.numbering import draw_certificates, number_lots


class BeyondAuthorized(Refusal):
    """The class has fewer shares left than asked for."""

    message = N_("Only {left} shares of class {code} may still be issued; {wanted} were asked for.")
    status = 409


@dataclass(frozen=True)
class Allotment:
    """What is to be allotted: `source` names its cause for good, `paid_from` is the account that holds the money."""

    source: str
    member: Membership
    share_class: ShareClass
    shares: int
    price: Money
    paid_from: tuple[str, str]
    on: date
    basis: str


def allot(session: Session, what: Allotment, *, by: int | None) -> Lot:
    """Allot fully paid shares; the same source again gives the same lot. Raises `BeyondAuthorized`, `Overdrawn`."""
    left = _left_to_issue(session, what.share_class)
    existing = session.scalars(select(Lot).where(Lot.source == what.source)).first()
    if existing is not None:
        return existing
    if left is not None and what.shares > left:
        raise BeyondAuthorized(left=left, code=what.share_class.code, wanted=what.shares)
    number = draw_certificates(session, 1)
    entry_id = journal.post(session, _draft(what), by=by)
    lot = Lot(
        certificate_number=number,
        membership_id=what.member.id,
        share_class_id=what.share_class.id,
        shares=what.shares,
        price_cents=what.price.minor,
        paid_cents=(what.price * what.shares).minor,
        currency=what.price.currency,
        allotted_on=what.on,
        basis=what.basis,
        source=what.source,
        entry_id=entry_id,
        recorded_at=clock.now(),
    )
    session.add(lot)
    session.flush()
    number_lots(session, [lot.id])
    audit.record(session, audit.Tag.SHARES_ALLOTTED, f"lot:{lot.id}", by=by, reason=what.basis, shares=what.shares)
    return lot


def holder_subject(member: Membership) -> str:
    """The subject of a member's account of shares."""
    return f"member:{member.number}"


def _draft(what: Allotment) -> journal.Draft:
    paid, unit = what.price * what.shares, share_unit(what.share_class.code)
    kind, subject = what.paid_from
    return journal.Draft(
        key=f"allotment:{what.source}",
        nature="allotment",
        effective_on=what.on,
        legs=(
            journal.Leg(kind, subject, paid.currency, paid.minor),
            journal.Leg("share_capital", what.share_class.code, paid.currency, -paid.minor),
            journal.Leg("unissued", what.share_class.code, unit, -what.shares),
            journal.Leg("holder", holder_subject(what.member), unit, what.shares),
        ),
    )


def can_allot(session: Session, share_class: ShareClass, shares: int) -> bool:
    """Whether the class has so many shares left; its row stays locked, so that the answer holds until commit."""
    left = _left_to_issue(session, share_class)
    return left is None or shares <= left


def _left_to_issue(session: Session, share_class: ShareClass) -> int | None:
    """Judged under the class's lock, so that two at once cannot both take the last shares; None means no limit."""
    lock_class(session, share_class)
    if share_class.authorized_shares is None:
        return None
    return share_class.authorized_shares - issued_shares(session, share_class)
