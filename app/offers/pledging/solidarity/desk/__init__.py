"""The desk of an offer's solidarity fund."""
