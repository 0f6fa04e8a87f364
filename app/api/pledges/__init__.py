"""Pledges over the API."""
