"""Officers over the API."""
