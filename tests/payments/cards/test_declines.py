"""What a decline asks for, and when an instalment is tried again: rules without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money
from app.payments.cards.answers import Decline
from app.payments.cards.currencies import OddAmount, from_processor, to_processor
from app.payments.cards.declines import AUTOMATIC_MOST, AUTOMATIC_WITHIN, kind_of, next_try
from app.payments.cards.models import DeclineKind

START = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    ("code", "decline_code", "kind"),
    [
        ("card_declined", "insufficient_funds", DeclineKind.SOFT),
        ("card_declined", "generic_decline", DeclineKind.SOFT),
        ("processing_error", "", DeclineKind.SOFT),
        ("expired_card", "expired_card", DeclineKind.HARD),
        ("card_declined", "do_not_honor", DeclineKind.HARD),
        ("card_declined", "a_code_of_next_year", DeclineKind.HARD),
        ("", "", DeclineKind.HARD),
        ("card_declined", "lost_card", DeclineKind.FRAUD),
        ("card_declined", "fraudulent", DeclineKind.FRAUD),
        ("authentication_required", "authentication_required", DeclineKind.AUTHENTICATION),
        ("payment_intent_authentication_failure", "", DeclineKind.AUTHENTICATION),
        ("payment_intent_payment_attempt_failed", "insufficient_funds", DeclineKind.SOFT),
        ("payment_intent_payment_attempt_failed", "no_account", DeclineKind.HARD),
    ],
)
def test_what_a_decline_asks_for(code, decline_code, kind):
    assert kind_of(Decline(code, decline_code)) == kind


@given(st.lists(st.integers(0, 40 * 24 * 60), max_size=8), st.sampled_from(DeclineKind))
def test_never_more_than_four_tries_in_three_weeks_by_itself(minutes, kind):
    moments = sorted(START + timedelta(minutes=each) for each in minutes)
    at = next_try(moments, kind)
    if at is not None:
        assert kind == DeclineKind.SOFT
        assert len(moments) < AUTOMATIC_MOST
        assert max(moments) < at <= moments[0] + AUTOMATIC_WITHIN


@given(st.integers(1, 10**9), st.sampled_from(["USD", "EUR", "JPY", "KRW", "ISK", "BHD", "HUF", "CLP"]))
def test_amounts_come_back_as_they_went(minor, currency):
    amount = Money(minor, currency)
    assert from_processor(to_processor(amount), currency.lower()) == amount


def test_each_currency_is_counted_as_the_processor_does():
    assert [to_processor(Money(23, code)) for code in ("USD", "JPY", "ISK")] == [23, 23, 2300]
    with pytest.raises(OddAmount):
        from_processor(2350, "isk")
