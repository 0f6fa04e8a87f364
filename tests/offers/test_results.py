"""Results: two gates, each opened by two people; what they approve is what is done, to the last share."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.members.approvals.approving import OwnProposal, ProposedAlready, decide
from app.members.approvals.models import Proposal
from app.offers.closing import TooEarly, close_offer
from app.offers.desk.pledges.finding import Paid, is_paid
from app.offers.drafting import StateChanged, find_offer
from app.offers.models import Oversubscription, PayWhen, Pledge
from app.offers.pledging import withdraw_pledge
from app.offers.pledging.questions import QUESTIONS
from app.offers.result.counting import (
    TooEarlyByLaw,
    announce_early_closing,
    closes_at,
    tally_due,
    tally_offer,
)
from app.offers.result.deciding import (
    ResultChanged,
    StillCollecting,
    StillReflecting,
    TooLittleCollected,
    WindowInThePast,
    allot_offer,
    approve_result,
    end_windows,
    extend_window,
    window_end,
)
from app.offers.result.previewing import SeedNeeded, needs_seed, result_lines, result_of
from app.offers.result.proposing import (
    propose_allotment,
    propose_cancellation,
    propose_extension,
    propose_refund,
    propose_result,
)
from app.payments.models import PaymentRequest
from app.payments.refunding import unpaid_refunds
from app.payments.requesting import asked, instalments_of
from app.shares.models import Lot
from app.worker import run_until_idle
from tests import make
from tests.races import at_once, overlapping

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DEADLINE = NOW + timedelta(days=30)
SHARE = 23_00
ANSWERS = {name: right for name, (_, right) in QUESTIONS.items()}  # to what the law asks on risks


def do(act):
    with transaction() as session:
        return act(session)


def refused(refusal, act):
    with pytest.raises(refusal) as met, transaction() as session:
        act(session)
    return met.value


def opened(**changed) -> None:
    with clock.at(NOW):
        do(lambda session: make.open_offer(session, **changed))


def pledged(*shares: int, paid: bool = True, **changed) -> list[str]:
    """Pledges of so many shares, one after the other; their numbers."""
    with clock.at(NOW):
        make_one = make.paid_pledge if paid else make.pledge
        return [
            do(lambda s, n=number, c=count: make_one(s, email=f"{n}@example.org", shares=c, **changed)).public_id
            for number, count in enumerate(shares)
        ]


def state() -> str:
    with reading() as session:
        return find_offer(session, make.SLUG).state


def pledges() -> list[tuple[str, int | None]]:
    with reading() as session:
        return [(one.state, one.allotted_shares) for one in session.scalars(select(Pledge).order_by(Pledge.id))]


def lots() -> list[int]:
    with reading() as session:
        return list(session.scalars(select(Lot.shares).order_by(Lot.id)))


def due_back() -> list[int]:
    with reading() as session:
        return [refund.amount_cents for refund in unpaid_refunds(session)]


def two_people():
    with transaction() as session:
        organizer, treasurer = make.staff(session, "organizer"), make.staff(session, "treasurer")
        return organizer, treasurer


def approve(proposal: Proposal, by) -> None:
    do(lambda session: decide(session, proposal.id, approve=True, by=session.merge(by), reason="looked at it"))


def test_the_simplest_offer_takes_one_tally_one_proposal_and_one_approval(database):
    opened()
    pledged(100, 100)
    organizer, treasurer = two_people()
    with clock.at(DEADLINE):
        do(tally_due)
        assert state() == "tallying"
        do(tally_due)
        proposal = do(lambda s: propose_result(s, make.SLUG, by=s.merge(organizer), reason="all paid"))
        refused(OwnProposal, lambda s: decide(s, proposal.id, approve=True, by=s.merge(organizer), reason="me"))
        refused(ProposedAlready, lambda s: propose_result(s, make.SLUG, by=s.merge(treasurer), reason="again"))
        assert state() == "tallying"
        approve(proposal, treasurer)
        assert state() == "allotting"
        assert run_until_idle() == []
    assert (state(), lots(), due_back()) == ("succeeded", [100, 100], [])


def test_a_result_that_changed_after_it_was_proposed_is_not_put_into_force(database):
    opened(law="eu-ecsp", currency="EUR", code="E", target_cents=80 * SHARE, cap_cents=400 * SHARE)
    first = pledged(40, 40, 20, answers=ANSWERS)[0]
    organizer, treasurer = two_people()
    with clock.at(NOW + timedelta(hours=2)):
        do(lambda s: tally_offer(s, make.SLUG, by=None, reason="the target is paid"))
        proposal = do(lambda s: propose_result(s, make.SLUG, by=s.merge(organizer), reason="all paid"))
        # the law lets people withdraw within four days, whatever the offer does
        do(lambda s: withdraw_pledge(s, first, by=make.person(s, "0@example.org"), reason=""))
        refused(ResultChanged, lambda s: decide(s, proposal.id, approve=True, by=s.merge(treasurer), reason="fine"))
        assert state() == "tallying"


def test_nothing_is_allotted_before_the_time_to_reflect_is_over(database):
    opened(law="eu-ecsp", currency="EUR", code="E", target_cents=80 * SHARE, cap_cents=400 * SHARE)
    pledged(40, 40, answers=ANSWERS)
    with clock.at(NOW + timedelta(hours=2)):
        do(lambda s: close_offer(s, make.SLUG, by=None))
        assert state() == "collecting"
        refused(StillReflecting, lambda s: allot_offer(s, make.SLUG, by=None, reason="all paid"))
    with clock.at(NOW + timedelta(days=6)):
        do(lambda s: allot_offer(s, make.SLUG, by=None, reason="all paid"))
        assert run_until_idle() == []
    assert (state(), lots()) == ("succeeded", [40, 40])


def test_a_target_that_is_pledged_but_not_paid_falls_short_and_two_people_repay_everybody(database):
    opened()
    pledged(100)
    do(lambda s: make.pledge(s, email="late@example.org"))
    organizer, treasurer = two_people()
    with clock.at(DEADLINE):
        do(lambda s: close_offer(s, make.SLUG, by=None))
        assert state() == "short"
        refused(TooLittleCollected, lambda s: propose_allotment(s, make.SLUG, by=s.merge(organizer), reason="try"))
        assert state() == "short"
        proposal = do(lambda s: propose_refund(s, make.SLUG, by=s.merge(organizer), reason="no hope"))
        assert state() == "short"
        approve(proposal, treasurer)
        assert run_until_idle() == []
    assert (state(), lots(), due_back()) == ("failed", [], [100 * SHARE])


def test_an_offer_that_fell_short_collects_longer_and_succeeds(database):
    opened(minimum_cents=150 * SHARE, collecting_days=10)
    pledged(100)
    late = do(lambda s: make.pledge(s, email="late@example.org"))
    organizer, treasurer = two_people()
    with clock.at(DEADLINE):
        do(lambda s: close_offer(s, make.SLUG, by=None))
        assert state() == "collecting"
        assert run_until_idle() == []
        with reading() as session:
            assert make.letters(session, "late@example.org")[-1] == "target-reached"
            assert "target-reached" not in make.letters(session, "0@example.org")
        refused(StillCollecting, lambda s: propose_allotment(s, make.SLUG, by=s.merge(organizer), reason="now"))
    ended = DEADLINE + timedelta(days=10)
    with clock.at(ended):
        do(end_windows)
        assert state() == "short"
        do(end_windows)
        longer = ended + timedelta(days=7)
        refused(WindowInThePast, lambda s: extend_window(s, make.SLUG, ended, by=None, reason="x"))
        approve(
            do(lambda s: propose_extension(s, make.SLUG, longer, by=s.merge(organizer), reason="a bank was closed")),
            treasurer,
        )
        assert state() == "collecting"
        with reading() as session:
            assert window_end(session, find_offer(session, make.SLUG)) == longer
        do(lambda s: make.pay(s, s.get_one(PaymentRequest, late.payment_request_id), late.amount))
        approve(
            do(lambda s: propose_allotment(s, make.SLUG, by=s.merge(organizer), reason="everybody has paid")), treasurer
        )
        assert run_until_idle() == []
    assert (state(), lots(), due_back()) == ("succeeded", [100, 100], [])


def test_at_the_end_of_the_window_the_minimum_is_enough_and_who_has_not_paid_lapses(database):
    opened(minimum_cents=100 * SHARE, collecting_days=10)
    pledged(100)
    do(lambda s: make.pledge(s, email="late@example.org"))
    with clock.at(DEADLINE):
        do(lambda s: close_offer(s, make.SLUG, by=None))
    with clock.at(DEADLINE + timedelta(days=10)):
        do(end_windows)
        assert state() == "collecting"  # enough is there: two people allot
        do(lambda s: allot_offer(s, make.SLUG, by=None, reason="the minimum is reached"))
        assert run_until_idle() == []
    assert (state(), [one for one, _ in pledges()]) == ("succeeded", ["allotted", "lapsed"])


def test_a_target_that_is_not_pledged_fails_and_everybody_is_repaid(database):
    opened(minimum_cents=10 * SHARE)
    pledged(100, 50)
    with clock.at(DEADLINE):
        do(lambda s: close_offer(s, make.SLUG, by=None))
        assert run_until_idle() == []
    assert (state(), lots(), sorted(due_back())) == ("failed", [], [50 * SHARE, 100 * SHARE])


def test_scaled_back_everyone_gets_their_part_and_what_they_paid_beyond_it(database):
    opened(cap_cents=200 * SHARE, oversubscription=Oversubscription.SCALE_BACK.value)
    pledged(100, 100, 55)
    with clock.at(DEADLINE):
        do(lambda s: tally_offer(s, make.SLUG, by=None, reason="the deadline"))
        with reading() as session:
            result = result_of(session, find_offer(session, make.SLUG))
            assert list(result.shares.values()) == [79, 78, 43]  # exact parts: 78.43, 78.43, 43.14
            assert result.allotted == make.PRICE * 200
        do(lambda s: approve_result(s, make.SLUG, by=None, reason="fair", sha256=result.sha256))
        assert run_until_idle() == []
    assert (state(), sum(lots())) == ("succeeded", 200)
    assert sum(due_back()) == 55 * SHARE
    assert [part for _, part in pledges()] == list(result.shares.values())


def test_who_would_get_nothing_is_repaid_whole_and_holds_no_share(database):
    opened(
        cap_cents=200 * SHARE, oversubscription=Oversubscription.LOTTERY.value, lottery_seed_from="the lottery of Ohio"
    )
    pledged(100, 100, 100)
    with clock.at(DEADLINE):
        do(lambda s: tally_offer(s, make.SLUG, by=None, reason="the deadline"))
        with reading() as session:
            offer = find_offer(session, make.SLUG)
            assert needs_seed(session, offer)
            with pytest.raises(SeedNeeded):
                result_of(session, offer)
            first, again = result_of(session, offer, "7 8 9"), result_of(session, offer, "7 8 9")
            assert first == again
            assert sorted(first.shares.values()) == [0, 100, 100]
            lines = "".join(result_lines(session, offer, first))
            assert "seed 7 8 9\n" in lines
            assert hashlib.sha256(lines.encode()).hexdigest() == first.sha256
        refused(
            ResultChanged, lambda s: approve_result(s, make.SLUG, by=None, reason="x", seed="7", sha256=first.sha256)
        )
        do(lambda s: approve_result(s, make.SLUG, by=None, reason="drawn", seed="7 8 9", sha256=first.sha256))
        assert run_until_idle() == []
    assert (state(), lots(), due_back()) == ("succeeded", [100, 100], [100 * SHARE])
    assert sorted(one for one, _ in pledges()) == ["allotted", "allotted", "returned"]


def test_who_pays_at_the_goal_is_asked_for_the_part_they_get_in_instalments_that_end_in_time(database):
    opened(
        cap_cents=200 * SHARE, oversubscription=Oversubscription.SCALE_BACK.value, pay_when=PayWhen.AT_GOAL.value,
        collecting_days=70, instalments_max=2,
    )  # fmt: skip
    pledged(100, 100, 50, paid=False)
    with clock.at(DEADLINE):
        do(lambda s: close_offer(s, make.SLUG, by=None))
        assert state() == "collecting"
        assert run_until_idle() == []
    with transaction() as session:
        found = list(session.scalars(select(Pledge).order_by(Pledge.id)))
        assert [asked(one.request).minor for one in found] == [80 * SHARE, 80 * SHARE, 40 * SHARE]
        for one in found:
            parts = instalments_of(session, one.request)
            assert sum(part.amount_cents for part in parts) == one.due.minor
            assert max(part.due_on for part in parts) <= (DEADLINE + timedelta(days=70)).date()
        for one in found:
            make.pay(session, one.request, make.PRICE * 81)
        assert len(session.scalars(select(Pledge.id).where(is_paid(Paid.FULL))).all()) == 3, "of the part that they get"
    with clock.at(DEADLINE + timedelta(days=1)):
        do(lambda s: allot_offer(s, make.SLUG, by=None, reason="everybody has paid"))
        assert run_until_idle() == []
    assert (lots(), sorted(due_back())) == ([80, 80, 40], [1 * SHARE, 1 * SHARE, 41 * SHARE])


def test_the_cap_holds_when_two_confirm_the_last_shares_at_once(database):
    opened(cap_cents=200 * SHARE)
    pledged(100, paid=False)
    with clock.at(NOW):
        wishes = [do(lambda s, n=n: make.wish(s, email=f"race{n}@example.org")) for n in range(3)]
        made = [do(lambda s, wish=wish: make.make_pledge(s, make.SLUG, wish)) for wish in wishes]

        def confirm(pledge):
            return lambda session: make.confirm_pledge(session, make.link(pledge)).state

        outcomes = [*overlapping(confirm(made[0]), confirm(made[1])), *at_once(confirm(made[2]))]
    said = [outcome if isinstance(outcome, str) else type(outcome).__name__ for outcome in outcomes]
    assert said == ["confirmed", "OfferFull", "OfferFull"]
    with clock.at(NOW):
        do(lambda s: withdraw_pledge(s, made[0].public_id, by=make.person(s, "race0@example.org"), reason=""))
        assert do(confirm(made[1])) == "confirmed"


def test_a_law_lets_an_offer_close_early_only_when_people_were_told_in_time(database):
    opened(law="us-regcf", cap_cents=300 * SHARE)
    pledged(100, 100)
    day = timedelta(days=1)
    with clock.at(NOW + 10 * day):
        refused(TooEarlyByLaw, lambda s: tally_offer(s, make.SLUG, by=None, reason="the target is paid"))
        refused(
            TooEarlyByLaw, lambda s: announce_early_closing(s, make.SLUG, NOW + 12 * day, by=None, reason="reached")
        )
        do(lambda s: announce_early_closing(s, make.SLUG, NOW + 22 * day, by=None, reason="reached"))
        assert run_until_idle() == []
        with reading() as session:
            assert "closes-early" in make.letters(session, "0@example.org")
            assert closes_at(session, find_offer(session, make.SLUG)) == NOW + 22 * day
        do(tally_due)
        assert state() == "open"
    with clock.at(NOW + 22 * day):
        do(tally_due)
    assert state() == "tallying"


def test_an_open_offer_is_cancelled_by_two_people(database):
    opened()
    pledged(100)
    organizer, treasurer = two_people()
    proposal = do(lambda s: propose_cancellation(s, make.SLUG, by=s.merge(organizer), reason="the seller withdrew"))
    assert state() == "open"
    approve(proposal, treasurer)
    assert run_until_idle() == []
    assert (state(), due_back()) == ("cancelled", [100 * SHARE])
    refused(StateChanged, lambda s: tally_offer(s, make.SLUG, by=None, reason="late"))


def test_an_indication_of_interest_ends_with_its_tally_and_moves_no_money(database):
    opened(kind="indication of interest", law="us-ttw", target_cents=100 * SHARE)
    refused(TooEarly, lambda s: tally_offer(s, make.SLUG, by=None, reason="now"))
    with clock.at(DEADLINE):
        do(tally_due)
    assert state() == "failed"
