"""Standing delegations of the caller over the API."""
