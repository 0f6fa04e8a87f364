"""Meetings, and the topics by which members delegate, over the API."""
