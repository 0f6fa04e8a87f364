"""A charge run charges each saved card once, stops where it goes wrong, and books what arrived to the cent."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.core.database import reading, transaction
from app.core.settings import settings
from app.payments.cards.models import CardPayment, ChargeAttempt, ChargeOutcome, OpenAttempt
from app.payments.cards.running import states
from app.payments.cards.running.charging import charge, due_runs
from app.payments.cards.running.models import ChargeRun
from app.payments.cards.running.progress import progress_of
from app.payments.cards.running.states import RunState, moves_of, state_of
from app.payments.requesting import asked, held
from tests import make
from tests.payments.cards.runs_made import SavedCards, announce, approved_run, collecting_offer


@pytest.fixture
def shop(cards, monkeypatch):
    """The double, asked faster than Stripe may be."""
    monkeypatch.setenv("COSTAKE_STRIPE_ENDPOINT_CALLS", "500")
    monkeypatch.setenv("COSTAKE_STRIPE_CALLS", "500")
    settings.cache_clear()
    return cards


def prepared(shop, chosen, late: int = 0, **changed) -> int:
    with transaction() as session:
        collecting_offer(session, SavedCards(shop.client()), chosen, **changed)
        run = approved_run(session)
        announce(session, run, late)
        return run.id


def days_later(days: int = 15):
    return clock.at(clock.now() + timedelta(days=days))


def go(run_id: int) -> None:
    with days_later():
        assert due_runs() == [run_id]
        charge(run_id, threading.Event())


def test_each_card_is_charged_once_and_booked_to_the_cent(shop):
    run_id = prepared(shop, ["pm_card_visa"] * 5 + ["pm_card_chargeCustomerFail"])
    go(run_id)
    go_again = charge(run_id, threading.Event())
    assert go_again == 0
    assert [each.amount for each in shop.own_charges()] == [230_000] * 5
    with reading() as session:
        payments = session.scalars(select(CardPayment)).all()
        assert sorted(each.charge for each in payments) == sorted(each.id for each in shop.own_charges())
        assert all(held(session, each.request) == asked(each.request) for each in payments)
        run = session.get_one(ChargeRun, run_id)
        now = progress_of(session, run)
        assert (now.state, now.succeeded, now.declined, now.waiting) == (RunState.ENDED, 5, 1, 0)
        assert now.charged == make.usd(5 * 2300)
        assert "payment-received" in make.letters(session, "s0@example.org")
        assert "card-declined" in make.letters(session, "s5@example.org")


def test_nobody_is_charged_who_was_not_told_fourteen_days_before(shop):
    run_id = prepared(shop, ["pm_card_visa"] * 2, late=1)
    with days_later(13):
        assert due_runs() == []
    with days_later(15):
        due_runs()
        charge(run_id, threading.Event())
    assert len(shop.own_charges()) == 1
    with days_later(25):
        charge(run_id, threading.Event())
    assert len(shop.own_charges()) == 2


def test_a_trial_is_judged_before_more_is_charged_and_the_run_pauses(shop, monkeypatch):
    monkeypatch.setenv("COSTAKE_CHARGE_TRIALS", "[4, 6]")
    monkeypatch.setenv("COSTAKE_CHARGE_JUDGED_FROM", "4")
    settings.cache_clear()
    run_id = prepared(shop, ["pm_card_visa"] * 4 + ["pm_card_chargeCustomerFail"] * 4 + ["pm_card_visa"] * 6)
    go(run_id)
    with reading() as session:
        assert [move.to_state for move in moves_of(session, run_id)][-3:] == [
            RunState.FIRST, RunState.SECOND, RunState.PAUSED,
        ]  # fmt: skip
        assert session.execute(select(func.count(ChargeAttempt.id))).scalar_one() == 10
    with days_later(), transaction() as session:
        states.resume(session, run_id, by=None, reason="the bank has answered")
    with days_later():
        charge(run_id, threading.Event())
    with reading() as session:
        assert state_of(session, run_id) == RunState.ENDED
    assert len(shop.own_charges()) == 10


def test_charges_without_an_answer_are_sent_again_with_the_same_key(shop):
    run_id = prepared(shop, ["pm_card_visa"] * 4)
    shop.control.fault("error_after", path="/v1/payment_intents", times=1, kept=False)
    shop.control.fault("error_after", path="/v1/payment_intents", times=1)
    shop.control.fault("close", path="/v1/payment_intents", times=1)
    go(run_id)
    with days_later(), reading() as session:
        assert session.execute(select(func.count()).select_from(OpenAttempt)).scalar_one() == 3
    with clock.at(clock.now() + timedelta(days=15, minutes=30)):
        charge(run_id, threading.Event())
    assert len(shop.own_charges()) == 4
    with reading() as session:
        assert session.execute(select(func.count(CardPayment.id))).scalar_one() == 4
        assert state_of(session, run_id) == RunState.ENDED


def test_requests_that_are_one_too_many_wait_and_are_not_lost(shop, monkeypatch):
    run_id = prepared(shop, ["pm_card_visa"] * 6)
    shop.control.fault("rate_limit", path="/v1/payment_intents", times=3)
    shop.control.fault("lock_timeout", path="/v1/payment_intents", times=1)
    go(run_id)
    assert len(shop.own_charges()) == 6
    with reading() as session:
        assert set(session.scalars(select(ChargeOutcome.outcome))) == {"succeeded"}


def test_a_pledge_that_was_withdrawn_or_paid_by_bank_is_not_charged(shop):
    run_id = prepared(shop, ["pm_card_visa"] * 3)
    with transaction() as session:
        pledges = pledges_of(session)
        make.pay(session, pledges[0].request, pledges[0].amount)
        end_request_of(session, pledges[1])
    go(run_id)
    assert len(shop.own_charges()) == 1


def test_a_bad_key_pauses_the_run(shop, monkeypatch):
    run_id = prepared(shop, ["pm_card_visa"])
    monkeypatch.setenv("COSTAKE_STRIPE_KEY", "rk_nonsense")
    settings.cache_clear()
    go(run_id)
    with reading() as session:
        assert state_of(session, run_id) == RunState.PAUSED
    monkeypatch.setenv("COSTAKE_STRIPE_KEY", shop.key)
    settings.cache_clear()


def pledges_of(session):
    from app.offers.models import Pledge

    return session.scalars(select(Pledge).order_by(Pledge.id)).all()


def end_request_of(session, pledge):
    from app.payments.requesting import end_request, locked_request

    end_request(session, locked_request(session, pledge.payment_request_id), "withdrawn")
