"""Drawing: the geometry of the cap table's pictures, in whole units of their view boxes."""

from datetime import date, timedelta
from typing import NamedTuple

from app.exports.captable.reading import Growth

WIDTH = 1000
HEIGHT = 240
PARTS = 4  # of both axes, between their marks


class Piece(NamedTuple):
    """A stretch of a bar: the class by its place among all classes, where it begins and how long it is."""

    place: int
    code: str
    shares: int
    x: int
    width: int


class Area(NamedTuple):
    """A class in the picture of growth: a closed line from left to right and back."""

    place: int
    code: str
    points: str


def bar(shares: dict[str, int], codes: list[str], whole: int) -> list[Piece]:
    """The shares of each class side by side, as parts of a whole."""
    pieces, before = [], 0
    for place, code in enumerate(codes):
        count = shares.get(code, 0)
        if count > 0 and whole > 0:
            x = WIDTH * before // whole
            pieces.append(Piece(place, code, count, x, max(WIDTH * (before + count) // whole - x, 2)))
            before += count
    return pieces


class Axes(NamedTuple):
    """The marks of the picture of growth: shares from the top to nothing, and days from the first to the last."""

    shares: list[int]
    days: list[date]

    @property
    def lines(self) -> list[int]:
        """Where the marks of shares are drawn, from the top."""
        return [HEIGHT * place // PARTS for place in range(PARTS + 1)]


def axes(grown: Growth) -> Axes:
    """Marks at equal distances; those of shares are round figures that reach above the most there ever were."""
    if not grown.days:
        return Axes([], [])
    step = _round_up(-(-max(sum(shares.values()) for _, shares in grown.days) // PARTS) or 1)
    first, last = grown.days[0][0], grown.days[-1][0]
    days = [first + timedelta(days=(last - first).days * place // PARTS) for place in range(PARTS + 1)]
    return Axes([step * place for place in range(PARTS, -1, -1)], sorted(set(days)) if (last - first).days else [first])


def _round_up(least: int) -> int:
    """The next figure of 1, 2, 2.5 or 5 and zeros."""
    power = int("1".ljust(len(str(least)), "0"))
    return next(each for each in (power, 2 * power, 5 * power // 2, 5 * power, 10 * power) if each >= least)


def areas(grown: Growth, codes: list[str]) -> list[Area]:
    """Classes on top of each other over the days, in steps, the first class at the foot."""
    if not grown.days:
        return []
    first, last = grown.days[0][0].toordinal(), grown.days[-1][0].toordinal()
    span = max(last - first, 1)
    most = axes(grown).shares[0]
    floor = [0] * len(grown.days)
    found = []
    for place, code in enumerate(codes):
        top = [below + shares.get(code, 0) for below, (_, shares) in zip(floor, grown.days, strict=True)]
        xs = [WIDTH * (day.toordinal() - first) // span for day, _ in grown.days]
        if len(xs) == 1:
            xs = [0]
        outline = _steps(xs, top, most) + _steps(xs, floor, most)[::-1]
        found.append(Area(place, code, " ".join(f"{x},{y}" for x, y in outline)))
        floor = top
    return found


def _steps(xs: list[int], values: list[int], most: int) -> list[tuple[int, int]]:
    points: list[tuple[int, int]] = []
    for number, (x, value) in enumerate(zip(xs, values, strict=True)):
        y = HEIGHT - HEIGHT * value // most
        after = xs[number + 1] if number + 1 < len(xs) else WIDTH
        points += [(x, y), (after, y)]
    return points
