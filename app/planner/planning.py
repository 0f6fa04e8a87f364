"""The plan's arithmetic: what many small amounts buy of a company, and whether that carries its vote; always exact."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil, floor

from app.core.money import Money
from app.planner.bars import Bar

_ROUNDED = 3  # votes that rounding to whole ones can make out, at most


@dataclass(frozen=True, slots=True)
class Plan:
    """The figures of a plan. Shares of one (`fraction`, `premium`, `turnout`, `support`) are exact fractions.

    `price` is in minor units a share, before the premium. `turnout` is the part of the other holders' shares that
    vote, `support` the part of those that vote for. Without a count of shares (`counted` false) the company is
    taken as its valuation in pieces of one minor unit each: a stake needs no more.
    """

    users: int
    fraction: Fraction
    each: Money
    shares: int
    price: Fraction
    premium: Fraction = Fraction(0)
    turnout: Fraction = Fraction(1)
    support: Fraction = Fraction(0)
    counted: bool = True

    @property
    def currency(self) -> str:
        """The one currency of the plan."""
        return self.each.currency

    @property
    def people(self) -> int:
        """Whole people who take part."""
        return floor(self.users * self.fraction)

    @property
    def raised(self) -> Money:
        """What they bring together."""
        return self.each * self.people

    @property
    def price_paid(self) -> Fraction:
        """Minor units a share, with the premium."""
        return self.price * (1 + self.premium)

    @property
    def whole_price(self) -> Money:
        """What all the shares cost, rounded up to a whole minor unit."""
        return Money(ceil(self.shares * self.price_paid), self.currency)


@dataclass(frozen=True, slots=True)
class Tally:
    """The vote as the plan expects it, in whole votes, one a share: `needed` is the least number that carries.

    `base` is what the bar counts against. Fractions of a vote are rounded against the plan, save in `present`.
    """

    ours: int
    others_for: int
    against: int
    present: int
    base: int
    needed: int
    call: int | None

    @property
    def in_favour(self) -> int:
        """All votes for."""
        return self.ours + self.others_for

    @property
    def margin(self) -> int:
        """Votes for beyond those needed; below zero, those missing."""
        return self.in_favour - self.needed

    @property
    def passes(self) -> bool:
        """Carried, at a meeting that has its quorum."""
        return self.margin >= 0 and self.call is not None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the plan comes to: the purchase and the vote. `left_over` is money that buys no further share."""

    bought: int
    left_over: Money
    capped: bool
    stake: Fraction
    tally: Tally

    @property
    def passes(self) -> bool:
        """Whether the vote carries."""
        return self.tally.passes


@dataclass(frozen=True, slots=True)
class BreakEven:
    """The least figures that carry the vote, each with all others as planned; None where no figure does.

    `price` is the highest price a share, in minor units with the premium; `turnout` the highest turnout of the other
    holders that still carries, None where any does or none does; `allies` the votes of other holders still missing.
    """

    shares: int
    money: Money
    people: int
    fraction: Fraction
    each: Money | None
    price: Fraction | None
    turnout: Fraction | None
    allies: int


@dataclass(frozen=True, slots=True)
class Mark:
    """The stake that the vote asks for: more than `part` of all shares where `strict`, else at least that part."""

    part: Fraction
    strict: bool


def work_out(plan: Plan, bar: Bar) -> Outcome:
    """The purchase and the vote."""
    affordable = floor(plan.raised.minor / plan.price_paid)
    bought = min(affordable, plan.shares)
    left_over = Money(floor(plan.raised.minor - bought * plan.price_paid), plan.currency)
    stake = Fraction(bought, plan.shares)
    return Outcome(bought, left_over, affordable > plan.shares, stake, tally(plan, bar, bought))


def tally(plan: Plan, bar: Bar, ours: int) -> Tally:
    """The vote when the pool holds `ours` of the shares and the other holders act as the plan expects."""
    assert 0 <= ours <= plan.shares, "a pool holds no more shares than there are"
    others = plan.shares - ours
    others_for = floor(others * plan.turnout * plan.support)
    against = ceil(others * plan.turnout * (1 - plan.support))
    present = ours + ceil(others * plan.turnout)
    base = plan.shares if bar.of_outstanding else ours + others_for + against
    call = bar.call_with_quorum(present, plan.shares)
    return Tally(ours, others_for, against, present, base, bar.least(base), call)


def break_even(plan: Plan, bar: Bar) -> BreakEven | None:
    """The least figures that carry the vote; None when not even all the shares would."""
    shares = shares_to_pass(plan, bar)
    if shares is None:
        return None
    cost = shares * plan.price_paid
    people = max(ceil(cost / plan.each.minor), 0)
    now = work_out(plan, bar)
    return BreakEven(
        shares=shares,
        money=Money(ceil(cost), plan.currency),
        people=people,
        fraction=Fraction(people, plan.users),
        each=Money(ceil(cost / plan.people), plan.currency) if plan.people else None,
        price=Fraction(plan.raised.minor, shares) if shares and plan.people else None,
        turnout=turnout_to_pass(plan, bar, now.bought),
        allies=allies_to_pass(now.tally, bar, plan.shares),
    )


def shares_to_pass(plan: Plan, bar: Bar) -> int | None:
    """The least holding that carries the vote; None when not even all the shares do."""
    return least(plan.shares, lambda ours: tally(plan, bar, ours).passes)


def stake_mark(plan: Plan, bar: Bar) -> Mark | None:
    """The stake that carries the vote, as the rule says it; None when not even all the shares do.

    With turnout t and support u of the others, bar f: a stake s passes f (or reaches it) of all shares at
    s + t u (1 - s) = f, and of the votes cast at s + t u (1 - s) = f (s + t (1 - s)). Where something else decides,
    such as a quorum, it is the least whole number of shares.
    """
    shares = shares_to_pass(plan, bar)
    if shares is None:
        return None
    turnout, support, fraction = plan.turnout, plan.support, bar.fraction
    if bar.of_outstanding:
        top, slope = fraction - turnout * support, 1 - turnout * support
    else:
        top, slope = turnout * (fraction - support), 1 - turnout * support - fraction * (1 - turnout)
    if slope > 0 and top > 0 and abs(shares * slope - top * plan.shares) <= _ROUNDED:
        return Mark(top / slope, bar.strict)
    return Mark(Fraction(shares, plan.shares), strict=False)


def allies_to_pass(now: Tally, bar: Bar, shares: int) -> int:
    """The fewest votes of other holders that turn a lost vote into a carried one; 0 when it is carried.

    Where a quorum is missing they come first from holders who would have stayed away, then from those against.
    """
    arrivals = bar.missing_for_quorum(now.present, shares)
    base = now.base if bar.of_outstanding else now.base + arrivals
    return arrivals + max(bar.least(base) - (now.in_favour + arrivals), 0)


def turnout_to_pass(plan: Plan, bar: Bar, ours: int) -> Fraction | None:
    """The highest turnout of the other holders at which `ours` still carries; None where turnout does not decide.

    With stake s, bar f and support u among those who vote, s >= f (s + t (1 - s)) - u t (1 - s) gives
    t <= s (1 - f) / ((1 - s) (f - u)).
    """
    others = plan.shares - ours
    if bar.of_outstanding or not others or plan.support >= bar.fraction:
        return None
    highest = Fraction(ours, others) * (1 - bar.fraction) / (bar.fraction - plan.support)
    return min(highest, Fraction(1))


def with_people(plan: Plan, people: int) -> Plan:
    """The plan with another number of people taking part."""
    return replace(plan, fraction=Fraction(people, plan.users))


def least(most: int, holds: Callable[[int], bool]) -> int | None:
    """The least whole number up to `most` for which a condition holds that, once true, stays true; None if none."""
    if not holds(most):
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
