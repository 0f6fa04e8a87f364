"""Files of ballots over the API."""
