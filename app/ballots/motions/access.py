"""Who reads motions: members, staff, and whoever acts for a member; who may propose and discuss: members."""

from typing import Protocol

from sqlalchemy.orm import Session

from app.ballots.motions.supporting import members_for
from app.core.errors import NotFound


class Reader(Protocol):
    """Whoever reads, signed in or by a token: who they are, and their roles."""

    @property
    def person_id(self) -> int:
        """The person's row."""

    @property
    def roles(self) -> frozenset[str]:
        """The roles that count everywhere."""


def require_reader(session: Session, viewer: Reader) -> None:
    """Let members and staff read, and whoever acts for a member; for others there is no such page."""
    if not viewer.roles and not members_for(session, viewer.person_id):
        raise NotFound
