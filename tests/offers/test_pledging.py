"""Pledging: a form makes a pledge, a letter's link confirms it once; until the offer closes it can be withdrawn."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import func, select, text

from app.core import clock, tokens
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.letters.models import Letter
from app.members.models import Person
from app.members.persons import find_person, particulars_on
from app.offers.closing import cancel_offer, close_offer
from app.offers.drafting import find_offer
from app.offers.models import Pledge, PledgeMove
from app.offers.pledging import (
    DeadlineOver,
    LinkExpired,
    LinkNotValid,
    LinkUsed,
    NotWithdrawable,
    OfferNotOpen,
    PledgedAlready,
    TermsChanged,
    TooFew,
    TooMany,
    confirm_pledge,
    make_pledge,
    own_pledge,
    pledge_of_link,
    withdraw_pledge,
)
from app.offers.tallying import tally
from app.payments.refunding import unpaid_refunds
from tests import make
from tests.races import at_once, overlapping

MAYA, WEI = "maya@example.org", "wei@example.org"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture
def offer(database):
    """An open offer with its deadline in thirty days."""
    with clock.at(NOW), transaction() as session:
        return make.open_offer(session)


def refused(refusal, status: int, act):
    before = rows()
    with pytest.raises(refusal) as met, transaction() as session:
        act(session)
    assert met.value.status == status
    assert rows() == before
    return met.value


def rows() -> list[int]:
    """How many rows there are of everything that pledging writes."""
    with reading() as session:
        tables = ("pledge", "pledge_move", "person", "particulars", "payment_request", "letter", "audit_line", "refund")
        return [session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in tables]


def submit(**changed):
    """Send the form."""
    return lambda session: make_pledge(session, make.SLUG, make.wish(session, **changed))


def confirm(pledge: Pledge):
    return lambda session: confirm_pledge(session, make.link(pledge))


def do(act):
    with transaction() as session:
        return act(session)


def test_a_pledge_counts_from_its_confirmation_on_and_is_then_asked_to_be_paid(offer):
    with clock.at(NOW):
        pledge = do(submit())
        with reading() as session:
            assert find_person(session, MAYA) is None
            assert tally(session, find_offer(session, make.SLUG)).people == 0
            assert make.letters(session, MAYA) == ["confirm-pledge"]
        do(confirm(pledge))
    with reading() as session:
        known = find_person(session, MAYA)
        confirmed = own_pledge(session, pledge.public_id, known)
        assert particulars_on(session, known.id, NOW.date()).legal_name == "Maya Whitfield"
        assert (confirmed.state, confirmed.request.amount_cents) == ("confirmed", 230_000)
        letter = session.scalars(select(Letter).where(Letter.name == "pledge-confirmed")).one()
        assert letter.facts["reference"] == confirmed.request.reference
        standing = tally(session, find_offer(session, make.SLUG))
        assert (standing.people, standing.shares, standing.pledged, standing.paid.minor) == (1, 100, make.usd(2_300), 0)


def test_what_cannot_be_pledged_is_refused_and_nothing_is_recorded(offer):
    with clock.at(NOW):
        for shares, refusal, said in [
            (9, TooFew, "The minimum is 10 shares per person."),
            (0, TooFew, ""), (-5, TooFew, ""),
            (101, TooMany, "The maximum is 100 shares per person."), (2**53 - 1, TooMany, ""),
        ]:  # fmt: skip
            met = refused(refusal, 422, submit(shares=shares))
            assert met.field == "shares"
            assert said in met.text()
        for shares in (10, 100):
            do(submit(shares=shares, email=f"p{shares}@example.org"))
        refused(TermsChanged, 409, submit(terms_id=999))
        do(lambda session: make.draft(session, "hidden"))
        for slug in ("hidden", "nowhere"):
            refused(NotFound, 404, lambda s, slug=slug: make_pledge(s, slug, make.wish(s)))


def test_a_form_that_was_open_when_the_deadline_passed_is_refused(offer):
    with clock.at(NOW):
        unconfirmed = do(submit())
    deadline = NOW + timedelta(days=30)
    with clock.at(deadline - timedelta(microseconds=1)):
        do(submit(email=WEI))
    for late in (timedelta(0), timedelta(days=1)):
        with clock.at(deadline + late):
            refused(DeadlineOver, 409, submit(email="omar@example.org"))
    with clock.at(NOW + timedelta(days=6)):
        do(confirm(unconfirmed))
    with clock.at(deadline - timedelta(days=1)):
        last = do(submit(email="late@example.org"))
    with clock.at(deadline):
        refused(DeadlineOver, 409, confirm(last))


def test_an_offer_that_is_closed_takes_neither_forms_nor_confirmations(offer):
    with clock.at(NOW):
        unconfirmed = do(submit())
        do(lambda session: cancel_offer(session, make.SLUG, by=None, reason="the seller withdrew"))
        refused(OfferNotOpen, 409, submit(email=WEI))
        refused(OfferNotOpen, 409, confirm(unconfirmed))


def test_the_same_form_sent_twice_makes_one_pledge_and_one_letter(offer):
    wish = do(make.wish)

    def send(session) -> int:
        return make_pledge(session, make.SLUG, wish).id

    with clock.at(NOW):
        first = do(send)
        assert do(send) == first
        assert at_once(*[send] * 4) == [first] * 4
        wish = replace(wish, form_key=str(uuid4()))
        assert len(set(at_once(*[send] * 4))) == 1
        wish = replace(wish, form_key=str(uuid4()))
        assert len(set(overlapping(send, send))) == 1
    with reading() as session:
        assert make.letters(session, MAYA) == ["confirm-pledge"] * 3
        assert session.scalar(select(func.count(Pledge.id))) == 3


def test_a_form_that_was_corrected_after_going_back_is_a_new_pledge_with_its_own_letter(offer):
    with clock.at(NOW):
        wish = do(lambda session: make.wish(session, email="mya@example.org"))
        do(lambda session: make_pledge(session, make.SLUG, wish))
        corrected = do(lambda session: make_pledge(session, make.SLUG, replace(wish, email=MAYA, shares=50)))
        assert (corrected.email, corrected.shares) == (MAYA, 50)
        do(confirm(corrected))
    with reading() as session:
        assert make.letters(session, MAYA) == ["confirm-pledge", "pledge-confirmed"]


def test_a_link_confirms_once_also_when_pressed_twice_at_once(offer):
    with clock.at(NOW):
        pledge = do(submit())
        do(confirm(pledge))
        assert refused(LinkUsed, 410, confirm(pledge)).text() == "This pledge was confirmed already. Sign in to see it."
        for race, email in ((at_once, WEI), (overlapping, "omar@example.org")):
            other = do(submit(email=email))
            assert [type(outcome) for outcome in race(confirm(other), confirm(other))].count(LinkUsed) == 1
    with reading() as session:
        assert session.scalar(select(func.count(PledgeMove.id))) == 3
        assert session.execute(text("SELECT count(*) FROM payment_request")).scalar_one() == 3


def test_a_link_lasts_seven_days_and_not_a_moment_longer(offer):
    with clock.at(NOW):
        early, late = do(submit()), do(submit(email=WEI))
    with clock.at(NOW + timedelta(days=7, microseconds=-1)):
        do(confirm(early))
    with clock.at(NOW + timedelta(days=7)):
        refused(LinkExpired, 410, confirm(late))
        refused(LinkExpired, 410, lambda session: pledge_of_link(session, make.link(late)))
        assert do(submit(email=WEI)).state == "unconfirmed"


def test_a_link_that_is_not_ours_or_was_cut_off_confirms_nothing(offer):
    with clock.at(NOW):
        token = make.link(do(submit()))
        foreign = [tokens.seal("sign-in", 1), tokens.seal("confirm-pledge", 999), "1", "", ".", "x" * 9_000]
        for wrong in (token[:-1], token + "A", token.swapcase(), token.partition(".")[0], *foreign):
            refused(LinkNotValid, 404, lambda session, wrong=wrong: confirm_pledge(session, wrong))


def test_whoever_pledges_again_learns_it_from_a_letter_and_nobody_else_learns_it(offer):
    with clock.at(NOW):
        waiting = do(submit())
        first = do(submit())
        do(confirm(first))
        again = do(submit(shares=50))
        stranger = do(submit(email=WEI, shares=50))
        # the act answers the same for both, so that the page cannot tell them apart
        assert (again.state, again.shares) == (stranger.state, stranger.shares) == ("unconfirmed", 50)
        refused(PledgedAlready, 409, confirm(waiting))
        refused(PledgedAlready, 409, confirm(again))
    with reading() as session:
        assert make.letters(session, WEI) == ["confirm-pledge"]
        assert make.letters(session, MAYA) == ["confirm-pledge"] * 2 + ["pledge-confirmed", "already-pledged"]
        told = session.scalars(select(Letter).where(Letter.name == "already-pledged")).one()
        assert "link_id" not in told.facts


def test_two_pledges_of_one_person_confirmed_at_once_leave_one(offer):
    with clock.at(NOW):
        for race, email in ((at_once, MAYA), (overlapping, WEI)):
            one, other = do(submit(email=email)), do(submit(email=email, shares=50))
            outcomes = race(confirm(one), confirm(other))
            assert [type(outcome) for outcome in outcomes].count(PledgedAlready) == 1


def withdraw(pledge: Pledge, by: Pledge | None = None):
    """Withdraw a pledge, as its own supporter or as that of another one."""

    def act(session):
        return withdraw_pledge(
            session, pledge.public_id, by=session.get_one(Person, (by or pledge).person_id), reason=""
        )

    return act


def test_a_pledge_is_withdrawn_and_what_was_paid_becomes_due_back(offer):
    def pay(pledge, major: int):
        return lambda session: make.pay(session, session.get_one(Pledge, pledge.id).request, make.usd(major))

    with clock.at(NOW):
        unpaid = do(make.pledge)
        paid = do(lambda session: make.paid_pledge(session, email=WEI, shares=50))
        do(pay(paid, 1))  # too much, and owed back before
        do(withdraw(unpaid))
        do(withdraw(paid))
        with reading() as session:
            assert [refund.amount_cents for refund in unpaid_refunds(session)] == [1_00, 50 * 23_00]
            assert tally(session, find_offer(session, make.SLUG)).people == 0
            assert "refund-due" not in make.letters(session, MAYA)
        do(pay(unpaid, 5))  # it was on its way
        with reading() as session:
            assert unpaid_refunds(session)[-1].amount_cents == 5_00
        assert do(make.pledge).state == "confirmed"  # who withdrew may pledge again


def test_only_one_s_own_open_pledge_can_be_withdrawn(offer):
    with clock.at(NOW):
        mayas, weis = do(make.paid_pledge), do(lambda session: make.paid_pledge(session, email=WEI))
        refused(NotFound, 404, withdraw(mayas, by=weis))
        refused(NotFound, 404, withdraw(do(submit(email="omar@example.org")), by=weis))
        me = do(lambda session: find_person(session, WEI))
        for public_id in ("", "1", weis.public_id[:-1], "x" * 9_000):
            refused(NotFound, 404, lambda session, i=public_id: withdraw_pledge(session, i, by=me, reason=""))
        third = do(lambda session: make.pledge(session, email="third@example.org"))
        do(withdraw(third))
        refused(NotWithdrawable, 409, withdraw(third))
        fourth = do(lambda session: make.pledge(session, email="fourth@example.org"))
        assert isinstance(overlapping(withdraw(fourth), withdraw(fourth))[1], NotWithdrawable)
        do(lambda session: close_offer(session, make.SLUG, by=None))
        refused(NotWithdrawable, 409, withdraw(mayas))
        do(lambda session: make.settle(session, find_offer(session, make.SLUG)))
        assert "allotted" in refused(NotWithdrawable, 409, withdraw(mayas)).text()
