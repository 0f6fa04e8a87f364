"""Batches of payments over the API."""
