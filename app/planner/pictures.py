"""Pictures of a plan as plain geometry, in the units of an SVG view box; templates draw it, and classes colour it.

Positions are rounded to a tenth and are the only inexact numbers of the planner; the tables beside them are exact.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby
from math import ceil, log10

from app.core.money import Money
from app.planner.alarms import MARKS
from app.planner.bars import Bar
from app.planner.planning import BreakEven, Mark, Outcome, Plan, shares_to_pass, stake_mark, work_out

LEVELS = tuple(Fraction(part) for part in ("1/20", "1/10", "3/20", "3/10", "1/2", "3/4", "1"))
LEFT, TOP, WIDTH, HEIGHT = 56, 26, 322, 240  # the plotting box in a picture of 400 by 316; labels stand outside it
COLUMNS, ROWS = 56, 30
BAR_LEFT, BAR_WIDTH = 8, 384

Row = tuple[Money, tuple[tuple[Fraction, bool], ...]]  # an amount each, and by participation the stake and the vote


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis; `value` is a part of one, or money."""

    at: float
    value: Fraction | Money


@dataclass(frozen=True, slots=True)
class Patch:
    """A rectangle of one colour level."""

    x: float
    y: float
    width: float
    height: float
    level: int


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Stake over participation (across) and amount each (up), both in powers of ten, with the pass line."""

    patches: tuple[Patch, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    pass_line: tuple[float, float, float, float] | None
    whole_line: tuple[float, float, float, float] | None
    here: tuple[float, float]
    table: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Curve:
    """A line through `points` (as SVG writes them) and what it stands for."""

    points: str
    value: Fraction
    end: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Chart:
    """Curves over two plain axes, the plan's own place, and the same figures as a table.

    A row of the table is the value across and, for each curve, the value up (None beyond the whole); of turnouts, the
    stake that the vote asks for.
    """

    curves: tuple[Curve, ...]
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    here: tuple[float, float] | None
    table: tuple[tuple[Fraction | Money, tuple[Fraction | Mark | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class StakeBar:
    """A bar of all shares: what the pool holds, the stake needed, and the alarm marks (place, mark, reached)."""

    held: float
    needed: float | None
    marks: tuple[tuple[float, Fraction, bool], ...]


def stake_bar(plan: Plan, outcome: Outcome, even: BreakEven | None) -> StakeBar:
    """The stake against the stake needed, from left to right; `held` is a width, the others are places."""
    return StakeBar(
        held=round(BAR_WIDTH * float(outcome.stake), 1),
        needed=_on_bar(Fraction(even.shares, plan.shares)) if even else None,
        marks=tuple((_on_bar(mark), mark, outcome.stake >= mark) for mark in MARKS),
    )


def _on_bar(part: Fraction) -> float:
    return round(BAR_LEFT + BAR_WIDTH * float(part), 1)


def heat_map(plan: Plan, bar: Bar, even: BreakEven | None) -> HeatMap:
    """Two powers of ten around the plan's own point, on each axis."""
    across = _Scale.around(plan.fraction or Fraction(1, 100), LEFT, WIDTH, most=Fraction(1))
    up = _Scale.around(Fraction(plan.each.minor), TOP + HEIGHT, -HEIGHT)
    whole = plan.shares * plan.price_paid / plan.users  # minor units each if all users took part
    return HeatMap(
        patches=tuple(_patches(across, up, float(whole))),
        across=tuple(Tick(across.at(float(part)), part) for part in across.steps()),
        up=tuple(Tick(up.at(float(minor)), Money(int(minor), plan.currency)) for minor in up.steps() if minor >= 1),
        pass_line=_line(across, up, float(even.shares * plan.price_paid / plan.users))
        if even and even.shares
        else None,
        whole_line=_line(across, up, float(whole)),
        here=(across.at(float(plan.fraction) or across.low), up.at(plan.each.minor)),
        table=tuple(_rows(plan, bar, across, up)),
    )


def break_even_chart(plan: Plan, even: BreakEven) -> Chart:
    """The participation that carries the vote, by amount each, at the plan's premium and at 20 and 40 points more."""
    cost = even.shares * plan.price
    premiums = [plan.premium + Fraction(step, 5) for step in range(3)]

    def needed(premium: Fraction, minor: Fraction) -> Fraction:
        return cost * (1 + premium) / (plan.users * minor)

    amounts = [plan.each.minor * Fraction(step, 20) for step in range(5, 81)]
    top = _top(needed(premiums[0], Fraction(plan.each.minor)), plan.fraction)
    across = _Scale(0.0, float(amounts[-1]), LEFT, WIDTH, even_steps=True)
    up = _Scale(0.0, float(top), TOP + HEIGHT, -HEIGHT, even_steps=True)
    curves = []
    for premium in premiums:
        line = [(minor, part) for minor in amounts if (part := needed(premium, minor)) <= top]
        if line:
            curves.append(_curve(line, across, up, premium))
    return Chart(
        curves=tuple(curves),
        across=tuple(Tick(across.at(float(minor)), Money(int(minor), plan.currency)) for minor in across.steps()),
        up=tuple(Tick(up.at(float(part)), part) for part in up.steps()),
        here=(across.at(plan.each.minor), up.at(float(plan.fraction))) if plan.fraction <= top else None,
        table=tuple(_break_even_rows(plan, even, premiums)),
    )


def turnout_chart(plan: Plan, bar: Bar, outcome: Outcome) -> Chart:
    """The stake that carries the vote, by turnout of the other holders."""
    turnouts = [Fraction(step, 20) for step in range(21)]
    line = []
    for turnout in turnouts:
        shares = shares_to_pass(replace(plan, turnout=turnout), bar)
        if shares is not None:
            line.append((turnout, Fraction(shares, plan.shares)))
    across = _Scale(0.0, 1.0, LEFT, WIDTH, even_steps=True)
    up = _Scale(0.0, 1.0, TOP + HEIGHT, -HEIGHT, even_steps=True)
    return Chart(
        curves=(_curve(line, across, up, plan.support),) if line else (),
        across=tuple(Tick(across.at(float(part)), part) for part in across.steps()),
        up=tuple(Tick(up.at(float(part)), part) for part in up.steps()),
        here=(across.at(float(plan.turnout)), up.at(float(outcome.stake))),
        table=tuple((turnout, (stake_mark(replace(plan, turnout=turnout), bar),)) for turnout, _ in line[::2]),
    )


@dataclass(frozen=True, slots=True)
class _Scale:
    """An axis from `low` to `high`, `length` long from `start`; in powers of ten unless `even_steps`."""

    low: float
    high: float
    start: float
    length: float
    even_steps: bool = False

    @classmethod
    def around(cls, middle: Fraction, start: float, length: float, most: Fraction | None = None) -> "_Scale":
        """Two powers of ten with `middle` in the middle, or lower when that would go beyond `most`."""
        high = min(float(middle) * 10, float(most)) if most else float(middle) * 10
        return cls(high / 100, high, start, length)

    def at(self, value: float) -> float:
        """Where a value stands."""
        if self.even_steps:
            part = (value - self.low) / (self.high - self.low)
        else:
            part = log10(value / self.low) / log10(self.high / self.low)
        return round(self.start + part * self.length, 1)

    def value(self, part: float) -> float:
        """The value at a part of the way along."""
        return float(self.low * (self.high / self.low) ** part)

    def steps(self) -> list[Fraction]:
        """Round values to label: 1, 2 and 5 of each power of ten, or about five even steps."""
        rounds = [digit * Fraction(10) ** ten for ten in range(-15, 33) for digit in (1, 2, 5)]
        if not self.even_steps:
            return [step for step in rounds if self.low * 0.999 <= step <= self.high * 1.001]
        wide = next(step for step in rounds if self.high <= step * 6)
        return [wide * count for count in range(int(self.high * 1.001 / float(wide)) + 1)]


def _patches(across: _Scale, up: _Scale, whole: float) -> Iterator[Patch]:
    """Runs of cells of one level, row by row; `whole` is what the company costs for each of all the users."""
    wide, high = WIDTH / COLUMNS, HEIGHT / ROWS
    marks = [float(mark) for mark in LEVELS]
    for row in range(ROWS):
        amount = up.value((row + 0.5) / ROWS)
        levels = [
            sum(across.value((column + 0.5) / COLUMNS) * amount / whole >= mark for mark in marks)
            for column in range(COLUMNS)
        ]
        column = 0
        for level, run in groupby(levels):
            left = round(LEFT + column * wide, 1)
            column += len(list(run))
            right, top = round(LEFT + column * wide, 1), round(TOP + HEIGHT - (row + 1) * high, 1)
            yield Patch(left, top, round(right - left, 1), round(high, 1), level)


def _line(across: _Scale, up: _Scale, product: float) -> tuple[float, float, float, float] | None:
    """Where participation times amount is `product`: straight on these axes; None when it lies outside the box."""
    corners = [(part, product / part) for part in (across.low, across.high)]
    corners += [(product / amount, amount) for amount in (up.low, up.high)]
    slack = 1.0001
    inside = sorted(
        (part, amount)
        for part, amount in corners
        if across.low / slack <= part <= across.high * slack and up.low / slack <= amount <= up.high * slack
    )
    if len(inside) < 2 or inside[-1][0] / inside[0][0] < slack:
        return None
    (part, amount), (last_part, last_amount) = inside[0], inside[-1]
    return across.at(part), up.at(amount), across.at(last_part), up.at(last_amount)


def _rows(plan: Plan, bar: Bar, across: _Scale, up: _Scale) -> Iterator[Row]:
    """The heat map's exact figures: a row for each labelled amount, the highest first."""
    for minor in reversed([step for step in up.steps() if step >= 1]):
        each = Money(int(minor), plan.currency)
        outcomes = [work_out(replace(plan, fraction=part, each=each), bar) for part in across.steps()]
        yield each, tuple((outcome.stake, outcome.passes) for outcome in outcomes)


def _break_even_rows(
    plan: Plan, even: BreakEven, premiums: list[Fraction]
) -> Iterator[tuple[Money, tuple[Fraction | None, ...]]]:
    for quarters in (1, 2, 4, 6, 8, 12, 16):
        each = Money(max(plan.each.minor * quarters // 4, 1), plan.currency)
        parts = [
            Fraction(ceil(even.shares * plan.price * (1 + premium) / each.minor), plan.users) for premium in premiums
        ]
        yield each, tuple(part if part <= 1 else None for part in parts)


def _curve(line: list[tuple[Fraction, Fraction]], across: _Scale, up: _Scale, value: Fraction) -> Curve:
    places = [(across.at(float(x)), up.at(float(y))) for x, y in line]
    return Curve(" ".join(f"{x},{y}" for x, y in places), value, places[-1])


def _top(needed: Fraction, planned: Fraction) -> Fraction:
    """How high the break-even chart reaches: to the plan's own participation when that is not far off."""
    return min(max(needed * Fraction(5, 2), planned * Fraction(5, 4)), needed * 8)
