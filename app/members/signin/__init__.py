"""Signing in safely: devices and sessions, second factors, outside accounts, proof of being a user of the platform."""
