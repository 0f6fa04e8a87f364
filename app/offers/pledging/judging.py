"""Judging a pledge: whether the offer takes it now, under these terms, in this country and by its law."""

from datetime import timedelta

from sqlalchemy import func, select, true
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, NotFound, Refusal
from app.core.money import Money
from app.law.adapting import law_for
from app.law.profiles import Profile
from app.members.people.declaring import Declaration, declaration_of, offer_limit, warning_above
from app.members.people.kinds import REGISTERED
from app.members.people.resolving import same_person
from app.offers.models import Offer, OfferKind, OfferState, OfferTerms, Pledge
from app.offers.pledging.standing import STANDING
from app.offers.pledging.wishes import Declared
from app.offers.terms.countries import is_open_to
from app.shares.acts.pricing import refuse_wrong_price

TWELVE_MONTHS = timedelta(days=366)
ACROSS_OFFERS = "us-regcf"
"""The law that counts what was bought in every offer of twelve months; the others count one offer."""


class OfferNotOpen(Refusal):
    """The offer does not take pledges."""

    message = N_("This offer is not open for pledges. Nothing was recorded.")
    status = 409


class DeadlineOver(Refusal):
    """The deadline passed, perhaps while the form was open."""

    message = N_("The deadline of this offer has passed. Nothing was recorded.")
    status = 409


class TermsChanged(Refusal):
    """The form showed terms that have been replaced."""

    message = N_("The terms of this offer have changed since you opened the form. Read them again.")
    status = 409


class TooFew(Refusal):
    """Fewer shares than the terms ask of a person."""

    message = N_("The minimum is {least} shares per person.")
    field = "shares"


class TooMany(Refusal):
    """More shares than the terms allow a person."""

    message = N_("The maximum is {most} shares per person.")
    field = "shares"


class CountryClosed(Refusal):
    """The offer may not be made to people who live there."""

    message = N_("This offer is not open to people and organizations in this country.")
    field = "country"


class BeyondLawfulLimit(Refusal):
    """The law of the offer limits what one person may buy."""

    message = N_(
        "The law of this offer ({law}) lets you buy for at most {limit}, by what you declared: {shares} shares."
    )
    field = "shares"


class CountedInAnother(Refusal):
    """The law counts in one currency and the offer sells in another."""

    message = N_("The law of this offer counts in {wanted}, but it sells in {currency}. Ask the organizers.")
    status = 409


class WayNotOffered(Refusal):
    """The terms do not offer this way of paying, or so many parts."""

    message = N_("This offer cannot be paid in this way. Choose one that it offers.")
    field = "pay_by"


class TooManyParts(Refusal):
    """So many instalments would end too late, or the terms do not offer them."""

    message = N_("At most {most} payments are possible now.")
    field = "instalments"


def takes_pledges(offer: Offer) -> bool:
    """Whether an offer is open and its deadline lies ahead."""
    return offer.state == OfferState.OPEN and clock.now() < offer.terms.deadline_at


def refuse_unless_open(offer: Offer) -> None:
    """Refuse what needs an offer that takes pledges now, with the reason."""
    if offer.state != OfferState.OPEN:
        raise OfferNotOpen
    if not takes_pledges(offer):
        raise DeadlineOver


def open_offer(session: Session, slug: str) -> Offer:
    """The offer, kept from closing until this transaction ends, refused unless it takes pledges now."""
    offer = shared_offer(session, slug)
    refuse_unless_open(offer)
    return offer


def shared_offer(session: Session, slug: str) -> Offer:
    """The offer, kept from changing its state until this transaction ends."""
    offer = session.scalars(
        select(Offer).where(Offer.slug == slug).with_for_update(read=True).execution_options(populate_existing=True)
    ).first()
    if offer is None or offer.state == OfferState.DRAFT:
        raise NotFound
    return offer


def beyond_limits(terms: OfferTerms, shares: int) -> Refusal | None:
    """Why the terms do not let one person pledge so many shares, or None when they do; an indication may name none."""
    if shares == 0 and terms.kind == OfferKind.INDICATION:
        return None
    if shares < terms.person_shares_min:
        return TooFew(least=terms.person_shares_min)
    if shares > terms.person_shares_max:
        return TooMany(most=terms.person_shares_max)
    return None


def closed_to(terms: OfferTerms, country: str) -> Refusal | None:
    """Why the offer is not open in a country (ISO 3166-1 alpha-2), or None when it is."""
    return None if is_open_to(terms.countries, terms.closed_countries, country) else CountryClosed()


def law_of(session: Session, terms: OfferTerms) -> Profile | None:
    """The law that rules an offer, None when its terms name none."""
    return law_for(session, terms.law) if terms.law else None


def currency_of_law(law: Profile) -> str:
    """The currency in which a law of offers counts."""
    return str(law.value("cap").at("currency"))


def refuse_price_of_now(session: Session, terms: OfferTerms) -> None:
    """Raise what speaks against a pledge at the price of now where the class has issue prices of its own."""
    if terms.kind != OfferKind.INDICATION:
        refuse_wrong_price(session, terms.share_class, terms.price_at(clock.now()), clock.today(terms.zone))


def beyond_law(
    law: Profile | None, declared: Declared | None, amount: Money, price: Money, bought: Money | None = None
) -> Refusal | None:
    """Why the law does not let somebody with these means buy for so much, or None when it does.

    May raise `NotDeclared`, where the law has no limit without a declaration.
    """
    if law is None or "investor_limit" not in law.values:
        return None
    if currency_of_law(law) != amount.currency:
        return CountedInAnother(wanted=currency_of_law(law), currency=amount.currency)
    limit = offer_limit(law, _declaration(declared), bought_here=bought)
    if limit is None or amount <= limit:
        return None
    return BeyondLawfulLimit(law=law.title, limit=limit, shares=limit.minor // price.minor)


def beyond_law_again(
    session: Session, terms: OfferTerms, pledge: Pledge, amount: Money, price: Money
) -> Refusal | None:
    """Why the law of these terms does not let whoever has a pledge buy for so much instead; by what was declared."""
    law = law_of(session, terms)
    if law is None or terms.kind == OfferKind.INDICATION:
        return None
    buyer = pledge.holder_id if pledge.holder_kind in REGISTERED else pledge.person_id
    assert buyer is not None and pledge.person_id is not None, "a confirmed pledge has both"
    known = declaration_of(session, buyer)
    declared = Declared(known.income, known.net_worth, known.bought_12m, known.accredited) if known else None
    before = bought_before(session, law, pledge.person_id, pledge.currency)
    counts = pledge.terms.law.startswith(ACROSS_OFFERS) and pledge.made_at > clock.now() - TWELVE_MONTHS
    return beyond_law(law, declared, amount, price, before - pledge.amount if before and counts else before)


def personal_limit(law: Profile | None, declared: Declared | None) -> Money | None:
    """The most that the law lets somebody with these means buy; None where it sets no limit."""
    if law is None or "investor_limit" not in law.values:
        return None
    return offer_limit(law, _declaration(declared))


def warns_above(law: Profile | None, declared: Declared | None) -> Money | None:
    """The amount above which the law wants express consent to a warning; None: nowhere."""
    if law is None or (declared is not None and declared.accredited):
        return None
    return warning_above(law, _declaration(declared))


def bought_before(
    session: Session, law: Profile | None, buyer_id: int, currency: str, *, than: Pledge | None = None
) -> Money | None:
    """What a buyer has bought here already that counts against the law's limit, standing pledges included.

    With `than`, only what was pledged before that one.
    """
    if law is None or law.id.partition("@")[0] != ACROSS_OFFERS or currency_of_law(law) != currency:
        return None
    total = session.scalar(
        select(func.coalesce(func.sum(Pledge.amount_cents), 0))
        .join(OfferTerms, OfferTerms.id == Pledge.terms_id)
        .where(
            Pledge.person_id.in_(same_person(buyer_id)),
            Pledge.state.in_(STANDING),
            Pledge.currency == currency,
            Pledge.made_at > clock.now() - TWELVE_MONTHS,
            OfferTerms.law.startswith(ACROSS_OFFERS),
            Pledge.id < than.id if than is not None else true(),
        )
    )
    return Money(int(total or 0), currency)


def _declaration(declared: Declared | None) -> Declaration | None:
    if declared is None:
        return None
    return Declaration(declared.income, declared.net_worth, declared.bought_12m, declared.accredited, clock.now())
