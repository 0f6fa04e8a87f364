"""The picture of a funnel as plain geometry: a bar for each stage, as long as its part of the greatest."""

from dataclasses import dataclass

from app.offers.desk.funnel.reading import STAGES, Funnel

WIDTH = 400


@dataclass(frozen=True)
class Bar:
    """A stage's bar: where it begins from above, and how long it is, in units of the view box."""

    stage: str
    y: int
    width: int


def bars(found: Funnel) -> list[Bar]:
    """The bars from the first stage to the last; what is too small to see is a hairline, nothing is nothing."""
    longest = max(found.sums.values()) or 1
    return [
        Bar(stage, 8 + number * 44, max(WIDTH * found.sums[stage] // longest, 2 if found.sums[stage] else 0))
        for number, stage in enumerate(STAGES)
    ]
