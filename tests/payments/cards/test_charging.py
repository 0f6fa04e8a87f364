"""Charging a saved card: once, whatever becomes of the answer."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.core.money import Money
from app.letters.models import Letter
from app.payments.cards.answers import Busy
from app.payments.cards.attempting import (
    AnotherNeeded,
    AttemptUnderWay,
    BeyondProcessor,
    NotByItself,
    NothingOwed,
    NothingSaved,
    RequestOver,
    begin_attempt,
)
from app.payments.cards.models import (
    ChargeAttempt,
    ChargeOutcome,
    ChargeRetry,
    DeclineKind,
    OpenAttempt,
    Outcome,
    SavedMethod,
    Trigger,
)
from app.payments.cards.sending import resolve, retry_job, send_attempt, sweep
from app.payments.models import PaymentRequest, Refund
from app.payments.requesting import end_request, locked_request
from tests import make
from tests.payments.cards.conftest import DECLINES_LATER
from tests.races import at_once


def outcomes(attempt_id):
    with reading() as session:
        return session.scalars(
            select(ChargeOutcome.outcome).where(ChargeOutcome.attempt_id == attempt_id).order_by(ChargeOutcome.seq)
        ).all()


def test_a_saved_card_is_charged_once_and_the_money_is_held(cards):
    request_id, part = cards.saved()
    with reading() as session:
        saved = session.scalars(select(SavedMethod)).one()
        assert (saved.brand, saved.last4, saved.kind, saved.exp_year) == ("visa", "4242", "card", 2034)
    assert cards.charge(part) == Outcome.SUCCEEDED
    assert cards.held(request_id) == make.usd(2300)
    assert [each.amount for each in cards.own_charges()] == [230000]
    with pytest.raises(NothingOwed):
        cards.begin(part)
    with reading() as session:
        assert session.scalars(select(Letter).where(Letter.name == "payment-received")).one().facts["open_minor"] == 0


def test_sending_again_changes_nothing(cards):
    _, part = cards.saved()
    attempt = cards.begin(part)
    assert send_attempt(attempt)[0] == send_attempt(attempt)[0] == resolve(attempt) == Outcome.SUCCEEDED
    assert len(cards.own_charges()) == cards.payments() == 1


@pytest.mark.parametrize("fault", ["close", "error_after", "close_before", "error_before"])
def test_an_answer_that_never_came_is_found_out(cards, fault):
    request_id, part = cards.saved()
    attempt = cards.begin(part)
    cards.control.fault(fault, path="/v1/payment_intents", method="POST", times=1, kept=False)
    assert send_attempt(attempt)[0] == Outcome.UNKNOWN
    with pytest.raises(AttemptUnderWay):
        cards.begin(part, Trigger.CUSTOMER)
    assert resolve(attempt) == Outcome.SUCCEEDED
    assert outcomes(attempt) == ["no answer", "succeeded"]
    assert len(cards.own_charges()) == 1
    assert cards.held(request_id) == make.usd(2300)


def test_a_kept_500_after_the_work_is_found_by_looking(cards):
    _, part = cards.saved()
    attempt = cards.begin(part)
    cards.control.fault("error_after", path="/v1/payment_intents", method="POST", times=1)
    assert send_attempt(attempt)[0] == Outcome.UNKNOWN
    assert send_attempt(attempt)[0] == Outcome.UNKNOWN  # the same key gives the same 500
    assert resolve(attempt) == Outcome.SUCCEEDED
    assert len(cards.own_charges()) == 1


def test_too_many_requests_leave_the_attempt_to_be_sent_again(cards):
    _, part = cards.saved()
    attempt = cards.begin(part)
    cards.control.fault("rate_limit", path="/v1/payment_intents", times=1)
    with pytest.raises(Busy):
        send_attempt(attempt)
    assert outcomes(attempt) == []
    assert send_attempt(attempt)[0] == Outcome.SUCCEEDED


def test_what_is_unknown_for_a_day_is_never_sent_blindly(cards):
    _, part = cards.saved()
    attempt = cards.begin(part)
    cards.control.fault("close_before", path="/v1/payment_intents", method="POST", times=1)
    assert send_attempt(attempt)[0] == Outcome.UNKNOWN
    with clock.at(clock.now() + timedelta(hours=24)):
        assert send_attempt(attempt)[0] == Outcome.NOT_CHARGED
        assert cards.own_charges() == []
        assert cards.charge(part) == Outcome.SUCCEEDED
    assert len(cards.own_charges()) == 1


def test_nothing_is_charged_without_a_card_or_when_it_is_over(cards):
    request_id, part = cards.request()
    with pytest.raises(NothingSaved):
        cards.begin(part)
    cards.save(request_id)
    with transaction() as session:
        end_request(session, locked_request(session, request_id), "withdrawn")
    with pytest.raises(RequestOver):
        cards.begin(part)


def test_amounts_that_the_processor_does_not_take_are_refused(cards):
    _, part = cards.saved(amount=Money(49, "USD"))
    with pytest.raises(BeyondProcessor):
        cards.begin(part)


def test_yen_have_no_hundredths(cards):
    request_id, part = cards.saved(amount=Money(2300, "JPY"))
    assert cards.charge(part) == Outcome.SUCCEEDED
    assert [(each.amount, each.currency) for each in cards.own_charges()] == [(2300, "jpy")]
    assert cards.held(request_id) == Money(2300, "JPY")


def test_a_decline_that_may_pass_is_tried_again_on_its_days_four_times_in_all(cards):
    _, part = cards.saved(DECLINES_LATER)
    begun = clock.now()
    assert cards.charge(part) == Outcome.DECLINED
    with reading() as session:
        assert session.get(ChargeRetry, part).next_at - begun < timedelta(days=2, minutes=1)
    for day in (2, 7, 14):
        with clock.at(begun + timedelta(days=day, minutes=2)), transaction() as session:
            sweep(session)
            assert session.get(ChargeRetry, part) is None
        with clock.at(begun + timedelta(days=day, minutes=2)), reading() as session:
            retry_job(session, part)
    with reading() as session:
        assert session.query(ChargeAttempt).count() == 4
        assert session.get(ChargeRetry, part) is None
        said = session.scalars(select(Letter).where(Letter.name == "card-declined").order_by(Letter.id)).all()
        assert [bool(letter.facts["again_on"]) for letter in said] == [True, True, True, False]
    with pytest.raises(NotByItself):
        cards.begin(part, Trigger.RETRY)
    cards.begin(part, Trigger.CUSTOMER, return_url="http://127.0.0.1/back")  # whoever pays for it may go on


def test_a_card_that_asks_each_time_waits_for_its_person_and_is_not_tried_alone(cards):
    request_id, part = cards.saved()
    cards.control.ask(
        "POST", "/payment_methods/behave", payment_method=cards.method(request_id), authentication="always"
    )
    assert cards.charge(part) == Outcome.DECLINED
    with reading() as session:
        last = session.scalars(select(ChargeOutcome)).one()
        assert (last.kind, session.get(ChargeRetry, part)) == (DeclineKind.AUTHENTICATION, None)
        assert session.scalars(select(Letter).where(Letter.name == "card-authenticate")).one()
    with pytest.raises(NotByItself):
        cards.begin(part, Trigger.RETRY)


def test_money_that_comes_when_it_is_over_goes_back(cards):
    request_id, part = cards.saved()
    attempt = cards.begin(part)
    with transaction() as session:
        end_request(session, locked_request(session, request_id), "withdrawn")
    assert send_attempt(attempt)[0] == Outcome.SUCCEEDED
    with reading() as session:
        assert session.scalars(select(Refund)).one().amount_cents == 230000
    assert cards.held(request_id) == make.usd(0)


def test_two_attempts_at_once_are_one(cards):
    _, part = cards.saved()
    results = at_once(*[lambda session: begin_attempt(session, part, trigger=Trigger.RUN).id] * 2)
    assert sum(isinstance(each, AttemptUnderWay) for each in results) == 1


def test_answer_and_lookings_at_once_book_once(cards):
    request_id, part = cards.saved()
    attempt = cards.begin(part)
    at_once(
        *[lambda session: send_attempt(attempt), lambda session: resolve(attempt), lambda session: resolve(attempt)]
    )
    assert resolve(attempt) == Outcome.SUCCEEDED
    assert cards.payments() == len(cards.own_charges()) == 1
    assert cards.held(request_id) == make.usd(2300)
    with reading() as session:
        assert session.query(OpenAttempt).count() == 0
        assert session.get(PaymentRequest, request_id) is not None


@pytest.mark.parametrize("code", ["lost_card", "expired_card"])
def test_a_card_that_is_gone_is_never_tried_again(cards, code):
    request_id, part = cards.saved()
    cards.control.ask("POST", "/payment_methods/behave", payment_method=cards.method(request_id), charge=code)
    assert cards.charge(part) == Outcome.DECLINED
    with reading() as session:
        assert session.get(ChargeRetry, part) is None
        assert session.scalars(select(ChargeOutcome)).one().kind in (DeclineKind.FRAUD, DeclineKind.HARD)
    with pytest.raises(AnotherNeeded):
        cards.begin(part, Trigger.CUSTOMER)
    cards.save(request_id)
    assert cards.charge(part, Trigger.CUSTOMER) == Outcome.SUCCEEDED
