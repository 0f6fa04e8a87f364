"""Options, approval, scores, motions, colleges with weights, and a shareholders' tally on every base."""

from fractions import Fraction

import pytest

from app.ballots.bases import on_each_base
from app.ballots.counting.elections import BadWeight, NoSeat, UnknownCandidate
from app.ballots.counting.lots import draw
from app.ballots.counting.marks import ScoreOutOfRange, TooManyMarks, approvals, scored
from app.ballots.counting.motions import NotPositive, UnknownChoice, across_colleges, tally

# Twitter, Inc., annual meeting of May 2016, one proposal, as reported: shares.
TWITTER = {
    "for": 223_121_744,
    "against": 123_907_045,
    "abstain": 1_847_614,
    "broker_non_votes": 202_867_909,
    "outstanding": 707_754_630,
}


def marks(*options):
    return frozenset(options)


def test_one_of_several_options():
    counted = approvals(3, [(marks(2), 4), (marks(1), 3), (marks(), 2)], most=1)
    assert dict(counted.totals) == {1: 3, 2: 4, 3: 0}
    assert counted.elected == (2,)
    assert (counted.cast, counted.blank) == (9, 2)


def test_approval_of_any_number_for_several_seats():
    counted = approvals(4, [(marks(1, 2), 5), (marks(2, 3), 4), (marks(4), 3)], seats=2)
    assert counted.order == (2, 1, 3, 4)
    assert counted.elected == (2, 1)


def test_scores():
    counted = scored(3, [({1: 5, 2: 3}, 2), ({2: 4, 3: -2}, 3)], lowest=-5, highest=5)
    assert dict(counted.totals) == {1: 10, 2: 18, 3: -6}
    assert counted.elected == (2,)


def test_ties_by_the_published_lots():
    for seed in ("p", "q", "r"):
        counted = approvals(3, [(marks(1), 2), (marks(3), 2)], seed=seed)
        assert counted.elected == (next(one for one in draw(seed, (1, 2, 3)) if one != 2),)
        assert counted.ties[0].candidates == (1, 3)
        assert counted.as_data()["ties"][0]["by"] == "lot"


def test_malformed_marks_are_refused():
    with pytest.raises(TooManyMarks, match="marks 2 options, but may mark 1"):
        approvals(3, [(marks(1, 2), 1)], most=1)
    with pytest.raises(UnknownCandidate):
        approvals(3, [(marks(4), 1)])
    with pytest.raises(ScoreOutOfRange):
        scored(3, [({1: 6}, 1)], lowest=0, highest=5)
    with pytest.raises(BadWeight):
        approvals(3, [(marks(1), 0)])
    with pytest.raises(BadWeight):
        approvals(3, [(marks(1), True)])
    with pytest.raises(NoSeat):
        approvals(3, [(marks(1), 1)], seats=0)


def test_a_motion_adds_weights_exactly():
    votes = [("for", Fraction(1, 3)), ("for", Fraction(2, 3)), ("against", 10**30), ("against", 1), ("abstain", 2)]
    assert tally(votes) == {"for": 1, "against": 10**30 + 1, "abstain": 2}
    assert tally([]) == {"for": 0, "against": 0, "abstain": 0}


@pytest.mark.parametrize(
    ("vote", "refusal"),
    [(("yes", 1), UnknownChoice), (("for", 0), NotPositive), (("for", -1), NotPositive), (("for", 0.5), NotPositive)],
)
def test_what_is_no_vote_on_a_motion_is_refused(vote, refusal):
    with pytest.raises(refusal):
        tally([("for", 1), vote])


def test_colleges_with_weights_in_proportion_or_as_blocks():
    """Three colleges of 50, 30 and 20 hundredths: 60 of 100 for, 1 of 3 for, nobody voted."""
    colleges = [
        (50, {"for": 60, "against": 40, "abstain": 7}),
        (30, {"for": 1, "against": 2, "abstain": 0}),
        (20, {"for": 0, "against": 0, "abstain": 5}),
    ]
    assert across_colleges(colleges, proportional=True) == {"for": 40, "against": 40, "abstain": 20}
    assert across_colleges(colleges, proportional=False) == {"for": 50, "against": 30, "abstain": 20}
    tied = [(1, {"for": 2, "against": 2, "abstain": 0})]
    assert across_colleges(tied, proportional=False) == {"for": 0, "against": 0, "abstain": 1}


def test_a_shareholders_tally_passes_on_votes_cast_and_fails_on_shares_outstanding():
    """The same votes: 64.29 % of for and against, 63.95 with abstentions, 40.44 of those present, 31.53 of all."""
    present = sum(TWITTER[name] for name in ("for", "against", "abstain", "broker_non_votes"))
    decided = on_each_base(TWITTER | {"present": present})
    assert {base: (bool(each.outcome), str(each.answers["share"])) for base, each in decided.items()} == {
        "cast_for_against": (True, "0.6429"),
        "cast_with_abstentions": (True, "0.6395"),
        "present": (False, "0.4044"),
        "outstanding": (False, "0.3153"),
    }
    assert not any(each.outcome for each in on_each_base(TWITTER, ">=", Fraction(2, 3)).values())


def test_the_tally_of_a_motion_decides():
    votes = tally([("for", 6), ("against", 3)])
    assert on_each_base(votes, ">=", Fraction(2, 3))["cast_for_against"].outcome  # two thirds of nine are six
    assert not on_each_base(votes, ">", Fraction(2, 3))["cast_for_against"].outcome
