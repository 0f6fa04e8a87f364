"""Stories of pledges: a company, a gift and a child hold; payments in parts; a change and a withdrawal in time."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.documents.models import Document
from app.members.people.representing import representatives_of
from app.members.persons import particulars_on
from app.offers.models import Pledge
from app.offers.pledging import withdraw_pledge
from app.offers.pledging.withdrawing import CancellationOver
from app.payments.refunding import unpaid_refunds
from tests import make
from tests.journeys.visitors import letters_to, link_in

FORM = "/offers/buy-it/pledge"
WHO = {
    "legal_name": "Maya Whitfield",
    "email": "maya@example.org",
    "street": "12 Pearl Street",
    "postal_code": "80302",
    "locality": "Boulder",
    "region": "CO",
    "country": "US",
}
ELSEWHERE = {
    "holder_street": "18 rue de Marseille",
    "holder_postal_code": "69007",
    "holder_locality": "Lyon",
    "holder_country": "FR",
}


@pytest.fixture
def pledged(visitor, work):
    """Go through the form to the confirmed pledge: the visitor on its page, and the pledge."""

    def go(steps=None, **terms) -> tuple:
        with transaction() as session:
            make.open_offer(session, **terms)
        first, second = steps or ({}, {})
        maya = visitor().get(FORM).fill_in(FORM, **first).fill_in(FORM, **WHO | second)
        maya.fill_in(FORM, understood="yes", electronic="yes")
        work()
        maya.get(link_in(letters_to("maya@example.org")[-1])).press("/confirm/").sees("Your pledge is confirmed.")
        work()
        with reading() as session:
            return maya, session.scalars(select(Pledge)).one()

    return go


def holder(pledge: Pledge) -> tuple[str, str, list[str]]:
    """Kind and name of who will hold, and in which capacities others act for it."""
    with reading() as session:
        known = particulars_on(session, pledge.holder_id, clock.today() + timedelta(days=1))
        acting = representatives_of(session, pledge.holder_id, clock.today() + timedelta(days=1))
        return known.holder_kind, known.legal_name, [row.capacity for row in acting]


def test_a_company_pledges_through_whoever_acts_for_it(pledged):
    company = {
        "holder_as": "company",
        "holder_name": "Gazouillis SARL",
        "registration_number": "RCS Lyon 512 345 678",
        "acts_as": "gérante",
    }
    maya, pledge = pledged(({"shares": "50"}, company | ELSEWHERE))
    maya.sees("Owner Gazouillis SARL", "$1,150.00")
    assert pledge.person_id != pledge.holder_id
    assert holder(pledge) == ("company", "Gazouillis SARL", ["officer"])


def test_a_gift_becomes_a_record_of_its_own(pledged):
    gift = {"holder_as": "gift", "holder_name": "Ana Díaz", "holder_email": "ana@example.org"}
    _, pledge = pledged(({}, gift | ELSEWHERE))
    assert pledge.kind == "gift"
    assert holder(pledge) == ("person", "Ana Díaz", [])
    assert letters_to("ana@example.org") == []


def test_a_guardian_pledges_for_a_child_until_it_is_of_age(pledged):
    born = clock.today() - timedelta(days=3_000)
    _, pledge = pledged(({}, {"holder_as": "minor", "holder_name": "Ada", "born_on": born.isoformat()}))
    assert holder(pledge) == ("minor", "Ada", ["guardian"])
    assert born.isoformat() not in str(pledge.holder)


def test_joint_holders_stand_in_the_order_in_which_they_were_typed(pledged):
    _, pledge = pledged(({}, {"holder_as": "joint", "others": "Omar Haddad\nWei Chan"}))
    assert holder(pledge) == ("joint holders", "Maya Whitfield & Omar Haddad & Wei Chan", ["joint holder"])


def test_ten_payments_have_their_days_one_reference_and_a_receipt(pledged):
    maya, pledge = pledged(
        ({"instalments": "10"}, {}), instalments_max=10, deadline_at=clock.now() + timedelta(days=400)
    )
    maya.sees("Your payments", "$230.00")
    with transaction() as session:
        make.pay(session, session.get_one(Pledge, pledge.id).request, make.usd(345))
    maya.get(f"/pledges/{pledge.public_id}").sees("Paid $345.00", "Partly paid", "Amount to pay $1,955.00")
    assert "in 10 parts" in letters_to("maya@example.org")[1]
    with reading() as session:
        filed = session.scalars(select(Document).where(Document.kind == "pledge-acknowledgement")).one()
        assert (filed.kind, filed.facts["legal_name"], len(filed.facts["payments"])) == (
            "pledge-acknowledgement", "Maya Whitfield", 10,
        )  # fmt: skip


def test_a_change_keeps_the_money_and_what_is_too_much_goes_back(pledged, work):
    maya, pledge = pledged()
    with transaction() as session:
        make.pay(session, session.get_one(Pledge, pledge.id).request, make.usd(2_300))
    mine = f"/pledges/{pledge.public_id}"
    maya.get(mine).fill_in(f"{mine}/change", 422).sees("says exactly this already")
    maya.get(mine).fill_in(f"{mine}/change", 422, shares="101").sees("The maximum is 100 shares")
    maya.get(mine).fill_in(f"{mine}/change", shares="60", locality="Denver").sees("Your pledge is changed.", "Paid")
    maya.send_again(409)
    with reading() as session:
        old, new = session.scalars(select(Pledge).order_by(Pledge.id)).all()
        assert (old.state, new.state, new.shares, new.replaces_id) == ("withdrawn", "confirmed", 60, old.id)
        assert [refund.amount_cents for refund in unpaid_refunds(session)] == [40 * 23_00]
    work()
    assert any("takes the place of your earlier pledge" in each for each in letters_to("maya@example.org"))


def test_a_pledge_is_cancelled_until_48_hours_before_the_deadline_and_not_later(pledged):
    deadline = clock.now() + timedelta(days=30)
    maya, pledge = pledged(({"shares": "50"}, {}), law="us-regcf", cap_cents=100_000 * 23_00, deadline_at=deadline)
    maya.sees("Cancellation until")
    with clock.at(deadline - timedelta(hours=47)), pytest.raises(CancellationOver), transaction() as session:
        mine = session.get_one(Pledge, pledge.id)
        withdraw_pledge(session, mine.public_id, by=mine.person, reason="")
    mine = f"/pledges/{pledge.public_id}"
    maya.get(mine).fill_in(f"{mine}/withdrawal").sees("Your pledge is withdrawn.")
