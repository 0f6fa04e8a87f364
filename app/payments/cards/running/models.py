"""What is kept of charge runs and the notices before them, and the bucket that keeps their pace."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.core.appendonly import append_only
from app.core.database import Base
from app.payments.cards.models import ChargeRun as ChargeRun
from app.payments.cards.models import SavedMethod
from app.payments.models import Instalment


class ChargeRunMove(Base):
    """A run began, paused, went on or ended: who (null: by itself), when, why."""

    __tablename__ = "charge_run_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("charge_run.id"), index=True)
    to_state: Mapped[str] = mapped_column(String)
    reason: Mapped[str] = mapped_column(String)
    at: Mapped[datetime]
    by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class ChargeNotice(Base):
    """A person was told what will be charged to which card on which day, and how to change or cancel it."""

    __tablename__ = "charge_notice"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="amount_positive"),
        Index(None, "instalment_id"),
        Index(None, "run_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int | None] = mapped_column(ForeignKey("charge_run.id"))
    instalment_id: Mapped[int] = mapped_column(ForeignKey("instalment.id"))
    saved_method_id: Mapped[int] = mapped_column(ForeignKey("saved_method.id"))
    amount_cents: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3))
    charge_on: Mapped[date]
    last4: Mapped[str] = mapped_column(String)
    descriptor: Mapped[str] = mapped_column(String)
    letter_id: Mapped[int] = mapped_column(ForeignKey("letter.id"))
    sent_at: Mapped[datetime]

    instalment: Mapped[Instalment] = relationship()
    saved_method: Mapped[SavedMethod] = relationship()


class ProcessorPace(Base):
    """When the next request of a kind may leave, for every process alike; `next_at` moves with each one that does."""

    __tablename__ = "processor_pace"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    next_at: Mapped[datetime]


for _table in (ChargeRunMove, ChargeNotice):
    append_only(_table.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table
