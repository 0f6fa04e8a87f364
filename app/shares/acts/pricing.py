"""Issue prices of a class: each valid from a day on, written by two people, and asked for by whatever issues shares.

A class of which no price was ever written is issued at any price. From the first one on, every day needs its price:
before it, and once a row without an amount has closed the class, no share is issued.
"""

from datetime import date, datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.shares.acts.judging import terms_on
from app.shares.acts.models import ShareClassPrice
from app.shares.classes import lock_class
from app.shares.holding import EVER
from app.shares.models import ShareClass


class NoIssuePrice(Refusal):
    """No price of the class is valid on the day."""

    message = N_("No issue price of class {code} is valid on {day}. Two people write one before shares are issued.")
    status = 409
    field = "price"


class OtherIssuePrice(Refusal):
    """The class is issued at another price on the day."""

    message = N_("On {day} a share of class {code} is issued at {price}, not at {said}.")
    status = 409
    field = "price"


class PriceBackdated(Refusal):
    """Prices hold from their day on, which is not before those that hold already."""

    message = N_("A price from {day} is written already. A new one begins on that day or later.")
    field = "valid_from"


class BelowNominal(Refusal):
    """No share is issued below par."""

    message = N_("The nominal of a share of class {code} is {nominal}; none is issued for less.")
    field = "price"


class PriceOfOtherCurrency(Refusal):
    """The amounts of a class are of one currency."""

    message = N_("The amounts of class {code} are in {currency}. Write its price in that currency.")
    field = "currency"


def write_price(
    session: Session,
    found: ShareClass,
    price: Money | None,
    *,
    valid_from: date,
    currency: str,
    by: int,
    proposed_by: int,
    reason: str,
) -> ShareClassPrice:
    """Write what a share of a class is issued at from a day on; None: from then on none is issued."""
    lock_class(session, found)
    latest = max((row.valid_from for row in prices(session, found)), default=None)
    if latest is not None and valid_from < latest:
        raise PriceBackdated(day=latest)
    terms = terms_on(session, found, valid_from)
    if terms is not None and terms.currency != currency:
        raise PriceOfOtherCurrency(code=found.code, currency=terms.currency)
    if price is not None and terms is not None and price.minor < (terms.nominal_cents or 0):
        raise BelowNominal(code=found.code, nominal=Money(terms.nominal_cents or 0, currency))
    row = ShareClassPrice(
        share_class_id=found.id,
        valid_from=valid_from,
        price_cents=price.minor if price else None,
        currency=currency,
        reason=reason,
        written_at=clock.now(),
        written_by=by,
        proposed_by=proposed_by,
    )
    session.add(row)
    session.flush()
    audit.record(
        session, audit.Tag.CLASS_PRICE_WRITTEN, f"share-class:{found.code}", by=by, reason=reason, price=row.id
    )
    return row


def prices(session: Session, found: ShareClass) -> list[ShareClassPrice]:
    """The issue prices of a class as they were written, the latest first."""
    rows = select(ShareClassPrice).where(ShareClassPrice.share_class_id == found.id)
    return list(session.scalars(rows.order_by(ShareClassPrice.valid_from.desc(), ShareClassPrice.id.desc())))


def issue_price(session: Session, found: ShareClass, on: date, known_at: datetime = EVER) -> Money | None:
    """What a share of a class is issued at on a day, as known at a moment; None where no price is valid."""
    row = session.scalars(
        select(ShareClassPrice)
        .where(
            ShareClassPrice.share_class_id == found.id,
            ShareClassPrice.valid_from <= on,
            ShareClassPrice.written_at <= known_at,
        )
        .order_by(ShareClassPrice.valid_from.desc(), ShareClassPrice.id.desc())
        .limit(1)
    ).first()
    return None if row is None or row.price_cents is None else Money(row.price_cents, row.currency)


def price_of_day(session: Session, found: ShareClass, on: date) -> Money:
    """What a share of a class is issued at on a day. Raises `NoIssuePrice`."""
    price = issue_price(session, found, on)
    if price is None:
        raise NoIssuePrice(code=found.code, day=on)
    return price


def wrong_price(session: Session, found: ShareClass, said: Money, on: date) -> Refusal | None:
    """Why shares of a class cannot be issued at a price on a day: `NoIssuePrice` or `OtherIssuePrice`."""
    if not session.scalar(select(exists().where(ShareClassPrice.share_class_id == found.id))):
        return None
    price = issue_price(session, found, on)
    if price is None:
        return NoIssuePrice(code=found.code, day=on)
    return None if price == said else OtherIssuePrice(day=on, code=found.code, price=price, said=said)


def refuse_wrong_price(session: Session, found: ShareClass, said: Money, on: date) -> None:
    """Raise `NoIssuePrice` or `OtherIssuePrice` when shares of a class are not issued at a price on a day."""
    if refusal := wrong_price(session, found, said, on):
        raise refusal
