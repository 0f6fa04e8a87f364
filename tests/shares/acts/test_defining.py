"""Classes: terms hold from their day, the authorized number follows two people, and nothing contradicts holdings."""

from datetime import date

import pytest

from app.core import clock
from app.core.database import transaction
from app.ledger.closing import ClosedAlready, ClosesTheFuture, close_period
from app.shares.acts import charging, defining
from app.shares.acts.charging import charge, charges, release
from app.shares.acts.defining import set_limit, stands_as
from app.shares.acts.judging import SharesCharged, terms_on
from app.shares.acts.reversing import undo
from app.shares.acts.transferring import transfer
from app.shares.models import RedemptionRight, VotesRule
from tests import make
from tests.shares.acts.making import days_ago, passing, source, two_members, write


def test_a_right_to_redemption_makes_shares_a_liability():
    said = {right: stands_as(right) for right in RedemptionRight}
    assert [right for right, text in said.items() if text == "equity"] == [
        RedemptionRight.NONE,
        RedemptionRight.REFUSABLE,
    ]


def test_terms_hold_from_their_day_and_contradictions_are_refused(database):
    with transaction() as session:
        _, _, lot = two_members(session, 10)
        found = lot.share_class
        write(session, found, valid_from=date(2020, 1, 1), notice_days=30)
        write(session, found, valid_from=date(2024, 1, 1), notice_days=90)
        assert terms_on(session, found, date(2019, 12, 31)) is None
        assert terms_on(session, found, date(2023, 12, 31)).notice_days == 30
        assert terms_on(session, found, clock.today()).notice_days == 90
        later = {"valid_from": date(2025, 1, 1)}
        for refusal, changed in (
            (defining.TermsBackdated, {"valid_from": date(2023, 1, 1)}),
            (defining.CapNeeded, {"votes_rule": VotesRule.CAPPED}),
            (defining.LeastAboveMost, {"holder_shares_min": 20, "holder_shares_max": 15}),
            (defining.WithdrawalWithoutRight, {"redemption_right": RedemptionRight.NONE}),
            (defining.HoldersBeyond, {"holder_shares_max": 9}),
        ):
            with pytest.raises(refusal):
                write(session, found, **(later | changed))


def test_the_authorized_number_is_never_below_what_is_issued(database):
    with transaction() as session:
        _, _, lot = two_members(session, 10)
        people = {"by": make.staff(session).id, "proposed_by": make.staff(session, "secretary").id, "reason": "vote"}
        set_limit(session, lot.share_class, 10, **people)
        with pytest.raises(defining.BelowIssued):
            set_limit(session, lot.share_class, 9, **people)
        with pytest.raises(defining.SameLimit):
            set_limit(session, lot.share_class, 10, **people)
        set_limit(session, lot.share_class, None, **people)
        assert lot.share_class.authorized_shares is None


def test_what_stands_as_security_is_not_taken_away_by_a_reversal(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, 10)
        people = {"by": make.staff(session).id, "proposed_by": make.staff(session, "secretary").id, "reason": "loan"}
        act = transfer(session, passing(session, maya, wei.person, lot.share_class, 6), by=None)
        terms = {"creditor": "Bank", "debt": "loan 1", "on": clock.today()}
        row = charge(session, source(), wei, lot.share_class, 5, **terms, **people)
        with pytest.raises(SharesCharged):
            charge(session, source(), wei, lot.share_class, 2, **terms, **people)
        with pytest.raises(SharesCharged), session.begin_nested():
            undo(session, act.id, on=clock.today(), by=None, reason="wrong")
        with pytest.raises(charging.ReleasedTooEarly):
            release(session, row.id, on=days_ago(1), **people)
        release(session, row.id, on=clock.today(), **people)
        with pytest.raises(charging.ReleasedAlready):
            release(session, row.id, on=clock.today(), **people)
        with pytest.raises(charging.NoSuchCharge):
            release(session, 99, on=clock.today(), **people)
        undo(session, act.id, on=clock.today(), by=None, reason="wrong")
        assert len(charges(session, wei)) == 1


def test_only_what_is_over_is_closed_and_only_once(database):
    with transaction() as session:
        people = {"by": make.staff(session).id, "proposed_by": make.staff(session, "secretary").id, "reason": "year"}
        with pytest.raises(ClosesTheFuture):
            close_period(session, clock.today(), **people)
        close_period(session, days_ago(3), **people)
        with pytest.raises(ClosedAlready):
            close_period(session, days_ago(3), **people)
