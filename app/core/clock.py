"""The one clock: every moment that Costake records comes from here, in UTC."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

_fixed: ContextVar[datetime | None] = ContextVar("fixed_moment", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _fixed.get() or datetime.now(UTC)


def today(zone: tzinfo | str = UTC) -> date:
    """The present date in a zone: legal dates are dates somewhere."""
    return now().astimezone(ZoneInfo(zone) if isinstance(zone, str) else zone).date()


def latest_today() -> date:
    """The date where the day begins first (UTC+14): whatever is dated later lies ahead everywhere."""
    return today("Pacific/Kiritimati")


@cache
def zones() -> frozenset[str]:
    """The names of all zones that this machine knows: looked up once, for it reads hundreds of files."""
    return frozenset(available_timezones())


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Run as if it were `moment` (aware): for the demo's history and for tests of deadlines."""
    assert moment.tzinfo is not None, "a moment needs a zone"
    token = _fixed.set(moment.astimezone(UTC))
    try:
        yield
    finally:
        _fixed.reset(token)
