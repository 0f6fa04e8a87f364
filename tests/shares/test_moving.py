"""Acts on shares: lots end and begin, the books and the register follow, and a reversal restores what was."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.core.money import Money
from app.exports.register import register_lines
from app.ledger import journal
from app.members.models import Membership
from app.shares.allotting import BeyondAuthorized, holder_subject
from app.shares.holding import lots_of, stands
from app.shares.models import Lot
from app.shares.moving import (
    Act,
    BeforeLot,
    BeyondLot,
    BuiltUpon,
    Given,
    InTheFuture,
    LotEnded,
    Part,
    ReversedAlready,
    part_of,
    record_act,
    reverse_act,
)
from tests import make
from tests.races import at_once


def pass_on(session, lot, shares, to, *, source="test:1", on=None, basis="transfer"):
    """Give shares of a lot to another member, at the price they had."""
    part = Part(lot.id, shares)
    found, paid = part_of(session, part)
    given = Given(
        to, found.share_class, shares, Money(found.price_cents, found.currency), paid, basis, from_lot_id=lot.id
    )
    return record_act(
        session, Act("transfer", source, on or clock.today(), "sold", takes=[part], gives=[given]), by=None
    )


def held(session, member):
    return [(lot.shares, lot.paid_cents, lot.held_since) for lot in lots_of(session, [member.id])]


def test_part_of_a_lot_passes_and_the_rest_stays_with_its_date(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
        day = clock.today() - timedelta(days=9)
        lot = make.lot(session, maya, 10, on=day)
        act = pass_on(session, lot, 4, wei)
        assert held(session, maya) == [(6, 6 * make.PRICE.minor, day)]
        assert held(session, wei) == [(4, 4 * make.PRICE.minor, clock.today())]
        assert journal.balance(session, "holder", holder_subject(maya), "SHARE:A") == 6
        assert act.entry_id is not None
        lines = {line.member_number: line.shares for line in register_lines(session, clock.today())}
        assert lines == {maya.number: 6, wei.number: 4}
        before = {line.member_number: line.shares for line in register_lines(session, day)}
        assert before == {maya.number: 10}


def test_the_same_source_acts_once(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
        lot = make.lot(session, maya, 10)
        assert pass_on(session, lot, 4, wei).id == pass_on(session, lot, 4, wei).id
        assert held(session, wei) == [(4, 4 * make.PRICE.minor, clock.today())]


def test_what_cannot_be_is_refused_by_name(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
        lot = make.lot(session, maya, 10, authorized=10)
        tomorrow, yesterday = clock.today() + timedelta(days=2), clock.today() - timedelta(days=1)
        with pytest.raises(BeyondLot):
            pass_on(session, lot, 11, wei)
        with pytest.raises(InTheFuture):
            pass_on(session, lot, 1, wei, on=tomorrow)
        with pytest.raises(BeforeLot):
            pass_on(session, lot, 1, wei, on=yesterday)
        with pytest.raises(BeyondAuthorized):
            more = Given(wei, lot.share_class, 1, make.PRICE, Money(0, "USD"), "bonus")
            record_act(session, Act("bonus", "test:2", clock.today(), "more", gives=[more]), by=None)
        pass_on(session, lot, 10, wei)
        with pytest.raises(LotEnded):
            pass_on(session, lot, 1, wei, source="test:3")


def test_a_correction_looks_as_if_nothing_had_been_and_keeps_what_was_known(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
        day = clock.today() - timedelta(days=9)
        lot = make.lot(session, maya, 10, on=day)
        act_day = clock.today() - timedelta(days=3)
        act = pass_on(session, lot, 4, wei, on=act_day)
        known = clock.now()
    with clock.at(known + timedelta(hours=1)), transaction() as session:
        reverse_act(session, act.id, on=act_day, by=None, reason="typed for the wrong member")
        with pytest.raises(ReversedAlready):
            reverse_act(session, act.id, on=act_day, by=None, reason="again")
        now = {line.member_number: (line.shares, line.amount_paid) for line in register_lines(session, act_day)}
        assert now[maya.number] == (10, "230.00") and now.get(wei.number, (0, ""))[0] == 0
        then = {line.member_number: line.shares for line in register_lines(session, act_day, known_at=known)}
        assert then == {maya.number: 6, wei.number: 4}
        assert held(session, session.get_one(Membership, maya.id)) == [(10, 10 * make.PRICE.minor, day)]


def test_an_act_on_which_others_build_is_not_reversed(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
        first = pass_on(session, make.lot(session, maya, 10), 4, wei)
        got = lots_of(session, [wei.id])[0]
        second = pass_on(session, got, 4, maya, source="test:2")
        with pytest.raises(BuiltUpon):
            reverse_act(session, first.id, on=clock.today(), by=None, reason="wrong")
        reverse_act(session, second.id, on=clock.today(), by=None, reason="wrong")
        with pytest.raises(BuiltUpon):  # the lots of the first act have other numbers now
            reverse_act(session, first.id, on=clock.today(), by=None, reason="wrong")


def test_two_acts_on_one_lot_at_once_do_it_once(database):
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
        lot_id, wei_id = make.lot(session, maya, 10).id, wei.id

    def take(session, number):
        lot, to = session.get_one(Lot, lot_id), session.get_one(Membership, wei_id)
        return pass_on(session, lot, 7, to, source=f"test:{number}").id

    results = at_once(*(lambda session, number=number: take(session, number) for number in range(3)))
    assert sorted(type(result).__name__ for result in results) == ["LotEnded", "LotEnded", "int"]
    with transaction() as session:
        assert sorted(session.scalars(select(Lot.shares).where(stands()))) == [3, 7]


@settings(max_examples=25, deadline=None)
@given(paid=st.integers(0, 10**9), shares=st.integers(2, 10**6), data=st.data())
def test_what_is_paid_on_a_lot_is_split_to_the_cent(paid, shares, data):
    part = data.draw(st.integers(1, shares - 1))
    first, rest = Money(paid, "USD").split([part, shares - part])
    assert first + rest == Money(paid, "USD") and abs(first.minor * shares - paid * part) < shares
