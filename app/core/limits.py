"""Limits: how often something may be tried in a sliding window, counted in the database for all processes together.

Each count is one short transaction of its own, so that it stands when what was tried is refused and rolled back, and
holds no lock of the request. Whose tries they are is kept only as a keyed hash: no address is in clear.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import LargeBinary, Row, delete, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.database import Base, transaction
from app.core.errors import N_, Refusal
from app.core.settings import settings

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
KEPT = timedelta(days=2)
"""Windows older than this are removed: twice the longest window."""


class RateWindow(Base):
    """Tries of one kind by one asker in one window; unlogged, since a crash may forget them."""

    __tablename__ = "rate_window"
    __table_args__ = {"prefixes": ["UNLOGGED"]}  # noqa: RUF012  (as SQLAlchemy wants it)

    key: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    count: Mapped[int]


@dataclass(frozen=True)
class Limit:
    """At most `most` tries within any stretch of about `within` (no longer than a day)."""

    name: str
    most: int
    within: timedelta


@dataclass(frozen=True)
class Try:
    """One try of an asker (an address, a network, a row), under a limit."""

    limit: Limit
    whose: str

    @property
    def key(self) -> bytes:
        """The asker as the database knows them."""
        said = f"rate\0{self.limit.name}\0{self.whose}".encode(errors="surrogatepass")
        return hmac.digest(settings().key(), said, hashlib.sha256)

    @property
    def most(self) -> int:
        """The limit as this installation has set it."""
        return self.limit.most * settings().limits_times


class TooMany(Refusal):
    """The same was tried too often in a short time."""

    message = N_("This was tried too often, so nothing was done. Wait {minutes} min and try again.")
    status = 429

    def __init__(self, seconds: int) -> None:
        """Keep the wait, in seconds, also for the header `Retry-After`."""
        self.headers = {"Retry-After": str(seconds)}
        super().__init__(minutes=-(-seconds // 60))


_COUNT = text("""
WITH given AS (SELECT CAST(:width AS bigint) AS width, CAST(:before AS bigint) AS before, CAST(:most AS bigint) AS most)
INSERT INTO rate_window AS w (key, starts_at, count)
SELECT :key, :starts_at, 1 FROM given WHERE width + before <= most * width
ON CONFLICT (key, starts_at) DO UPDATE SET count = w.count + 1
    WHERE (SELECT (w.count + 1) * width + before <= most * width FROM given)
RETURNING count
""")


def count(*tries: Try) -> None:
    """Count tries, all or none; refused tries are not counted, so that waiting always helps. Raises `TooMany`."""
    with transaction() as session:
        for each in sorted(tries, key=lambda one: one.key):  # in one order, so that no two wait for each other
            _count(session, each)


def give_back(*tries: Try) -> None:
    """Take tries back that succeeded, where only failures are limited."""
    with transaction() as session:
        for each in sorted(tries, key=lambda one: one.key):
            here = (RateWindow.key == each.key, RateWindow.starts_at == _window(each.limit), RateWindow.count > 0)
            session.execute(update(RateWindow).where(*here).values(count=RateWindow.count - 1))


def forget_windows(session: Session) -> None:
    """Remove the windows that decide nothing any more."""
    session.execute(delete(RateWindow).where(RateWindow.starts_at < clock.now() - KEPT))


def _window(limit: Limit) -> datetime:
    assert timedelta(seconds=1) <= limit.within <= KEPT / 2, "windows are removed after a while"
    return EPOCH + (clock.now() - EPOCH) // limit.within * limit.within


def _count(session: Session, each: Try) -> None:
    """The tries of the window before weigh as much as the sliding window still overlaps it; all in whole seconds."""
    width = int(each.limit.within.total_seconds())
    starts_at = _window(each.limit)
    passed = int((clock.now() - starts_at).total_seconds())
    before = session.scalar(
        select(RateWindow.count).where(
            RateWindow.key == each.key, RateWindow.starts_at == starts_at - each.limit.within
        )
    )
    facts: dict[str, Any] = {"key": each.key, "starts_at": starts_at, "width": width, "most": each.most}
    counted: Row[Any] | None = session.execute(_COUNT, facts | {"before": (before or 0) * (width - passed)}).first()
    if counted is None:
        now = session.scalar(
            select(RateWindow.count).where(RateWindow.key == each.key, RateWindow.starts_at == starts_at)
        )
        raise TooMany(_wait(each.most, before or 0, now or 0, width, passed))


def _wait(most: int, before: int, now: int, width: int, passed: int) -> int:
    """Seconds until one more try fits: `before` and `now` are the tries of the last and of this window."""
    for old, new, ends in ((before, now, 0), (now, 0, width)):
        if new < most:
            free = -(-width * (old + new + 1 - most) // max(old, 1))
            return max(1, ends + free - passed)
    return width + width - passed  # of a limit that lets nothing through
