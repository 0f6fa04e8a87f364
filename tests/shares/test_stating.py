"""Statements: what a holder has on a day, and the movements that led there; the parts always make the whole."""

from datetime import timedelta

from app.core import clock
from app.core.database import reading, transaction
from app.shares.moving import reverse_act
from app.shares.stating import statement_of
from tests import make
from tests.journeys.conftest import address, visitor, work  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in
from tests.shares.test_moving import pass_on

PAID = make.PRICE.minor


def told(person_id, on):
    with reading() as session:
        found = statement_of(session, person_id, on)
        for row in found.movements:  # the last balance of each class is what is held
            assert row.certificates or row.shares <= 0
        assert [held.shares for held in found.holdings] == [row.balance for row in found.movements[-1:] if row.balance]
        return (
            [(held.shares, held.paid.minor) for held in found.holdings],
            [(row.kind, row.shares, row.paid.minor, row.balance) for row in found.movements],
        )


def test_a_day_has_its_statement_and_a_reversal_is_a_movement_of_its_own(database):
    today = clock.today()
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
        ids = maya.person_id, wei.person_id
        lot = make.lot(session, maya, 10, on=today - timedelta(days=9))
        act = pass_on(session, lot, 4, wei, on=today - timedelta(days=2)).id
    assert told(ids[0], today - timedelta(days=10)) == ([], [])
    allotted = ("allotment", 10, 10 * PAID, 10)
    assert told(ids[0], today - timedelta(days=3)) == ([(10, 10 * PAID)], [allotted])
    given = ("transfer", -4, -4 * PAID, 6)
    assert told(ids[0], today) == ([(6, 6 * PAID)], [allotted, given])
    assert told(ids[1], today) == ([(4, 4 * PAID)], [("transfer", 4, 4 * PAID, 4)])
    with transaction() as session:
        reverse_act(session, act, on=today, reason="entered in error", by=None)
    assert told(ids[0], today) == ([(10, 10 * PAID)], [allotted, given, ("reversal of transfer", 4, 4 * PAID, 10)])
    assert told(ids[1], today)[0] == []


def test_members_read_their_own_and_the_desk_reads_everyones(visitor):  # noqa: F811
    with transaction() as session:
        make.lot(session, make.member(session), 10)
    maya = sign_in(visitor(), "maya@example.org").get("/me/shares/statement")
    maya.sees(
        "Maya Whitfield",
        "User-owner share",
        "Capital paid in",
        "$230.00",
        "Allotment",
        "balance 10",
        "Capital at the end of the day",
    )
    maya.get("/me/shares/statement?on=2020-01-01").sees("Nothing was held until that day.")
    maya.get("/me/shares/statement?on=yesterday", 422).sees("is not a date")
    maya.get("/desk/shares/members/1/statement", 403)
    auditor = sign_in(visitor(), "auditor@example.org", "auditor")
    auditor.get("/desk/shares/members/1/statement").sees("Maya Whitfield", "$230.00")
    auditor.get("/desk/shares/members/9/statement", 404)
