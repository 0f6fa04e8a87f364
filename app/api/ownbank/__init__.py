"""One's own bank details over the API."""
