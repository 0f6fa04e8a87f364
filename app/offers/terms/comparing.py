"""Comparing two versions of an offer's terms, line by line, in words for supporters."""

from collections.abc import Callable
from datetime import datetime

from app.core import language
from app.core.errors import N_
from app.core.money import Money
from app.offers.models import OfferTerms
from app.offers.terms.intermediaries import intermediaries_of

NONE = N_("none")
NOBODY = N_("no intermediary earns anything")
Words = Callable[[OfferTerms, str], str]


def compared(before: OfferTerms, now: OfferTerms, lang: str) -> list[tuple[str, str, str]]:
    """What two versions say differently: the name of the term, what it was, and what it is."""
    lines = ((name, words(before, lang), words(now, lang)) for name, words in _TERMS.items())
    return [(name, old, new) for name, old, new in lines if old != new]


def in_words(terms: OfferTerms, lang: str) -> list[tuple[str, str]]:
    """What a version says: the name of each term that says something, and what it says."""
    lines = ((name, words(terms, lang)) for name, words in _TERMS.items())
    return [(name, said) for name, said in lines if said != NONE]


def _money(pick: Callable[[OfferTerms], Money | None]) -> Words:
    def words(terms: OfferTerms, lang: str) -> str:
        amount = pick(terms)
        return NONE if amount is None else language.money(amount, lang)

    return words


def _number(pick: Callable[[OfferTerms], int | None]) -> Words:
    def words(terms: OfferTerms, lang: str) -> str:
        number = pick(terms)
        return NONE if number is None else language.number(number, lang)

    return words


def _text(pick: Callable[[OfferTerms], str]) -> Words:
    return lambda terms, lang: pick(terms) or NONE


def _list(pick: Callable[[OfferTerms], list[str]]) -> Words:
    return lambda terms, lang: ", ".join(map(language.translator(lang), pick(terms))) or NONE


def _yes(pick: Callable[[OfferTerms], bool]) -> Words:
    return lambda terms, lang: N_("yes") if pick(terms) else N_("no")


def _steps(terms: OfferTerms, lang: str) -> str:
    steps = [
        f"{language.moment(datetime.fromisoformat(step['from']), lang, terms.zone)}: "
        f"{language.money(Money(step['price_cents'], terms.currency), lang)}"
        for step in terms.price_steps
    ]
    return "; ".join(steps) or NONE


def _earned(terms: OfferTerms, lang: str) -> str:
    said = intermediaries_of(terms.intermediaries)
    if said is None:
        return NONE
    lines = [f"{one.earner} ({one.payer}): {one.words(terms.currency, lang)}" for one in said]
    return "; ".join(lines) or NOBODY


_TERMS: dict[str, Words] = {
    N_("Title"): _text(lambda terms: terms.title),
    N_("What it is about"): _text(lambda terms: terms.summary),
    N_("Law that rules the offer"): _text(lambda terms: terms.law),
    N_("Price of a share"): _money(lambda terms: terms.price),
    N_("Later prices"): _steps,
    N_("Target"): _money(lambda terms: terms.target),
    N_("Minimum to be collected"): _money(lambda terms: terms.minimum),
    N_("Cap"): _money(lambda terms: terms.cap),
    N_("If more is pledged than the cap"): _text(lambda terms: terms.oversubscription),
    N_("Where the seed of the draw will be published"): _text(lambda terms: terms.lottery_seed_from),
    N_("Minimum per person, in shares"): _number(lambda terms: terms.person_shares_min),
    N_("Maximum per person, in shares"): _number(lambda terms: terms.person_shares_max),
    N_("Deadline"): lambda terms, lang: language.moment(terms.deadline_at, lang, terms.zone),
    N_("Pledges are paid"): _text(lambda terms: terms.pay_when),
    N_("Ways to pay"): _list(lambda terms: terms.ways_to_pay),
    N_("Most instalments"): _number(lambda terms: terms.instalments_max),
    N_("Months between instalments"): _number(lambda terms: terms.instalment_months),
    N_("Days to collect after the result"): _number(lambda terms: terms.collecting_days),
    N_("Open to these countries only"): _list(lambda terms: terms.countries),
    N_("Closed to these countries"): _list(lambda terms: terms.closed_countries),
    N_("What intermediaries earn"): _earned,
    N_("Further warnings"): _list(lambda terms: terms.warnings),
    N_("Only users of the platform"): _yes(lambda terms: terms.platform_users_only),
    N_("Solidarity pledges"): _yes(lambda terms: terms.solidarity),
    N_("Record date"): lambda terms, lang: language.day(terms.record_date, lang) if terms.record_date else NONE,
    N_("Business days until bought shares are held"): _number(lambda terms: terms.settlement_days),
    N_("Account holder"): _text(lambda terms: terms.account_holder),
    N_("Account"): _text(lambda terms: terms.account_number),
    N_("Users of the platform"): _number(lambda terms: terms.users_count),
    N_("How many of them take part"): _number(lambda terms: terms.participants_target),
}
