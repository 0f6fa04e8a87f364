"""Drafting an offer: its terms are written in versions, and judged as a whole before it may open."""

import re
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.core.money import MINOR_MAX, Money
from app.offers.models import Offer, OfferMove, OfferState, OfferTerms
from app.shares.classes import issued_shares
from app.shares.models import ShareClass

RESERVED_SLUGS = ("new",)  # addresses of the desk's own pages


class BadSlug(Refusal):
    """The address of the offer's page is not plain."""

    message = N_(
        "“{slug}” cannot be the address of a page. Use small letters, digits and hyphens, for example spring-2027."
    )
    field = "slug"


class SlugTaken(Refusal):
    """Another offer has this address."""

    message = N_("Another offer has the address “{slug}” already. Choose another one.")
    status = 409
    field = "slug"


class TermsFrozen(Refusal):
    """The terms of an offer are frozen when it opens."""

    message = N_("The terms were frozen when the offer opened. They cannot be changed.")
    status = 409


class StateChanged(Refusal):
    """Somebody moved the offer meanwhile."""

    message = N_("The offer is {state} now, so this cannot be done. Nothing was changed.")
    status = 409


class ImpossibleTerms(Refusal):
    """The terms cannot be met by anyone, and this is why."""

    message = N_("The offer cannot be opened: {reasons}")
    status = 409


@dataclass(frozen=True)
class Terms:
    """Terms as an organizer writes them; `target_cents` is what must have been paid, money is in minor units."""

    title: str
    summary: str
    share_class_id: int
    price_cents: int
    currency: str
    target_cents: int
    person_shares_min: int
    person_shares_max: int
    deadline_at: datetime
    zone: str
    users_count: int | None
    participants_target: int | None
    account_holder: str
    account_number: str


def draft_offer(session: Session, slug: str, terms: Terms, *, by: int | None) -> Offer:
    """Write a new offer as a draft, visible to staff only."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug) or len(slug) > 60 or slug in RESERVED_SLUGS:
        raise BadSlug(slug=slug[:60])
    one_at_a_time(session, f"offer {slug}")
    if session.scalars(select(Offer.id).where(Offer.slug == slug)).first() is not None:
        raise SlugTaken(slug=slug)
    offer_id = int(session.execute(select(func.nextval("offer_id_seq"))).scalar_one())
    version = _write_version(session, offer_id, 1, terms, by)
    offer = Offer(
        id=offer_id,
        slug=slug,
        state=OfferState.DRAFT,
        terms_id=version.id,
        created_at=clock.now(),
        created_by=by,
    )
    session.add(offer)
    session.flush()
    audit.record(session, audit.Tag.OFFER_DRAFTED, f"offer:{offer.id}", by=by)
    return offer


def change_draft(session: Session, slug: str, terms: Terms, *, by: int | None) -> Offer:
    """Write the next version of a draft's terms."""
    offer = locked_offer(session, slug)
    if offer.state != OfferState.DRAFT:
        raise TermsFrozen
    version = _write_version(session, offer.id, offer.terms.version + 1, terms, by)
    offer.terms_id = version.id
    session.flush()
    session.refresh(offer, ["terms"])
    audit.record(session, audit.Tag.OFFER_CHANGED, f"offer:{offer.id}", by=by, version=version.version)
    return offer


def open_offer(session: Session, slug: str, *, by: int | None, reason: str) -> Offer:
    """Open a draft for pledges, freezing its terms. Raises `ImpossibleTerms` with every reason at once."""
    offer = locked_offer(session, slug)
    if offer.state != OfferState.DRAFT:
        raise StateChanged(state=OfferState(offer.state))
    problems = impossible(session, offer.terms)
    if problems:
        raise ImpossibleTerms(reasons=problems)
    move_offer(session, offer, OfferState.OPEN, by=by, reason=reason)
    audit.record(session, audit.Tag.OFFER_OPENED, f"offer:{offer.id}", by=by, reason=reason)
    return offer


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
    """The target needs more shares than the class has left."""

    message = N_("The target needs {needed} shares; class {code} has only {left} left to issue.")


class BeyondCounting(Refusal):
    """One person's payment would not fit into the books."""

    message = N_("The maximum per person costs more than can be counted. Lower the price or the maximum.")


class OtherCurrency(Refusal):
    """The shares of one class are paid for in one currency, or its capital could not be summed."""

    message = N_("Shares of class {code} are paid for in {known}. Use another class for {currency}.")


class AccountMissing(Refusal):
    """Supporters would not know where to pay."""

    message = N_("Give the bank account (holder and number) that supporters pay to.")


def impossible(session: Session, terms: OfferTerms) -> list[Refusal]:
    """Every reason for which nobody could meet the terms, in a fixed order."""
    found: list[Refusal] = []
    if terms.deadline_at <= clock.now():
        found.append(DeadlinePassed())
    if terms.price_cents <= 0:
        found.append(PriceMissing())
    if terms.target_cents <= 0:
        found.append(TargetMissing())
    if not 1 <= terms.person_shares_min <= terms.person_shares_max:
        found.append(PersonLimitsCross(least=terms.person_shares_min, most=terms.person_shares_max))
    if not (terms.account_holder.strip() and terms.account_number.strip()):
        found.append(AccountMissing())
    if terms.price_cents > 0 and terms.target_cents > 0 and 1 <= terms.person_shares_min <= terms.person_shares_max:
        found.extend(_out_of_reach(session, terms))
    known = _currency_of_class(session, terms.share_class_id)
    if known not in (None, terms.currency):
        found.append(OtherCurrency(code=terms.share_class.code, known=known, currency=terms.currency))
    return found


def _currency_of_class(session: Session, share_class_id: int) -> str | None:
    """The currency in which shares of a class are offered or were paid for; None while there is none."""
    return session.scalars(
        select(OfferTerms.currency)
        .join(Offer, Offer.terms_id == OfferTerms.id)
        .where(
            OfferTerms.share_class_id == share_class_id,
            Offer.state.in_((OfferState.OPEN, OfferState.ALLOTTING, OfferState.SUCCEEDED)),
        )
        .limit(1)
    ).first()


def _out_of_reach(session: Session, terms: OfferTerms) -> list[Refusal]:
    found: list[Refusal] = []
    if terms.target_cents % terms.price_cents:
        found.append(TargetNotWhole(target=terms.target, price=terms.price))
    if terms.price_cents * terms.person_shares_max > MINOR_MAX:
        found.append(BeyondCounting())
    if terms.users_count is not None:
        if terms.participants_target is not None and terms.participants_target > terms.users_count:
            found.append(BeyondUsers(participants=terms.participants_target, users=terms.users_count))
        if terms.users_count * terms.person_shares_max * terms.price_cents < terms.target_cents:
            found.append(TargetOutOfReach(people=terms.users_count, most=terms.person_shares_max))
    share_class = terms.share_class
    if share_class.authorized_shares is not None:
        needed = -(-terms.target_cents // terms.price_cents)
        left = share_class.authorized_shares - issued_shares(session, share_class)
        if needed > left:
            found.append(BeyondAuthorizedShares(needed=needed, code=share_class.code, left=left))
    return found


def find_offer(session: Session, slug: str) -> Offer:
    """The offer at an address; `NotFound` when there is none."""
    offer = session.scalars(select(Offer).where(Offer.slug == slug)).first()
    if offer is None:
        raise NotFound
    return offer


def locked_offer(session: Session, slug: str) -> Offer:
    """The offer at an address, locked against every other move of it and its pledges."""
    find_offer(session, slug)
    return session.scalars(
        select(Offer).where(Offer.slug == slug).with_for_update().execution_options(populate_existing=True)
    ).one()


def move_offer(session: Session, offer: Offer, to: OfferState, *, by: int | None, reason: str) -> None:
    """Note a change of state; take `locked_offer` first."""
    session.add(OfferMove(offer_id=offer.id, to_state=to, at=clock.now(), by=by, reason=reason))
    offer.state = to
    session.flush()


def _write_version(session: Session, offer_id: int, version: int, terms: Terms, by: int | None) -> OfferTerms:
    assert terms.deadline_at.tzinfo is not None and ZoneInfo(terms.zone), "a deadline is a moment in a zone"
    assert session.get(ShareClass, terms.share_class_id) is not None, "the class was chosen from ours"
    row = OfferTerms(offer_id=offer_id, version=version, written_at=clock.now(), written_by=by, **asdict(terms))
    session.add(row)
    session.flush()
    return row


def target_of_everyone(terms: OfferTerms) -> Money | None:
    """The target model's sum: the wanted participants, each at the maximum."""
    if terms.participants_target is None:
        return None
    return terms.price * (terms.participants_target * terms.person_shares_max)
