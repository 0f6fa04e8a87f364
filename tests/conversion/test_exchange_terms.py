"""What a holder's lots become: value and people are conserved, whatever the ratio and the fractions."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.conversion.exchange.terms import Beyond, Terms, exchanged
from app.shares.acts.exchanging import Fractions, Held, Ratio

LOTS = st.lists(st.tuples(st.integers(1, 10_000), st.integers(0, 10**9)), min_size=1, max_size=6)
TERMS = st.builds(
    Terms,
    st.builds(Ratio, st.integers(1, 500), st.integers(1, 500)),
    st.sampled_from([Fractions.CASH, Fractions.NEAREST]),
    st.integers(0, 3),
    st.none() | st.integers(1, 5_000),
    st.sampled_from(Beyond),
    st.none() | st.integers(3, 200),
)


def held(lots: list[tuple[int, int]]) -> list[Held]:
    return [Held(number, shares, paid) for number, (shares, paid) in enumerate(lots, start=1)]


@given(LOTS, TERMS)
def test_every_cent_that_was_paid_is_capital_cash_reserve_or_lent(lots, terms):
    found = exchanged(held(lots), terms)
    assert [each.lot_id for each in found] == list(range(1, len(lots) + 1))
    goes = [(each.paid_cents, each.cash_cents, each.reserve_cents, each.loan_cents) for each in found]
    assert sum(map(sum, goes)) == sum(paid for _, paid in lots)
    assert all(min(each.shares, *to) >= 0 for each, to in zip(found, goes, strict=True))


@given(LOTS, TERMS)
def test_every_holder_has_at_least_what_the_plan_says(lots, terms):
    exact = Fraction(sum(shares for shares, _ in lots) * terms.ratio.new, terms.ratio.old)
    new = sum(each.shares for each in exchanged(held(lots), terms))
    assert new >= terms.least
    if terms.most is not None and exact > terms.most:
        assert new == terms.most
    elif terms.fractions is Fractions.CASH:
        assert new == max(exact.numerator // exact.denominator, terms.least)
    else:
        assert new == terms.least or abs(new - exact) <= Fraction(1, 2)


@given(LOTS, TERMS)
def test_a_stated_nominal_is_never_exceeded_and_reached_before_anything_leaves_the_capital(lots, terms):
    found = exchanged(held(lots), terms)
    new = sum(each.shares for each in found)
    if terms.nominal_cents is None or not new:
        return
    assert all(each.paid_cents <= each.shares * terms.nominal_cents for each in found)
    if any(each.reserve_cents or each.loan_cents for each in found):
        assert sum(each.paid_cents for each in found) == new * terms.nominal_cents


@given(LOTS, TERMS, st.randoms())
def test_the_order_of_lots_changes_nothing_for_the_holder(lots, terms, chance):
    def sums(order):
        found = exchanged(held(order), terms)
        return [sum(getattr(each, name) for each in found) for name in ("shares", "cash_cents", "loan_cents")]

    shuffled = list(lots)
    chance.shuffle(shuffled)
    assert sums(lots) == sums(shuffled)


def test_a_fraction_is_paid_at_what_was_paid_on_it_and_a_rest_beyond_the_nominal_goes_where_the_terms_say():
    two_for_three = Terms(Ratio(2, 3), Fractions.CASH)
    (became,) = exchanged([Held(7, 10, 23_000)], two_for_three)  # 6 2/3 shares: 2/3 of a new one is one old share
    assert (became.shares, became.paid_cents, became.cash_cents) == (6, 20_700, 2_300)
    (became,) = exchanged([Held(7, 10, 23_000)], Terms(Ratio(1, 1), Fractions.CASH, nominal_cents=2_000))
    assert (became.shares, became.paid_cents, became.reserve_cents) == (10, 20_000, 3_000)
    capped = Terms(Ratio(1, 1), Fractions.CASH, beyond=Beyond.LOAN, most=100, loan_years=5)
    first, second = exchanged([Held(7, 250, 25_000), Held(8, 150, 15_000)], capped)  # 400 shares of one dollar each
    assert (first.shares + second.shares, first.paid_cents + second.paid_cents, first.loan_cents) == (
        100,
        10_000,
        30_000,
    )
    (became,) = exchanged([Held(7, 1, 2_300)], Terms(Ratio(1, 100), Fractions.CASH, least=1))
    assert (became.shares, became.paid_cents, became.cash_cents) == (1, 2_300, 0)
