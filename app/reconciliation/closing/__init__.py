"""Closing a month: every item in exactly one bucket, what remains explained in words, signed by two people."""
