"""Motions over the API."""
