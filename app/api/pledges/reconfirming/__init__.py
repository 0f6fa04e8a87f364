"""Pledges confirmed again under changed terms, over the API."""
