"""Proof of being a user of the platform: a claim that it signed, or its list of hashed e-mail addresses."""
