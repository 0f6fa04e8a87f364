"""The desk of ballots over the API."""
