"""What is kept of loans to the co-operative: terms, the schedule, and what each instalment or conversion settled."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_
from app.members.models import Person
from app.payments.models import PaymentRequest
from app.shares.models import ShareAct, ShareClass


class DayCount(StrEnum):
    """How the days of a period become a part of a year."""

    THIRTY_360 = N_("30E/360: every month has 30 days")
    ACT_365 = N_("actual days over 365")
    ACT_360 = N_("actual days over 360")


class Loan(Base):
    """A loan or bond: `rate_ppm` a year in millionths; interest and `repayments` follow the frozen schedule.

    `conversion_price_cents` (null: none) is what a share of `conversion_class_id` costs when principal converts.
    Its money came under `payment_request_id`, or (null) the entry that it shares with others made it owing.
    """

    __tablename__ = "loan"
    __table_args__ = (CheckConstraint("principal_cents > 0 AND rate_ppm >= 0", name="amounts_positive"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String, unique=True)
    kind: Mapped[str] = mapped_column(String)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    principal_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    rate_ppm: Mapped[int]
    day_count: Mapped[str] = mapped_column(String)
    starts_on: Mapped[date]
    conversion_class_id: Mapped[int | None] = mapped_column(ForeignKey("share_class.id"))
    conversion_price_cents: Mapped[int | None]
    payment_request_id: Mapped[int | None] = mapped_column(ForeignKey("payment_request.id"), unique=True)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), index=True)
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))

    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    request: Mapped[PaymentRequest | None] = relationship()
    conversion_class: Mapped[ShareClass | None] = relationship()


class LoanInstalment(Base):
    """A day on which interest, and perhaps principal, is due."""

    __tablename__ = "loan_instalment"
    __table_args__ = (
        UniqueConstraint("loan_id", "number"),
        CheckConstraint("principal_cents >= 0 AND interest_cents >= 0", name="amounts_not_negative"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"))
    number: Mapped[int]
    due_on: Mapped[date]
    principal_cents: Mapped[int]
    interest_cents: Mapped[int]

    loan: Mapped[Loan] = relationship()


class LoanInstalmentDue(Base):
    """An instalment fell due: its entry made it a payout."""

    __tablename__ = "loan_instalment_due"

    instalment_id: Mapped[int] = mapped_column(ForeignKey("loan_instalment.id"), primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    recorded_at: Mapped[datetime]


class LoanConversion(Base):
    """What is still owed of a loan became shares by an act; interest to that day and what buys no share are paid."""

    __tablename__ = "loan_conversion"

    act_id: Mapped[int] = mapped_column(ForeignKey("share_act.id"), primary_key=True, autoincrement=False)
    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), index=True)
    principal_cents: Mapped[int]
    interest_cents: Mapped[int]

    act: Mapped[ShareAct] = relationship()


class LoanEnd(Base):
    """The taking up of a loan was undone: its entry turns that of the loan round, from a day on."""

    __tablename__ = "loan_end"

    loan_id: Mapped[int] = mapped_column(ForeignKey("loan.id"), primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(ForeignKey("entry.id"), unique=True)
    ended_on: Mapped[date]
    reason: Mapped[str] = mapped_column(String)
    recorded_at: Mapped[datetime]
    recorded_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


for _table in (Loan, LoanInstalment, LoanInstalmentDue, LoanConversion, LoanEnd):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
