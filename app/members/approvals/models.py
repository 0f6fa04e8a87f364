"""What is kept of acts that need two people: what was proposed by whom, and who decided it how."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.members.models import Person


class Proposal(Base):
    """An act proposed: its registered name, what it is about (`kind:id`), and the values it will be done with."""

    __tablename__ = "proposal"
    __table_args__ = (Index(None, "act", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String)
    payload: Mapped[dict[str, Any]] = mapped_column(JSONB)
    reason: Mapped[str] = mapped_column(String)
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_at: Mapped[datetime]
    expires_at: Mapped[datetime]

    proposer: Mapped[Person] = relationship()


class Decision(Base):
    """The one decision of a proposal, by another person."""

    __tablename__ = "proposal_decision"

    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id"), primary_key=True, autoincrement=False)
    approved: Mapped[bool]
    reason: Mapped[str] = mapped_column(String)
    decided_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime]

    proposal: Mapped[Proposal] = relationship()
    decider: Mapped[Person] = relationship()


append_only(Proposal.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
append_only(Decision.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
