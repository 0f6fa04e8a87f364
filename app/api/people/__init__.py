"""People at the desk over the API."""
