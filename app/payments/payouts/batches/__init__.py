"""Batches: payouts and refunds ordered from the bank together, by two people, in one file."""
