"""Transfers: both sides agree, limits and locks hold, heirs take over, and nothing is posted when refused."""

import pytest

from app.core import clock
from app.core.database import transaction
from app.ledger.closing import PeriodClosed, close_period
from app.members.entering import current_membership
from app.members.people.bequeathing import Death, record_death, record_heir
from app.shares.acts import judging, transferring
from app.shares.acts.charging import charge, release
from app.shares.acts.reversing import undo
from app.shares.acts.transferring import transfer
from app.shares.holding import lots_of
from app.shares.models import Transferable
from app.shares.moving import BeyondLot, BuiltUpon
from tests import make
from tests.shares.acts.making import days_ago, passing, source, two_members, write


def held(session, member):
    return [(lot.shares, lot.paid_cents, lot.held_since) for lot in lots_of(session, [member.id])]


def test_a_recipient_who_is_no_member_is_entered_and_a_reversal_restores_everything(database):
    with transaction() as session:
        maya, _, lot = two_members(session, on=days_ago(9))
        before = held(session, maya)
        anna = make.person(session, "anna@example.org", "Anna")
        what = passing(session, maya, anna, lot.share_class, 4, way="sale", price=make.usd(100))
        act = transfer(session, what, by=None)
        assert transfer(session, what, by=None).id == act.id
        member = current_membership(session, anna.id)
        assert held(session, member) == [(4, 4 * make.PRICE.minor, clock.today())]
        assert held(session, maya) == [(6, 6 * make.PRICE.minor, days_ago(9))]
        assert act.details["price_cents"] == 100_00 and act.details["recipient_consent"] == "form of today"
        undo(session, act.id, on=clock.today(), by=None, reason="wrong person")
        assert held(session, maya) == before and held(session, member) == []


def test_shares_held_longest_pass_first_unless_a_certificate_is_named(database):
    with transaction() as session:
        maya, wei, old = two_members(session, 5, on=days_ago(9))
        new = make.lot(session, maya, 5, on=days_ago(2))
        transfer(session, passing(session, maya, wei.person, old.share_class, 7), by=None)
        assert [row[:1] + row[2:] for row in held(session, maya)] == [(3, days_ago(2))]
        with pytest.raises(transferring.NoSuchCertificate):
            what = passing(session, maya, wei.person, old.share_class, 1, certificate=new.certificate_number)
            transfer(session, what, by=None)
        rest = lots_of(session, [maya.id])[0]
        with pytest.raises(judging.BeyondHolding):
            transfer(session, passing(session, maya, wei.person, old.share_class, 4), by=None)
        bigger = lots_of(session, [wei.id])[0]
        what = passing(session, wei, maya.person, old.share_class, 6, certificate=bigger.certificate_number)
        with pytest.raises(BeyondLot):
            transfer(session, what, by=None)
        what = passing(session, maya, wei.person, old.share_class, 1, certificate=rest.certificate_number)
        transfer(session, what, by=None)


def test_every_refusal_has_its_name_and_posts_nothing(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, on=days_ago(9))
        found, staff, other = lot.share_class, make.staff(session), make.staff(session, "secretary")

        def refused(name, **changed):
            facts = {"giver": maya, "recipient": wei.person, "shares": 4} | changed
            with pytest.raises(name), session.begin_nested():
                giver, recipient, shares = facts.pop("giver"), facts.pop("recipient"), facts.pop("shares")
                transfer(session, passing(session, giver, recipient, found, shares, **facts), by=None)
            assert held(session, maya) == [(10, 10 * make.PRICE.minor, days_ago(9))]

        refused(transferring.ToOneself, recipient=maya.person)
        refused(judging.BeyondHolding, shares=11)
        refused(transferring.ConsentMissing, recipient_consent=" ")
        refused(transferring.PriceMissing, way="sale")
        refused(transferring.NotAnHeir, way="inheritance")
        refused(judging.BeyondHolding, on=days_ago(10))
        write(session, found, transferable=Transferable.WITH_APPROVAL)
        refused(transferring.BoardMissing)
        write(session, found, transferable=Transferable.NOT)
        refused(transferring.NotTransferable)
        write(session, found, locked_until=days_ago(-3))
        refused(judging.SharesLocked)
        write(session, found, holder_shares_max=12, holder_shares_min=5)
        refused(judging.BelowLeast, shares=6)
        refused(judging.BelowLeast, shares=4)
        write(session, found, holder_shares_max=10)
        make.lot(session, wei, 8)
        refused(judging.AboveMost)
        write(session, found)
        row = charge(
            session, source(), maya, found, 7, creditor="Bank", debt="loan 1", on=clock.today(), by=staff.id,
            proposed_by=other.id, reason="pledged",
        )  # fmt: skip
        refused(judging.SharesCharged)
        release(session, row.id, on=clock.today(), by=staff.id, proposed_by=other.id, reason="repaid")
        close_period(session, days_ago(1), by=staff.id, proposed_by=other.id, reason="year end")
        refused(PeriodClosed, on=days_ago(1))
        nameless = make.known_person(session, "new@example.org", "en")
        refused(transferring.RecipientUnnamed, recipient=nameless)


def test_heirs_take_over_from_an_estate_even_where_shares_do_not_pass_otherwise(database):
    with transaction() as session:
        maya, wei, lot = two_members(session, on=days_ago(9))
        write(session, lot.share_class, transferable=Transferable.NOT)
        staff = make.staff(session)
        death = Death(days_ago(2), "certificate of death", "Estate of Maya", make.OAKLAND)
        estate = record_death(session, maya.person, death, by=staff)
        record_heir(session, estate, "Wei Zhang", "1/1", "certificate of inheritance", heir=wei.person, by=staff)
        what = passing(session, maya, wei.person, lot.share_class, 10, way="inheritance")
        transfer(session, what, by=staff.id)
        assert [row[0] for row in held(session, wei)] == [10] and held(session, maya) == []


def test_an_act_on_which_others_build_is_not_undone(database):
    with transaction() as session:
        maya, wei, lot = two_members(session)
        first = transfer(session, passing(session, maya, wei.person, lot.share_class, 4), by=None)
        transfer(session, passing(session, wei, maya.person, lot.share_class, 4), by=None)
        with pytest.raises(BuiltUpon):
            undo(session, first.id, on=clock.today(), by=None, reason="wrong")
