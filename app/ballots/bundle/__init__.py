"""Audit bundles: one file with which anybody counts a ballot again, without the database it came from."""
