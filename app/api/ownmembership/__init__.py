"""Becoming a member and leaving, over the API."""
