"""Extracts of the register over the API."""
