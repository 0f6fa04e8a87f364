"""The result of an offer: counted, approved by two people, collected, and settled."""
