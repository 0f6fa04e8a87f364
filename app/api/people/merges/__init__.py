"""Records that are one person, over the API."""
