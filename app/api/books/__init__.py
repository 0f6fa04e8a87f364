"""The proofs of the books over the API."""
