"""Reading offers and forms: which offers people may see, whose pledges are whose, and what a form asks for."""

from collections.abc import Mapping
from zoneinfo import available_timezones

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.money import UnknownCurrency, currency_code
from app.members.people.addresses import read_address
from app.members.people.resolving import same_person
from app.offers.drafting import Terms, find_offer
from app.offers.models import Offer, OfferMove, OfferState, OfferTerms, Pledge
from app.offers.pledging import Wish, beyond_limits, takes_pledges
from app.shares.classes import share_class
from app.web.typed import Form


def offers_shown(session: Session) -> list[Offer]:
    """The offers that the public sees: open ones first, the newest first."""
    rows = session.scalars(select(Offer).where(Offer.state != OfferState.DRAFT).order_by(Offer.id.desc())).all()
    return sorted(rows, key=lambda offer: (offer.state != OfferState.OPEN, not takes_pledges(offer)))


def offer_seen(session: Session, slug: str) -> Offer:
    """An offer that the public may see; a draft is as unknown as one that does not exist."""
    offer = find_offer(session, slug)
    if offer.state == OfferState.DRAFT:
        raise NotFound
    return offer


def moves_of(session: Session, offer: Offer) -> list[OfferMove]:
    """Every move of an offer, in order."""
    return list(session.scalars(select(OfferMove).where(OfferMove.offer_id == offer.id).order_by(OfferMove.id)))


def pledges_of(session: Session, person_id: int) -> list[Pledge]:
    """The confirmed pledges of a person, the newest first."""
    return list(
        session.scalars(select(Pledge).where(Pledge.person_id.in_(same_person(person_id))).order_by(Pledge.id.desc()))
    )


def read_wish(fields: Mapping[str, str], lang: str, terms: OfferTerms) -> Wish:
    """What the pledge form of an offer says; refuses all its problems together, in the order of the page."""
    form = Form(fields)
    shares = form.whole("shares", min=1)
    if "shares" not in form.problems and (refusal := beyond_limits(terms, shares)):
        form.refuse("shares", refusal)
    legal_name, email = form.text("legal_name", max=200), form.email("email").lower()
    address = read_address(form)
    form.checked("understood", required=True)
    form_key, terms_id = form.key(), form.whole("terms_id")
    form.done()
    return Wish(form_key, terms_id, email, lang, legal_name, address, shares)


def read_terms(session: Session, fields: Mapping[str, str]) -> Terms:
    """What the organizer's form says of an offer's terms; refuses all its problems together."""
    form = Form(fields)
    title, summary = form.text("title", max=120), form.text("summary", max=5_000, lines=True)
    code, name = form.text("class_code", max=8), form.text("class_name", max=100)
    authorized = form.whole_or_none("authorized_shares", min=1)
    currency = _currency(form)
    price, target = form.money("price", currency), form.money("target", currency)
    least, most = form.whole("person_shares_min", min=1), form.whole("person_shares_max", min=1)
    zone = fields.get("zone", "")
    deadline_at = form.moment("deadline_at", zone if zone in available_timezones() else "UTC")
    form.choice("zone", available_timezones())
    users, participants = form.whole_or_none("users_count", min=1), form.whole_or_none("participants_target", min=1)
    holder, number = form.text("account_holder", max=140), form.text("account_number", max=140)
    form.done()
    return Terms(
        title=title,
        summary=summary,
        share_class_id=share_class(session, code, name, authorized).id,
        price_cents=price.minor,
        currency=currency,
        target_cents=target.minor,
        person_shares_min=least,
        person_shares_max=most,
        deadline_at=deadline_at,
        zone=zone,
        users_count=users,
        participants_target=participants,
        account_holder=holder,
        account_number=number,
    )


def _currency(form: Form) -> str:
    try:
        return currency_code(form.text("currency", max=3) or "USD")
    except UnknownCurrency as refusal:
        form.refuse("currency", refusal)
        return "USD"
