"""Solidarity: a fund of an offer, from which shares are paid for people who cannot."""
