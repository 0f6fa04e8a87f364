"""One's own name, address and contacts over the API."""
