"""Closed periods: no entry takes effect in one, by whatever way, also while it is being closed."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.core.database import transaction
from app.ledger.closing import PeriodClosed, close_period, open_day
from app.ledger.journal import Draft, Leg, post, post_all, reverse
from tests import make
from tests.races import overlapping

pytestmark = pytest.mark.books_only
CLOSED = clock.today() - timedelta(days=10)


def moved(key: str, on: date) -> Draft:
    return Draft(key, "test", on, (Leg("unissued", "A", "SHARE:A", -1), Leg("holder", "member:1", "SHARE:A", 1)))


def close(session, until: date = CLOSED) -> None:
    people = make.staff(session, "organizer").id, make.staff(session, "treasurer").id
    close_period(session, until, by=people[0], proposed_by=people[1], reason="audited")


def test_a_closed_period_takes_no_entry_by_any_way(database):
    after = CLOSED + timedelta(days=1)
    with transaction() as session:
        first = post(session, moved("a", CLOSED), by=None)
        close(session)
    for on in (CLOSED, CLOSED - timedelta(days=400)):
        with pytest.raises(PeriodClosed) as refused, transaction() as session:
            post(session, moved("b", on), by=None)
        assert refused.value.facts == {"until": CLOSED, "on": on}
    with pytest.raises(PeriodClosed), transaction() as session:
        post_all(session, [moved("c", after), moved("d", CLOSED)], by=None)
    with pytest.raises(PeriodClosed), transaction() as session:
        reverse(session, first, key="e", on=CLOSED, by=None)
    with pytest.raises(IntegrityError, match="books are closed"), transaction() as session:
        session.execute(
            text(
                "INSERT INTO entry (key, nature, effective_on, booked_at, content_sha256) "
                "SELECT 'f', nature, effective_on, booked_at, content_sha256 FROM entry"
            )
        )
    with transaction() as session:
        assert post(session, moved("a", CLOSED), by=None) == first  # booked before it was closed
        assert open_day(session, CLOSED) == after == open_day(session, after)
        reverse(session, first, key="e", on=after, by=None)


def test_closing_waits_for_an_entry_that_is_being_written_and_refuses_the_next(database):
    def book(session) -> None:
        post(session, moved("a", CLOSED), by=None)

    assert overlapping(book, close) == (None, None)
    with transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM entry")) == 1


def test_an_entry_that_is_written_while_the_period_is_closed_is_refused(database):
    def book(session) -> None:
        post(session, moved("a", CLOSED), by=None)

    with transaction() as session:  # the account is open, so that the entry itself waits
        post(session, moved("before", CLOSED), by=None)
    closed, booked = overlapping(close, book)
    assert closed is None
    assert isinstance(booked, PeriodClosed)
