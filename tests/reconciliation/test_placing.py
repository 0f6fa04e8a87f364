"""Placing: over any overlapping exports of one history every movement is kept once, and twins of a day stay two."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money
from app.reconciliation.placing import Doubtful, Gap, place
from app.reconciliation.reading.records import Line, Statement

DAY = date(2026, 11, 2)


def statement(cents: list[tuple[int, int]], opening: int) -> Statement:
    """Movements as (days after the first, cents), with the balances around them."""
    lines = [
        Line(at, DAY + timedelta(days=day), DAY, Money(each, "EUR"), text="same")
        for at, (day, each) in enumerate(cents, 1)
    ]
    closing = opening + sum(each for _, each in cents)
    return Statement(1, "1", "EUR", opening=Money(opening, "EUR"), closing=Money(closing, "EUR"), lines=lines)


class Books:
    """What is kept of one account: fingerprints, and where its last statement closed."""

    def __init__(self) -> None:
        self.kept: dict[bytes, bool] = {}
        self.closing: Money | None = None
        self.sum = 0
        self.openings: set[int] = set()
        self.moves: list[tuple[date, int]] = []

    def take(self, what: Statement) -> int:
        """Take a statement; how many lines were new."""
        placed = place(
            1,
            what,
            self.closing,
            self.openings,
            lambda day: self.closing.minor - sum(cents for on, cents in self.moves if on >= day),
            Counter(),
            lambda prints: {p: self.kept[p] for p in prints if p in self.kept},
        )
        if placed is None:
            return 0
        new = [each for each in placed if not each.known]
        self.kept |= {each.fingerprint: True for each in placed}
        self.closing = what.closing
        self.openings.add(what.opening.minor)
        self.sum += sum(each.line.amount.minor for each in new)
        self.moves += [(each.line.booked_on, each.line.amount.minor) for each in new]
        return len(new)


moves = st.lists(st.tuples(st.integers(0, 2), st.sampled_from([100, 100, 250, -30])), min_size=1, max_size=12).map(
    sorted
)


@given(moves, st.data())
def test_overlapping_exports_keep_every_movement_once(history, data):
    books, done = Books(), 0
    while done < len(history):
        begin = data.draw(st.integers(0, done), label="from")
        day = history[begin][0]
        begin = next(at for at, each in enumerate(history) if each[0] == day)  # an export begins with a day
        end = data.draw(st.integers(max(done, begin) + 1, len(history)), label="to")
        books.take(statement(history[begin:end], sum(each for _, each in history[:begin])))
        done = end
        assert books.sum == sum(each for _, each in history[:done])
        assert len(books.kept) == done


@given(moves, st.integers(1, 12))
def test_statements_that_follow_each_other_within_a_day_keep_twins(history, cut):
    books, opening = Books(), 0
    for part in (history[:cut], history[cut:]):
        if part:
            assert books.take(statement(part, opening)) == len(part)
            opening += sum(each for _, each in part)


def test_what_may_be_known_or_new_is_refused():
    books = Books()
    for opening, cents in ((0, 100), (100, -100)):
        books.take(statement([(0, cents)], opening))
    with pytest.raises(Doubtful):
        books.take(statement([(0, 100)], 0))
    assert books.take(statement([(1, 100)], 0)) == 1


def test_what_looks_known_and_opens_where_no_known_line_did_is_refused():
    """Money that came in a gap and looks like what came before would else be dropped without a word."""
    books = Books()
    books.take(statement([(0, 100), (0, 50), (1, 30)], 0))
    assert books.take(statement([(1, 30)], 150)) == 0
    assert books.take(statement([(0, 100), (0, 50)], 0)) == 0
    with pytest.raises(Doubtful):
        books.take(statement([(1, 30)], 400))


def test_a_gap_is_named():
    books = Books()
    books.take(statement([(0, 100)], 0))
    with pytest.raises(Gap) as refusal:
        books.take(statement([(1, 50)], 170))
    assert "EUR 0.70 is missing" in refusal.value.text()
