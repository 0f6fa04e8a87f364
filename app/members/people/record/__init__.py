"""The desk's page of one record."""
