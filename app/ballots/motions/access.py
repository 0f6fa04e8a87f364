"""Who reads motions: members, staff, and whoever acts for a member; who may propose and discuss: members."""

from sqlalchemy.orm import Session

from app.ballots.motions.supporting import members_for
from app.core.errors import NotFound
from app.members.access import SignedInViewer


def require_reader(session: Session, viewer: SignedInViewer) -> None:
    """Let members and staff read, and whoever acts for a member; for others there is no such page."""
    if not viewer.roles and not members_for(session, viewer.person_id):
        raise NotFound
