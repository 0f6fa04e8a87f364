"""What tests of acts on shares start from: members with shares, and acts with everything that their forms ask for."""

from datetime import date, timedelta
from itertools import count

from app.core import clock
from app.shares.acts.defining import Terms, write_terms
from app.shares.acts.queueing import ask_withdrawal
from app.shares.acts.redeeming import Redeeming
from app.shares.acts.transferring import Transfer
from app.shares.models import RedemptionRight, Transferable, VotesRule
from tests import make

_NUMBERS = count(1)


def source(kind="test"):
    return f"{kind}:{next(_NUMBERS)}"


def two_members(session, shares=10, *, on=None, **details):
    """Maya with shares, and Wei without."""
    maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Zhang")
    return maya, wei, make.lot(session, maya, shares, on=on, **details)


def days_ago(days):
    return clock.today() - timedelta(days=days)


def passing(session, giver, recipient, found, shares, **changed):
    facts = {
        "source": source("transfer"),
        "giver": giver,
        "recipient": recipient,
        "share_class": found,
        "shares": shares,
        "on": clock.today(),
        "way": "gift",
        "reason": "agreed",
        "giver_consent": "form of today",
        "recipient_consent": "form of today",
    }
    return Transfer(**(facts | changed))


def write(session, found, **changed):
    facts = {
        "valid_from": date(2020, 1, 1),
        "purpose": "members",
        "currency": "USD",
        "votes_rule": VotesRule.PER_MEMBER,
        "transferable": Transferable.FREELY,
        "redemption_right": RedemptionRight.LIMITED,
        "withdrawable": True,
    }
    return write_terms(session, found, Terms(**(facts | changed)), by=None, reason="statutes")


def withdrawal(session, member, found, shares, on=None):
    return ask_withdrawal(
        session, member, found, shares, on=on or clock.today(), form_key=source(), reason="moving", by=None
    )


def redeeming(asked, shares, **changed):
    facts = {
        "source": source("redemption"),
        "withdrawal": asked,
        "shares": shares,
        "on": clock.today(),
        "reason": "due",
    }
    return Redeeming(**(facts | changed))
