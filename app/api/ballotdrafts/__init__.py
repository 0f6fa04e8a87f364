"""Drafts of ballots over the API, and what is changed of them before and after the notice."""
