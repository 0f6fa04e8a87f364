"""Payouts: what is owed to somebody out of redemptions, interest or the like, and its payment."""
