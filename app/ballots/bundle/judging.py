"""What a check of a bundle says: that something holds, that it is wrong, or that this bundle does not show it."""

from typing import Any

from app.ballots.calling import canonical

Data = dict[str, Any]


class Wrong(Exception):
    """Something in the bundle does not hold; the text says what."""


class NotShown(Exception):
    """The bundle does not hold what would be needed to check this; the text says what would."""


def need(holds: bool, why: str) -> None:
    """Raise `Wrong` unless something holds."""
    if not holds:
        raise Wrong(why)


def same(one: Any, other: Any) -> bool:
    """Whether two values are one in their one spelling, so that 1 is not true."""
    return bool(canonical(one) == canonical(other))
