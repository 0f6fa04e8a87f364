"""Offers: the terms on which shares are offered, the pledges made under them, and how an offer closes."""
