"""Counting is exact and pure: no floats, nothing but the ballots, the rule and the seed decide."""

import ast
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import app.ballots.counting
from app.ballots.counting.elections import election
from app.ballots.counting.methods import METHODS, count
from tests.ballots.test_second_opinions import PROFILES, made

FILES = sorted(Path(app.ballots.counting.__file__).parent.glob("*.py"))
ALLOWED = {"app.core.errors", "codecs", "collections", "collections.abc", "dataclasses", "fractions", "hashlib", "re"}
ALLOWED |= {"types", "typing"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_no_float_and_no_division_that_would_make_one(path):
    for node in ast.walk(ast.parse(path.read_text())):
        assert not (isinstance(node, ast.Name) and node.id in ("float", "round", "Decimal")), node.lineno
        assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex)), node.lineno
        if isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            assert ast.unparse(node.right).startswith("Fraction("), (
                f"line {node.lineno}: / of what may be whole numbers"
            )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_it_imports_nothing_that_knows_a_database_a_clock_or_chance(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = [name.name for name in node.names] if isinstance(node, ast.Import) else []
        names += [node.module] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name in ALLOWED or name.startswith("app.ballots.counting"), name


@settings(max_examples=150, deadline=None)
@given(PROFILES, st.randoms(use_true_random=False), st.sampled_from(sorted(METHODS)))
def test_the_order_of_the_ballots_does_not_matter(asked, rng, method):
    candidates, seats, ballots = asked
    single = [(order, 1) for order, times in ballots for _ in range(times)]
    rng.shuffle(single)
    assert count(made(candidates, seats, single), method).as_data() == count(made(*asked), method).as_data()


@settings(max_examples=150, deadline=None)
@given(PROFILES, st.randoms(use_true_random=False), st.sampled_from(sorted(METHODS)))
def test_other_numbers_for_the_same_candidates_elect_the_same_people(asked, rng, method):
    """Where no lot is drawn: lots go by the numbers."""
    candidates, seats, ballots = asked
    new = list(range(1, candidates + 1))
    rng.shuffle(new)
    before = count(made(*asked), method)
    if any(tie.stage is None for each in before.rounds for tie in each.ties):
        return
    renamed = [(tuple(new[one - 1] for one in order), times) for order, times in ballots]
    after = count(made(candidates, seats, renamed), method)
    assert after.elected == tuple(new[one - 1] for one in before.elected)


@settings(max_examples=120, deadline=None)
@given(PROFILES, st.text(max_size=5))
def test_no_vote_is_made_or_lost_unseen(asked, seed):
    candidates, seats, _ = asked
    counted = count(made(*asked), "scottish-stv", seed=seed)
    gone = 0
    for each in counted.rounds:
        gone += each.exhausted + each.fractions
        assert sum(each.votes.values()) + gone == counted.valid * 100_000
        assert min(each.exhausted, each.fractions, *each.votes.values()) >= 0
    assert len(counted.elected) == len(set(counted.elected)) == min(seats, candidates)
    assert [number for each in counted.rounds for number in each.elected] == list(counted.elected)


@settings(max_examples=100, deadline=None)
@given(PROFILES)
def test_nor_in_an_instant_run_off(asked):
    candidates, _, ballots = asked
    counted = count(made(candidates, 1, ballots), "irv")
    gone = 0
    for each in counted.rounds:
        gone += each.exhausted
        assert sum(each.votes.values()) + gone == counted.valid
    assert len(counted.elected) == 1


@settings(max_examples=100, deadline=None)
@given(PROFILES, st.text(max_size=5), st.sampled_from(sorted(METHODS)))
def test_the_same_seed_gives_the_same_count(asked, seed, method):
    assert count(made(*asked), method, seed=seed).as_data() == count(made(*asked), method, seed=seed).as_data()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.permutations(range(1, 6)).flatmap(lambda order: st.integers(0, 5).map(lambda n: order[:n])),
            st.lists(st.booleans(), min_size=5, max_size=5),
            st.integers(1, 5),
        ),
        min_size=1,
        max_size=12,
    ),
    st.sets(st.integers(1, 5), max_size=4),
)
def test_equal_places_and_withdrawals_lose_no_ballot(said, withdrawn):
    ballots = []
    for order, joined, weight in said:
        ranks: list[tuple[int, ...]] = []
        for number, join in zip(order, joined, strict=False):
            if ranks and join:
                ranks[-1] = (*ranks[-1], number)
            else:
                ranks.append((number,))
        ballots.append((tuple(ranks), weight))
    asked = election("ABCDE", 2, ballots, withdrawn)
    for method in METHODS:
        try:
            counted = count(asked, method)
        except app.ballots.counting.elections.NoValidBallot:
            continue
        assert counted.valid + counted.blank + counted.spoilt == sum(weight for _, weight in ballots)
        assert not set(counted.elected) & withdrawn
