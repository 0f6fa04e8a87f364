"""Seals: the organization's PAdES signature under each document, and the timestamps that say since when it stands."""
