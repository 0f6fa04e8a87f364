"""Majorities are compared in whole numbers: they agree with exact fractions for any figures."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.law.profiles import profile
from app.law.thresholds import ContradictoryFigures, MissingFigure, NegativeFigure, Threshold

COUNTS = st.integers(min_value=0, max_value=10**18)
FRACTIONS = st.fractions(min_value=Fraction(1, 1000), max_value=1, max_denominator=1000)

TWITTER = {"for": 223_121_744, "against": 123_907_045, "abstain": 1_847_614, "broker_non_votes": 202_867_909}


@given(COUNTS, COUNTS, FRACTIONS, st.sampled_from([">", ">="]))
def test_any_tally_agrees_with_exact_fractions(for_, against, fraction, operator):
    decision = Threshold("for", "cast_for_against", operator, fraction).decide({"for": for_, "against": against})
    if for_ + against == 0:
        assert decision.outcome is False
        assert decision.answers["share"] is None
    else:
        share = Fraction(for_, for_ + against)
        assert decision.outcome is (share > fraction if operator == ">" else share >= fraction)
        assert abs(Fraction(decision.answers["share"]) - share) <= Fraction(1, 20000)


@given(st.integers(min_value=1, max_value=10**15))
def test_exactly_one_half_fails_delaware_and_one_share_more_passes(half):
    majority = profile("us-de-266").threshold()
    assert not majority.decide({"for": half, "outstanding": 2 * half}).outcome
    assert majority.decide({"for": half + 1, "outstanding": 2 * half}).outcome


@given(st.integers(min_value=1, max_value=10**15))
def test_exactly_three_quarters_passes_the_uk_and_one_vote_fewer_fails(quarter):
    majority = profile("uk-company-to-society").threshold()
    assert majority.decide({"for": 3 * quarter, "against": quarter}).outcome
    assert not majority.decide({"for": 3 * quarter - 1, "against": quarter + 1}).outcome


def test_the_tally_of_may_2016_passes_or_fails_by_its_denominator():
    cast = Threshold("for", "cast_with_abstentions", ">", Fraction(1, 2)).decide(TWITTER)
    assert cast.outcome
    assert "(63.95%)" in cast.text()
    outstanding = Threshold("for", "outstanding", ">", Fraction(1, 2)).decide({**TWITTER, "outstanding": 707_754_630})
    assert not outstanding.outcome
    assert "(31.52%)" in outstanding.text()


@pytest.mark.parametrize(
    "tally",
    [
        {"for": 11, "outstanding": 10},
        {"for": 5, "against": 6, "outstanding": 10},
        {"for": 5, "against": 4, "broker_non_votes": 2, "outstanding": 10},
        {"for": 5, "against": 4, "abstain": 2, "present": 10, "outstanding": 20},
        {"for": 5, "present": 21, "outstanding": 20},
        {"for": 5, "entitled": 21, "outstanding": 20},
    ],
)
def test_more_votes_than_there_are_is_refused(tally):
    with pytest.raises(ContradictoryFigures):
        profile("us-de-266").threshold().decide(tally)


def test_negative_and_missing_figures_are_refused_by_name():
    with pytest.raises(NegativeFigure, match="for"):
        profile("us-de-266").threshold().decide({"for": -1, "outstanding": 10})
    with pytest.raises(MissingFigure, match="outstanding"):
        profile("us-de-266").threshold().decide({"for": 1})


WITHIN_EACH_OTHER = ["cast_for_against", "cast_with_abstentions", "present", "entitled", "outstanding"]
MAJORITIES = st.builds(
    Threshold,
    st.just("for"),
    st.sampled_from(WITHIN_EACH_OTHER),
    st.sampled_from([">", ">="]),
    st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4)]),
)
SOME = st.integers(0, 12)


@given(MAJORITIES, MAJORITIES, SOME, SOME, SOME, SOME, SOME)
def test_what_is_called_stricter_never_passes_what_the_laxer_fails(one, other, for_, against, abstain, silent, away):
    present = for_ + against + abstain + silent
    tally = {"for": for_, "against": against, "abstain": abstain, "present": present}
    tally |= {"entitled": present + away, "outstanding": present + 2 * away}
    if one.stricter_or_equal(other):
        assert other.decide(tally).outcome or not one.decide(tally).outcome
    if one.stricter_or_equal(other) is False:
        assert other.stricter_or_equal(one)


def test_a_decision_explains_itself_for_people_and_as_data():
    decision = profile("us-de-266").threshold().decide({"for": 300_000_000, "outstanding": 707_754_630})
    data = decision.as_data()
    assert data["pass"] is False
    assert str(data["share"]) == "0.4239"
    assert "600000000 > 707754630 is false" in data["comparison"]
    assert data["enforced"] is False
    assert data["sources"][0]["id"] == "US1"
    assert "Ask counsel" in data["text"]
