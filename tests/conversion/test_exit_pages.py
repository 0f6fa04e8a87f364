"""The pages of those who leave, in the browser's way: offered, agreed to by two, accepted, redeemed."""

from datetime import timedelta

from sqlalchemy import select

from app.conversion.dissent.models import ExitSettlement
from app.conversion.plan.starting import start_conversion
from app.core import clock
from app.core.database import reading, transaction
from app.ledger.journal import balance
from app.shares.acts.reversing import undo
from tests import make
from tests.conversion.making import two
from tests.journeys.conftest import address, visitor  # noqa: F401  (fixtures)
from tests.journeys.test_pledge_to_certificate import sign_in


def test_a_price_is_offered_accepted_on_the_members_own_page_and_owed_in_the_books(visitor):  # noqa: F811
    with transaction() as session:
        make.lot(session, make.member(session), 10)
        names = {"title": "Into a society", "entity_name": "Flutter Limited", "resulting_name": "Flutter Society"}
        start_conversion(session, "into", "uk-company-to-society", **names, by=two(session)[0].id, reason="resolved")
    desk, own, today = "/desk/conversions/into/exit", "/conversions/into/exit", clock.today()
    organizer = sign_in(visitor(), "organizer@example.org")
    said = {"class_code": "A", "currency": "USD", "price": "25.00", "basis": "valued by the auditor", "reason": "fair"}
    days = {"opens_on": str(today), "due_on": str(today), "closes_on": str(today - timedelta(days=3))}
    organizer.get(desk).fill_in(desk, 422, **said, **days, objectors_only="").sees(
        "closes on the day it opens, or later"
    )
    days["closes_on"] = str(today + timedelta(days=60))
    organizer.fill_in(desk, 422, **said | {"currency": "GBP"}, **days, objectors_only="").sees("another currency")
    organizer.fill_in(desk, **said, **days, objectors_only="").sees("Another person decides")
    secretary = sign_in(visitor(), "secretary@example.org")
    secretary.get("/desk/approvals").fill_in("/desk/approvals/1/approval", reason="I know the valuation")
    maya = sign_in(visitor(), "maya@example.org")
    maya.get(own).sees("Your shares of class A for $25.00 each").fill_in(f"{own}?offer=1", 422, shares="4")
    maya.fill_in(f"{own}?offer=1", 422, shares="11", agreed="yes").sees("You hold 10 shares")
    maya.fill_in(f"{own}?offer=1", shares="4", agreed="yes").sees(
        "You accepted on", "4 shares: $100.00", "waits to be redeemed"
    )
    organizer.get(desk).press("/settlement").sees("What is owed waits among the payouts.")
    maya.get(own).sees("redeemed")
    with reading() as session:
        assert balance(session, "payouts_payable", "exit:1", "USD") == 100_00
        assert balance(session, "holder", "member:1", "SHARE:A") == 6
    with transaction() as session:
        settled = session.scalars(select(ExitSettlement)).one()
        undo(session, settled.act_id, on=clock.today(), by=two(session)[0].id, reason="the price was mistyped")
    maya.get(own).sees("waits to be redeemed")
    organizer.get(desk).press("/settlement").sees("What is owed waits among the payouts.")
    with reading() as session:
        assert balance(session, "payouts_payable", "exit:1", "USD") == 0
        assert balance(session, "payouts_payable", "exit:1:2", "USD") == 100_00
        assert balance(session, "holder", "member:1", "SHARE:A") == 6
    visitor("fr").get(own).sees("Se connecter")
