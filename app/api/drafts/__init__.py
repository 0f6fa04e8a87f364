"""Drafts of distributions over the API."""
