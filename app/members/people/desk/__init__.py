"""The desk's pages of people."""
