"""Judging reminders: whom the offer's law, the person's own wishes and good manners let us remind, and whom not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, any_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.law.adapting import law_for
from app.members.models import Person
from app.members.people.contacting import ContactKind
from app.members.people.kinds import Purpose
from app.members.people.models import Contact
from app.members.restricting import Restriction
from app.offers.desk.models import Reminder, ReminderKind
from app.offers.models import Offer, PayWhen, Pledge, PledgeState
from app.offers.pledging.dating import LINK_LASTS
from app.offers.pledging.solidarity.models import SolidarityRequest
from app.offers.pledging.standing import STANDING
from app.offers.tallying import due_minor, held_minor_of
from app.payments.models import Instalment, PaymentRequestEnd, Receipt

MOST, APART = 3, timedelta(days=7)
"""Without a law that asks for less: how often somebody is reminded of one pledge in all, and how far apart."""
NEWEST = timedelta(days=2)
"""So old a pledge must be: whoever has just sent the form needs no reminder."""
LINK_LEFT = timedelta(days=1)

Objectors = Callable[[], Select[int]]
_OBJECTORS: list[Objectors] = []
Behind = Callable[[Session], Refusal | None]
_BEHIND: list[Behind] = []


class Verdict(StrEnum):
    """Whether somebody is reminded, or why not; the first that fits, in this order."""

    ERASED = N_("their data was erased")
    NO_ADDRESS = N_("no e-mail address")
    OBJECTS = N_("they do not want such letters")
    HAS_ANOTHER = N_("they have another pledge in this offer")
    LINK_OVER = N_("the link in their letter has expired, or expires today")
    NOT_DUE = N_("nothing is due yet")
    PAID = N_("they have paid what is due")
    TOO_NEW = N_("they pledged less than two days ago")
    OFTEN_ENOUGH = N_("they were reminded often enough")
    LATELY = N_("they were reminded lately")
    REMIND = N_("is reminded")


@dataclass(frozen=True)
class Manners:
    """How often somebody may be reminded of a pledge in all, how far apart, and the law that says so, if one does."""

    most: int
    apart: timedelta
    law_title: str = ""


def register_objectors(objectors: Objectors) -> None:
    """Make known persons who do not want letters that urge: a select of their ids, by the room that keeps consents."""
    if objectors not in _OBJECTORS:
        _OBJECTORS.append(objectors)


def manners_of(session: Session, offer: Offer) -> Manners:
    """What the offer's law lets us do: at most one reminder where it forbids repeated urging."""
    law = law_for(session, offer.terms.law) if offer.terms.law else None
    pledges = law.values.get("pledges") if law is not None else None
    data: Any = pledges.data if pledges is not None else None
    if law is not None and data is not None and "repeat_urging" in data and not data["repeat_urging"]:
        return Manners(1, APART, law.title)
    return Manners(MOST, APART)


def register_behind(check: Behind) -> None:
    """Let a room say why payments may have arrived that nobody knows of, so that nobody is urged who has paid."""
    if check not in _BEHIND:
        _BEHIND.append(check)


def payments_behind(session: Session) -> Refusal | None:
    """Why nobody may be urged to pay now, or None."""
    return next((refusal for check in _BEHIND if (refusal := check(session)) is not None), None)


def last_receipt_age(session: Session) -> timedelta | None:
    """How long ago the last payment was recorded; None: there has been none yet."""
    last = session.scalar(select(func.max(Receipt.recorded_at)))
    return clock.now() - last if last is not None else None


def candidates(offer: Offer, kind: ReminderKind) -> ColumnElement[bool]:
    """The pledges of which a reminder may be thought at all."""
    asks_fund = select(SolidarityRequest.pledge_id).where(SolidarityRequest.asked_at.is_not(None))
    state = PledgeState.UNCONFIRMED if kind == ReminderKind.CONFIRM else PledgeState.CONFIRMED
    return and_(
        Pledge.offer_id == offer.id,
        Pledge.state == state,
        Pledge.id.not_in(asks_fund) | (Pledge.state != PledgeState.UNCONFIRMED),
    )


def verdict(kind: ReminderKind, manners: Manners, now: datetime, today: date) -> ColumnElement[str]:
    """The verdict on each pledge, as an expression over its row."""
    known = Pledge.person_id.is_not(None)
    reasons: list[tuple[ColumnElement[bool], Verdict]] = [
        (or_(Pledge.legal_name == "", known & Pledge.person_id.in_(select(Restriction.person_id))), Verdict.ERASED),
        (Pledge.email == "", Verdict.NO_ADDRESS),
        (_objects(today), Verdict.OBJECTS),
    ]
    reasons += _unconfirmed(now) if kind == ReminderKind.CONFIRM else _unpaid(today)
    reasons += [
        (Pledge.made_at > now - NEWEST, Verdict.TOO_NEW),
        (_reminders(func.count(Reminder.id)) >= manners.most, Verdict.OFTEN_ENOUGH),
        (_reminders(func.max(Reminder.written_at)) > now - manners.apart, Verdict.LATELY),
    ]
    return case(*((condition, reason.name) for condition, reason in reasons), else_=Verdict.REMIND.name)


def _unconfirmed(now: datetime) -> list[tuple[ColumnElement[bool], Verdict]]:
    other = Pledge.__table__.alias()
    same = func.lower(other.c.email) == func.lower(Pledge.email)
    another = exists().where(other.c.offer_id == Pledge.offer_id, same, other.c.state.in_(STANDING))
    return [
        (another, Verdict.HAS_ANOTHER),
        (Pledge.made_at <= now + LINK_LEFT - LINK_LASTS, Verdict.LINK_OVER),
    ]


def _unpaid(today: date) -> list[tuple[ColumnElement[bool], Verdict]]:
    ended = exists().where(PaymentRequestEnd.payment_request_id == Pledge.payment_request_id)
    parts = select(Instalment).where(Instalment.payment_request_id == Pledge.payment_request_id).correlate(Pledge)
    scheduled = parts.exists()
    due = (
        select(func.coalesce(func.sum(Instalment.amount_cents), 0))
        .where(
            Instalment.payment_request_id == Pledge.payment_request_id,
            or_(Instalment.due_on <= today, Pledge.instalments == 1),
        )
        .correlate(Pledge)
        .scalar_subquery()
    )
    asked = case((scheduled, due), else_=due_minor())
    at_goal = Pledge.terms.has(pay_when=PayWhen.AT_GOAL)
    return [
        (or_(ended, Pledge.payment_request_id.is_(None), at_goal & ~scheduled, asked == 0), Verdict.NOT_DUE),
        (held_minor_of() >= asked, Verdict.PAID),
    ]


def _reminders(figure: Any) -> Any:
    """A figure of all the reminders on a pledge, of whatever: urging is urging."""
    return select(figure).where(Reminder.pledge_id == Pledge.id).correlate(Pledge).scalar_subquery()


def _objects(today: date) -> ColumnElement[bool]:
    """Whoever said what their e-mail address is for, and did not say news; or objected elsewhere.

    Somebody who has a record here under the address of a pledge that is not confirmed is asked as well.
    """
    person_id = func.coalesce(
        Pledge.person_id,
        select(Person.id)
        .where(func.lower(Person.email) == func.lower(Pledge.email))
        .correlate(Pledge)
        .scalar_subquery(),
    )
    purposes = (
        select(literal(Purpose.NEWS.value) == any_(Contact.purposes))
        .where(Contact.person_id == person_id, Contact.kind == ContactKind.EMAIL, Contact.valid_from <= today)
        .order_by(Contact.valid_from.desc(), Contact.id.desc())
        .limit(1)
        .correlate(Pledge)
        .scalar_subquery()
    )
    objecting = [person_id.in_(objectors()) for objectors in _OBJECTORS]
    return or_(func.coalesce(~purposes, False), *(func.coalesce(each, False) for each in objecting))
