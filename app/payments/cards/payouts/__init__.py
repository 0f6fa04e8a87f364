"""Payouts of the processor: what it sends to the bank, booked when it leaves, and explained line by line."""
