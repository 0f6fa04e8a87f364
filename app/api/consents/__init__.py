"""Consents over the API."""
