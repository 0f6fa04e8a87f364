"""Casting: recorded votes online, by post and on paper; where secret ballots are kept, their store says."""

from app.ballots.casting import counting  # noqa: F401  (registers the store of recorded votes)
