"""Acts on shares over the API."""
