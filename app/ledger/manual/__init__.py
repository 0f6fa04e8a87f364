"""Entries that no act of the product makes: accounts of one's own, and manual entries by two people."""
