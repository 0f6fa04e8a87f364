"""Bank statements over the API."""
