"""Charge runs: two people approve one, everybody is told in time, and it stops by itself when it goes wrong."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.members.approvals.approving import OwnProposal, decide
from app.payments.cards.running import judging, states
from app.payments.cards.running.models import ChargeNotice
from app.payments.cards.running.preparing import NothingToCharge, RunGoesOn, TooSoon, earliest, propose_run
from app.payments.cards.running.progress import progress_of
from app.payments.cards.running.states import RunState, state_of
from tests import make
from tests.payments.cards.runs_made import PURPOSE, SavedCards, announce, approved_run, collecting_offer

NO_DOUBLE = SavedCards(None)


def test_everybody_with_a_card_is_told_the_amount_the_day_and_the_card(database):
    with transaction() as session:
        collecting_offer(session, NO_DOUBLE, ["pm_card_visa", "", "pm_card_visa"])
        run = approved_run(session)
        assert (run.total_count, run.amount_cents) == (2, 2 * 2300_00)
        announce(session, run)
        notices = session.scalars(select(ChargeNotice)).all()
        assert [(each.amount_cents, each.last4, each.charge_on) for each in notices] == [
            (2300_00, "4242", run.charge_on)
        ] * 2
        assert "charge-notice" in make.letters(session, "s0@example.org")
        assert "charge-notice" not in make.letters(session, "s1@example.org")
        assert state_of(session, run.id) == RunState.WAITING


def test_whoever_proposes_a_run_does_not_approve_it(database):
    with transaction() as session:
        collecting_offer(session, NO_DOUBLE, ["pm_card_visa"])
        organizer = make.staff(session)
        proposal = propose_run(session, PURPOSE, earliest(session, PURPOSE), by=organizer, reason="go")
        with pytest.raises(OwnProposal):
            decide(session, proposal.id, approve=True, by=organizer, reason="go")


def test_a_run_is_refused_before_everybody_could_be_told_without_cards_and_beside_another(database):
    with transaction() as session:
        collecting_offer(session, NO_DOUBLE, ["", ""])
        organizer = make.staff(session)
        with pytest.raises(NothingToCharge):
            propose_run(session, PURPOSE, earliest(session, PURPOSE), by=organizer, reason="go")
        with pytest.raises(TooSoon):
            propose_run(session, PURPOSE, clock.today() + timedelta(days=13), by=organizer, reason="go")


def test_a_second_run_waits_for_the_first(database):
    with transaction() as session:
        collecting_offer(session, NO_DOUBLE, ["pm_card_visa"])
        approved_run(session)
        with pytest.raises(RunGoesOn):
            propose_run(
                session,
                PURPOSE,
                earliest(session, PURPOSE),
                by=make.person(session, "organizer@example.org"),
                reason="again",
            )


def test_a_run_pauses_goes_on_and_ends_with_reasons(database):
    with transaction() as session:
        collecting_offer(session, NO_DOUBLE, ["pm_card_visa"])
        run = approved_run(session)
        with pytest.raises(states.NotCharging):
            states.pause(session, run.id, by=None, reason="too early")
        announce(session, run)
        with pytest.raises(states.RunReasonMissing):
            states.pause(session, run.id, by=None, reason=" ")
        states.pause(session, run.id, by=None, reason="the bank asked")
        assert state_of(session, run.id) == RunState.PAUSED
        states.resume(session, run.id, by=None, reason="settled")
        assert state_of(session, run.id) == RunState.WAITING
        states.end(session, run.id, by=None, reason="another day")
        with pytest.raises(states.RunOver):
            states.end(session, run.id, by=None, reason="another day")
        assert progress_of(session, run).state == RunState.ENDED


@pytest.mark.parametrize(
    ("figures", "pauses"),
    [
        ((49, 49, 0, 0, 0), False),
        ((50, 10, 0, 0, 0), False),
        ((50, 11, 0, 0, 0), True),
        ((100, 0, 5, 0, 0), False),
        ((100, 0, 6, 0, 0), True),
        ((100, 0, 0, 100, 1), False),
        ((100, 0, 0, 100, 2), True),
        ((0, 0, 0, 49, 49), False),
    ],
)
def test_a_run_is_judged_by_parts_of_enough_outcomes(figures, pauses):
    assert (judging.verdict(judging.Figures(*figures)) is not None) == pauses


def test_nothing_is_known_of_a_run_that_is_not_there(database):
    with transaction() as session, pytest.raises(states.NoSuchRun):
        states.pause(session, 7, by=None, reason="x")
