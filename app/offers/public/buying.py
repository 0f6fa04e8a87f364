"""Buying in time: the last day on which shares can be bought to be on the books by a record date."""

from datetime import date, timedelta


def buy_by(record_date: date, settlement_days: int) -> date:
    """The last trading day whose purchase settles by the record date: business days counted back, Monday to Friday.

    Holidays are not known here; the page says so.
    """
    day = record_date
    while day.weekday() > 4:
        day -= timedelta(days=1)
    for _ in range(settlement_days):
        day -= timedelta(days=1)
        while day.weekday() > 4:
            day -= timedelta(days=1)
    return day
