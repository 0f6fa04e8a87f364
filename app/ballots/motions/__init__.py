"""Motions: members propose what is to be voted on, support it, and see what came of it."""
