"""Alarms, exemptions, what is asked of each person, the four scenarios, and the verdict on them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money
from app.law.limits import rega_buy, regcf_buy
from app.law.profiles import profile
from app.planner.answers import answer
from app.planner.persons import persons
from app.planner.planning import with_people, work_out
from app.planner.questions import MCDONOUGH_2016, TWITTER_2016


def ask(**changes):
    return answer({**TWITTER_2016, **changes})


def codes(found):
    return [reason.code for reason in found.verdict.reasons]


def scenario(found, key):
    return next(one for one in found.scenarios if one.key == key)


def outcome(found, key):
    return {line.key: line.figure for line in scenario(found, key).outcome}


def test_each_alarm_sounds_with_the_people_it_names_and_not_one_fewer():
    found = ask()
    plan, bar = found.question.plan, found.question.vote.bar
    assert [alarm.mark for alarm in found.alarms] == [Fraction(n, 100) for n in (5, 10, 15, 30, 50)]
    for alarm in found.alarms:
        assert work_out(with_people(plan, alarm.people), bar).stake >= alarm.mark
        assert work_out(with_people(plan, alarm.people - 1), bar).stake < alarm.mark
    half = ask(fraction="0.2%")
    assert [alarm.reached for alarm in half.alarms] == [True, True, False, False, False]


@pytest.mark.parametrize("country", ["US", "GB", "FR", "DE"])
def test_every_country_has_something_to_say_on_the_way(country):
    assert sum(len(alarm.own(country)) for alarm in ask().alarms) >= 4


def test_the_sum_exceeds_every_exemption_and_a_small_one_none():
    assert [each.exceeded for each in ask().exemptions] == [True] * 6
    assert ask().exemptions[0].times == 1610
    small = ask(users="100", fraction="1")
    assert [each.exceeded for each in small.exemptions] == [False] * 6


def test_a_cap_in_another_currency_is_judged_only_when_no_rate_could_change_it():
    near = ask(users="2000", fraction="1")  # 4.6 million dollars against 5 million euro
    european = next(each for each in near.exemptions if each.most == Money(500_000_000, "EUR"))
    assert european.exceeded is None
    assert european.rate == Fraction(5_000_000, 4_600_000)
    yen = ask(currency="JPY", each="250000", price="1800")
    assert {each.exceeded for each in yen.exemptions} == {None}


@given(st.integers(1, 20_000_000))
def test_whoever_owns_what_is_asked_may_invest_and_a_cent_less_does_not_do(minor):
    plan = with_people(ask().question.plan, 1)
    each = Money(minor, "USD")
    findings = {finding.title.message: finding for finding in persons(type(plan)(1, Fraction(1), each, 1, Fraction(1)))}
    amount = Fraction(each.decimal())
    for title, buys in (
        ("Regulation A, Tier 2 (US), per person", lambda worth: rega_buy(profile("us-rega-t2"), worth, amount)),
        (
            "Regulation Crowdfunding (US), per person in 12 months",
            lambda worth: regcf_buy(profile("us-regcf"), worth, Fraction(0), amount),
        ),
    ):
        facts = findings[title].sentence.facts
        if "owned" not in facts:
            assert bool(buys((Fraction(0), Fraction(0))).outcome) is findings[title].fits
            continue
        owned = Fraction(facts["owned"].decimal())
        assert buys((owned, Fraction(0))).outcome
        assert not buys((owned - Fraction(1, 100), Fraction(0))).outcome
        if "both" in facts:
            both = Fraction(facts["both"].decimal())
            assert buys((both, Fraction(facts["bound"].decimal()))).outcome


def test_a_delaware_majority_still_meets_section_203_and_the_board():
    found = ask()
    assert found.verdict.answer == "only-if"
    assert codes(found)[:3] == ["vote", "combination", "board"]
    assert "combination" not in codes(ask(fraction="0.1%"))
    at_once = next(reason for reason in ask(fraction="1.4%").verdict.reasons if reason.code == "combination")
    assert at_once.bearing == "warns"


def test_no_go_comes_first_and_says_what_is_missing():
    found = ask(price="23")
    assert found.verdict.answer == "no-go"
    assert found.verdict.reasons[0].sentence.facts["margin"] == 3_877_316


def test_a_whole_company_bought_is_a_plain_go():
    found = ask(fraction="5%")
    assert found.verdict.answer == "go"
    assert codes(found)[0] == "whole"
    assert outcome(found, "buy-out")["left_over"] == found.outcome.left_over


def test_a_listed_company_elsewhere_must_be_bid_for_whole():
    for id_ in ("uk-company-to-society", "fr-sa-scic", "de-umwg-eg"):
        found = ask(profile=id_, turnout="20%")
        assert found.verdict.answer == "only-if"
        assert codes(found)[1] == "mandatory-bid"
    rest = ask(profile="fr-sa-scic").verdict.reasons[1].sentence.facts["rest"]
    assert rest.minor + ask().question.plan.raised.minor >= ask().question.plan.whole_price.minor


def test_small_amounts_buy_only_through_a_pool():
    found = ask(each="10", fraction="100%", users="900000000")
    assert "pool" in codes(found)
    barely = ask(each="17.29", users="707754630", fraction="50.01%", price="17.28")
    assert "pool" not in [reason.code for reason in barely.verdict.reasons if reason.bearing == "bars"]
    half_lost = ask(each="34", users="300000000", fraction="1")
    assert [reason.code for reason in half_lost.verdict.reasons if reason.bearing == "bars"][-1] == "pool"


def test_the_proposal_of_september_2016():
    found = answer(MCDONOUGH_2016)
    loan = outcome(found, "fee-and-loan")
    assert loan["members"] == 180_000_000
    assert loan["fee_income"] == Money(450_000_000_000, "USD")
    assert abs(loan["loan"].minor - 1_150_000_000_000) < 2300
    assert round(loan["instalment"].minor, -2) == 35_023_937_700
    assert loan["yearly_each"] == Money(779, "USD")


def test_instalments_repay_the_loan_to_within_a_cent_each():
    loan = outcome(answer(MCDONOUGH_2016), "fee-and-loan")
    balance = Fraction(loan["loan"].minor)
    for _ in range(40):
        balance = balance * Fraction(101, 100) - loan["instalment"].minor
    assert abs(balance) < 40


def test_partners_bring_what_is_missing_or_what_they_say():
    short = ask(price="23")
    missing = short.even.money - short.question.plan.raised
    assert outcome(short, "consortium")["together"] == short.even.money
    assert scenario(short, "consortium").works == "only-if"
    assert {line.key: line.figure for line in scenario(short, "consortium").figures}["partners"] == missing
    assert scenario(ask(price="23", partners="1000"), "consortium").works == "no"
    assert scenario(ask(), "consortium").works == "yes"


def test_seats_by_cumulative_voting_are_those_no_one_can_take_away():
    found = ask(shares_outstanding="1000", price="1", users="100", fraction="1", each="1", seats="9")
    assert outcome(found, "board-seats") == {"cumulative": 0, "straight": 0}
    found = ask(shares_outstanding="1000", price="1", users="101", fraction="1", each="1", seats="9")
    assert outcome(found, "board-seats") == {"cumulative": 1, "straight": 0}
    found = ask(shares_outstanding="1000", price="1", users="501", fraction="1", each="1", seats="9")
    assert outcome(found, "board-seats") == {"cumulative": 5, "straight": 9}
