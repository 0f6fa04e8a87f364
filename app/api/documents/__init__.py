"""A person's own shares and documents over the API."""
