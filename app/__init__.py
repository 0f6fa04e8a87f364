"""Costake: the users of a platform buy it, own it and turn it into a co-operative."""
