"""Allotting shares: paid for, within what is authorized, once for each cause, and the same in lots and books."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.ledger.journal import Overdrawn, balance
from app.ledger.proofs import Finding
from app.members.models import Membership
from app.proofs import prove
from app.shares.allotting import Allotment, BeyondAuthorized, allot, can_allot, holder_subject
from app.shares.classes import issued_shares, share_class
from app.shares.models import Lot, ShareClass
from tests import make
from tests.ledger.test_proofs import falsify
from tests.races import at_once, overlapping


def issued() -> int:
    with transaction() as session:
        return issued_shares(session, share_class(session, "A", "User-owner share"))


def lots() -> list[tuple[int, int, int]]:
    """Certificate number, shares and cents paid of each lot."""
    with reading() as session:
        rows = session.scalars(select(Lot).order_by(Lot.certificate_number))
        return [(lot.certificate_number, lot.shares, lot.paid_cents) for lot in rows]


def take(what: Allotment, shares: int | None = None):
    """Allot, in a transaction of its own, what was prepared in another one."""

    def act(session) -> int:
        known = replace(
            what, share_class=session.get_one(ShareClass, what.share_class.id), shares=shares or what.shares
        )
        return allot(session, known, by=None).certificate_number

    return act


def failing() -> dict[str, Finding]:
    with reading() as session:
        return {proof.name: finding for proof, finding in prove(session) if not finding.holds}


def test_an_allotment_moves_money_to_capital_and_shares_to_the_holder(database):
    with transaction() as session:
        maya = make.member(session)
        first, second = make.lot(session, maya, 10), make.lot(session, maya, 5)
        assert (first.certificate_number, second.certificate_number) == (1, 2)
        assert balance(session, "holder", holder_subject(maya), "SHARE:A") == 15
        assert balance(session, "share_capital", "A", "USD") == 15 * 23_00
        assert balance(session, "bank", "", "USD") == 15 * 23_00
        assert session.query(Membership).count() == 1
    assert lots() == [(1, 10, 230_00), (2, 5, 115_00)]
    assert issued() == 15


def test_the_holding_on_an_earlier_day_leaves_later_allotments_out(database):
    yesterday = clock.today() - timedelta(days=1)
    with transaction() as session:
        maya = make.member(session)
        make.lot(session, maya, 10, on=yesterday)
        make.lot(session, maya, 5)
        held = [
            balance(session, "holder", holder_subject(maya), "SHARE:A", as_of=yesterday + timedelta(days=offset))
            for offset in (-1, 0, 1)
        ]
    assert held == [0, 10, 15]


def test_no_more_shares_than_authorized_are_issued(database):
    with transaction() as session:
        maya = make.member(session)
        make.lot(session, maya, 60, authorized=100)
        last = make.allotment(session, maya, 41)
        assert [can_allot(session, last.share_class, shares) for shares in (40, 41)] == [True, False]
        rest = make.allotment(session, maya, 40)
    with pytest.raises(BeyondAuthorized) as refused, transaction() as session:
        take(last)(session)
    assert refused.value.status == 409
    assert "Only 40 shares" in refused.value.text()
    with transaction() as session:
        assert take(rest)(session) == 2
    assert (issued(), len(lots())) == (100, 2)


def test_two_at_once_cannot_both_have_the_last_shares(database):
    for number, race in enumerate((at_once, overlapping), 1):
        with transaction() as session:
            share_class(session, f"R{number}", "User-owner share", 100)
            wanted = [
                make.allotment(session, make.member(session, f"{name}@example.org"), 60, code=f"R{number}")
                for name in ("maya", "wei")
            ]
        outcomes = race(*[take(what) for what in wanted])
        assert sum(isinstance(outcome, BeyondAuthorized) for outcome in outcomes) == 1
    assert [number for number, _, _ in lots()] == [1, 2]


def test_the_same_cause_gives_the_same_lot_also_at_once(database):
    with transaction() as session:
        what = make.allotment(session, make.member(session), 10)
    assert at_once(*[take(what)] * 3) == [1, 1, 1]
    assert lots() == [(1, 10, 230_00)]
    with transaction() as session:
        other = make.allotment(session, make.member(session), 10)
    assert overlapping(take(other), take(other)) == (2, 2)
    assert issued() == 20


def test_shares_that_are_not_fully_paid_are_not_allotted_and_no_number_is_lost(database):
    with transaction() as session:
        maya = make.member(session)
        unpaid = make.allotment(session, maya, 10)
        allot(session, make.allotment(session, maya, 1), by=None)
    with pytest.raises(Overdrawn) as refused, transaction() as session:
        take(unpaid, 11)(session)
    assert refused.value.status == 409
    with transaction() as session:
        assert take(unpaid)(session) == 2
    assert issued() == 11


TOTALS = {
    "Lots equal the members' holdings in the books",
    "Amounts paid on shares equal share capital",
    "No class is issued beyond its authorized shares",
}


@pytest.mark.falsified
def test_lots_that_tell_another_story_than_the_books_are_found(database):
    with transaction() as session:
        make.lot(session, make.member(session), 10, authorized=10)
    for statement, found in [
        ("UPDATE lot SET shares = 11", {"Lots equal the members' holdings in the books",
                                        "No class is issued beyond its authorized shares"}),
        ("UPDATE lot SET shares = 10, paid_cents = paid_cents - 1", {"Amounts paid on shares equal share capital"}),
        ("UPDATE lot SET paid_cents = 23000", set()),
        ("DELETE FROM lot", {"Lots equal the members' holdings in the books",
                             "Amounts paid on shares equal share capital"}),
    ]:  # fmt: skip
        falsify(database, "lot", statement)
        assert set(failing()) & TOTALS == found
