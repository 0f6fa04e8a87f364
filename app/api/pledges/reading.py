"""Reading a pledge that a program sends: by the readers of the page's form, each problem at the program's field."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar
from uuid import uuid4

from sqlalchemy.orm import Session

from app.api.pledges.addresses import AddressTaken
from app.api.pledges.holders import GiftTaken, GroupTaken, HolderTaken, JointTaken, MeansTaken, MinorTaken
from app.api.pledges.shapes import PledgeTaken
from app.core.errors import N_, InvalidInput, Refusal
from app.core.money import Money
from app.members.people.addresses import read_address
from app.members.persons import Address
from app.offers.documents import documents_offered
from app.offers.ending import closes_at
from app.offers.models import Offer
from app.offers.pledging.form import (
    ADDRESS,
    Amounts,
    Asking,
    People,
    asking,
    read_amounts,
    read_people,
    refuse_beyond_law,
)
from app.offers.pledging.judging import law_of
from app.offers.pledging.naming import agreed_by_hash, needed_texts, texts_of
from app.offers.pledging.wishes import Declared, Wish
from app.web.typed import Form, Missing

T = TypeVar("T")
_PLACES = {
    "amount": "shares",
    **{name: f"address.{name}" for name in ADDRESS},
    **{f"holder_{name}": f"holder.address.{name}" for name in ADDRESS},
    "street": "address.street_lines",
    "holder_street": "holder.address.street_lines",
    "holder_name": "holder.name",
    "holder_email": "holder.email",
    **{name: f"holder.{name}" for name in ("registration_number", "acts_as", "others", "born_on")},
    **{name: f"declared.{name}" for name in ("income", "net_worth", "bought_12m", "accredited")},
}
"""The program's field for each of the form's that has another name."""


class NotAsked(Refusal):
    """Something was sent that this offer has no use for: the program took it for another."""

    message = N_("This offer does not ask for this. Leave it out.")


class NotFollowed(Refusal):
    """The pledge is no indication of interest in what this offer is, or does not stand any more."""

    message = N_("This offer does not follow that pledge, or the pledge does not stand any more. Leave it out.")


class CurrencyOfLaw(Refusal):
    """Means are told in the currency in which the law counts."""

    message = N_("The law of this offer counts in {wanted}. Give the amount in {wanted}.")


def asks_of(session: Session, offer: Offer, lang: str) -> Asking:
    """What the offer asks of whoever pledges now, in a language."""
    documents = documents_offered(session, offer.terms)
    return asking(offer.terms, law_of(session, offer.terms), lang, closes_at(session, offer), documents)


def read_wish(session: Session, offer: Offer, wanted: PledgeTaken, follows: int | None = None) -> Wish:
    """The whole declaration; refuses all problems of its fields together, then those of law and texts.

    It `follows` the pledge in which the same person said that they were interested.
    """
    asks = asks_of(session, offer, wanted.language)
    problems = _unasked(asks, wanted)
    typed = _fields(wanted)
    amounts = _at_its_fields(lambda: read_amounts(typed, asks), problems)
    people = _at_its_fields(lambda: read_people(typed, asks), problems)
    if problems or amounts is None or people is None:
        raise InvalidInput(problems)
    _at_its_fields(lambda: refuse_beyond_law(asks, amounts, people), problems)
    if problems:
        raise InvalidInput(problems)
    return replace(_wish(session, offer, wanted, asks, amounts, people), follows=follows)


def read_typed_address(typed: AddressTaken, field: str = "address") -> Address:
    """An address at a field, with the parts that its country's post asks for; refuses what is missing or wrong."""
    form = Form(_address(typed))
    address = read_address(form)
    if form.problems:
        places = {name: _PLACES.get(name, name).replace("address", field, 1) for name in form.problems}
        raise InvalidInput({places[name]: problem for name, problem in form.problems.items()})
    return address


def means_told(asks: Asking, told: MeansTaken | None) -> Declared | None:
    """Means as a program tells them, for asking what would be asked; in the currency of the law."""
    if told is None or asks.means_currency is None:
        return None
    problems = _other_currencies(asks.means_currency, told)
    if problems:
        raise InvalidInput(problems)
    nothing = Money(0, asks.means_currency)
    income, worth, bought = (
        each.money() if each else nothing for each in (told.income, told.net_worth, told.bought_12m)
    )
    return Declared(income, worth, bought, told.accredited)


def _wish(session: Session, offer: Offer, wanted: PledgeTaken, asks: Asking, amounts: Amounts, people: People) -> Wish:
    answers: dict[str, str] = {}
    if asks.questions(people.declared):
        if wanted.answers is None:
            raise InvalidInput({"answers": Missing()})
        answers = wanted.answers.model_dump()
    texts = texts_of(session, offer, wanted.language)
    needed = needed_texts(asks, asks.price * amounts.shares, people.declared, answers, texts)
    agreed = agreed_by_hash(needed, wanted.agreed, wanted.language, besides=[asks.unsuitable()])
    return Wish(
        form_key=str(uuid4()),
        terms_id=offer.terms_id,
        email=people.email,
        language=wanted.language,
        legal_name=people.legal_name,
        address=people.address,
        shares=amounts.shares,
        telephone=people.telephone,
        pay_by=amounts.pay_by,
        instalments=amounts.instalments,
        holding=people.holding,
        declared=people.declared,
        agreed=agreed,
        answers=answers,
        solidarity_shares=amounts.solidarity_shares,
        asks_fund=amounts.asks_fund,
    )


def _at_its_fields(read: Callable[[], T], problems: dict[str, str | Refusal]) -> T | None:
    """What a reader of the form gives; its problems go to the program's own fields."""
    try:
        return read()
    except InvalidInput as refusal:
        problems.update({_PLACES.get(name, name): problem for name, problem in refusal.problems.items()})
        return None


def _unasked(asks: Asking, wanted: PledgeTaken) -> dict[str, str | Refusal]:
    """What was sent though this offer does not ask for it, and means in another currency than the law's."""
    none_asked = {
        "holder": asks.is_indication and wanted.holder is not None,
        "declared": asks.means_currency is None and wanted.declared is not None,
        "solidarity_shares": not asks.has_fund and wanted.solidarity_shares > 0,
        "asks_fund": not asks.has_fund and wanted.asks_fund,
    }
    problems: dict[str, str | Refusal] = {name: NotAsked() for name, sent in none_asked.items() if sent}
    if asks.means_currency is not None and wanted.declared is not None:
        problems |= _other_currencies(asks.means_currency, wanted.declared)
    return problems


def _other_currencies(currency: str, told: MeansTaken) -> dict[str, str | Refusal]:
    amounts = {"income": told.income, "net_worth": told.net_worth, "bought_12m": told.bought_12m}
    return {
        f"declared.{name}": CurrencyOfLaw(wanted=currency)
        for name, amount in amounts.items()
        if amount is not None and amount.currency != currency
    }


def _fields(wanted: PledgeTaken) -> dict[str, str]:
    """The declaration as the page's form sends it."""
    typed = {
        "shares": str(wanted.shares),
        "instalments": str(wanted.instalments),
        "pay_by": wanted.pay_by or "",
        "solidarity_shares": str(wanted.solidarity_shares or ""),
        "asks_fund": "on" if wanted.asks_fund else "",
        "legal_name": wanted.legal_name,
        "email": wanted.email,
        "telephone": wanted.telephone,
        **_address(wanted.address),
    }
    if wanted.holder is not None:
        typed |= _holder(wanted.holder)
    if wanted.declared is not None:
        typed |= _means(wanted.declared)
    return typed


def _holder(holder: HolderTaken) -> dict[str, str]:
    typed = {"holder_as": str(holder.kind)}
    if isinstance(holder, JointTaken):
        return {**typed, "others": "\n".join(holder.others)}
    typed["holder_name"] = holder.name
    if isinstance(holder, GroupTaken):
        return typed
    if isinstance(holder, MinorTaken):
        return {**typed, "born_on": holder.born_on.isoformat()}
    typed |= {f"holder_{name}": value for name, value in _address(holder.address).items()}
    if isinstance(holder, GiftTaken):
        return {**typed, "holder_email": holder.email or ""}
    return {**typed, "registration_number": holder.registration_number, "acts_as": holder.acts_as}


def _address(address: AddressTaken) -> dict[str, str]:
    return {
        "street": "\n".join(address.street_lines),
        "postal_code": address.postal_code,
        "locality": address.locality,
        "region": address.region,
        "country": address.country,
    }


def _means(told: MeansTaken) -> dict[str, str]:
    amounts = {"income": told.income, "net_worth": told.net_worth, "bought_12m": told.bought_12m}
    typed = {name: f"{amount.money().decimal():f}" for name, amount in amounts.items() if amount is not None}
    return {**typed, "accredited": "on" if told.accredited else ""}
