"""Ballots over the API: what is voted on, votes that are recorded, and certified results."""
