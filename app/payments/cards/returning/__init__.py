"""Returning: money that goes back by the way it came, and charges that people dispute at their bank."""
