"""The threshold: how many members must support a motion; pure and exact."""

from fractions import Fraction


def supporters_needed(members: int, number: int | None, part: Fraction | None) -> int:
    """How many of so many members are enough: a number, a part rounded up, or the fewer of both; at least one.

    A number above that of all members asks for all of them, so that no rule is out of reach.
    """
    assert number is not None or part is not None, "a rule says how many"
    asked = [number] if number is not None else []
    if part is not None:
        asked.append(-(-part.numerator * members // part.denominator))
    return max(1, min(*asked, members) if members else 1)
