"""Disputes and refunds by card over the API."""
