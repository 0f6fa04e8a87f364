"""Proxies over the API: named, accepted, ended and voted by."""
