"""Pledges at the desk over the API."""
