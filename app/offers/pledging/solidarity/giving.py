"""Giving: whole shares for people who cannot pay, beside one's own pledge or alone; taken back while not used."""

import hashlib
import secrets
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock, tokens
from app.core.database import one_at_a_time
from app.core.errors import N_, NotFound, Refusal
from app.core.language import translator
from app.letters.writing import write
from app.members.models import Person
from app.members.people.resolving import same_person
from app.members.persons import known_person
from app.offers.models import Offer, OfferKind, OfferTerms, Pledge
from app.offers.pledging.consenting import keep_text
from app.offers.pledging.dating import LINK_LASTS, days_of
from app.offers.pledging.judging import refuse_unless_open, shared_offer
from app.offers.pledging.solidarity.models import SolidarityGift
from app.payments.refunding import owe_back
from app.payments.requesting import end_request, has_ended, locked_request, request_payment, schedule

PURPOSE = "confirm-gift"
SHARES_MOST = 100_000
TAKEN_BACK = N_("taken back by the giver")
CONSENT = N_(
    "What I pay goes into the solidarity fund of this offer. I buy no shares with it. It pays for shares of people who "
    "cannot; what is not used comes back to me, in proportion to what everybody gave."
)


class NoFund(Refusal):
    """The terms of the offer know no solidarity."""

    message = N_("This offer has no solidarity fund.")
    status = 409


class TooMuchGiven(Refusal):
    """More than anybody can mean."""

    message = N_("Give at most {most} shares at once.")
    field = "solidarity_shares"


class GiftLinkNotValid(Refusal):
    """The link is none of ours, or is over."""

    message = N_("This link is not valid any more. Please fill in the form again.")
    status = 410


class GiftUsed(Refusal):
    """Nothing is left to be taken back."""

    message = N_("This gift has ended already. Nothing was changed.")
    status = 409


@dataclass(frozen=True)
class Given:
    """What the form of the fund says; `form_key` makes sending it twice harmless."""

    form_key: str
    shares: int
    legal_name: str
    email: str
    language: str


def has_fund(terms: OfferTerms) -> bool:
    """Whether an offer takes solidarity gifts and requests."""
    return terms.solidarity and terms.kind != OfferKind.INDICATION


def refuse_gift(terms: OfferTerms, shares: int) -> Refusal | None:
    """Why so many shares cannot be given, or None."""
    if not has_fund(terms):
        return NoFund()
    return TooMuchGiven(most=SHARES_MOST) if shares > SHARES_MOST else None


def make_gift(session: Session, slug: str, given: Given) -> SolidarityGift:
    """Keep a gift to the fund alone, and send the letter that confirms it."""
    one_at_a_time(session, f"gift form {given.form_key}")
    key = hashlib.sha256(repr(given).encode()).hexdigest()
    earlier = session.scalars(select(SolidarityGift).where(SolidarityGift.form_key == key)).first()
    if earlier is not None:
        return earlier
    offer = shared_offer(session, slug)
    refuse_unless_open(offer)
    gift = _new(session, offer, given, key)
    audit.record(session, audit.Tag.GIFT_MADE, f"gift:{gift.id}", by=None, shares=gift.shares)
    write(
        session, "confirm-gift", gift.email, gift.language,
        offer_title=offer.terms.title, shares=gift.shares, amount_minor=gift.amount_cents, currency=gift.currency,
        link_id=gift.id,
    )  # fmt: skip
    return gift


def give_beside(session: Session, pledge: Pledge, shares: int) -> SolidarityGift:
    """Keep a gift that is confirmed with the pledge beside which it is given."""
    given = Given("", shares, pledge.legal_name, pledge.email, pledge.language)
    gift = _new(session, pledge.offer, given, f"pledge:{pledge.id}", pledge)
    audit.record(session, audit.Tag.GIFT_MADE, f"gift:{gift.id}", by=None, shares=gift.shares)
    return gift


def gift_of_link(session: Session, token: str) -> SolidarityGift:
    """The gift that a link confirms, locked, while it waits for that."""
    number = tokens.unseal(PURPOSE, token)
    gift = None
    if number is not None and number.isdigit():
        gift = session.scalars(select(SolidarityGift).where(SolidarityGift.id == int(number)).with_for_update()).first()
    if gift is None or gift.confirmed_at is not None or gift.made_at + LINK_LASTS <= clock.now():
        raise GiftLinkNotValid
    return gift


def confirm_gift(session: Session, token: str) -> SolidarityGift:
    """Confirm a gift by its link: the giver is known, and is asked for the money."""
    gift = gift_of_link(session, token)
    offer = shared_offer(session, gift.offer.slug)
    refuse_unless_open(offer)
    ask_giver(session, gift, known_person(session, gift.email, gift.language))
    return gift


def confirm_beside(session: Session, pledge: Pledge, person: Person) -> None:
    """Confirm the gift that was given beside a pledge, if one was."""
    gift = gift_beside(session, pledge)
    if gift is not None and gift.confirmed_at is None:
        ask_giver(session, gift, person)


def gift_beside(session: Session, pledge: Pledge) -> SolidarityGift | None:
    """The gift that was given beside a pledge."""
    return session.scalars(select(SolidarityGift).where(SolidarityGift.pledge_id == pledge.id)).first()


def ask_giver(session: Session, gift: SolidarityGift, person: Person) -> None:
    """Ask the giver for the money, at once: only money that has arrived can pay for somebody."""
    terms = gift.offer.terms
    gift.person_id, gift.confirmed_at = person.id, clock.now()
    gift.request = request_payment(session, f"solidarity:{gift.id}", person, gift.amount)
    session.flush()
    schedule(session, gift.request, [(days_of(terms, 1, clock.today(terms.zone))[0], gift.amount)])
    audit.record(session, audit.Tag.GIFT_CONFIRMED, f"gift:{gift.id}", by=person.id)
    write(
        session, "gift-confirmed", person.email, person.language, person_id=person.id,
        offer_title=terms.title, shares=gift.shares, amount_minor=gift.amount_cents, currency=gift.currency,
        reference=gift.request.reference, account_holder=terms.account_holder, account_number=terms.account_number,
        pay_by=terms.deadline_at.isoformat(), zone=terms.zone, path=f"/solidarity/{gift.public_id}",
    )  # fmt: skip


def own_gift(session: Session, public_id: str, person: Person) -> SolidarityGift:
    """A gift of this person; somebody else's is as unknown as one that does not exist."""
    gift = session.scalars(select(SolidarityGift).where(SolidarityGift.public_id == public_id)).first()
    if gift is None or gift.person_id not in session.scalars(same_person(person.id)).all():
        raise NotFound
    return gift


def gifts_of(session: Session, person_id: int) -> list[SolidarityGift]:
    """The confirmed gifts of a person, the latest first."""
    mine = SolidarityGift.person_id.in_(same_person(person_id))
    return list(session.scalars(select(SolidarityGift).where(mine).order_by(SolidarityGift.id.desc())))


def take_back(session: Session, public_id: str, *, by: Person) -> SolidarityGift:
    """Take back what the fund has not used of a gift, while the offer is open."""
    gift = own_gift(session, public_id, by)
    offer = shared_offer(session, gift.offer.slug)
    refuse_unless_open(offer)
    assert gift.payment_request_id is not None, "a confirmed gift has a request"
    request = locked_request(session, gift.payment_request_id)
    if has_ended(session, request):
        raise GiftUsed
    end_request(session, request, TAKEN_BACK)
    owe_back(session, request, f"gift:{gift.id}", TAKEN_BACK, by=by.id)
    audit.record(session, audit.Tag.GIFT_TAKEN_BACK, f"gift:{gift.id}", by=by.id)
    return gift


def _new(session: Session, offer: Offer, given: Given, form_key: str, beside: Pledge | None = None) -> SolidarityGift:
    if refusal := refuse_gift(offer.terms, given.shares):
        raise refusal
    price = offer.terms.price_at(clock.now())
    gift = SolidarityGift(
        public_id=secrets.token_urlsafe(12),
        form_key=form_key,
        offer_id=offer.id,
        pledge_id=beside.id if beside else None,
        shares=given.shares,
        price_cents=price.minor,
        amount_cents=(price * given.shares).minor,
        currency=price.currency,
        email=given.email,
        language=given.language,
        legal_name=given.legal_name,
        consent_sha256=keep_text(session, given.language, translator(given.language)(CONSENT)),
        made_at=clock.now(),
    )
    session.add(gift)
    session.flush()
    return gift
