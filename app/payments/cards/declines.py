"""Declines: what each asks for, and when an instalment is tried again by itself. Pure tables."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.payments.cards.answers import Decline
from app.payments.cards.models import DeclineKind

WAIT_FIRST = timedelta(minutes=2)
"""After this the worker looks what became of an attempt of which nothing was heard."""
WAIT_NEW_CARD = timedelta(days=1)
"""After a new card was saved, its person can pay at once; then it is tried by itself."""
RESEND_WITHIN = timedelta(hours=23)
"""So long the same key gives the same answer for sure; later the processor may have forgotten it."""
AUTOMATIC_MOST = 4
AUTOMATIC_WITHIN = timedelta(days=21)
GAPS = (timedelta(days=2), timedelta(days=5), timedelta(days=7), timedelta(days=7))
"""After the first, second, third and fourth automatic attempt; after the last gap it is given up."""

AUTHENTICATION = frozenset(
    {
        "authentication_required",
        "authentication_not_handled",
        "payment_intent_authentication_failure",
        "mobile_device_authentication_required",
        "offline_pin_required",
        "online_or_offline_pin_required",
    }
)
_FRAUD = frozenset(
    {
        "fraudulent",
        "lost_card",
        "stolen_card",
        "pickup_card",
        "merchant_blacklist",
        "restricted_card",
        "highest_risk_level",
    }
)
_SOFT = frozenset(
    {
        "approve_with_id",
        "call_issuer",
        "card_velocity_exceeded",
        "card_decline_rate_limit_exceeded",
        "generic_decline",
        "insufficient_funds",
        "issuer_not_available",
        "issuer_unavailable",
        "processing_error",
        "reenter_transaction",
        "refer_to_customer",
        "try_again_later",
        "withdrawal_count_limit_exceeded",
    }
)


def kind_of(decline: Decline) -> DeclineKind:
    """What a decline asks for; one that nobody has named asks for another card, which is never tried in vain."""
    codes = {decline.decline_code, decline.code} - {""}
    if codes & _FRAUD:
        return DeclineKind.FRAUD
    if codes & AUTHENTICATION:
        return DeclineKind.AUTHENTICATION
    if decline.decline_code in _SOFT or (not decline.decline_code and decline.code in _SOFT):
        return DeclineKind.SOFT
    return DeclineKind.HARD


def next_try(automatic: Sequence[datetime], kind: DeclineKind) -> datetime | None:
    """When an instalment is tried again by itself after the automatic attempts at these moments; None: never."""
    if kind != DeclineKind.SOFT or not automatic or len(automatic) >= AUTOMATIC_MOST:
        return None
    at = max(automatic) + GAPS[len(automatic) - 1]
    return at if at <= min(automatic) + AUTOMATIC_WITHIN else None
