"""A planner's question: the figures as they were typed, read all together, each problem kept at its field."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from app.core.errors import N_, InvalidInput, Refusal
from app.core.money import Money, currency_code, precision
from app.planner.bars import Vote, vote_of
from app.planner.figures import (
    LIMIT,
    FigureRefused,
    Missing,
    TooLarge,
    read_money,
    read_part,
    read_price,
    read_whole,
)
from app.planner.planning import Plan

Read = TypeVar("Read")
Other = TypeVar("Other")

FIGURES = ("users", "fraction", "each", "shares_outstanding", "price", "valuation", "premium", "turnout", "support")
SCENARIO_FIGURES = ("fee", "joining", "loan_rate", "loan_years", "seats", "partners")
FIELDS = (*FIGURES, "profile", "currency", *SCENARIO_FIGURES)
TWITTER_2016 = {
    "users": "350000000",
    "fraction": "1%",
    "each": "2300",
    "shares_outstanding": "707754630",
    "price": "17.28",
    "profile": "us-de-266",
}
MCDONOUGH_2016 = {
    "users": "300000000",
    "fraction": "1%",
    "each": "2300",
    "price": "23",
    "valuation": "16000000000",
    "profile": "us-de-251",
}
OTHERWISE = {
    "currency": "USD",
    "premium": "0%",
    "turnout": "100%",
    "support": "0%",
    "fee": "25",
    "joining": "60%",
    "loan_rate": "4%",
    "loan_years": "10",
    "seats": "9",
}


@dataclass(frozen=True, slots=True)
class Case:
    """A known case, to begin from."""

    title: str
    figures: dict[str, str]


CASES = (
    Case(N_("Twitter at $17.28, October 2016"), TWITTER_2016),
    Case(N_("Twitter at $23"), {**TWITTER_2016, "price": "23"}),
    Case(N_("The proposal of September 2016: $16 billion"), MCDONOUGH_2016),
)


class PriceContradictsValuation(FigureRefused):
    """Price, shares and valuation were all given, and do not agree."""

    message = N_("{shares} shares worth {valuation} are {implied} a share, not {price}. Leave one of the three out.")


class CompanyUnknown(FigureRefused):
    """What the company costs cannot be told."""

    message = N_("Give two of shares outstanding, price and valuation, or the valuation alone.")


class NotOneShare(FigureRefused):
    """The valuation is below the price of one share."""

    message = N_("At {price} a share, {valuation} is not even one share.")


class SumTooLarge(FigureRefused):
    """Each figure is in reach, but not what they come to together."""

    message = N_("These figures come to more than the planner reckons with: {limit}.")


@dataclass(frozen=True, slots=True)
class ScenarioFigures:
    """What the scenarios need beside the plan: a fee from a part of the users, a loan, a board, and partners.

    `rate` is a year's interest as a part of one; `partners` is the money that allies bring, None for as much as needed.
    """

    fee: Money
    joining: Fraction
    rate: Fraction
    years: int
    seats: int
    partners: Money | None


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the plan, the vote it must carry, the scenarios' own figures, and the texts as given."""

    plan: Plan
    vote: Vote
    scenario: ScenarioFigures
    given: Mapping[str, str]


def ask(given: Mapping[str, str]) -> Question:
    """Read a question; InvalidInput carries every problem under the name of its field."""
    texts = {**OTHERWISE, **{name: text for name, text in given.items() if name in FIELDS and text.strip()}}
    reading = _Reading(texts)
    currency = reading.take("currency", currency_code, "USD")
    shares, price = _company(reading, currency)
    plan = Plan(
        users=reading.take("users", read_whole, 1),
        fraction=reading.take("fraction", read_part, Fraction(1)),
        each=reading.take("each", lambda text: read_money(text, currency), Money(1, currency)),
        shares=shares,
        price=price,
        premium=reading.take("premium", lambda text: read_part(text, most=100), Fraction(0)),
        turnout=reading.take("turnout", read_part, Fraction(1)),
        support=reading.take("support", read_part, Fraction(0)),
        counted=not texts.keys().isdisjoint(("shares_outstanding", "price")),
    )
    vote = reading.take("profile", vote_of, None)
    scenario = _scenario(reading, currency)
    for field, sum_ in (("each", plan.raised.minor), ("price", plan.shares * plan.price_paid)):
        if field not in reading.problems and sum_ > LIMIT * 10 ** precision(currency):
            reading.problems[field] = SumTooLarge(limit=LIMIT)
    reading.refuse()
    assert vote is not None, "read, or refused"
    return Question(plan, vote, scenario, texts)


class _Reading:
    """The texts, and the problems met while reading them."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self.texts = texts
        self.problems: dict[str, str | Refusal] = {}

    def take(self, field: str, read: Callable[[str], Read], stand_in: Other, needed: bool = True) -> Read | Other:
        """The figure of a field; where it is not there or refused, its problem is noted and a stand-in goes on."""
        if field not in self.texts:
            if needed:
                self.problems[field] = Missing()
            return stand_in
        try:
            return read(self.texts[field])
        except Refusal as refusal:
            self.problems[field] = refusal
            return stand_in

    def refuse(self) -> None:
        """Refuse when there were problems."""
        if self.problems:
            raise InvalidInput({field: self.problems[field] for field in FIELDS if field in self.problems})


def _company(reading: _Reading, currency: str) -> tuple[int, Fraction]:
    """Shares and price, whichever two of shares, price and valuation were given; or the valuation alone."""
    shares = reading.take("shares_outstanding", read_whole, None, needed=False)
    price = reading.take("price", lambda text: read_price(text, currency), None, needed=False)
    valuation = reading.take("valuation", lambda text: read_money(text, currency), None, needed=False)
    if shares and price:
        if valuation and abs(valuation.minor - shares * price) * 2 > shares:
            reading.problems["valuation"] = _contradiction(shares, price, valuation)
        return shares, price
    if shares and valuation:
        return shares, Fraction(valuation.minor, shares)
    if price and valuation:
        implied = round(valuation.minor / price)
        if not implied:
            reading.problems["price"] = NotOneShare(price=Money(round(price), currency), valuation=valuation)
        return max(implied, 1), price
    if valuation:
        return valuation.minor, Fraction(1)
    missing = [field for field in ("shares_outstanding", "price") if field not in reading.texts]
    if missing and reading.problems.keys().isdisjoint(("shares_outstanding", "price", "valuation")):
        reading.problems[missing[0]] = CompanyUnknown()
    return 1, Fraction(1)


def _contradiction(shares: int, price: Fraction, valuation: Money) -> PriceContradictsValuation:
    return PriceContradictsValuation(
        shares=shares,
        valuation=valuation,
        implied=Money(round(Fraction(valuation.minor, shares)), valuation.currency),
        price=Money(round(price), valuation.currency),
    )


def _scenario(reading: _Reading, currency: str) -> ScenarioFigures:
    return ScenarioFigures(
        fee=reading.take("fee", lambda text: read_money(text, currency), Money(0, currency)),
        joining=reading.take("joining", read_part, Fraction(0)),
        rate=reading.take("loan_rate", read_part, Fraction(0)),
        years=reading.take("loan_years", lambda text: _up_to(read_whole(text), 100), 1),
        seats=reading.take("seats", lambda text: _up_to(read_whole(text), 1000), 1),
        partners=reading.take("partners", lambda text: read_money(text, currency), None, needed=False),
    )


def _up_to(number: int, most: int) -> int:
    if number > most:
        raise TooLarge(limit=most)
    return number
