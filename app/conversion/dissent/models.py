"""What is kept of exits: the offer that two people made, who accepted it, and the act that redeemed their shares."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.conversion.plan.models import Conversion
from app.core.appendonly import append_only
from app.core.database import Base
from app.members.models import Membership
from app.shares.models import ShareAct, ShareClass


class ExitOffer(Base):
    """Shares of a class are taken back for `price_cents` each from `opens_on` to `closes_on`, both days included.

    `objectors_only`: only from those whose objection is on record in the ballot that carried the conversion.
    """

    __tablename__ = "exit_offer"
    __table_args__ = (
        CheckConstraint("price_cents > 0", name="price_positive"),
        CheckConstraint("closes_on >= opens_on", name="days_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    conversion_id: Mapped[int] = mapped_column(ForeignKey("conversion.id"), index=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"), index=True)
    price_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
    due_on: Mapped[date]
    objectors_only: Mapped[bool]
    basis: Mapped[str] = mapped_column(String)
    made_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    conversion: Mapped[Conversion] = relationship()
    share_class: Mapped[ShareClass] = relationship()


class ExitAcceptance(Base):
    """A member accepted the offer for so many shares, for good."""

    __tablename__ = "exit_acceptance"
    __table_args__ = (
        UniqueConstraint("offer_id", "membership_id"),
        CheckConstraint("shares > 0", name="shares_positive"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("exit_offer.id"))
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    shares: Mapped[int]
    accepted_at: Mapped[datetime]
    accepted_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    offer: Mapped[ExitOffer] = relationship()
    membership: Mapped[Membership] = relationship()


class ExitSettlement(Base):
    """The accepted shares were redeemed by an act: `paid_cents` of capital left, `value_cents` is owed.

    An act that was reversed settles nothing any more; the next row does.
    """

    __tablename__ = "exit_settlement"

    acceptance_id: Mapped[int] = mapped_column(ForeignKey("exit_acceptance.id"), primary_key=True, autoincrement=False)
    act_id: Mapped[int] = mapped_column(ForeignKey("share_act.id"), primary_key=True, autoincrement=False, unique=True)
    paid_cents: Mapped[int]
    value_cents: Mapped[int]
    settled_at: Mapped[datetime]

    act: Mapped[ShareAct] = relationship()


for _table in (ExitOffer, ExitAcceptance, ExitSettlement):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
