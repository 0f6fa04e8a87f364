"""Applications for membership over the API."""
