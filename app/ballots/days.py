"""Days in the zone of a law: when a date is over there."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def end_of_day(day: date, zone: str) -> datetime:
    """The first moment after a date in a zone."""
    return datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
