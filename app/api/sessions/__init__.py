"""One's own sessions over the API."""
