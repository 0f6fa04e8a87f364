"""Contradictions: every reason for which nobody could meet an offer's terms, said at once before it may open."""

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.money import MINOR_MAX, Money
from app.law.windows import after_business_days
from app.offers.models import Offer, OfferKind, OfferState, OfferTerms, Oversubscription, PayWhen
from app.offers.terms.reserving import left_for
from app.shares.acts.pricing import prices, wrong_price

SHORTEST_MONTH_DAYS = 28


class DeadlinePassed(Refusal):
    """The deadline is not ahead."""

    message = N_("The deadline must lie ahead.")


class PriceMissing(Refusal):
    """A share must cost something."""

    message = N_("The price of a share must be more than zero.")


class TargetMissing(Refusal):
    """A target of nothing is no target."""

    message = N_("The target must be more than zero.")


class TargetNotWhole(Refusal):
    """No number of shares makes the target."""

    message = N_("The target must be a whole number of shares: {target} is not a multiple of {price}.")


class PersonLimitsCross(Refusal):
    """The least per person is more than the most, or less than one."""

    message = N_("The minimum per person ({least}) must be at least 1 and at most the maximum ({most}).")


class BeyondUsers(Refusal):
    """More people are wanted than there are users."""

    message = N_("{participants} people are wanted, but there are only {users} users.")


class TargetOutOfReach(Refusal):
    """Even everyone at the maximum does not make the target."""

    message = N_("Even if {people} people each bought the maximum of {most} shares, the target would not be reached.")


class BeyondAuthorizedShares(Refusal):
    """The offer needs more shares than the class has left."""

    message = N_("The target needs {needed} shares; class {code} has only {left} left to issue.")


class BeyondReservedShares(Refusal):
    """What is left of the class is kept for other open offers."""

    message = N_(
        "This offer may need {needed} shares. Class {code} has {left} left to issue, of which other open offers may "
        "need {reserved}."
    )


class BeyondCounting(Refusal):
    """One person's payment would not fit into the books."""

    message = N_("The maximum per person costs more than can be counted. Lower the price or the maximum.")


class OtherCurrency(Refusal):
    """The shares of one class are paid for in one currency, or its capital could not be summed."""

    message = N_("Shares of class {code} are paid for in {known}. Use another class for {currency}.")


class AccountMissing(Refusal):
    """Supporters would not know where to pay."""

    message = N_("Give the bank account (holder and number) that supporters pay to.")


class MinimumBeyondTarget(Refusal):
    """More must be collected than pledged."""

    message = N_("The minimum to be collected ({minimum}) must be more than zero and at most the target ({target}).")


class CapBelowTarget(Refusal):
    """The target lies beyond the cap."""

    message = N_("The cap ({cap}) must not be below the target ({target}).")


class CapNotWhole(Refusal):
    """At some price, no number of shares makes the cap."""

    message = N_("The cap must be a whole number of shares at every price: {cap} is not a multiple of {price}.")


class CapMissing(Refusal):
    """Without a cap there is nothing to scale back or to draw."""

    message = N_("Scaling back and drawing lots need a cap.")


class SeedMissing(Refusal):
    """Nobody could check the draw."""

    message = N_("Say where the seed of the draw will be published after the deadline, so that anyone can repeat it.")


class StepsOutOfOrder(Refusal):
    """Prices by date must follow each other."""

    message = N_("The later prices must begin one after the other.")


class StepAfterDeadline(Refusal):
    """A price begins when nobody can pledge any more."""

    message = N_("The price of {price} begins at or after the deadline.")


class IndicationWithMoney(Refusal):
    """An indication of interest takes no money."""

    message = N_(
        "An indication of interest takes no money: leave out instalments, days of collecting, later prices and "
        "solidarity pledges."
    )


class OpenAndClosed(Refusal):
    """A country is on both lists."""

    message = N_("These countries are both open and closed: {codes}.")


class NoWayToPay(Refusal):
    """Nobody could pay."""

    message = N_("Choose at least one way to pay.")


class NoDaysToCollect(Refusal):
    """Who pays when the target is reached needs time to."""

    message = N_("If pledges are paid when the target is reached, give at least one day for collecting.")


class InstalmentsTooLong(Refusal):
    """The last instalment falls due after the end."""

    message = N_("{count} instalments every {months} months do not all fall due before {ends}, the end of collecting.")


class RecordDateMissed(Refusal):
    """Shares bought in time would not count on the record date."""

    message = N_("Shares paid for on the last day are held from {settled} on, after the record date {record_date}.")


class FollowsNoIndication(Refusal):
    """Only an indication of interest is followed by an offer."""

    message = N_("The offer that this one follows is not an indication of interest.")


def impossible(session: Session, terms: OfferTerms) -> list[Refusal]:
    """Every reason for which nobody could meet the terms, in a fixed order."""
    found = [*_times_and_amounts(terms), *_surplus(terms), *_prices(terms), *_paying(terms), *_people(terms)]
    if terms.price_cents > 0 and terms.target_cents > 0 and 1 <= terms.person_shares_min <= terms.person_shares_max:
        found.extend(_out_of_reach(session, terms))
    known = _currency_of_class(session, terms)
    if known not in (None, terms.currency):
        found.append(OtherCurrency(code=terms.share_class.code, known=known, currency=terms.currency))
    found.extend(_issue_prices(session, terms))
    if terms.follows_offer_id is not None:
        before = session.get_one(Offer, terms.follows_offer_id)
        if before.id == terms.offer_id or before.terms.kind != OfferKind.INDICATION:
            found.append(FollowsNoIndication())
    return found


def prices_of(terms: OfferTerms) -> list[Money]:
    """Every price of a share, in the order of time."""
    return [terms.price, *(Money(step["price_cents"], terms.currency) for step in terms.price_steps)]


def _times_and_amounts(terms: OfferTerms) -> Iterator[Refusal]:
    if terms.deadline_at <= clock.now():
        yield DeadlinePassed()
    if any(price.minor <= 0 for price in prices_of(terms)):
        yield PriceMissing()
    if terms.target_cents <= 0:
        yield TargetMissing()
    elif not 0 < terms.minimum.minor <= terms.target_cents:
        yield MinimumBeyondTarget(minimum=terms.minimum, target=terms.target)
    if not 1 <= terms.person_shares_min <= terms.person_shares_max:
        yield PersonLimitsCross(least=terms.person_shares_min, most=terms.person_shares_max)
    takes_transfers = terms.kind == OfferKind.SUBSCRIPTION
    if takes_transfers and not (terms.account_holder.strip() and terms.account_number.strip()):
        yield AccountMissing()


def _surplus(terms: OfferTerms) -> Iterator[Refusal]:
    cap = terms.cap
    if cap is not None:
        if cap < terms.target:
            yield CapBelowTarget(cap=cap, target=terms.target)
        for price in prices_of(terms):
            if price.minor > 0 and cap.minor % price.minor:
                yield CapNotWhole(cap=cap, price=price)
    elif terms.oversubscription != Oversubscription.FIRST_COME:
        yield CapMissing()
    if terms.oversubscription == Oversubscription.LOTTERY and not terms.lottery_seed_from.strip():
        yield SeedMissing()


def _prices(terms: OfferTerms) -> Iterator[Refusal]:
    begins = [datetime.fromisoformat(step["from"]) for step in terms.price_steps]
    if any(later <= earlier for earlier, later in pairwise(begins)):
        yield StepsOutOfOrder()
    for begin, price in zip(begins, prices_of(terms)[1:], strict=True):
        if begin >= terms.deadline_at:
            yield StepAfterDeadline(price=price)


def _paying(terms: OfferTerms) -> Iterator[Refusal]:
    if terms.kind == OfferKind.INDICATION:
        if terms.instalments_max > 1 or terms.collecting_days or terms.solidarity or terms.price_steps:
            yield IndicationWithMoney()
        return
    if not terms.ways_to_pay:
        yield NoWayToPay()
    if terms.pay_when == PayWhen.AT_GOAL and terms.collecting_days < 1:
        yield NoDaysToCollect()
    begins = terms.deadline_at if terms.pay_when == PayWhen.AT_GOAL else clock.now()
    ends = terms.deadline_at + timedelta(days=terms.collecting_days)
    months = (terms.instalments_max - 1) * terms.instalment_months
    if begins + timedelta(days=months * SHORTEST_MONTH_DAYS) > ends and months:
        yield InstalmentsTooLong(count=terms.instalments_max, months=terms.instalment_months, ends=ends)


def _people(terms: OfferTerms) -> Iterator[Refusal]:
    if both := sorted(set(terms.countries) & set(terms.closed_countries)):
        yield OpenAndClosed(codes=", ".join(both))
    if terms.record_date is not None:
        last = terms.deadline_at.astimezone(ZoneInfo(terms.zone)).date() + timedelta(days=terms.collecting_days)
        settled = after_business_days(last, terms.settlement_days)
        if settled > terms.record_date:
            yield RecordDateMissed(settled=settled, record_date=terms.record_date)


def _issue_prices(session: Session, terms: OfferTerms) -> Iterator[Refusal]:
    """Where the class has issue prices of its own, each day on which either price changes, and the first one."""
    if terms.kind == OfferKind.INDICATION:
        return
    zone, written = ZoneInfo(terms.zone), prices(session, terms.share_class)
    first, last = clock.today(terms.zone), terms.deadline_at.astimezone(zone).date()
    steps = [datetime.fromisoformat(step["from"]).astimezone(zone).date() for step in terms.price_steps]
    changes = {day for day in (*steps, *(row.valid_from for row in written)) if first < day <= last}
    for day in sorted({first, *changes} if written else ()):
        said = terms.price_at(datetime.combine(day, time.max, zone))
        if refusal := wrong_price(session, terms.share_class, said, day):
            yield refusal


def _currency_of_class(session: Session, terms: OfferTerms) -> str | None:
    """The currency in which shares of a class are offered elsewhere or were paid for; None while there is none."""
    return session.scalars(
        select(OfferTerms.currency)
        .join(Offer, Offer.terms_id == OfferTerms.id)
        .where(
            OfferTerms.share_class_id == terms.share_class_id,
            OfferTerms.kind == OfferKind.SUBSCRIPTION,
            Offer.id != terms.offer_id,
            Offer.state.not_in((OfferState.DRAFT, OfferState.FAILED, OfferState.CANCELLED)),
        )
        .limit(1)
    ).first()


def _out_of_reach(session: Session, terms: OfferTerms) -> Iterator[Refusal]:
    dearest = max(price.minor for price in prices_of(terms))
    if terms.target_cents % terms.price_cents:
        yield TargetNotWhole(target=terms.target, price=terms.price)
    if dearest * terms.person_shares_max > MINOR_MAX:
        yield BeyondCounting()
    if terms.users_count is not None:
        if terms.participants_target is not None and terms.participants_target > terms.users_count:
            yield BeyondUsers(participants=terms.participants_target, users=terms.users_count)
        if terms.users_count * terms.person_shares_max * dearest < terms.target_cents:
            yield TargetOutOfReach(people=terms.users_count, most=terms.person_shares_max)
    room = left_for(session, terms)
    if room is not None and room.needed > room.left:
        yield BeyondAuthorizedShares(needed=room.needed, code=terms.share_class.code, left=room.left)
    elif room is not None and room.needed > room.left - room.reserved:
        yield BeyondReservedShares(
            needed=room.needed, code=terms.share_class.code, left=room.left, reserved=room.reserved
        )
