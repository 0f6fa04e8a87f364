"""Charge runs of an offer over the API."""
