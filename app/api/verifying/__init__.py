"""Verifying documents over the API."""
