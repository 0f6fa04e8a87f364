"""Payouts, and the batches in which they are ordered, over the API."""
