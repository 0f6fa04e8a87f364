"""Giving uploaded files to whoever may read them."""
