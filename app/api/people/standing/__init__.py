"""What becomes of a person and their membership, over the API."""
