"""What members ask for with their own shares, over the API."""
