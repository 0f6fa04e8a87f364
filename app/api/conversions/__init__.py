"""Conversions over the API: as everyone sees them, and the dry run of their exchange for the desk."""
