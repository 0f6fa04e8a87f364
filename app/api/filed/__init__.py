"""Everybody's documents over the API, for whoever works here."""
