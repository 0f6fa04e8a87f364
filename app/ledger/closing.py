"""Closing the books up to a day: from then on no entry takes effect on it or before, whatever would write it."""

from datetime import date, datetime, timedelta

from sqlalchemy import ForeignKey, String, func, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.appendonly import append_only
from app.core.database import Base
from app.core.errors import N_, Refusal


class PeriodClosed(Refusal):
    """The day lies in a period whose books are closed."""

    message = N_("The books are closed up to {until}; nothing can take effect on {on}.")
    status = 409


class ClosedAlready(Refusal):
    """The books are closed up to that day or a later one."""

    message = N_("The books are closed up to {until} already.")
    status = 409
    field = "until"


class ClosesTheFuture(Refusal):
    """A period is closed when it is over."""

    message = N_("{until} is not over yet. Close a period once it is.")
    field = "until"


class PeriodClosing(Base):
    """The books are closed up to and including a day."""

    __tablename__ = "period_closing"

    id: Mapped[int] = mapped_column(primary_key=True)
    until: Mapped[date] = mapped_column(unique=True)
    reason: Mapped[str] = mapped_column(String)
    closed_at: Mapped[datetime]
    closed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))
    proposed_by: Mapped[int] = mapped_column(ForeignKey("person.id"))


append_only(PeriodClosing.__table__)  # type: ignore[arg-type]  # a mapped class's table is a Table


def closed_until(session: Session) -> date | None:
    """The last day whose books are closed."""
    return session.scalar(select(func.max(PeriodClosing.until)))


def refuse_closed(session: Session, on: date) -> None:
    """Raise `PeriodClosed` when a day lies in a closed period."""
    until = closed_until(session)
    if until is not None and on <= until:
        raise PeriodClosed(until=until, on=on)


def open_day(session: Session, on: date) -> date:
    """The day itself, or the first one that is open when it lies in a closed period."""
    until = closed_until(session)
    return on if until is None or on > until else until + timedelta(days=1)


def took_effect(entry: str, day: str) -> str:
    """SQL: whether an entry takes effect on a day, or, since that was closed, on the first one that was open then."""
    return (
        f"({entry}.effective_on = {day} OR EXISTS (SELECT FROM period_closing closed "
        f"WHERE closed.until >= {day} AND closed.until + 1 = {entry}.effective_on))"
    )


def hold_entries(session: Session) -> None:
    """Wait for entries that are being written, and let no other begin until this transaction ends."""
    session.execute(text("LOCK TABLE entry IN SHARE MODE"))


def close_period(session: Session, until: date, *, by: int, proposed_by: int, reason: str) -> PeriodClosing:
    """Close the books up to and including a day that is over; waits for entries that are being written."""
    hold_entries(session)
    before = closed_until(session)
    if before is not None and until <= before:
        raise ClosedAlready(until=before)
    if until >= clock.today():
        raise ClosesTheFuture(until=until)
    row = PeriodClosing(until=until, reason=reason, closed_at=clock.now(), closed_by=by, proposed_by=proposed_by)
    session.add(row)
    session.flush()
    return row
