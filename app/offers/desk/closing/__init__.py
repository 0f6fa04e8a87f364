"""The desk of an offer that closes: its result, and what two people decide about it."""
