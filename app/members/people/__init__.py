"""Persons and organizations as registers know them, and how they become, are and cease to be members."""
