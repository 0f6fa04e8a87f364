"""Questions to the planner: the figures together, and every way in which they contradict each other."""

from fractions import Fraction

import pytest

from app.core.errors import InvalidInput
from app.core.money import Money
from app.planner.questions import TWITTER_2016, ask


def problems(**changes):
    with pytest.raises(InvalidInput) as caught:
        ask({name: text for name, text in {**TWITTER_2016, **changes}.items() if text is not None})
    return {field: problem.name for field, problem in caught.value.problems.items()}


def test_the_case_of_2016():
    question = ask(TWITTER_2016)
    assert question.plan.people == 3_500_000
    assert question.plan.raised == Money(805_000_000_000, "USD")
    assert question.plan.price == 1728
    assert question.vote.bar.fraction == Fraction(1, 2)


def test_every_problem_is_told_at_its_field_at_once():
    assert problems(users="0", fraction="2", each="-1", price=None, profile="us-regcf", turnout="x") == {
        "users": "Nothing",
        "fraction": "MoreThanAll",
        "each": "Negative",
        "price": "CompanyUnknown",
        "profile": "OfferingProfile",
        "turnout": "NotAPart",
    }


@pytest.mark.parametrize(
    ("profile", "refusal"),
    [
        ("nowhere", "UnknownProfile"),
        ("", "Missing"),
        ("us-regcf", "OfferingProfile"),
        ("eu-ecsp", "OfferingProfile"),
        ("de-eg", "NoVoteOfShares"),
        ("us-de-203", "NoVoteOfShares"),
        ("../thresholds", "UnknownProfile"),
    ],
)
def test_a_profile_without_a_vote_of_shares_is_refused(profile, refusal):
    assert problems(profile=profile) == {"profile": refusal}


def test_price_shares_and_valuation_must_agree_to_the_cent():
    assert problems(valuation="5000000000") == {"valuation": "PriceContradictsValuation"}
    assert ask({**TWITTER_2016, "valuation": "12230000000"}).plan.price == 1728


def test_a_valuation_stands_in_for_price_or_shares_or_both():
    without_price = ask({**TWITTER_2016, "price": "", "valuation": "16278356490"}).plan
    assert (without_price.price, without_price.shares) == (2300, 707_754_630)
    without_shares = ask({**TWITTER_2016, "shares_outstanding": "", "price": "23", "valuation": "16000000000"}).plan
    assert without_shares.shares == 695_652_174
    alone = ask({**TWITTER_2016, "shares_outstanding": "", "price": "", "valuation": "16100000000"}).plan
    assert not alone.counted
    assert Fraction(alone.raised.minor, alone.shares) == Fraction(1, 2)


def test_absurd_magnitudes_are_refused_also_where_only_the_product_is_absurd():
    assert problems(users="10000000000000000") == {"users": "TooLarge"}
    assert problems(users="1000000000000000", fraction="1", each="1000000") == {"each": "SumTooLarge"}
    assert problems(price="100000000") == {"price": "SumTooLarge"}
    assert problems(currency="BTC") == {"currency": "UnknownCurrency"}
    assert problems(loan_years="1000", seats="100000") == {"loan_years": "TooLarge", "seats": "TooLarge"}


def test_yen_have_no_cents():
    plan = ask({**TWITTER_2016, "currency": "JPY", "each": "250000", "price": "1800.5"}).plan
    assert plan.each == Money(250_000, "JPY")
    assert plan.price == Fraction("1800.5")
