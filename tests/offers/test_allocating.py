"""Allocating: the cap is never exceeded, nobody gets more than they pledged, and anyone can repeat the result."""

import hashlib
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.offers.models import Oversubscription
from app.offers.result.allocating import Wanted, allocate

PRICE = 23_00
wanted = st.builds(
    Wanted,
    public_id=st.text("abcdefghij0123456789_-", min_size=4, max_size=8),
    shares=st.integers(1, 200),
    price_cents=st.sampled_from([23_00, 25_00, 30_00]),
)
many = st.lists(wanted, max_size=12, unique_by=lambda one: one.public_id)


def at_one_price(*shares: int) -> list[Wanted]:
    return [Wanted(f"pledge-{number}", count, PRICE) for number, count in enumerate(shares)]


@given(
    pledges=many, cap=st.integers(0, 20_000_00), way=st.sampled_from(list(Oversubscription)), seed=st.text(max_size=9)
)
def test_whatever_is_pledged_the_cap_holds_and_nobody_gets_more_than_wished(pledges, cap, way, seed):
    parts = allocate(way, pledges, cap, seed)
    assert len(parts) == len(pledges)
    assert all(0 <= part <= one.shares for part, one in zip(parts, pledges, strict=True))
    given_cents = sum(part * one.price_cents for part, one in zip(parts, pledges, strict=True))
    assert given_cents <= cap
    if sum(one.shares * one.price_cents for one in pledges) <= cap:
        assert parts == [one.shares for one in pledges]
    assert allocate(way, pledges, cap, seed) == parts


@given(shares=st.lists(st.integers(1, 500), min_size=1, max_size=12), cap_shares=st.integers(0, 1_000))
def test_scaled_back_everyone_is_within_a_share_of_their_exact_part_and_the_cap_is_used_whole(shares, cap_shares):
    parts = allocate(Oversubscription.SCALE_BACK, at_one_price(*shares), cap_shares * PRICE)
    total = sum(shares)
    assert sum(parts) == min(total, cap_shares)
    for part, count in zip(parts, shares, strict=True):
        exact = Fraction(count * min(cap_shares, total), total)
        assert abs(part - exact) < 1
    for (one, got_one), (other, got_other) in zip(
        sorted(zip(shares, parts, strict=True)), sorted(zip(shares, parts, strict=True))[1:], strict=False
    ):
        assert one > other or got_one <= got_other + (one == other), "who pledged more gets no less"


def test_remainders_decide_and_of_equal_ones_the_earlier():
    assert allocate(Oversubscription.SCALE_BACK, at_one_price(50, 30, 20), 10 * PRICE) == [5, 3, 2]
    assert allocate(Oversubscription.SCALE_BACK, at_one_price(10, 10, 10), 10 * PRICE) == [4, 3, 3]
    assert allocate(Oversubscription.SCALE_BACK, at_one_price(1, 100), 50 * PRICE) == [0, 50]


def test_first_come_serves_in_order_and_the_one_at_the_edge_gets_what_is_left():
    assert allocate(Oversubscription.FIRST_COME, at_one_price(100, 100, 50), 150 * PRICE) == [100, 50, 0]


def test_a_draw_is_what_sha256_of_seed_and_number_says_and_another_seed_draws_otherwise():
    pledges = at_one_price(*[10] * 20)
    seed = "Powerball 2026-12-05: 12 19 33 41 60 8"

    def by_hand(pledge: Wanted) -> str:
        return hashlib.sha256(seed.encode() + b"\n" + pledge.public_id.encode()).hexdigest()

    winners = sorted(pledges, key=by_hand)[:5]
    parts = allocate(Oversubscription.LOTTERY, pledges, 50 * PRICE, seed)
    assert {pledge for pledge, part in zip(pledges, parts, strict=True) if part} == set(winners)
    assert parts != allocate(Oversubscription.LOTTERY, pledges, 50 * PRICE, seed + " ")
