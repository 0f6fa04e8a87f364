"""The caller and everybody's roles over the API."""
