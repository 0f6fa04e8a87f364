"""The history of an offer as plain geometry, in the units of an SVG view box; the template draws and colours it.

Positions are rounded to a tenth and are the only inexact numbers here; the table beside the picture is exact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import cos, pi, sin

from app.core.money import Money
from app.offers.public.projecting import Projection
from app.offers.public.totals import DayTotal

LEFT, TOP, WIDTH, HEIGHT = 74, 16, 548, 214  # the plotting box in a picture of 640 by 264
TICKS_MAX = 6
RING_PARTS, RING_MIDDLE, RING_OUTER, RING_INNER, RING_GAP = 100, 100.0, 96.0, 76.0, 0.3


@dataclass(frozen=True, slots=True)
class Tick:
    """A labelled place on an axis."""

    at: float
    value: Money | date


@dataclass(frozen=True, slots=True)
class History:
    """The curves of pledged and paid money, the projection to the deadline, and the same as a table.

    Curves are points as SVG writes them. A row of the table is a day, people, and money pledged and paid in all.
    """

    pledged: str
    area: str
    paid: str
    today_at: float
    ahead: str
    range: str
    across: tuple[Tick, ...]
    up: tuple[Tick, ...]
    target_at: float | None
    table: tuple[tuple[date, int, Money, Money], ...]


@dataclass(frozen=True, slots=True)
class _Box:
    first: date
    last: date
    top: int

    def x(self, day: date) -> float:
        return round(LEFT + WIDTH * (day - self.first).days / max((self.last - self.first).days, 1), 1)

    def y(self, minor: int) -> float:
        return round(TOP + HEIGHT * (1 - minor / self.top), 1)

    def line(self, places: Sequence[tuple[date, int]]) -> str:
        return " ".join(f"{self.x(day)},{self.y(minor)}" for day, minor in places)


def history(
    days: Sequence[DayTotal], opened_on: date, today: date, deadline: date, target: Money, ahead: Projection | None
) -> History | None:
    """The picture of an offer's days; None before anything was pledged."""
    if not days:
        return None
    first, now = min(opened_on, days[0].day), days[-1].pledged_minor
    last = deadline if ahead else max(today, days[-1].day)
    most = max(max(day.pledged_minor for day in days), ahead.high_minor if ahead else 0, 1)
    box = _Box(first, max(last, first + timedelta(days=1)), _round_up(most))
    until = min(today, box.last)
    pledged = [*_steps([(day.day, day.pledged_minor) for day in days], first), (until, now)]
    paid = [*_steps([(day.day, day.paid_minor) for day in days], first), (until, days[-1].paid_minor)]
    line = box.line(pledged)
    return History(
        pledged=line,
        area=f"{box.x(first)},{TOP + HEIGHT} {line} {box.x(until)},{TOP + HEIGHT}",
        paid=box.line(paid),
        today_at=box.x(until),
        ahead=box.line([(until, now), (box.last, ahead.middle_minor)]) if ahead else "",
        range=box.line([(until, now), (box.last, ahead.high_minor), (box.last, ahead.low_minor)]) if ahead else "",
        across=tuple(Tick(box.x(day), day) for day in _dates(box.first, box.last)),
        up=tuple(Tick(box.y(minor), Money(minor, target.currency)) for minor in _steps_up(box.top)),
        target_at=box.y(target.minor) if target.minor <= box.top else None,
        table=tuple(_table(days, first, today, target.currency)),
    )


def ring(part: int, whole: int) -> tuple[tuple[str, ...], int]:
    """A ring of a hundred equal parts as SVG paths from the top clockwise, and how many of them are full."""
    full = min(RING_PARTS * part // whole, RING_PARTS) if whole else 0
    return tuple(_piece(number) for number in range(RING_PARTS)), max(full, 0)


def _piece(number: int) -> str:
    step = 2 * pi / RING_PARTS
    start, end = (number + RING_GAP / 2) * step, (number + 1 - RING_GAP / 2) * step
    corners = [(RING_OUTER, start), (RING_OUTER, end), (RING_INNER, end), (RING_INNER, start)]
    places = (f"{RING_MIDDLE + far * sin(angle):.2f} {RING_MIDDLE - far * cos(angle):.2f}" for far, angle in corners)
    return f"M{'L'.join(places)}Z"


def _steps(days: list[tuple[date, int]], first: date) -> Iterator[tuple[date, int]]:
    """From zero on the first day; each day's sum stands at its end."""
    yield first, 0
    yield from days


def _round_up(most: int) -> int:
    """The next of 1, 1.5, 2, 3, 4, 5, 6, 8 of a power of ten that leaves some air above."""
    wanted, ten = most * 21 // 20 + 1, 1
    while ten * 10 <= wanted:
        ten *= 10
    for tenths in (10, 15, 20, 30, 40, 50, 60, 80, 100):
        if ten * tenths >= wanted * 10:
            return -(-ten * tenths // 10)
    return ten * 10


def _steps_up(top: int) -> list[int]:
    """Even steps of the axis: three to six."""
    lead = int(str(top)[:2]) if top >= 10 else top * 10
    parts = {10: 5, 15: 3, 20: 4, 30: 3, 40: 4, 50: 5, 60: 3, 80: 4}.get(lead, 4)
    return [top * part // parts for part in range(parts + 1)]


def _dates(first: date, last: date) -> list[date]:
    """Firsts of months that fit, or days apart evenly where the picture spans less than three months."""
    span = (last - first).days
    if span < 90:
        step = max(-(-span // (TICKS_MAX - 1)), 1)
        return [first + timedelta(days=days) for days in range(0, span + 1, step)]
    months = (last.year - first.year) * 12 + last.month - first.month
    step = -(-months // TICKS_MAX)
    number = first.year * 12 + first.month
    return [date(at // 12, at % 12 + 1, 1) for at in range(number, number + months, step) if at >= number]


def _table(
    days: Sequence[DayTotal], first: date, today: date, currency: str
) -> Iterator[tuple[date, int, Money, Money]]:
    """The end of each week, and today."""
    ends = [first + timedelta(days=7 * week + 6) for week in range((today - first).days // 7 + 1)]
    for end in [*[end for end in ends if end < today], today]:
        known = [each for each in days if each.day <= end]
        if known:
            yield end, known[-1].people, Money(known[-1].pledged_minor, currency), Money(known[-1].paid_minor, currency)
