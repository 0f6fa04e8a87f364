"""Shapes of one's own name, address and contacts, as they are told: for oneself, or for whom one acts."""

from app.api.ownmembership.shapes import Holder
from app.api.people.shapes import AddressedTaken, ContactsTaken


class OwnParticularsTaken(AddressedTaken):
    """A name and address from a day on."""

    holder: Holder = None


class OwnContactsTaken(ContactsTaken):
    """How somebody is reached from a day on, and what for; what is empty is none any more."""

    holder: Holder = None
