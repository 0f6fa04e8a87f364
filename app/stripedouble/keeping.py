"""A file that keeps what the double holds from one run to the next."""

from app.stripedouble.double import Double


def save(double: Double, path: str) -> None:
    """Write everything that is held, as JSON."""
    raise NotImplementedError


def load(double: Double, path: str) -> None:
    """Read what an earlier run has written, if there is such a file."""
    raise NotImplementedError
