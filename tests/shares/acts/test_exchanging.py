"""Exchanges at a ratio: whole shares by largest remainder, fractions by rule, no cent lost; and the acts on them."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core import clock
from app.core.database import transaction
from app.payments.payouts.owing import unpaid_payouts
from app.shares.acts import converting
from app.shares.acts.converting import Conversion, Split, convert, split
from app.shares.acts.exchanging import Fractions, Held, Ratio, exchange, without_rest
from app.shares.acts.reversing import undo
from app.shares.classes import share_class
from app.shares.holding import lots_of
from tests import make
from tests.shares.acts.making import days_ago, source, two_members

lots = st.lists(st.tuples(st.integers(1, 10**5), st.integers(0, 10**8)), min_size=1, max_size=6)
ratios = st.builds(Ratio, st.integers(1, 50), st.integers(1, 50))


@settings(max_examples=200, deadline=None)
@given(lots, ratios, st.sampled_from([Fractions.CASH, Fractions.NEAREST]))
def test_no_share_and_no_cent_is_lost(rows, ratio, rule):
    held = [Held(i, shares, paid) for i, (shares, paid) in enumerate(rows)]
    result = exchange(held, ratio, rule)
    exact = ratio.of(sum(lot.shares for lot in held))
    assert abs(result.shares - exact) < 1
    assert result.shares <= exact or rule is Fractions.NEAREST
    assert sum(piece.paid_cents for piece in result.pieces) + result.cash_cents == sum(lot.paid_cents for lot in held)
    assert all(abs(piece.shares - ratio.of(piece.taken)) < 1 for piece in result.pieces)
    assert all(piece.paid_cents == 0 for piece in result.pieces if piece.shares == 0)
    if rule is Fractions.CASH and exact >= 1:
        assert result.cash_cents <= Fraction(sum(lot.paid_cents for lot in held)) * (exact - result.shares) / exact


@given(st.integers(0, 10**6), ratios)
def test_what_is_kept_back_leaves_no_fraction(shares, ratio):
    taken = without_rest(shares, ratio)
    assert 0 <= taken <= shares and ratio.of(taken).denominator == 1 and shares - taken < ratio.old


def conversion(member, old, new, shares, ratio, rule, **changed):
    facts = {"source": source("conversion"), "member": member, "old": old, "new": new, "shares": shares}
    facts |= {"ratio": ratio, "rule": rule, "on": clock.today(), "reason": "vote"}
    return Conversion(**(facts | changed))


def test_a_conversion_keeps_days_and_money_and_is_undone_whole(database):
    with transaction() as session:
        maya, _, old = two_members(session, 10, on=days_ago(9))
        make.lot(session, maya, 5, on=days_ago(2))
        found, coop = old.share_class, share_class(session, "COOP", "Member share")
        before = [(lot.shares, lot.paid_cents, lot.held_since) for lot in lots_of(session, [maya.id])]
        act = convert(session, conversion(maya, found, coop, 14, Ratio(1, 3), Fractions.CASH), by=None)
        now = {lot.share_class.code: [] for lot in lots_of(session, [maya.id])}
        for lot in lots_of(session, [maya.id]):
            now[lot.share_class.code].append((lot.shares, lot.held_since))
        assert now == {"COOP": [(3, days_ago(9)), (1, days_ago(2))], "A": [(1, days_ago(2))]}
        [payout] = unpaid_payouts(session)
        assert payout.amount_cents == 2 * make.PRICE.minor  # two of fourteen shares make no whole one
        undo(session, act.id, on=clock.today(), by=None, reason="vote was void")
        assert [(lot.shares, lot.paid_cents, lot.held_since) for lot in lots_of(session, [maya.id])] == before
        kept = convert(session, conversion(maya, found, coop, 14, Ratio(1, 3), Fractions.KEEP), by=None)
        assert kept.details["shares"] == 12 and unpaid_payouts(session) == []
        with pytest.raises(converting.SameClass):
            convert(session, conversion(maya, found, found, 1, Ratio(1, 1), Fractions.KEEP), by=None)
        with pytest.raises(converting.NothingComes):
            convert(session, conversion(maya, found, coop, 1, Ratio(1, 3), Fractions.KEEP), by=None)


def test_a_split_and_a_consolidation_of_everybody(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, 10, on=days_ago(9))
        make.lot(session, wei, 7, on=days_ago(3))
        found = lot.share_class
        split(session, Split(source(), found, Ratio(3, 1), Fractions.NEAREST, clock.today(), "vote"), by=None)
        assert [each.shares for each in lots_of(session, [maya.id, wei.id])] == [30, 21]
        what = Split(source(), found, Ratio(1, 4), Fractions.CASH, clock.today(), "vote")
        act = split(session, what, by=None)
        assert sorted(each.shares for each in lots_of(session, [maya.id, wei.id])) == [5, 7]
        assert len(unpaid_payouts(session)) == 2
        undo(session, act.id, on=clock.today(), by=None, reason="void")
        assert sorted(each.shares for each in lots_of(session, [maya.id, wei.id])) == [21, 30]
        with pytest.raises(converting.NotSameClass):
            split(session, Split(source(), found, Ratio(2, 2), Fractions.CASH, clock.today(), "vote"), by=None)
