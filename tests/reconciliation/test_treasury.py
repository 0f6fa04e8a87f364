"""The treasurer's first page: what waits, where the money is, what is expected, what will be charged."""

from datetime import UTC, date, datetime, time, timedelta

from app.core import clock
from app.core.database import reading, transaction
from app.payments.requesting import locked_request, request_payment
from app.reconciliation.accounts import add_account
from app.reconciliation.treasury.expecting import ages, expected, forecast, succeeded_so_far
from app.reconciliation.treasury.position import cash_position
from app.reconciliation.treasury.waiting import statements_behind, waiting_now
from tests import make
from tests.exports.test_trail import browser
from tests.payments.cards.conftest import cards, double  # noqa: F401  (fixtures)
from tests.reconciliation.files import OWN, Move
from tests.reconciliation.test_closing import at, take

TODAY = clock.today()
ASKED = TODAY - timedelta(days=45)


def test_the_page_tells_what_waits_where_the_money_is_and_what_is_expected(cards, monkeypatch):  # noqa: F811
    with clock.at(datetime.combine(ASKED, time(12), UTC)), transaction() as session:
        add_account(session, OWN, "USD", "Main account", by=None)
        requests = [
            request_payment(
                session, f"pledge:{n}", make.person(session, f"p{n}@example.org", f"Person {n}"), make.usd(2_300)
            )
            for n in range(3)
        ]
        ids, references = [each.id for each in requests], [each.reference for each in requests]
        treasurer = make.staff(session, "treasurer")
    with reading() as session:
        assert statements_behind(session) is not None
    take(
        [Move(2300_00, reference=references[0], day=str(TODAY)), Move(41_00, ("what is this",), day=str(TODAY))], TODAY
    )
    with transaction() as session:
        make.pay(session, locked_request(session, ids[1]), make.usd(2_500), received_on=TODAY - timedelta(days=3))

    with at(TODAY), reading() as session:
        (now,), (before,) = expected(session, TODAY), expected(session, TODAY - timedelta(days=10))
        assert now == ("USD", 3, 6900_00, 4800_00, 2300_00, 200_00)
        assert before == ("USD", 3, 6900_00, 0, 6900_00, 0)
        assert expected(session, ASKED - timedelta(days=1)) == []
        assert ages(session, TODAY) == [("USD", 31, 60, 1, 2300_00)]
        assert ages(session, ASKED) == [("USD", 0, 30, 3, 6900_00)]
        (cash,) = cash_position(session, TODAY)
        assert cash.held == {"bank": 4800_00}
        assert cash.owed == {"subscriptions_held": 4600_00, "refunds_payable": 200_00}
        assert (cash.free, cash.statements, cash.unshown) == (0, 2341_00, 2459_00)
        assert {
            each.path: each.number for each in waiting_now(session) if "bank" in each.path or "refunds" in each.path
        } == {
            "/desk/bank/lines": 1,
            "/desk/refunds": 1,
        }
        assert statements_behind(session) is None

    _, part = cards.saved()
    due = date(2026, 11, 1)
    with reading() as session:
        assert forecast(session) == [(due - timedelta(days=due.weekday()), "USD", 1, 2300_00)]
    cards.charge(part)
    with reading() as session:
        assert forecast(session) == []
        assert succeeded_so_far(session) == (1, 1)
        (cash,) = cash_position(session, TODAY)
        assert 0 < cash.held["stripe_clearing"] < 2300_00

    page = browser(treasurer, monkeypatch)
    shown = page.get("/desk/treasury").text
    for said in ("Bank lines to match", "$4,800.00", "31–60", "1 of 1 parts", "in lines that are not matched"):
        assert said in shown
    assert "No money was booked" in page.get("/desk/treasury?as_of=2016-01-01").text
