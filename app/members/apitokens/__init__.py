"""Tokens of the API: credentials that a person gives to a program, with scopes and an end."""
