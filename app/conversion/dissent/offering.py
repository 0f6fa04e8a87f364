"""Offering a price to those who leave: two people agree to it, and its time is no shorter than the law's."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from app.conversion.dissent.models import ExitOffer
from app.conversion.plan.gating import window_of
from app.conversion.plan.meeting import standings
from app.conversion.plan.models import Conversion
from app.conversion.plan.starting import find_conversion
from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.money import Money
from app.members.approvals.about import About, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, day, money, yes_no
from app.members.models import Person
from app.members.roles import Role
from app.shares.holding import stands
from app.shares.models import Lot, ShareClass

ACT = "exit-offer"
TIMED_BY = "cash_offer"
"""The step of a plan whose clock says how long an offer stands."""


class PriceMissing(Refusal):
    """An offer has a price."""

    message = N_("Say what is paid for a share.")
    field = "price"


class DaysReversed(Refusal):
    """It closes after it opens."""

    message = N_("The offer closes on the day it opens, or later.")
    field = "closes_on"


class PaidTooEarly(Refusal):
    """What is accepted is paid afterwards."""

    message = N_("Nothing is payable before the offer opens.")
    field = "due_on"


class TooShort(Refusal):
    """The law gives more time."""

    message = N_("The law gives those who leave until {day} at least.")
    field = "closes_on"


class OtherCurrency(Refusal):
    """Shares are taken back in the currency in which they were paid."""

    message = N_("Shares of class {code} were paid in another currency than {currency}.")
    field = "currency"


class BasisMissing(Refusal):
    """Whoever leaves may ask how the price was found."""

    message = N_("Say on what the price rests, such as a valuation.")
    field = "basis"


@dataclass(frozen=True)
class Terms:
    """An offer to be: `price` for a share, the days between which it is accepted, from when it is paid, its basis."""

    share_class: ShareClass
    price: Money
    opens_on: date
    closes_on: date
    due_on: date
    objectors_only: bool
    basis: str


def propose_offer(session: Session, slug: str, terms: Terms, *, by: Person, reason: str) -> Proposal:
    """Propose an exit offer to a second person."""
    conversion = find_conversion(session, slug)
    _refuse(session, conversion, terms)
    payload = {
        "slug": slug,
        "share_class": terms.share_class.id,
        "price_cents": terms.price.minor,
        "currency": terms.price.currency,
        "opens_on": terms.opens_on.isoformat(),
        "closes_on": terms.closes_on.isoformat(),
        "due_on": terms.due_on.isoformat(),
        "objectors_only": terms.objectors_only,
        "basis": terms.basis.strip(),
        "proposed_by": by.id,
    }
    return propose(session, ACT, subject=f"conversion:{slug}", payload=payload, by=by, reason=reason)


def offers_of(session: Session, conversion: Conversion) -> list[ExitOffer]:
    """The offers of a conversion, the latest first."""
    rows = select(ExitOffer).where(ExitOffer.conversion_id == conversion.id).order_by(ExitOffer.id.desc())
    return list(session.scalars(rows))


def _refuse(session: Session, conversion: Conversion, terms: Terms) -> None:
    if terms.price.minor <= 0:
        raise PriceMissing
    if terms.closes_on < terms.opens_on:
        raise DaysReversed
    if terms.due_on < terms.opens_on:
        raise PaidTooEarly
    if not terms.basis.strip():
        raise BasisMissing
    other = exists().where(Lot.share_class_id == terms.share_class.id, stands(), Lot.currency != terms.price.currency)
    if session.scalar(select(other)):
        raise OtherCurrency(code=terms.share_class.code, currency=terms.price.currency)
    all_ = standings(session, conversion)
    if TIMED_BY in all_:
        earliest = window_of(all_[TIMED_BY].step, all_).earliest
        if earliest is not None and terms.closes_on < earliest:
            raise TooShort(day=earliest)


def _make(session: Session, payload: dict[str, Any], by: int) -> None:
    conversion = find_conversion(session, payload["slug"])
    terms = Terms(
        session.get_one(ShareClass, payload["share_class"]),
        Money(payload["price_cents"], payload["currency"]),
        date.fromisoformat(payload["opens_on"]),
        date.fromisoformat(payload["closes_on"]),
        date.fromisoformat(payload["due_on"]),
        payload["objectors_only"],
        payload["basis"],
    )
    _refuse(session, conversion, terms)
    row = ExitOffer(
        conversion_id=conversion.id,
        share_class_id=terms.share_class.id,
        price_cents=terms.price.minor,
        currency=terms.price.currency,
        opens_on=terms.opens_on,
        closes_on=terms.closes_on,
        due_on=terms.due_on,
        objectors_only=terms.objectors_only,
        basis=terms.basis,
        made_at=clock.now(),
        proposed_by=payload["proposed_by"],
        approved_by=by,
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.EXIT_OFFERED, f"conversion:{conversion.slug}", by=by, reason=terms.basis)


def _about(session: Session, slug: str, _lang: str) -> About | None:
    found = session.scalars(select(Conversion).where(Conversion.slug == slug)).first()
    return About(found.title, f"/desk/conversions/{slug}/exit") if found else None


tell_of("conversion", _about)


def _class(told: Told) -> Words:
    found = told.session.get_one(ShareClass, told.value)
    return f"{found.name} ({found.code})"


_VALUES = (
    Value("share_class", N_("Share class"), _class),
    Value("price_cents", N_("Price of a share"), money),
    Value("opens_on", N_("First day"), day),
    Value("closes_on", N_("Last day"), day),
    Value("due_on", N_("Paid from"), day),
    Value("objectors_only", N_("Only for those who objected"), yes_no),
    Value("basis", N_("What the price rests on")),
)
register(
    TwoPersonAct(
        ACT,
        N_("Offer of a price to those who leave"),
        (Role.ORGANIZER, Role.SECRETARY),
        _make,
        values=_VALUES,
        unsaid=("slug", "currency"),
    )
)
