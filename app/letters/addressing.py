"""Addressing: where letters to a person go, as the room that knows people tells it."""

from collections.abc import Callable

from sqlalchemy.orm import Session

Addresser = Callable[[Session, int, str | None], str | None]

TO_THE_ACCOUNT = frozenset({"sign-in", "confirm-pledge", "already-pledged", "new-device", "factor-changed", "new-role"})
"""Letters about signing in, or that prove who owns an address: they go where they are addressed, and never by post."""
WARNINGS = frozenset({"bank-details-changed"})
"""Letters that warn of what somebody in another's name may have done: to the address by which they sign in, if any."""

_ADDRESSERS: list[Addresser] = []


def register_addresser(addresser: Addresser) -> None:
    """Make known who tells the address for letters of a person, from the one by which they sign in."""
    assert addresser in _ADDRESSERS or not _ADDRESSERS, "one room knows people"
    if not _ADDRESSERS:
        _ADDRESSERS.append(addresser)


def address_for(session: Session, name: str, person_id: int | None, to: str | None) -> str:
    """The e-mail address that a letter goes to, "" when it goes by post."""
    if name in TO_THE_ACCOUNT:
        assert to, "who signs in has an address"
        return to
    if name in WARNINGS and to:
        return to
    if person_id is None or not _ADDRESSERS:
        return to or ""
    return _ADDRESSERS[0](session, person_id, to) or ""
