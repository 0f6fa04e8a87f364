"""What is kept of acts on shares beside lots: requests, consents, the queue, rules, charges, limits, calls, loans."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.members.models import Membership, Person
from app.shares.models import ShareAct, ShareClass


class TransferRequest(Base):
    """A member wants to pass shares on; `price_cents` for all of them, null for a gift. Asking is their consent."""

    __tablename__ = "transfer_request"
    __table_args__ = (CheckConstraint("shares > 0", name="shares_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    shares: Mapped[int]
    recipient_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    price_cents: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    requested_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    membership: Mapped[Membership] = relationship()
    share_class: Mapped[ShareClass] = relationship()
    recipient: Mapped[Person] = relationship(foreign_keys=[recipient_id])


class TransferConsent(Base):
    """The recipient agrees to become the holder."""

    __tablename__ = "transfer_consent"

    request_id: Mapped[int] = mapped_column(ForeignKey("transfer_request.id"), primary_key=True, autoincrement=False)
    given_at: Mapped[datetime]
    given_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class TransferRequestEnd(Base):
    """What became of a request: carried out by an act, taken back by its giver, or refused with a reason."""

    __tablename__ = "transfer_request_end"

    request_id: Mapped[int] = mapped_column(ForeignKey("transfer_request.id"), primary_key=True, autoincrement=False)
    act_id: Mapped[int | None] = mapped_column(ForeignKey("share_act.id"))
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Withdrawal(Base):
    """A member wants shares redeemed: queued by `requested_on`, payable from `payable_from`, after notice."""

    __tablename__ = "withdrawal"
    __table_args__ = (
        CheckConstraint("shares > 0", name="shares_positive"),
        Index(None, "share_class_id", "requested_on"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    form_key: Mapped[str] = mapped_column(String, unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    shares: Mapped[int]
    requested_on: Mapped[date]
    payable_from: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    membership: Mapped[Membership] = relationship()
    share_class: Mapped[ShareClass] = relationship()


class WithdrawalEnd(Base):
    """A withdrawal leaves the queue unredeemed, or with its rest: taken back by the member, or refused."""

    __tablename__ = "withdrawal_end"

    withdrawal_id: Mapped[int] = mapped_column(ForeignKey("withdrawal.id"), primary_key=True, autoincrement=False)
    reason: Mapped[str] = mapped_column(String)
    ended_at: Mapped[datetime]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class Redemption(Base):
    """What an act redeemed of a withdrawal: the capital taken, what it is worth, and what was set off against debts."""

    __tablename__ = "redemption"

    act_id: Mapped[int] = mapped_column(ForeignKey("share_act.id"), primary_key=True, autoincrement=False)
    withdrawal_id: Mapped[int] = mapped_column(ForeignKey("withdrawal.id"), index=True)
    shares: Mapped[int]
    paid_cents: Mapped[int]
    value_cents: Mapped[int]
    set_off_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))

    act: Mapped[ShareAct] = relationship()


class RedemptionRule(Base):
    """How a class is redeemed from a day on: at most so much a period, at which part of what was paid, or not at all.

    `value_ppm` is that part in millionths, below one million after losses; `period` is month, quarter or year.
    """

    __tablename__ = "redemption_rule"
    __table_args__ = (
        CheckConstraint("value_ppm BETWEEN 0 AND 1000000", name="at_most_par"),
        Index(None, "share_class_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    valid_from: Mapped[date]
    suspended: Mapped[bool]
    cap_cents: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    period: Mapped[str] = mapped_column(String)
    value_ppm: Mapped[int]
    reason: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ShareClassLimit(Base):
    """The authorized number of a class, as it was set; null for no limit."""

    __tablename__ = "share_class_limit"

    id: Mapped[int] = mapped_column(primary_key=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"), index=True)
    authorized_shares: Mapped[int | None]
    reason: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ShareClassPrice(Base):
    """What a share of a class is issued at from a day on; `price_cents` null: from then on none is issued."""

    __tablename__ = "share_class_price"
    __table_args__ = (
        CheckConstraint("price_cents > 0", name="price_positive"),
        Index(None, "share_class_id", "valid_from"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    valid_from: Mapped[date]
    price_cents: Mapped[int | None]
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String)
    written_at: Mapped[datetime]
    written_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ShareCharge(Base):
    """Shares stand as security for a debt: until the release so many of the member's shares do not move."""

    __tablename__ = "share_charge"
    __table_args__ = (CheckConstraint("shares > 0", name="shares_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String, unique=True)
    membership_id: Mapped[int] = mapped_column(ForeignKey("membership.id"), index=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    shares: Mapped[int]
    creditor: Mapped[str] = mapped_column(String)
    debt: Mapped[str] = mapped_column(String)
    charged_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))

    membership: Mapped[Membership] = relationship()
    share_class: Mapped[ShareClass] = relationship()


class ShareChargeEnd(Base):
    """The creditor has released the shares."""

    __tablename__ = "share_charge_end"

    charge_id: Mapped[int] = mapped_column(ForeignKey("share_charge.id"), primary_key=True, autoincrement=False)
    released_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


class ShareCall(Base):
    """The co-operative calls an amount on each part-paid share of a class, due on a day."""

    __tablename__ = "share_call"
    __table_args__ = (CheckConstraint("per_share_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String, unique=True)
    share_class_id: Mapped[int] = mapped_column(ForeignKey("share_class.id"))
    per_share_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    called_on: Mapped[date]
    due_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))

    share_class: Mapped[ShareClass] = relationship()


class ShareCallPart(Base):
    """What a call asks for one lot, by a payment request."""

    __tablename__ = "share_call_part"
    __table_args__ = (CheckConstraint("amount_cents > 0", name="amount_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    call_id: Mapped[int] = mapped_column(ForeignKey("share_call.id"), index=True)
    lot_id: Mapped[int] = mapped_column(ForeignKey("lot.id"), index=True)
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    payment_request_id: Mapped[int] = mapped_column(ForeignKey("payment_request.id"), unique=True)

    call: Mapped[ShareCall] = relationship()


APPEND_ONLY = (
    TransferRequest, TransferConsent, TransferRequestEnd, Withdrawal, WithdrawalEnd, Redemption, RedemptionRule,
    ShareClassLimit, ShareClassPrice, ShareCharge, ShareChargeEnd, ShareCall, ShareCallPart,
)  # fmt: skip
for _table in APPEND_ONLY:
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
