"""Picturing: how support grew against what is needed, as points of a line that a page draws; pure and in integers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 1000, 200


@dataclass(frozen=True, slots=True)
class Curve:
    """A staircase of support: `points` of an SVG polyline, the height of the threshold, and where now is."""

    points: str
    needed_y: int
    now_x: int


def curve(
    changes: Sequence[tuple[datetime, int]], needed: int, begins: datetime, ends: datetime, now: datetime
) -> Curve:
    """The picture of changes (+1 or -1, each at its moment) between two moments, up to now.

    The height is that of the threshold and a quarter, or of the most support there was, whichever is more.
    """
    assert begins < ends, "the countdown ends after it begins"
    steps, most, many = [(begins, 0)], 0, 0
    for at, by in sorted(changes):
        many += by
        most = max(most, many)
        steps.append((at, many))
    top = max(most, -(-5 * needed // 4), 1)
    points = [f"0,{HEIGHT}"]
    before = 0
    for at, count in steps:
        x = _across(at, begins, ends)
        points += [f"{x},{_up(before, top)}", f"{x},{_up(count, top)}"]
        before = count
    here = _across(min(now, ends), begins, ends)
    points.append(f"{here},{_up(before, top)}")
    return Curve(" ".join(points), _up(needed, top), here)


def _across(at: datetime, begins: datetime, ends: datetime) -> int:
    part = (max(begins, min(at, ends)) - begins).total_seconds() / (ends - begins).total_seconds()
    return int(WIDTH * part)


def _up(count: int, top: int) -> int:
    return HEIGHT - HEIGHT * count // top
