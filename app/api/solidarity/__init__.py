"""The solidarity fund over the API."""
