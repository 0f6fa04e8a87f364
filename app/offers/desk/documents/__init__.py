"""The documents of an offer at the desk."""
