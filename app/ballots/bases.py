"""A shareholders' tally on each base of a majority: the same votes pass on one and fail on another."""

from fractions import Fraction

from app.law.decisions import Decision
from app.law.thresholds import DENOMINATORS, Tally, Threshold

BASES = ("cast_for_against", "cast_with_abstentions", "present", "entitled", "outstanding")


def on_each_base(tally: Tally, operator: str = ">", fraction: Fraction = Fraction(1, 2)) -> dict[str, Decision]:
    """The decision on every base whose counts the tally holds, by name, the narrowest first.

    `tally` has counts by name as `app.law` knows them: for, against, abstain, present, entitled, outstanding, ...
    """
    known = [base for base in BASES if all(name in tally for name in DENOMINATORS[base])]
    return {base: Threshold("for", base, operator, fraction).decide(tally) for base in known}
