"""Signing by people: who signs a document in which order, and the version with the evidence of each signature."""
