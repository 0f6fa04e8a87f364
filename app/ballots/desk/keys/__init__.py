"""The desk of the keys of secret ballots."""
