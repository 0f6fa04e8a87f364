"""Exports: what leaves the house."""
