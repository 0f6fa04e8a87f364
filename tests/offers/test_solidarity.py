"""Solidarity funds: who gives gets no shares, who asks pays nothing, and what is not used goes back to the givers."""

from datetime import timedelta
from itertools import count
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core import clock, tokens
from app.core.database import reading, transaction
from app.core.errors import Refusal
from app.ledger.journal import balance
from app.members.approvals.approving import decide
from app.members.persons import known_person
from app.offers.closing import cancel_offer, close_offer
from app.offers.drafting import find_offer
from app.offers.models import Pledge, PledgeState
from app.offers.pledging import confirm_pledge, make_pledge, withdraw_pledge
from app.offers.pledging.changing import Change, FundPays, change_pledge
from app.offers.pledging.confirming import LinkUsed
from app.offers.pledging.secrets import forget_old_secrets
from app.offers.pledging.solidarity.asking import AskedAlready, GivesAndAsks, requests_of, set_aside, take_back_request
from app.offers.pledging.solidarity.giving import (
    PURPOSE,
    GiftUsed,
    Given,
    NoFund,
    confirm_gift,
    gift_beside,
    make_gift,
    take_back,
)
from app.offers.pledging.solidarity.matching import (
    NOT_ENOUGH,
    PAYS,
    MatchingChanged,
    match_fund,
    plan_matching,
    propose_matching,
)
from app.offers.pledging.solidarity.models import SolidarityGift
from app.offers.pledging.solidarity.returning import return_next
from app.offers.pledging.solidarity.telling import fund_told, gift_told
from app.offers.result.settling import settle_next
from app.payments.refunding import unpaid_refunds
from tests import make

pytestmark = pytest.mark.long

FUND = {"solidarity": True, "target_cents": 10 * 23_00}


def give(session, slug=make.SLUG, email="rosa@example.org", shares=10, paid=None) -> SolidarityGift:
    gift = make_gift(session, slug, Given(str(uuid4()), shares, "Rosa Parker", email, "en"))
    confirm_gift(session, tokens.seal(PURPOSE, gift.id))
    if paid is None or paid:
        make.pay(session, gift.request, gift.amount if paid is None else paid)
    return gift


def ask(session, slug=make.SLUG, email="sam@example.org", shares=10) -> Pledge:
    wish = make.wish(session, slug, email, shares, legal_name="Sam Ortiz", asks_fund=True)
    return confirm_pledge(session, make.link(make_pledge(session, slug, wish)))


def end(session, slug=make.SLUG) -> None:
    """What the worker does with a closed offer and its fund, to the end."""
    offer = find_offer(session, slug)
    make.settle(session, offer)
    return_next(session, offer.id, after=0)


def test_who_asks_waits_and_gets_shares_when_the_fund_pays_and_the_offer_succeeds(database):
    with transaction() as session:
        offer = make.open_offer(session, **FUND)
        gift = give(session, shares=25)
        asked = ask(session)
        assert asked.state == PledgeState.UNCONFIRMED
        assert make.letters(session, "sam@example.org") == ["confirm-pledge", "fund-asked"]
        match_fund(session, make.SLUG, by=None, reason="their turn")
        assert asked.state == PledgeState.CONFIRMED
        assert make.letters(session, "sam@example.org")[-1] == "fund-pays"
        assert gift_told(session, gift).taken == make.usd(230)
        close_offer(session, make.SLUG, by=None)
        end(session)
        assert asked.state == PledgeState.ALLOTTED
        told, mine = fund_told(session, offer), gift_told(session, gift)
        assert (told.people, told.shares, told.used) == (1, 10, make.usd(230))
        assert (mine.used, mine.waiting) == (make.usd(230), make.usd(0))
        assert [(each.request.person.email, each.amount_cents) for each in unpaid_refunds(session)] == [
            ("rosa@example.org", 15 * 23_00)
        ]


def test_the_preview_says_who_waits_and_nobody_is_passed_over(database):
    with transaction() as session:
        offer = make.open_offer(session, **FUND)
        give(session, shares=35)
        for name, shares in (("a", 20), ("b", 30), ("c", 10)):
            ask(session, email=f"{name}@example.org", shares=shares)
        plan = plan_matching(session, offer)
        assert [line.verdict for line in plan.lines] == [PAYS, NOT_ENOUGH, NOT_ENOUGH]
        assert plan.needed == make.usd(460)


def test_two_people_let_the_fund_pay_what_they_saw(database):
    with transaction() as session:
        make.open_offer(session, **FUND)
        one, _ = make.staff(session, "organizer"), make.staff(session, "treasurer")
        give(session)
        ask(session)
        proposal = propose_matching(session, make.SLUG, by=one, reason="their turn")
        give(session, email="more@example.org")
    with pytest.raises(MatchingChanged), transaction() as session:
        other = known_person(session, "treasurer@example.org", "en")
        decide(session, proposal.id, approve=True, by=other, reason="seen")
    with transaction() as session:
        one, other = (known_person(session, f"{role}@example.org", "en") for role in ("organizer", "treasurer"))
        decide(session, proposal.id, approve=False, by=other, reason="changed")
        again = propose_matching(session, make.SLUG, by=one, reason="their turn")
        decide(session, again.id, approve=True, by=other, reason="seen")
        assert fund_told(session, find_offer(session, make.SLUG)).people == 1


def test_money_is_taken_from_all_gifts_in_proportion_by_largest_remainder(database):
    with transaction() as session:
        make.open_offer(session, **FUND)
        gifts = [give(session, email=f"g{n}@example.org", shares=shares) for n, shares in enumerate((10, 20, 1))]
        ask(session)
        match_fund(session, make.SLUG, by=None, reason="their turn")
        assert [gift_told(session, gift).taken.minor for gift in gifts] == [74_19, 148_39, 7_42]


def test_what_came_back_goes_to_the_givers_when_the_offer_fails(database):
    with transaction() as session:
        make.open_offer(session, solidarity=True)
        one, other = give(session), give(session, email="other@example.org", shares=20)
        ask(session)
        match_fund(session, make.SLUG, by=None, reason="their turn")
        cancel_offer(session, make.SLUG, by=None, reason="the seller withdrew")
        end(session)
        back = sorted((each.request.person.email, each.amount_cents) for each in unpaid_refunds(session))
        assert sum(minor for email, minor in back if email == "rosa@example.org") == one.amount_cents
        assert sum(minor for email, minor in back if email == "other@example.org") == other.amount_cents
        assert not [email for email, _ in back if email == "sam@example.org"]


def test_a_pledge_that_is_withdrawn_gives_its_money_back_to_the_fund_for_the_next(database):
    with transaction() as session:
        offer = make.open_offer(session, **FUND)
        give(session)
        first, second = ask(session), ask(session, email="next@example.org")
        match_fund(session, make.SLUG, by=None, reason="their turn")
        assert second.state == PledgeState.UNCONFIRMED
        withdraw_pledge(session, first.public_id, by=first.person, reason="")
        assert not unpaid_refunds(session)
        assert balance(session, "solidarity_fund", f"offer:{offer.id}", "USD") == 230_00
        match_fund(session, make.SLUG, by=None, reason="their turn")
        assert second.state == PledgeState.CONFIRMED
        assert balance(session, "solidarity_fund", f"offer:{offer.id}", "USD") == 0


def test_a_gift_beside_a_pledge_is_a_payment_of_its_own(database):
    with transaction() as session:
        make.open_offer(session, **FUND)
        pledge = make.pledge(session, solidarity_shares=5)
        gift = gift_beside(session, pledge)
        assert gift is not None and gift.person_id == pledge.person_id
        assert gift.amount == make.usd(115) and pledge.amount == make.usd(2300)
        assert gift.request.reference != pledge.request.reference
        assert make.letters(session, "maya@example.org")[-1] == "gift-confirmed"


def test_a_giver_takes_back_what_was_not_used(database):
    with transaction() as session:
        make.open_offer(session, **FUND)
        gift = give(session, shares=15)
        ask(session)
        match_fund(session, make.SLUG, by=None, reason="their turn")
        take_back(session, gift.public_id, by=gift.person)
        assert [each.amount_cents for each in unpaid_refunds(session)] == [115_00]
        with pytest.raises(GiftUsed):
            take_back(session, gift.public_id, by=gift.person)


def test_money_paid_again_on_a_used_gift_goes_back(database):
    with transaction() as session:
        make.open_offer(session, **FUND)
        gift = give(session)
        ask(session)
        match_fund(session, make.SLUG, by=None, reason="their turn")
        make.pay(session, gift.request, make.usd(50))
        assert [each.amount_cents for each in unpaid_refunds(session)] == [50_00]


def test_requests_are_refused_ended_and_kept_apart(database):
    with transaction() as session:
        make.open_offer(session, "no-fund")
        with pytest.raises(NoFund):
            make_pledge(session, "no-fund", make.wish(session, "no-fund", asks_fund=True))
        with pytest.raises(NoFund):
            make_pledge(session, "no-fund", make.wish(session, "no-fund", solidarity_shares=1))
        offer = make.open_offer(session, **FUND)
        with pytest.raises(GivesAndAsks):
            make_pledge(session, make.SLUG, make.wish(session, solidarity_shares=1, asks_fund=True))
        asked = ask(session)
        with pytest.raises(LinkUsed):
            confirm_pledge(session, make.link(asked))
        with pytest.raises(AskedAlready):
            ask(session)
    with transaction() as session:
        offer = find_offer(session, make.SLUG)
        sam = make.person(session, "sam@example.org", "Sam Ortiz")
        request = requests_of(session, sam.id)[0]
        set_aside(session, offer, request.pledge.public_id, by=None, reason="asked twice")
        assert request.ended_reason == "asked twice"
        again = ask(session)
        take_back_request(session, again.public_id, by=sam)
        assert not plan_matching(session, offer).lines


def test_a_pledge_that_the_fund_paid_cannot_be_changed(database):
    with transaction() as session:
        make.open_offer(session, **FUND)
        give(session)
        asked = ask(session)
        match_fund(session, make.SLUG, by=None, reason="their turn")
        with pytest.raises(FundPays):
            change_pledge(session, asked.public_id, Change(20, 1, make.OAKLAND), by=asked.person)


def test_private_answers_wait_as_long_as_the_request(database):
    with transaction() as session:
        make.open_offer(session, **FUND)
        asked = ask(session)
        session.execute(
            text("INSERT INTO pledge_private (pledge_id, answers, kept_at) VALUES (:id, '', :at)"),
            {"id": asked.id, "at": clock.now() - timedelta(days=20)},
        )
        forget_old_secrets(session)
        assert session.execute(text("SELECT count(*) FROM pledge_private")).scalar_one() == 1
        session.execute(text("DELETE FROM pledge_private"))


SLUGS = count(1)
who = st.integers(0, 2)
acts = st.one_of(
    st.tuples(st.just("give"), who, st.sampled_from([1, 10, 17])),
    st.tuples(st.just("give_half"), who, st.sampled_from([3, 10])),
    st.tuples(st.just("ask"), who, st.sampled_from([10, 13])),
    st.tuples(st.just("pledge"), who, st.sampled_from([10, 100])),
    st.tuples(st.sampled_from(["match", "withdraw", "take_back", "close", "cancel", "settle", "fund"]), who, st.none()),
)


class Story:
    """An offer with a fund, on which acts are tried one after the other."""

    def __init__(self, cap: int | None) -> None:
        self.slug = f"fund-{next(SLUGS)}"
        self.asked: dict[int, int] = {}
        self.gifts: dict[int, int] = {}
        with transaction() as session:
            self.offer_id = make.open_offer(
                session, self.slug, solidarity=True, target_cents=20 * 23_00, cap_cents=cap,
                oversubscription="scaled back in proportion" if cap else "first come, first served",
            ).id  # fmt: skip

    def attempt(self, act: str, who: int, what: int | None) -> None:
        try:
            with transaction() as session:
                getattr(self, act)(session, who, what)
        except Refusal:
            return

    def give(self, session, who, shares) -> None:
        self.gifts[who] = give(session, self.slug, f"giver{who}@example.org", shares).id

    def give_half(self, session, who, shares) -> None:
        self.gifts[who] = give(session, self.slug, f"giver{who}@example.org", shares, make.usd(0, shares * 11_57)).id

    def ask(self, session, who, shares) -> None:
        self.asked[who] = ask(session, self.slug, f"asker{who}@example.org", shares).id

    def pledge(self, session, who, shares) -> None:
        make.paid_pledge(session, self.slug, f"payer{who}@example.org", shares)

    def match(self, session, *_) -> None:
        match_fund(session, self.slug, by=None, reason="their turn")

    def withdraw(self, session, who, _) -> None:
        if who in self.asked:
            pledge = session.get_one(Pledge, self.asked[who])
            if pledge.person is not None:
                withdraw_pledge(session, pledge.public_id, by=pledge.person, reason="")

    def take_back(self, session, who, _) -> None:
        if who in self.gifts:
            gift = session.get_one(SolidarityGift, self.gifts[who])
            take_back(session, gift.public_id, by=gift.person)

    def close(self, session, *_) -> None:
        with clock.at(clock.now() + timedelta(days=31)):
            close_offer(session, self.slug, by=None)

    def cancel(self, session, *_) -> None:
        cancel_offer(session, self.slug, by=None, reason="the seller withdrew")

    def settle(self, session, *_) -> None:
        offer = find_offer(session, self.slug)
        settle_next(session, offer.id, {"allotting": "succeeded"}.get(offer.state, "failed"))

    def fund(self, session, *_) -> None:
        return_next(session, self.offer_id, after=0)


_MONEY = """
    SELECT account.kind, coalesce(-sum(posting.amount), 0) FROM posting JOIN account ON account.id = account_id
    WHERE unit = 'USD' GROUP BY account.kind
"""


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cap=st.sampled_from([None, 40 * 23_00]), steps=st.lists(acts, min_size=4, max_size=14), fails=st.booleans())
def test_whatever_the_order_no_cent_of_a_gift_is_lost_and_nobody_who_asked_is_paid_out(database, cap, steps, fails):
    story = Story(cap)
    for step in steps:
        story.attempt(*step)
    for act in ("cancel", "close", "settle", "fund") if fails else ("close", "settle", "cancel", "settle", "fund"):
        story.attempt(act, 0, None)
    with reading() as session:
        offer = find_offer(session, story.slug)
        money = {kind: int(amount) for kind, amount in session.execute(text(_MONEY))}
        received = int(session.execute(text("SELECT coalesce(sum(amount_cents), 0) FROM receipt")).scalar_one())
        assert received == sum(amount for kind, amount in money.items() if kind != "bank")
        assert -money.get("bank", 0) == received
        assert offer.state in ("succeeded", "failed", "cancelled")
        assert balance(session, "solidarity_fund", f"offer:{offer.id}", "USD") == 0
        assert not [each for each in unpaid_refunds(session) if each.request.person.email.startswith("asker")]
        used = session.execute(
            text("SELECT coalesce(sum(l.paid_cents), 0) FROM lot l JOIN solidarity_grant g "
                 "ON l.source = 'pledge:' || g.pledge_id JOIN pledge p ON p.id = g.pledge_id WHERE p.offer_id = :id"),
            {"id": offer.id},
        ).scalar_one()  # fmt: skip
        given = session.query(SolidarityGift).filter_by(offer_id=offer.id).all()
        told = [gift_told(session, gift) for gift in given if gift.request]
        assert sum(each.used.minor for each in told) == int(used)
        assert all(each.waiting.minor == 0 for each in told)
