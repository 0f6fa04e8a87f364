"""Acts that need two people over the API."""
