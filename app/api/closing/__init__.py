"""Closing an offer over the API: its result, and what two people decide about it."""
