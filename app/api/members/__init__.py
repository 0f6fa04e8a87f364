"""Members and their register over the API."""
