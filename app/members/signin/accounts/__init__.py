"""Signing in with the account that an organization already gives its people (OpenID Connect)."""
