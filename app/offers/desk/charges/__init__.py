"""The desk's charge runs of an offer."""
