"""What is kept of shares: classes with their dated terms, lots, and the acts that end lots and make new ones."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.core.money import Money
from app.ledger.models import Entry
from app.members.models import Membership

REST = N_("rest of a lot")
"""The basis of a lot that keeps what an act left of an earlier one."""


class VotesRule(StrEnum):
    """How shares of a class vote."""

    PER_SHARE = N_("one vote per share")
    PER_MEMBER = N_("one vote per member")
    CAPPED = N_("one vote per share, capped")
    NONE = N_("no vote")


class Transferable(StrEnum):
    """Whether shares of a class pass from one holder to another."""

    FREELY = N_("freely transferable")
    WITH_APPROVAL = N_("transferable with the board's approval")
    NOT = N_("not transferable")


class RedemptionRight(StrEnum):
    """What a holder may demand; it decides whether the class is equity or a liability (IAS 32, IFRIC 2)."""

    NONE = N_("no redemption")
    REFUSABLE = N_("redeemed unless the co-operative refuses")
    LIMITED = N_("redeemed within limits")
    DEMAND = N_("redeemed on demand")


class ShareClass(Base):
    """A class of shares; `authorized_shares` (null: no limit) may never be exceeded by what is allotted."""

    __tablename__ = "share_class"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String, unique=True)
    name: Mapped[str] = mapped_column(String)
    authorized_shares: Mapped[int | None]
    created_at: Mapped[datetime]


class ShareClassTerms(Base):
    """What a class gives and asks from a day on; a later row replaces it from its own day.

    `capital_min_cents` is the paid capital of the class below which nothing is redeemed; until `locked_until` no
    share moves; `notice_days` are those of a withdrawal.
    """

    __tablename__ = "share_class_terms"
    __table_args__ = (Index(None, "share_class_id", "valid_from"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    valid_from: Mapped[date]
    purpose: Mapped[str] = mapped_column(String)
    nominal_cents: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    votes_rule: Mapped[str] = mapped_column(String)
    votes_cap: Mapped[int | None]
    transferable: Mapped[str] = mapped_column(String)
    withdrawable: Mapped[bool]
    notice_days: Mapped[int]
    redemption_right: Mapped[str] = mapped_column(String)
    holder_shares_min: Mapped[int]
    holder_shares_max: Mapped[int | None]
    capital_min_cents: Mapped[int | None]
    locked_until: Mapped[date | None]
    legends: Mapped[list[str]] = mapped_column(ARRAY(String))
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str] = mapped_column(String)

    share_class: Mapped[ShareClass] = relationship()


class ShareAct(Base):
    """An act that ended lots, made new ones, or both, with one entry in the books (null where nothing moved there).

    `kind` is the name of the act, such as `transfer`; `source` names its cause for good; `recorded_by` approved or did
    it, `proposed_by` proposed it where two people were needed; `reverses_id` is the act that it undoes.
    """

    __tablename__ = "share_act"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String, unique=True)
    effective_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), unique=True)
    reverses_id: Mapped[int | None] = mapped_column(ForeignKey("share_act.id"), unique=True)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    entry: Mapped[Entry | None] = relationship()


class Lot(Base):
    """Whole shares of one class that a member holds from a day on, at one price, with one certificate number.

    `allotted_on` is the day from which this lot counts; `acquired_on` the day on which the shares first came to the
    holder where an act made this lot of an earlier one (null: the same day), which is then `from_lot_id`.
    """

    __tablename__ = "lot"
    __table_args__ = (
        CheckConstraint("shares > 0", name="shares_positive"),
        CheckConstraint("paid_cents >= 0 AND price_cents >= 0", name="money_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    certificate_number: Mapped[int] = mapped_column(unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    shares: Mapped[int]
    price_cents: Mapped[int]
    paid_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    allotted_on: Mapped[date]
    basis: Mapped[str] = mapped_column(String)
    source: Mapped[str] = mapped_column(String, unique=True)
    entry_id: Mapped[int | None] = mapped_column(ForeignKey("entry.id"), index=True)
    recorded_at: Mapped[datetime]
    act_id: Mapped[int | None] = mapped_column(ForeignKey("share_act.id"), index=True)
    from_lot_id: Mapped[int | None] = mapped_column(ForeignKey("lot.id"), index=True)
    acquired_on: Mapped[date | None]

    membership: Mapped[Membership] = relationship()
    share_class: Mapped[ShareClass] = relationship()
    entry: Mapped[Entry | None] = relationship()

    @property
    def held_since(self) -> date:
        """The day on which the shares first came to the holder."""
        return self.acquired_on or self.allotted_on

    @property
    def paid(self) -> Money:
        """What is paid on the lot."""
        return Money(self.paid_cents, self.currency)


class LotEnd(Base):
    """The end of a lot: from `ended_on` it no longer counts, and the act that ended it says what came of it."""

    __tablename__ = "lot_end"

    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), primary_key=True, autoincrement=False)
    act_id: Mapped[int] = mapped_column(ForeignKey("share_act.id"), index=True)
    ended_on: Mapped[date]
    recorded_at: Mapped[datetime]


class ShareNumbering(Base):
    """From `begins_on` each share of a class has a distinguishing number (Companies Act 2006, section 543)."""

    __tablename__ = "share_numbering"

    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"), primary_key=True, autoincrement=False)
    begins_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    proposed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)


class ShareNumbers(Base):
    """A range of the numbers of a lot's shares, both ends included; a lot's ranges are as many as its shares."""

    __tablename__ = "share_numbers"
    __table_args__ = (
        CheckConstraint("0 < first_number AND first_number <= last_number", name="range_in_order"),
        Index(None, "share_class_id", "first_number"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    first_number: Mapped[int]
    last_number: Mapped[int]
    given_on: Mapped[date]
    recorded_at: Mapped[datetime]


for _table in (ShareClassTerms, ShareAct, Lot, LotEnd, ShareNumbering, ShareNumbers):
    append_only(_table.__table__)  # type: ignore[arg-type]
