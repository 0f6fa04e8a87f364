"""Other counters agree: pref_voting and votekit on thousands of elections, and a plain second implementation.

What the two libraries said is kept in opinions.json, as they bring 43 packages and 650 MB (numba, scipy, OR-Tools)
that nothing else here needs; `scripts/second-opinions` installs them apart and asks them anew.
"""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.ballots.counting.elections import election
from app.ballots.counting.methods import count
from tests.ballots.naive import scottish
from tests.ballots.profiles import KINDS, profile

OPINIONS = json.loads((Path(__file__).parent / "opinions.json").read_text())


def made(candidates, seats, ballots):
    names = [f"Candidate {number}" for number in range(1, candidates + 1)]
    items = ballots.items() if hasattr(ballots, "items") else ballots
    return election(names, seats, [(tuple((one,) for one in order), times) for order, times in items])


def counts(kind):
    """Our counts of every election of the kind by Scottish STV, IRV and Schulze, with what the libraries said."""
    assert len(OPINIONS[kind]) == KINDS[kind]
    for seed, said in enumerate(OPINIONS[kind]):
        counted = made(*profile(kind, seed))
        yield seed, count(counted, "scottish-stv"), count(counted, "irv", 1), count(counted, "schulze", 1), said


def by_lot(counted):
    return any(tie.stage is None and tie.purpose != "order" for each in counted.rounds for tie in each.ties)


def tied(counted):
    return any(each.ties for each in counted.rounds)


@pytest.mark.parametrize("kind", KINDS)
def test_pref_voting_and_votekit_elect_the_same(kind):
    """Null answers hang on a lot of theirs; ours by lot are left out too, and ties in IRV, which both break otherwise.

    votekit's STV is not the Scottish one (no five places, other order of surpluses): it may differ in one of fifty,
    and then pref_voting, which has the Scottish rule, must say as we do.
    """
    compared = {"stv": 0, "irv": 0, "kit": 0, "other": 0}
    for seed, stv, irv, schulze, (pref_stv, pref_irv, pref_schulze, kit_stv, kit_irv) in counts(kind):
        assert schulze.details["winners"] == pref_schulze, seed
        if pref_stv is not None and not by_lot(stv):
            assert sorted(stv.elected) == pref_stv, seed
            compared["stv"] += 1
        if not tied(irv):
            assert [*irv.elected] == pref_irv == (kit_irv or pref_irv), seed
            compared["irv"] += 1
        if kit_stv is not None and not by_lot(stv):
            compared["kit"] += 1
            if sorted(stv.elected) != kit_stv:
                assert pref_stv == sorted(stv.elected), seed
                compared["other"] += 1
    assert min(compared["stv"], compared["irv"]) > KINDS[kind] // 4
    assert compared["other"] * 50 <= compared["kit"]


PROFILES = st.integers(2, 7).flatmap(
    lambda candidates: st.tuples(
        st.just(candidates),
        st.integers(1, 5),
        st.lists(
            st.tuples(
                st.permutations(range(1, candidates + 1)).flatmap(
                    lambda order: st.integers(1, len(order)).map(lambda length: tuple(order[:length]))
                ),
                st.integers(1, 12),
            ),
            min_size=1,
            max_size=14,
        ),
    )
)


@settings(max_examples=250, deadline=None)
@given(PROFILES, st.text(max_size=4))
def test_a_plain_second_implementation_agrees_at_every_stage(asked, seed):
    candidates, seats, ballots = asked
    counted = count(made(candidates, seats, ballots), "scottish-stv", seed=seed)
    elected, stages = scottish(range(1, candidates + 1), seats, ballots, counted.lots)
    assert list(counted.elected) == elected
    ours = [{one: Fraction(votes, 100_000) for one, votes in each.votes.items()} for each in counted.rounds]
    assert ours == [{one: stage[one] for one in mine} for mine, stage in zip(ours, stages, strict=True)]


@pytest.mark.parametrize("seed", range(25))
def test_and_on_elections_shaped_like_a_ward(seed):
    candidates, seats, ballots = profile("ward", seed)
    counted = count(made(candidates, seats, ballots), "scottish-stv", seed="public")
    elected, stages = scottish(range(1, candidates + 1), seats, ballots.items(), counted.lots)
    assert list(counted.elected) == elected
    assert len(stages) == len(counted.rounds)
