"""Pledges that follow, repeat or replace others: interest becomes a pledge only by its person, likeness is noticed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock, tokens
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.members.people.kinds import HolderKind
from app.members.persons import find_person
from app.offers.closing import cancel_offer
from app.offers.drafting import find_offer
from app.offers.models import OfferKind, Pledge
from app.offers.pledging import (
    Change,
    Holding,
    NotWithdrawable,
    PledgedAlready,
    change_pledge,
    make_pledge,
    withdraw_pledge,
)
from app.offers.pledging.changing import NothingChanged
from app.offers.pledging.inviting import FOLLOWS, followed, invite_interested
from app.offers.pledging.judging import CountryClosed, TooManyParts
from app.offers.pledging.likening import likenesses_of, notice_likeness
from app.offers.pledging.making import RisksNotAnswered, WarningNotAccepted
from app.offers.terms.stating import PriceStep
from app.payments.refunding import unpaid_refunds
from app.payments.requesting import held
from tests import make
from tests.races import at_once

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
COMPANY = Holding(
    HolderKind.COMPANY, name="Gazouillis SARL", registration_number="512 345 678", acts_as="gérante", address=make.LYON
)


@pytest.fixture(autouse=True)
def now(database):
    with clock.at(NOW):
        yield


def do(act):
    with transaction() as session:
        return act(session)


def test_interest_is_asked_once_and_becomes_a_pledge_only_by_its_person():
    do(lambda session: make.open_offer(session, "ttw", kind=OfferKind.INDICATION, law="us-ttw"))
    interest = do(lambda session: make.pledge(session, "ttw", shares=0))
    assert interest.request is None
    do(lambda session: make.pledge(session, "ttw", "wei@example.org", shares=10))
    do(lambda session: make.open_offer(session, follows_offer_id=interest.offer_id))
    do(lambda session: invite_interested(session, find_offer(session, make.SLUG).id))
    with reading() as session:
        assert make.letters(session, "maya@example.org")[-1] == "offer-opened"
        offer = find_offer(session, make.SLUG)
        assert followed(session, offer, tokens.seal(FOLLOWS, interest.id)).id == interest.id
        for wrong in ("", "x.y", tokens.seal(FOLLOWS, 999), tokens.seal("confirm-pledge", interest.id)):
            assert followed(session, offer, wrong) is None
        assert session.scalars(select(Pledge).where(Pledge.offer_id == offer.id)).all() == []
    bought = do(lambda session: make.pledge(session, follows=interest.id))
    assert bought.from_pledge_id == interest.id
    stranger = do(lambda session: make.pledge(session, email="omar@example.org", follows=interest.id))
    assert stranger.from_pledge_id is None
    taken_back = do(lambda session: withdraw_pledge(session, interest.public_id, by=_person(session), reason=""))
    assert taken_back.state == "withdrawn"


def _person(session, email: str = "maya@example.org"):
    return find_person(session, email)


def test_a_person_pledges_once_for_each_holder():
    do(make.open_offer)
    do(make.pledge)
    company = do(lambda session: make.pledge(session, holding=COMPANY))
    assert company.holder_id != company.person_id
    with pytest.raises(PledgedAlready):
        do(lambda session: make.pledge(session, holding=COMPANY, shares=10))
    do(lambda session: make.open_offer(session, "next-round"))
    assert do(lambda session: make.pledge(session, "next-round", holding=COMPANY)).holder_id == company.holder_id


def test_the_same_name_and_address_under_another_e_mail_is_noted_not_refused():
    do(make.open_offer)
    one = do(make.pledge)
    other = do(lambda session: make.pledge(session, email="maya.w@example.com"))
    stranger = do(
        lambda session: make.pledge(session, email="wei@example.org", legal_name="Wei Chan", address=make.LYON)
    )
    for pledge in (one, other, stranger, other):
        do(lambda session, pledge=pledge: notice_likeness(session, pledge.id))
    with reading() as session:
        found = likenesses_of(session, [one.id, other.id, stranger.id])
    assert {each.pledge_id for each in found[one.id]} | {each.other_pledge_id for each in found[one.id]} == {
        one.id,
        other.id,
    }
    assert found[stranger.id] == []
    assert "the same name" in found[one.id][0].reasons


def change(pledge: Pledge, shares: int = 100, instalments: int = 1, address=make.OAKLAND):
    return lambda session: change_pledge(
        session, pledge.public_id, Change(shares, instalments, address), by=_person(session)
    )


def test_a_changed_pledge_keeps_the_money_that_is_held():
    do(make.open_offer)
    first = do(lambda session: make.paid_pledge(session, shares=50))
    more = do(change(first, 80))
    with reading() as session:
        kept = session.get_one(Pledge, more.id)
        assert held(session, kept.request) == make.PRICE * 50
        assert unpaid_refunds(session) == []
    fewer = do(change(more, 20, address=make.LYON))
    with reading() as session:
        kept = session.get_one(Pledge, fewer.id)
        assert (held(session, kept.request), kept.country) == (make.PRICE * 20, "FR")
        assert [refund.amount_cents for refund in unpaid_refunds(session)] == [30 * make.PRICE.minor]
    with pytest.raises(NothingChanged):
        do(change(fewer, 20, address=make.LYON))
    with pytest.raises(NotWithdrawable):
        do(change(first, 30))
    with pytest.raises(NotFound):
        do(lambda s: change_pledge(s, fewer.public_id, Change(30, 1, make.LYON), by=make.person(s, "wei@example.org")))


def test_of_two_changes_at_once_one_stands():
    do(make.open_offer)
    first = do(lambda session: make.paid_pledge(session, shares=50))
    outcomes = at_once(change(first, 60), change(first, 70))
    assert sum(isinstance(outcome, NotWithdrawable) for outcome in outcomes) == 1
    with reading() as session:
        standing = session.scalars(select(Pledge).where(Pledge.state == "confirmed")).one()
        assert held(session, standing.request) == make.PRICE * 50


def test_fewer_shares_keep_their_price_and_more_cost_the_price_of_today():
    steps = (PriceStep(NOW + timedelta(days=5), 25_00),)
    do(lambda session: make.open_offer(session, price_steps=steps, target_cents=23 * 25 * 100_00))
    first = do(lambda session: make.pledge(session, shares=50))
    with clock.at(NOW + timedelta(days=6)):
        fewer = do(change(first, 40))
        assert (fewer.price_cents, fewer.made_at) == (23_00, NOW)
        assert do(change(fewer, 41)).price_cents == 25_00


def test_a_closed_country_is_closed_to_changes_too():
    do(lambda session: make.open_offer(session, closed_countries=("FR",)))
    first = do(make.pledge)
    with pytest.raises(CountryClosed):
        do(change(first, 50, address=make.LYON))
    with pytest.raises(CountryClosed):
        do(lambda session: make.pledge(session, email="a@example.org", holding=COMPANY))


def test_nothing_is_withdrawn_from_a_cancelled_offer_that_repays_everybody():
    do(lambda session: make.open_offer(session, law="eu-ecsp", currency="EUR", code="E", cap_cents=100_000 * 23_00))
    right = {"test_lose": "yes", "test_sell": "no", "test_guarantee": "no", "test_dividend": "no"}
    with pytest.raises(RisksNotAnswered):
        do(lambda session: make.pledge(session, shares=10))
    with pytest.raises(WarningNotAccepted):
        do(lambda session: make.pledge(session, shares=10, answers=right | {"test_lose": "no"}))
    with pytest.raises(WarningNotAccepted):
        do(lambda session: make.pledge(session, shares=100, answers=right))
    pledge = do(lambda session: make.pledge(session, shares=10, answers=right))
    do(lambda session: cancel_offer(session, make.SLUG, by=None, reason="the seller withdrew"))
    with pytest.raises(NotWithdrawable):
        do(lambda session: withdraw_pledge(session, pledge.public_id, by=_person(session), reason=""))


def test_the_same_form_from_two_tabs_makes_one_pledge_also_for_a_company():
    do(make.open_offer)
    wish = do(lambda session: make.wish(session, holding=COMPANY))
    sent = at_once(*[lambda session: make_pledge(session, make.SLUG, wish).id] * 3)
    assert len(set(sent)) == 1
    other = replace(wish, holding=replace(COMPANY, name="Another"))
    assert do(lambda session: make_pledge(session, make.SLUG, other)).id not in sent


@pytest.mark.parametrize("currency", ["JPY", "KWD"])
def test_nothing_is_paid_in_more_parts_than_it_has_minor_units(currency):
    small = {"price_cents": 2, "target_cents": 20, "person_shares_min": 1, "instalments_max": 10}
    do(lambda session: make.open_offer(session, currency=currency, deadline_at=NOW + timedelta(days=400), **small))
    with pytest.raises(TooManyParts):
        do(lambda session: make.pledge(session, shares=1, instalments=3))
    two = do(lambda session: make.pledge(session, shares=2, instalments=4))
    with pytest.raises(TooManyParts):
        do(change(two, 1, 4))
    assert do(change(two, 1, 2)).instalments == 2


def test_money_under_the_reference_of_a_changed_pledge_is_held_for_the_pledge_in_its_place(database):
    with transaction() as session:
        make.open_offer(session)
        first = make.pledge(session, shares=20)
        second = change_pledge(session, first.public_id, Change(30, 1, make.OAKLAND), by=first.person)
        third = change_pledge(session, second.public_id, Change(40, 1, make.OAKLAND), by=first.person)
        make.pay(session, first.request, make.usd(460))
        make.pay(session, second.request, make.usd(500))
        assert held(session, third.request) == make.usd(920)
        assert [each.amount_cents for each in unpaid_refunds(session)] == [40_00]
