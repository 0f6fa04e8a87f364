"""Ballots: how an organization decides, from the roll to the certified result."""
