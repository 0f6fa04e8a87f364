"""Verifying: anyone who holds a document or its file learns whether it is ours, unaltered and the latest."""
