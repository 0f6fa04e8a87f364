"""What a sum of small amounts buys, and whether it carries: the known cases, and properties for any figures."""

from dataclasses import replace
from fractions import Fraction
from math import ceil, floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money
from app.planner.answers import votes_counted
from app.planner.bars import NAMES, Bar, vote_of, votes
from app.planner.planning import Mark, Plan, break_even, shares_to_pass, stake_mark, tally, with_people, work_out

DELAWARE = Bar(Fraction(1, 2), strict=True, of_outstanding=True)
LONDON = Bar(Fraction(3, 4), strict=False, of_outstanding=False)
PARIS = Bar(Fraction(2, 3), strict=False, of_outstanding=False, quorums=(Fraction(1, 4), Fraction(1, 5)))
TWITTER = Plan(
    users=350_000_000,
    fraction=Fraction(1, 100),
    each=Money(230_000, "USD"),
    shares=707_754_630,
    price=Fraction(1728),
)


@pytest.mark.parametrize(
    ("price", "premium", "stake", "passes"),
    [
        (1728, "0", "0.658", True),
        (1985, "0", "0.573", True),
        (2010, "0", "0.566", True),
        (2300, "0", "0.495", False),
        (1728, "1/5", "0.549", True),
        (1728, "2/5", "0.470", False),
    ],
)
def test_the_sum_of_2016_at_the_prices_of_2016(price, premium, stake, passes):
    outcome = work_out(replace(TWITTER, price=Fraction(price), premium=Fraction(premium)), DELAWARE)
    assert f"{float(outcome.stake):.3f}" == stake
    assert outcome.passes is passes


@pytest.mark.parametrize(
    ("stake", "bar", "turnout"),
    [("0.424", PARIS, "0.368"), ("0.495", PARIS, "0.490"), ("0.495", LONDON, "0.327"), ("0.566", PARIS, "0.652")],
)
def test_a_minority_carries_votes_cast_while_few_others_vote(stake, bar, turnout):
    plan = replace(TWITTER, shares=100_000, price=Fraction(1))
    even = break_even(
        replace(plan, users=1, fraction=Fraction(1), each=Money(int(Fraction(stake) * 100_000), "USD")), bar
    )
    assert even
    assert even.turnout is not None
    assert f"{float(even.turnout):.3f}" == turnout


def test_exactly_one_half_fails_delaware_and_exactly_three_quarters_pass_london():
    plan = replace(TWITTER, shares=1000, price=Fraction(1), users=500, fraction=Fraction(1), each=Money(1, "USD"))
    half = work_out(plan, DELAWARE)
    assert (half.stake, half.passes, half.tally.margin) == (Fraction(1, 2), False, -1)
    three_quarters = work_out(replace(plan, users=750), LONDON)
    assert (three_quarters.stake, three_quarters.passes, three_quarters.tally.margin) == (Fraction(3, 4), True, 0)


def test_more_money_than_the_company_costs_is_a_full_buy_out_with_the_rest_left_over():
    outcome = work_out(replace(TWITTER, fraction=Fraction(1)), DELAWARE)
    assert outcome.capped
    assert outcome.stake == 1
    assert outcome.left_over == Money(350_000_000 * 230_000 - 707_754_630 * 1728, "USD")


def test_a_french_meeting_without_its_quorum_does_not_carry_and_needs_holders_to_come():
    plan = replace(TWITTER, shares=1000, price=Fraction(1), users=190, fraction=Fraction(1), each=Money(1, "USD"))
    outcome = work_out(replace(plan, turnout=Fraction(0)), PARIS)
    assert outcome.tally.call is None
    assert not outcome.passes
    even = break_even(replace(plan, turnout=Fraction(0)), PARIS)
    assert even
    assert (even.allies, even.shares) == (10, 200)
    assert work_out(replace(plan, users=200, turnout=Fraction(0)), PARIS).tally.call == 2


def test_nothing_is_carried_when_no_one_votes():
    plan = replace(TWITTER, fraction=Fraction(0), turnout=Fraction(0))
    assert not work_out(plan, LONDON).passes


parts = st.fractions(0, 1, max_denominator=40)
bars = st.builds(
    Bar,
    fraction=st.sampled_from([Fraction(1, 2), Fraction(2, 3), Fraction(3, 4), Fraction(9, 10)]),
    strict=st.booleans(),
    of_outstanding=st.booleans(),
    quorums=st.sampled_from([(), (Fraction(1, 4), Fraction(1, 5)), (Fraction(1, 2),)]),
)
plans = st.builds(
    Plan,
    users=st.integers(1, 3000),
    fraction=parts,
    each=st.integers(1, 500).map(lambda minor: Money(minor, "EUR")),
    shares=st.integers(1, 5000),
    price=st.fractions(Fraction(1, 3), 300, max_denominator=7),
    premium=st.fractions(0, 2, max_denominator=9),
    turnout=parts,
    support=parts,
)


@given(plans, bars)
def test_the_break_even_is_the_least_whole_number_that_carries(plan, bar):
    even = break_even(plan, bar)
    assert even
    assert work_out(with_people(plan, even.people), bar).passes
    if even.people:
        assert not work_out(with_people(plan, even.people - 1), bar).passes
    if even.each:
        assert work_out(replace(plan, each=even.each), bar).passes
        if even.each.minor > 1:
            assert not work_out(replace(plan, each=Money(even.each.minor - 1, "EUR")), bar).passes
    if even.price and plan.raised.minor:
        at = even.price / (1 + plan.premium)
        assert work_out(replace(plan, price=at), bar).passes
        assert not work_out(replace(plan, price=at * Fraction(1001, 1000)), bar).passes


@given(plans, bars)
def test_the_margin_says_what_the_vote_says(plan, bar):
    outcome = work_out(plan, bar)
    vote = outcome.tally
    assert outcome.passes == (vote.margin >= 0 and vote.call is not None)
    assert vote.needed >= 1
    assert vote.ours == outcome.bought <= plan.shares
    assert vote.present >= vote.in_favour + vote.against
    share = Fraction(vote.in_favour, vote.base) if vote.base else Fraction(0)
    clears = share > bar.fraction if bar.strict else share >= bar.fraction
    assert (vote.margin >= 0) == (clears and vote.in_favour > 0)


@given(plans, st.sampled_from(votes()))
def test_the_planner_and_the_law_decide_alike(plan, profile_id):
    vote = vote_of(profile_id)
    outcome = work_out(plan, vote.bar)
    counts = votes_counted(plan, outcome, vote.threshold.denominator)
    assert vote.threshold.decide(counts).outcome == (outcome.tally.margin >= 0)


@given(plans, bars, st.integers(0, 200))
def test_more_people_or_more_each_never_lose_a_vote_that_was_carried(plan, bar, more):
    before = work_out(plan, bar)
    wider = work_out(with_people(plan, plan.people + more), bar)
    deeper = work_out(replace(plan, each=plan.each + Money(more, "EUR")), bar)
    for after in (wider, deeper):
        assert after.stake >= before.stake
        assert after.tally.in_favour >= before.tally.in_favour
        assert after.passes or not before.passes


@given(plans, bars)
def test_money_is_neither_made_nor_lost(plan, bar):
    outcome = work_out(plan, bar)
    assert outcome.left_over.minor == floor(plan.raised.minor - outcome.bought * plan.price_paid)
    assert outcome.left_over.minor >= 0
    if not outcome.capped:
        assert outcome.left_over.minor < plan.price_paid


@given(plans, bars)
def test_the_missing_allies_are_just_enough(plan, bar):
    even = break_even(plan, bar)
    vote = work_out(plan, bar).tally
    assert even
    assert (even.allies == 0) == vote.passes
    arrivals = bar.missing_for_quorum(vote.present, plan.shares)
    if vote.passes:
        return
    base = vote.base if bar.of_outstanding else vote.base + arrivals
    assert vote.in_favour + even.allies == max(bar.least(base), vote.in_favour + arrivals)


@given(plans, bars)
def test_the_highest_turnout_carries_and_more_does_not(plan, bar):
    bar = replace(bar, quorums=())
    even = break_even(plan, bar)
    ours = work_out(plan, bar).bought
    if not (even and even.turnout) or not ours or bar.strict:
        return
    whole = replace(plan, support=Fraction(0))
    highest = break_even(whole, bar).turnout
    others = plan.shares - ours
    against = floor(highest * others)
    assert tally(replace(whole, turnout=Fraction(against, others)), bar, ours).passes
    if highest < 1 and against < others:
        assert not tally(replace(whole, turnout=Fraction(against + 1, others)), bar, ours).passes


def test_every_vote_that_shares_can_carry_has_a_short_name():
    assert set(votes()) == set(NAMES)


def test_the_stake_asked_for_is_that_of_the_rule():
    alone = replace(TWITTER, shares=101)
    assert stake_mark(alone, DELAWARE) == Mark(Fraction(1, 2), strict=True)
    assert stake_mark(alone, LONDON) == Mark(Fraction(3, 4), strict=False)
    assert stake_mark(replace(TWITTER, turnout=Fraction(0)), PARIS) == Mark(Fraction(20, 100), strict=False)  # quorum
    helped = replace(TWITTER, support=Fraction(1, 4))
    assert stake_mark(helped, DELAWARE) == Mark(Fraction(1, 3), strict=True)


@given(
    st.sampled_from([DELAWARE, LONDON, PARIS]),
    st.integers(1, 10**9),
    st.fractions(0, 1, max_denominator=100),
    st.fractions(0, 1, max_denominator=100),
)
def test_the_stake_asked_for_is_the_least_that_carries_but_for_rounding(bar, shares, turnout, support):
    plan = replace(TWITTER, shares=shares, turnout=turnout, support=support)
    mark, least = stake_mark(plan, bar), shares_to_pass(plan, bar)
    if mark is None:
        assert least is None
        return
    assert least is not None
    asked = floor(mark.part * shares) + 1 if mark.strict else ceil(mark.part * shares)
    assert abs(asked - least) <= 1000  # rounded votes weigh most where nearly all the others agree
    if not turnout or not support:
        assert abs(asked - least) <= 12
