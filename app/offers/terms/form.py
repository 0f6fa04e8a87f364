"""The organizer's form of terms: read whole or refused at its fields, and filled with the terms that stand."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import N_, Refusal
from app.core.money import Money, UnknownCurrency, currency_code, read_amount
from app.offers.models import Offer, OfferKind, OfferTerms, Oversubscription, PayWhen
from app.offers.terms.countries import UnknownCountries, read_countries, sanctioned
from app.offers.terms.intermediaries import intermediaries_of, read_intermediaries, typed_intermediaries
from app.offers.terms.lawful import laws_to_choose
from app.offers.terms.stating import PriceStep, Terms
from app.payments.models import PayBy
from app.shares.classes import share_class
from app.web.typed import Form

ZONES = [(zone, zone) for zone in sorted(clock.zones()) if "/" in zone or zone == "UTC"]
DAYS_MAX, INSTALMENTS_MAX, MONTHS_MAX = 3650, 60, 12
STEPS_MAX = 20


class BadStep(Refusal):
    """A line of later prices cannot be read."""

    message = N_("Line {number} is not a date, a time and a price. Write it like 2027-01-15 00:00 25.00.")


class NoSuchOffer(Refusal):
    """There is no offer at the address."""

    message = N_("There is no offer with the address “{slug}”.")


def read_terms(session: Session, fields: Mapping[str, str]) -> Terms:
    """What the organizer's form says of an offer's terms; refuses all its problems together."""
    form = Form(fields)
    title, summary = form.text("title", max=120), form.text("summary", max=5_000, lines=True)
    kind = form.choice("kind", [kind.value for kind in OfferKind]) if form.peek("kind") else OfferKind.SUBSCRIPTION
    law = form.choice("law", [id_ for id_, _ in laws_to_choose(session)]) if form.peek("law") else ""
    code, name = form.text("class_code", max=8), form.text("class_name", max=100)
    authorized = form.whole_or_none("authorized_shares", min=1)
    currency = _currency(form)
    price, target = form.money("price", currency), form.money("target", currency)
    zone = form.peek("zone") if form.peek("zone") in clock.zones() else "UTC"
    steps = _steps(form, currency, zone)
    minimum, cap = _money_or_none(form, "minimum", currency), _money_or_none(form, "cap", currency)
    surplus = form.peek("oversubscription")
    least, most = form.whole("person_shares_min", min=1), form.whole("person_shares_max", min=1)
    deadline_at = form.moment("deadline_at", zone)
    form.choice("zone", clock.zones())
    terms: dict[str, Any] = {
        "users_count": form.whole_or_none("users_count", min=1),
        "participants_target": form.whole_or_none("participants_target", min=1),
        "oversubscription": form.choice("oversubscription", [way.value for way in Oversubscription])
        if surplus
        else Oversubscription.FIRST_COME.value,
        "lottery_seed_from": form.text("lottery_seed_from", max=300, required=False),
        "countries": _countries(form, "countries"),
        "closed_countries": _countries(form, "closed_countries"),
        "platform_users_only": form.checked("platform_users_only"),
        "solidarity": form.checked("solidarity"),
        "warnings": _warnings(form),
        "record_date": form.day_or_none("record_date"),
        "settlement_days": form.whole_or_none("settlement_days", max=DAYS_MAX) or 0,
        "follows_offer_id": _follows(session, form),
        "intermediaries": read_intermediaries(form, currency),
        **_paying(form, kind),
    }
    form.done()
    return Terms(
        title=title,
        summary=summary,
        kind=kind,
        law=law,
        share_class_id=share_class(session, code, name, authorized).id,
        price_cents=price.minor,
        currency=currency,
        target_cents=target.minor,
        minimum_cents=minimum,
        cap_cents=cap,
        price_steps=steps,
        person_shares_min=least,
        person_shares_max=most,
        deadline_at=deadline_at,
        zone=zone,
        **terms,
    )


def blank_terms() -> dict[str, str]:
    """The form of new terms as it is shown at first."""
    return {
        "currency": "USD",
        "zone": "UTC",
        "class_code": "A",
        "person_shares_min": "1",
        "kind": OfferKind.SUBSCRIPTION.value,
        "oversubscription": Oversubscription.FIRST_COME.value,
        "pay_when": PayWhen.AT_ONCE.value,
        "closed_countries": " ".join(sanctioned()),
        "collecting_days": "0",
        "instalments_max": "1",
        "instalment_months": "1",
        "settlement_days": "0",
    }


def typed_terms(session: Session, terms: OfferTerms) -> dict[str, str]:
    """Terms as the form's fields show them."""
    numbers = (
        "person_shares_min", "person_shares_max", "users_count", "participants_target", "instalments_max",
        "instalment_months", "collecting_days", "settlement_days", "record_date",
    )  # fmt: skip
    words = (
        "title", "summary", "currency", "zone", "account_holder", "account_number", "kind", "law", "oversubscription",
        "lottery_seed_from", "pay_when",
    )  # fmt: skip
    ticks = ("platform_users_only", "solidarity")
    before = session.get(Offer, terms.follows_offer_id) if terms.follows_offer_id else None
    return {
        **{name: getattr(terms, name) for name in words},
        **{name: "" if getattr(terms, name) is None else str(getattr(terms, name)) for name in numbers},
        **{name: "yes" for name in ticks if getattr(terms, name)},
        "price": str(terms.price.decimal()),
        "target": str(terms.target.decimal()),
        "minimum": "" if terms.minimum_cents is None else str(terms.minimum.decimal()),
        "cap": "" if terms.cap is None else str(terms.cap.decimal()),
        "deadline_at": _local(terms.deadline_at, terms.zone),
        "price_steps": "\n".join(_step_line(terms, step) for step in terms.price_steps),
        "countries": " ".join(terms.countries),
        "closed_countries": " ".join(terms.closed_countries),
        "warnings": "\n".join(terms.warnings),
        "class_code": terms.share_class.code,
        "class_name": terms.share_class.name,
        "authorized_shares": str(terms.share_class.authorized_shares or ""),
        "follows": before.slug if before else "",
        **typed_intermediaries(intermediaries_of(terms.intermediaries), terms.currency),
    }


def _paying(form: Form, kind: str) -> dict[str, Any]:
    """How and when is paid; an indication of interest takes no money, so it may leave the account out."""
    sold = kind != OfferKind.INDICATION
    ways = form.choices("ways_to_pay", [way.value for way in PayBy]) if form.peek("ways_to_pay") else []
    pay_when = form.peek("pay_when")
    return {
        "account_holder": form.text("account_holder", max=140, required=sold),
        "account_number": form.text("account_number", max=140, required=sold),
        "pay_when": form.choice("pay_when", [when.value for when in PayWhen]) if pay_when else PayWhen.AT_ONCE.value,
        "ways_to_pay": tuple(ways) or (PayBy.BANK_TRANSFER.value,),
        "instalments_max": form.whole_or_none("instalments_max", min=1, max=INSTALMENTS_MAX) or 1,
        "instalment_months": form.whole_or_none("instalment_months", min=1, max=MONTHS_MAX) or 1,
        "collecting_days": form.whole_or_none("collecting_days", max=DAYS_MAX) or 0,
    }


def _currency(form: Form) -> str:
    try:
        return currency_code(form.text("currency", max=3) or "USD")
    except UnknownCurrency as refusal:
        form.refuse("currency", refusal)
        return "USD"


def _money_or_none(form: Form, name: str, currency: str) -> int | None:
    return form.money(name, currency).minor if form.peek(name).strip() else None


def _steps(form: Form, currency: str, zone: str) -> tuple[PriceStep, ...]:
    """Later prices, a line each: the date, the time when it is not midnight, the price."""
    steps = []
    lines = [line for line in form.text("price_steps", max=2_000, required=False, lines=True).split("\n") if line]
    for number, line in enumerate(lines, 1):
        day, _, rest = line.strip().partition(" ")
        hour, _, price = rest.strip().rpartition(" ")
        one = Form({"at": f"{day} {hour.strip() or '00:00'}"})
        begins_at = one.moment("at", zone)
        try:
            amount = read_amount(price, currency)
        except Refusal:
            amount = Money(0, currency)
        if one.problems or amount.minor <= 0 or number > STEPS_MAX:
            form.refuse("price_steps", BadStep(number=number))
            break
        steps.append(PriceStep(begins_at, amount.minor))
    return tuple(steps)


def _countries(form: Form, name: str) -> tuple[str, ...]:
    try:
        return read_countries(form.text(name, max=1_200, required=False, lines=True))
    except UnknownCountries as refusal:
        form.refuse(name, refusal)
        return ()


def _warnings(form: Form) -> tuple[str, ...]:
    text = form.text("warnings", max=5_000, required=False, lines=True)
    return tuple(line.strip() for line in text.split("\n") if line.strip())


def _follows(session: Session, form: Form) -> int | None:
    slug = form.text("follows", max=60, required=False)
    if not slug:
        return None
    found = session.scalars(select(Offer.id).where(Offer.slug == slug)).first()
    if found is None:
        form.refuse("follows", NoSuchOffer(slug=slug))
    return found


def _local(at: datetime, zone: str) -> str:
    return at.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M:%S" if at.second else "%Y-%m-%dT%H:%M")


def _step_line(terms: OfferTerms, step: Mapping[str, object]) -> str:
    at = datetime.fromisoformat(str(step["from"])).astimezone(ZoneInfo(terms.zone))
    price = Money(int(str(step["price_cents"])), terms.currency)
    return f"{at:%Y-%m-%d %H:%M} {price.decimal()}"
