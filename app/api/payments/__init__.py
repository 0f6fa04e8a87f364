"""Receipts and refunds over the API."""
