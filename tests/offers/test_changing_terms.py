"""Changed terms of an open offer: a version that two people decide; supporters confirm it in time, or are repaid."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.members.approvals.approving import decide
from app.offers.drafting import ImpossibleTerms, find_offer
from app.offers.models import OfferTerms, Pledge
from app.offers.pledging import TooMany
from app.offers.pledging.changing import Change, change_pledge
from app.offers.pledging.dating import windows_of
from app.offers.pledging.judging import CountryClosed, TermsChanged
from app.offers.result.counting import StillReconfirming, announce_early_closing, tally_due, tally_offer
from app.offers.tallying import tally
from app.offers.terms.changing import (
    CannotChange,
    NothingChanges,
    NoTimeToReconfirm,
    NotPledgedYet,
    TermsMoved,
    change_terms,
    propose_change,
)
from app.offers.terms.reconfirming import (
    NothingToReconfirm,
    ReconfirmedTooLate,
    awaits_reconfirmation,
    lapse_unconfirmed,
    reconfirm_pledge,
)
from app.offers.terms.stating import Terms, terms_from, terms_of
from app.payments.refunding import unpaid_refunds
from app.worker import run_until_idle
from tests import make

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)  # a Monday
DEADLINE = NOW + timedelta(days=30)
UNTIL = datetime(2026, 12, 1, 5, 0, tzinfo=UTC)  # five business days on, at midnight in New York
SHARE = 23_00


def do(act):
    with transaction() as session:
        return act(session)


def refused(refusal, act):
    with pytest.raises(refusal) as met, transaction() as session:
        act(session)
    return met.value


def state() -> str:
    with reading() as session:
        return find_offer(session, make.SLUG).state


def present(**changed) -> Terms:
    with reading() as session:
        return replace(terms_of(find_offer(session, make.SLUG).terms), **changed)


def change(**changed):
    terms = present(**changed)
    return lambda session: change_terms(session, make.SLUG, terms, by=None, reason="the seller asks for more")


def standing() -> tuple[int, bool]:
    with reading() as session:
        found = tally(session, find_offer(session, make.SLUG))
        return found.awaiting.minor // SHARE, found.reached


@pytest.fixture
def offer(database) -> None:
    with clock.at(NOW):
        do(lambda s: make.open_offer(s, law="us-regcf", cap_cents=400 * SHARE))
        for name in ("maya", "wei"):
            do(lambda s, name=name: make.paid_pledge(s, email=f"{name}@example.org"))


def pledge_of(name: str) -> str:
    with reading() as session:
        return session.scalars(select(Pledge.public_id).where(Pledge.email == f"{name}@example.org")).one()


def confirm(name: str):
    number = pledge_of(name)
    return lambda s: reconfirm_pledge(s, number, by=make.person(s, f"{name}@example.org"))


def test_who_confirms_stays_who_does_not_is_repaid_and_only_the_confirmed_count(offer):
    with clock.at(NOW):
        assert standing() == (0, True)
        do(change(target_cents=100 * SHARE))
        assert run_until_idle() == []
        assert standing() == (200, False)
        with reading() as session:
            version = find_offer(session, make.SLUG).terms
            assert (version.version, version.reconfirm_by) == (2, UNTIL)
            for name in ("maya", "wei"):
                assert make.letters(session, f"{name}@example.org")[-1] == "terms-changed"
        do(confirm("maya"))
        assert standing() == (100, True)
        refused(NothingToReconfirm, confirm("maya"))
        number = pledge_of("wei")
        refused(NotFound, lambda s: reconfirm_pledge(s, number, by=make.person(s, "maya@example.org")))
        refused(StillReconfirming, lambda s: tally_offer(s, make.SLUG, by=None, reason="enough"))
    with clock.at(UNTIL - timedelta(seconds=1)):
        do(lapse_unconfirmed)
        assert standing() == (100, True)
    with clock.at(UNTIL):
        refused(ReconfirmedTooLate, confirm("wei"))
        do(lapse_unconfirmed)
        assert standing() == (0, True)
    with reading() as session:
        assert [refund.amount_cents for refund in unpaid_refunds(session)] == [100 * SHARE]
        assert list(session.scalars(select(Pledge.state).order_by(Pledge.id))) == ["confirmed", "withdrawn"]
        assert "not-reconfirmed" in make.letters(session, "wei@example.org")


def test_at_the_deadline_nobody_is_counted_who_did_not_confirm(offer):
    with clock.at(NOW):
        do(change(price_cents=25_00, target_cents=80 * 25_00, cap_cents=400 * 25_00))
        do(confirm("maya"))
    with clock.at(DEADLINE):
        do(tally_due)
        assert state() == "tallying"
        with reading() as session:
            found = tally(session, find_offer(session, make.SLUG))
            assert (found.people, found.pledged.minor) == (1, 100 * SHARE)  # at the price of the pledge


def test_what_only_tells_of_the_offer_asks_nobody(offer):
    with clock.at(NOW):
        do(change(title="Buy it, together", users_count=None, participants_target=None))
        assert standing() == (0, True)
        refused(NothingChanges, change())
        with reading() as session:
            pledge = session.scalars(select(Pledge)).first()
            assert not awaits_reconfirmation(session, pledge)
            assert find_offer(session, make.SLUG).terms.reconfirm_by is None
        number = pledge_of("maya")
        fewer = Change(shares=50, instalments=1, address=make.OAKLAND)
        do(lambda s: change_pledge(s, number, fewer, by=make.person(s, "maya@example.org")))
        do(change(target_cents=100 * SHARE))
        with reading() as session:
            number = session.scalars(select(Pledge.public_id).where(Pledge.replaces_id.is_not(None))).one()
        again = Change(shares=40, instalments=1, address=make.OAKLAND)
        refused(TermsChanged, lambda s: change_pledge(s, number, again, by=make.person(s, "maya@example.org")))


def test_after_an_announced_early_end_the_right_to_cancel_ends_before_that_moment(offer):
    early = NOW + timedelta(days=25)
    with clock.at(NOW):
        do(lambda s: announce_early_closing(s, make.SLUG, closes=early, by=None, reason="all is pledged"))
        with reading() as session:
            pledge = session.scalars(select(Pledge)).first()
            assert windows_of(session, pledge).cancel_until == early - timedelta(hours=48)


def test_changes_that_cannot_be_are_refused_with_the_reason(offer):
    with clock.at(NOW):
        refused(CannotChange, change(currency="EUR"))
        refused(ImpossibleTerms, change(target_cents=500 * SHARE))  # beyond the cap
        refused(NoTimeToReconfirm, change(deadline_at=UNTIL - timedelta(hours=1)))
        do(change(person_shares_max=50))
        refused(NotPledgedYet, change(person_shares_max=60))
        refused(TooMany, confirm("maya"))
        with reading() as session:
            assert len(session.scalars(select(OfferTerms.id)).all()) == 2


def test_two_people_decide_and_a_proposal_from_older_terms_is_refused(offer):
    with clock.at(NOW):
        with transaction() as session:
            organizer, treasurer = make.staff(session, "organizer"), make.staff(session, "treasurer")
        terms = present(deadline_at=DEADLINE + timedelta(days=30))
        assert terms_from(terms.payload()) == terms
        proposal = do(lambda s: propose_change(s, make.SLUG, terms, by=s.merge(organizer), reason="more time"))
        assert proposal.payload["changes"] == ["deadline_at"]
        assert present().deadline_at == DEADLINE
        do(change(title="Meanwhile another title"))

        def approve(session):
            return decide(session, proposal.id, approve=True, by=session.merge(treasurer), reason="fine")

        refused(TermsMoved, approve)
        do(lambda s: decide(s, proposal.id, approve=False, by=s.merge(treasurer), reason="from old terms"))
        again = do(lambda s: propose_change(s, make.SLUG, terms, by=s.merge(organizer), reason="more time"))
        do(lambda s: decide(s, again.id, approve=True, by=s.merge(treasurer), reason="fine"))
    assert present().deadline_at == DEADLINE + timedelta(days=30)
    assert standing() == (200, False)


def test_nobody_reconfirms_from_a_country_that_the_new_terms_close(database):
    with clock.at(NOW):
        with transaction() as session:
            make.open_offer(session, deadline_at=DEADLINE)
            found = make.paid_pledge(session).public_id
        do(change(closed_countries=("US",)))
        refused(CountryClosed, lambda session: reconfirm_pledge(session, found, by=make.person(session)))
        assert standing() == (100, False)


def test_who_reconfirmed_under_another_price_and_then_takes_fewer_shares_keeps_the_price(database):
    with clock.at(NOW):
        with transaction() as session:
            make.open_offer(session, deadline_at=DEADLINE)
            found = make.paid_pledge(session).public_id
        do(change(price_cents=20_00, target_cents=200 * 20_00))
        do(lambda session: reconfirm_pledge(session, found, by=make.person(session)))
        new = do(lambda session: change_pledge(session, found, Change(50, 1, make.OAKLAND), by=make.person(session)))
        assert new.price_cents == SHARE  # and the books are proved after the test
