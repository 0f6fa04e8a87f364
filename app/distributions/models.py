"""What is kept of distributions: drafts, what was declared, each member's part and on what it rests, reversals."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.members.models import Membership, Person


class Kind(StrEnum):
    """What is shared out."""

    INTEREST = "interest"
    PATRONAGE = "patronage"


KIND_TITLES = {Kind.INTEREST: N_("Interest on shares"), Kind.PATRONAGE: N_("Patronage refund")}


class DistributionDraft(Base):
    """Terms as somebody wrote them, to be looked at; an imported basis is its upload. It declares nothing."""

    __tablename__ = "distribution_draft"

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    drafted_at: Mapped[datetime]
    drafted_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    drafter: Mapped[Person] = relationship()


class Distribution(Base):
    """A declared distribution: `terms` as approved, `list_sha256` over them and every part; `booked` has its entries.

    Cash, retained and withheld are sums over the parts; withheld is a part of cash.
    """

    __tablename__ = "distribution"
    __table_args__ = (CheckConstraint("declared_cents > 0", name="declared_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    draft_id: Mapped[int] = mapped_column(ForeignKey("distribution_draft.id"), unique=True)
    kind: Mapped[str] = mapped_column(String)
    title: Mapped[str] = mapped_column(String)
    terms: Mapped[dict[str, Any]] = mapped_column(JSONB)
    list_sha256: Mapped[str] = mapped_column(String(64))
    currency: Mapped[str] = mapped_column(String(3))
    declared_cents: Mapped[int]
    cash_cents: Mapped[int]
    retained_cents: Mapped[int]
    withheld_cents: Mapped[int]
    declared_on: Mapped[date]
    payable_on: Mapped[date]
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    recorded_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    @property
    def source(self) -> str:
        """Its name in the books."""
        return f"distribution:{self.id}"


class DistributionPart(Base):
    """What one member gets: cash, less what is withheld, and what is retained as an allocation.

    `prior_cents` was allocated to the member before; of the new balance `share_cents` became `shares` by an act.
    """

    __tablename__ = "distribution_part"
    __table_args__ = (
        CheckConstraint("cash_cents + retained_cents = amount_cents", name="parts_of_amount"),
        CheckConstraint("amount_cents > 0 AND cash_cents >= 0 AND retained_cents >= 0", name="not_negative"),
        CheckConstraint("withheld_cents BETWEEN 0 AND cash_cents", name="withheld_of_cash"),
        CheckConstraint("share_cents BETWEEN 0 AND retained_cents", name="shares_of_retained"),
    )

    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id"), primary_key=True, autoincrement=False)
    membership_id: Mapped[int] = mapped_column(
        ForeignKey("membership.id"), primary_key=True, autoincrement=False, index=True
    )
    amount_cents: Mapped[int]
    cash_cents: Mapped[int]
    retained_cents: Mapped[int]
    withheld_cents: Mapped[int]
    prior_cents: Mapped[int]
    shares: Mapped[int]
    share_cents: Mapped[int]
    share_act_id: Mapped[int | None] = mapped_column(ForeignKey("share_act.id"), unique=True)

    distribution: Mapped[Distribution] = relationship()
    membership: Mapped[Membership] = relationship()


class DistributionLine(Base):
    """On what a part rests: business of one kind in ten-thousandths of its measure, or money times days."""

    __tablename__ = "distribution_line"
    __table_args__ = (CheckConstraint("basis >= 0 AND amount_cents >= 0", name="not_negative"),)

    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id"), primary_key=True, autoincrement=False)
    membership_id: Mapped[int] = mapped_column(
        ForeignKey("membership.id"), primary_key=True, autoincrement=False, index=True
    )
    business: Mapped[str] = mapped_column(String, primary_key=True)
    basis: Mapped[int] = mapped_column(BigInteger)
    amount_cents: Mapped[int]


class DistributionEnd(Base):
    """The distribution was undone by an entry before anything of it was paid."""

    __tablename__ = "distribution_end"

    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id"), primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


class AllocationRedemption(Base):
    """What a distribution had retained is paid out, or a part of it: `percent_ppm` of each member's rest that day.

    `source` is its name in the books; `list_sha256` is over every part. `withheld_cents` is a part of `paid_cents`.
    """

    __tablename__ = "allocation_redemption"
    __table_args__ = (
        CheckConstraint("paid_cents > 0 AND withheld_cents BETWEEN 0 AND paid_cents", name="withheld_of_paid"),
        CheckConstraint("percent_ppm BETWEEN 1 AND 1000000", name="percent_of_rest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String, unique=True)
    distribution_id: Mapped[int] = mapped_column(ForeignKey("distribution.id"), index=True)
    percent_ppm: Mapped[int]
    list_sha256: Mapped[str] = mapped_column(String(64))
    paid_cents: Mapped[int]
    withheld_cents: Mapped[int]
    redeemed_on: Mapped[date]
    payable_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    recorded_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)

    distribution: Mapped[Distribution] = relationship()


class AllocationRedemptionPart(Base):
    """What one member is paid of an allocation; `prior_cents` was allocated to them in all before."""

    __tablename__ = "allocation_redemption_part"
    __table_args__ = (
        CheckConstraint("amount_cents > 0 AND prior_cents >= amount_cents", name="of_the_balance"),
        CheckConstraint("withheld_cents BETWEEN 0 AND amount_cents", name="withheld_of_amount"),
    )

    redemption_id: Mapped[int] = mapped_column(
        ForeignKey("allocation_redemption.id"), primary_key=True, autoincrement=False
    )
    membership_id: Mapped[int] = mapped_column(
        ForeignKey("membership.id"), primary_key=True, autoincrement=False, index=True
    )
    amount_cents: Mapped[int]
    withheld_cents: Mapped[int]
    prior_cents: Mapped[int]

    redemption: Mapped[AllocationRedemption] = relationship()
    membership: Mapped[Membership] = relationship()


class AllocationRedemptionEnd(Base):
    """The redemption was undone by an entry before anything of it was paid."""

    __tablename__ = "allocation_redemption_end"

    redemption_id: Mapped[int] = mapped_column(
        ForeignKey("allocation_redemption.id"), primary_key=True, autoincrement=False
    )
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    approved_by: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)


APPEND_ONLY = (
    DistributionDraft, Distribution, DistributionPart, DistributionLine, DistributionEnd, AllocationRedemption,
    AllocationRedemptionPart, AllocationRedemptionEnd,
)  # fmt: skip
for _table in APPEND_ONLY:
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
