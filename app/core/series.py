"""Numbers that are given once and never again: members, certificates, documents."""

from sqlalchemy import String, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core.database import Base


class NumberSeries(Base):
    """The next number of a series; drawn under a row lock, so that no number is lost or given twice."""

    __tablename__ = "number_series"

    name: Mapped[str] = mapped_column(String, primary_key=True)
    next: Mapped[int]


def draw(session: Session, name: str, count: int = 1) -> int:
    """The first of `count` consecutive new numbers, from 1; a rolled back transaction gives them back."""
    last = session.execute(
        text(
            "INSERT INTO number_series (name, next) VALUES (:name, 1 + :count) "
            "ON CONFLICT (name) DO UPDATE SET next = number_series.next + :count RETURNING next"
        ),
        {"name": name, "count": count},
    ).scalar_one()
    return int(last) - count


def keep_clear(session: Session, name: str, highest: int) -> int:
    """Never draw a number up to `highest`, since it was given elsewhere; the next one to be drawn.

    The series stays locked until the transaction ends, so that nobody draws meanwhile.
    """
    following = session.execute(
        text(
            "INSERT INTO number_series (name, next) VALUES (:name, :highest + 1) "
            "ON CONFLICT (name) DO UPDATE SET next = greatest(number_series.next, :highest + 1) RETURNING next"
        ),
        {"name": name, "highest": highest},
    ).scalar_one()
    return int(following)
