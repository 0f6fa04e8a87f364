"""Erasure at the desk."""
