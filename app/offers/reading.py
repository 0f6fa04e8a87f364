"""Reading offers and forms: which offers people may see, whose pledges are whose, and what a form asks for."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from unicodedata import combining, normalize
from zoneinfo import available_timezones

from babel import Locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import NotFound
from app.core.money import UnknownCurrency, currency_code
from app.members.persons import Address
from app.offers.drafting import Terms, find_offer
from app.offers.models import Offer, OfferMove, OfferState, Pledge
from app.offers.pledging import Wish
from app.shares.classes import share_class
from app.web.typed import Form

_NOT_COUNTRIES = frozenset({"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ"})


def offers_shown(session: Session) -> list[Offer]:
    """The offers that the public sees: open ones first, the newest first."""
    rows = session.scalars(select(Offer).where(Offer.state != OfferState.DRAFT).order_by(Offer.id.desc())).all()
    return sorted(rows, key=lambda offer: offer.state != OfferState.OPEN)


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
    return list(session.scalars(select(Pledge).where(Pledge.person_id == person_id).order_by(Pledge.id.desc())))


@cache
def country_names(lang: str) -> dict[str, str]:
    """ISO 3166-1 alpha-2 codes with their names in a language (CLDR), sorted by name, accents aside."""
    names = {
        code: name
        for code, name in Locale.parse(lang).territories.items()
        if len(code) == 2 and code.isalpha() and code not in _NOT_COUNTRIES
    }
    return dict(sorted(names.items(), key=lambda item: _plain(item[1])))


def _plain(name: str) -> str:
    return "".join(char for char in normalize("NFD", name) if not combining(char)).casefold()


def read_wish(fields: Mapping[str, str], lang: str) -> Wish:
    """What the pledge form says; refuses all its problems together."""
    form = Form(fields)
    wish = Wish(
        form_key=form.key(),
        terms_id=form.whole("terms_id"),
        email=form.email("email").lower(),
        language=lang,
        legal_name=form.text("legal_name", max=200),
        address=Address(
            street_lines=tuple(
                line.strip() for line in form.text("street", max=300, lines=True).split("\n") if line.strip()
            ),
            postal_code=form.text("postal_code", max=20, required=False),
            locality=form.text("locality", max=100),
            region=form.text("region", max=100, required=False),
            country=form.choice("country", country_names("en")),
        ),
        shares=form.whole("shares", min=1),
    )
    form.checked("understood", required=True)
    form.done()
    return wish


def read_terms(session: Session, fields: Mapping[str, str]) -> Terms:
    """What the organizer's form says of an offer's terms; refuses all its problems together."""
    form = Form(fields)
    currency, zone = _currency(form), form.choice("zone", available_timezones()) or "UTC"
    code, name = form.text("class_code", max=8), form.text("class_name", max=100)
    authorized = form.whole_or_none("authorized_shares", min=1)
    terms: dict[str, Any] = {
        "title": form.text("title", max=120),
        "summary": form.text("summary", max=5_000, lines=True),
        "price_cents": form.money("price", currency).minor,
        "currency": currency,
        "target_cents": form.money("target", currency).minor,
        "person_shares_min": form.whole("person_shares_min", min=1),
        "person_shares_max": form.whole("person_shares_max", min=1),
        "deadline_at": form.moment("deadline_at", zone),
        "zone": zone,
        "users_count": form.whole_or_none("users_count", min=1),
        "participants_target": form.whole_or_none("participants_target", min=1),
        "account_holder": form.text("account_holder", max=140),
        "account_number": form.text("account_number", max=140),
    }
    form.done()
    return Terms(share_class_id=share_class(session, code, name, authorized).id, **terms)


def _currency(form: Form) -> str:
    try:
        return currency_code(form.text("currency", max=3) or "USD")
    except UnknownCurrency as refusal:
        form.refuse("currency", refusal)
        return "USD"
