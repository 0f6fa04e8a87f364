"""Restricting: persons whose data was erased as far as the law lets it; what had to stay is kept out of sight."""

from datetime import datetime

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_

HIDDEN = N_("(restricted)")
"""What stands for the name of a restricted person everywhere but in the register."""


class Restriction(Base):
    """From this moment on a person's remaining data is kept for the law's sake only (GDPR art. 18)."""

    __tablename__ = "restriction"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    restricted_at: Mapped[datetime]


append_only(Restriction.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table


def restrict(session: Session, person_id: int) -> None:
    """Keep a person's data out of sight from now on; harmless when repeated."""
    if not is_restricted(session, person_id):
        session.add(Restriction(person_id=person_id, restricted_at=clock.now()))
        session.flush()


def is_restricted(session: Session, person_id: int) -> bool:
    """Whether a person's data is kept out of sight."""
    return session.scalar(select(Restriction.person_id).where(Restriction.person_id == person_id)) is not None
