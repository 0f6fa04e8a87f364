"""Distributions over the API: declared ones with every part, drafts as they would be declared, proposing, batches."""
