"""Closing: the target decides; a reached one becomes shares, a missed one goes back to the last cent."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import NotFound
from app.core.settings import settings
from app.ledger.journal import balance
from app.members.models import Membership
from app.offers.closing import ReasonMissing, TooEarly, cancel_offer, close_offer, settle_next
from app.offers.drafting import StateChanged, find_offer
from app.offers.models import OfferMove, Pledge
from app.offers.pledging import NotWithdrawable, OfferNotOpen, confirm_pledge, make_pledge, withdraw_pledge
from app.offers.tallying import tally
from app.payments.models import PaymentRequest
from app.payments.refunding import unpaid_refunds
from app.shares.models import Lot
from app.worker import run_until_idle
from tests import make
from tests.races import at_once, overlapping

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
DEADLINE = NOW + timedelta(days=30)


@pytest.fixture
def offer(database) -> int:
    """An open offer of 200 shares, with its deadline in thirty days."""
    with clock.at(NOW), transaction() as session:
        return make.open_offer(session).id


def do(act):
    with transaction() as session:
        return act(session)


def close(session) -> str:
    return close_offer(session, make.SLUG, by=None).state


def settle(session) -> None:
    make.settle(session, find_offer(session, make.SLUG))


def refused(refusal, status: int, act) -> None:
    with pytest.raises(refusal) as met, transaction() as session:
        act(session)
    assert met.value.status == status


def states() -> tuple[str, list[str]]:
    """Where the offer stands, and each pledge."""
    with reading() as session:
        pledges = list(session.scalars(select(Pledge.state).order_by(Pledge.id)))
        return find_offer(session, make.SLUG).state, pledges


def members() -> int:
    with reading() as session:
        return session.scalar(select(func.count(Membership.id)))


def due_back() -> list[int]:
    with reading() as session:
        return [refund.amount_cents for refund in unpaid_refunds(session)]


def lots() -> list[tuple[str, int]]:
    with reading() as session:
        rows = session.scalars(select(Lot).order_by(Lot.certificate_number))
        return [(lot.membership.person.email, lot.shares) for lot in rows]


def unconfirmed(email: str, slug: str = make.SLUG):
    return lambda session: make_pledge(session, slug, make.wish(session, slug, email))


def confirm(pledge: Pledge):
    return lambda session: confirm_pledge(session, make.link(pledge)).state


def pay(pledge: Pledge, amount):
    return lambda session: make.pay(session, session.get_one(PaymentRequest, pledge.payment_request_id), amount)


def test_a_target_that_is_paid_before_the_deadline_can_be_closed_and_becomes_shares(offer):
    with clock.at(NOW):
        for email in ("maya@example.org", "wei@example.org"):
            do(lambda session, email=email: make.paid_pledge(session, email=email))
        assert do(close) == "allotting"
        assert members() == 0  # the worker allots
        do(settle)
    assert states() == ("succeeded", ["allotted", "allotted"])
    assert lots() == [("maya@example.org", 100), ("wei@example.org", 100)]
    assert (members(), due_back()) == (2, [])
    with reading() as session:
        moves = session.scalars(select(OfferMove.to_state).order_by(OfferMove.id))
        assert list(moves) == ["open", "tallying", "allotting", "succeeded"]
        assert balance(session, "share_capital", "A", "USD") == 200 * 23_00
        assert "shares-allotted" in make.letters(session, "maya@example.org")


def test_before_the_deadline_a_missed_target_cannot_be_closed_and_at_the_deadline_it_can(offer):
    with clock.at(NOW):
        do(make.paid_pledge)
        refused(TooEarly, 409, close)
    with clock.at(DEADLINE - timedelta(microseconds=1)):
        refused(TooEarly, 409, close)
    assert states() == ("open", ["confirmed"])
    with clock.at(DEADLINE):
        assert do(close) == "refunding"


def test_a_missed_target_gives_every_cent_back_and_no_shares(offer):
    with clock.at(NOW):
        do(make.paid_pledge)
        partly = do(lambda session: make.pledge(session, email="wei@example.org", shares=50))
        do(pay(partly, make.usd(7, 77)))
        do(lambda session: make.pledge(session, email="omar@example.org", shares=10))
        do(unconfirmed("late@example.org"))
    with clock.at(DEADLINE):
        do(close)
        do(settle)
        assert states() == ("failed", ["returned"] * 3 + ["unconfirmed"])
        assert due_back() == [2_300_00, 7_77]
        assert (members(), lots()) == (0, [])
        do(pay(partly, make.usd(3)))  # what was on its way goes back as well
    assert due_back() == [2_300_00, 7_77, 3_00]
    with reading() as session:
        assert balance(session, "refunds_payable", f"request:{partly.payment_request_id}", "USD") == 10_77


def test_parts_of_payments_do_not_reach_the_target(offer):
    with clock.at(NOW):
        do(make.paid_pledge)
        partly = [do(lambda session, n=n: make.pledge(session, email=f"{n}@example.org")) for n in range(3)]
        for pledge in partly:
            do(pay(pledge, make.usd(2_299)))
        with reading() as session:
            assert tally(session, find_offer(session, make.SLUG)).paid == make.usd(2_300 + 3 * 2_299)
        refused(TooEarly, 409, close)
        do(pay(partly[0], make.usd(1)))
        assert do(close) == "allotting"
        do(settle)
    assert states() == ("succeeded", ["allotted", "allotted", "lapsed", "lapsed"])
    assert due_back() == [2_299_00, 2_299_00]
    with reading() as session:
        assert balance(session, "share_capital", "A", "USD") == 200 * 23_00


def test_what_arrives_after_the_allotment_goes_back(offer):
    with clock.at(NOW):
        pledges = [do(lambda session, e=e: make.paid_pledge(session, email=f"{e}@example.org")) for e in ("a", "b")]
        do(close)
        do(settle)
        do(pay(pledges[0], make.usd(2_300)))
    assert due_back() == [2_300_00]
    with reading() as session:
        assert make.letters(session, "a@example.org")[-2:] == ["refund-due", "payment-received"]


def test_shares_beyond_the_class_lapse_in_the_order_of_the_pledges_and_are_paid_back(database):
    with clock.at(NOW):
        do(lambda session: make.open_offer(session, code="L", authorized=250))
        for name in ("a", "b", "c", "d"):
            do(lambda s, name=name: make.paid_pledge(s, email=f"{name}@example.org", shares=50 if name == "d" else 100))
        do(close)
        do(settle)
    assert states() == ("succeeded", ["allotted", "allotted", "lapsed", "allotted"])
    assert due_back() == [2_300_00]


def test_an_offer_is_cancelled_with_a_reason_and_everyone_is_repaid(offer):
    def cancel(session, reason: str = "the seller withdrew", slug: str = make.SLUG) -> str:
        return cancel_offer(session, slug, by=None, reason=reason).state

    with clock.at(NOW):
        do(make.paid_pledge)
        for reason in ("", " \n"):
            refused(ReasonMissing, 422, lambda session, reason=reason: cancel(session, reason))
        refused(NotFound, 404, lambda session: cancel(session, slug="nowhere"))
        assert do(cancel) == "refunding"
        refused(StateChanged, 409, cancel)
        refused(StateChanged, 409, close)
        assert run_until_idle() == []
        assert states() == ("cancelled", ["returned"])
        assert (due_back(), members()) == ([2_300_00], 0)
        refused(StateChanged, 409, cancel)
        do(lambda session: make.draft(session, "draft"))
        assert do(lambda session: cancel(session, slug="draft")) == "cancelled"
        refused(StateChanged, 409, lambda session: close_offer(session, "draft", by=None))
        refused(NotFound, 404, lambda session: close_offer(session, "nowhere", by=None))


def in_steps_of(pledges: int, monkeypatch) -> None:
    monkeypatch.setenv("COSTAKE_SETTLE_BATCH", str(pledges))
    settings.cache_clear()


def test_settling_in_small_steps_that_are_repeated_ends_the_same(offer, monkeypatch):
    in_steps_of(2, monkeypatch)
    with clock.at(NOW):
        for number in range(5):
            do(lambda session, n=number: make.paid_pledge(session, email=f"{n}@example.org", shares=50))
        do(close)

        def step(session) -> None:
            settle_next(session, offer, "succeeded")

        with pytest.raises(ZeroDivisionError), transaction() as session:  # killed before its commit
            step(session)
            raise ZeroDivisionError
        assert states() == ("allotting", ["confirmed"] * 5)
        do(step)
        assert states() == ("allotting", ["allotted"] * 2 + ["confirmed"] * 3)
        at_once(step, step)  # the same job, taken up twice
        for _ in range(3):
            do(step)
    assert states() == ("succeeded", ["allotted"] * 5)
    assert lots() == [(f"{number}@example.org", 50) for number in range(5)]
    assert members() == 5
    with reading() as session:
        assert session.scalar(select(func.count(OfferMove.id))) == 4
        written = [make.letters(session, f"{number}@example.org").count("shares-allotted") for number in range(5)]
        assert written == [1] * 5


def test_the_worker_settles_a_closed_offer_to_its_end(offer, monkeypatch):
    in_steps_of(1, monkeypatch)
    with clock.at(NOW):
        for email in ("maya@example.org", "wei@example.org"):
            do(lambda session, email=email: make.paid_pledge(session, email=email))
        do(close)
    assert run_until_idle() == []
    assert states() == ("succeeded", ["allotted", "allotted"])
    with reading() as session:
        assert session.execute(text("SELECT count(*) FROM document WHERE kind = 'certificate'")).scalar_one() == 2
        assert (
            session.execute(text("SELECT count(*) FROM procrastinate_jobs WHERE status <> 'succeeded'")).scalar() == 0
        )


def test_an_offer_is_closed_once_also_at_once(offer):
    with clock.at(DEADLINE):
        assert [type(outcome) for outcome in at_once(close, close)].count(StateChanged) == 1
    with clock.at(NOW):
        do(lambda session: make.open_offer(session, "second"))

    def close_second(session):
        return close_offer(session, "second", by=None).state

    with clock.at(DEADLINE):
        assert isinstance(overlapping(close_second, close_second)[1], StateChanged)


def test_a_confirmation_against_the_closing_is_in_it_or_refused(offer):
    with clock.at(NOW):
        do(make.paid_pledge)
        do(lambda session: make.paid_pledge(session, email="wei@example.org"))
        first, second = do(unconfirmed("first@example.org")), do(unconfirmed("second@example.org"))
        assert overlapping(confirm(first), close) == ("confirmed", "allotting")
        do(lambda session: make.open_offer(session, "other"))
        third = do(unconfirmed("third@example.org", "other"))
        outcomes = overlapping(
            lambda session: cancel_offer(session, "other", by=None, reason="x").state, confirm(third)
        )
        assert isinstance(outcomes[1], OfferNotOpen)
        refused(OfferNotOpen, 409, confirm(second))
        do(settle)
    assert states() == ("succeeded", ["allotted", "allotted", "lapsed", "unconfirmed", "unconfirmed"])


def test_a_withdrawal_against_the_closing_happens_before_it_or_not_at_all(offer):
    def withdraw(session) -> str:
        pledge = session.get_one(Pledge, mayas.id)
        return withdraw_pledge(session, pledge.public_id, by=pledge.person, reason="").state

    with clock.at(NOW):
        mayas = do(make.paid_pledge)
        do(lambda session: make.paid_pledge(session, email="wei@example.org"))
        assert isinstance(overlapping(close, withdraw)[1], NotWithdrawable)
        do(settle)
        assert (states()[0], due_back()) == ("succeeded", [])


def test_a_receipt_against_the_settling_becomes_a_share_or_a_refund_but_is_never_lost(offer):
    with clock.at(NOW):
        do(make.paid_pledge)
        do(lambda session: make.paid_pledge(session, email="wei@example.org"))
        early, late = (do(lambda s, n=n: make.pledge(s, email=f"{n}@example.org")) for n in ("early", "late"))
        do(close)
        do(pay(early, make.usd(2_300)))  # after the closing, before the worker comes to it
        overlapping(settle, pay(late, make.usd(2_300)))
    assert states() == ("succeeded", ["allotted", "allotted", "allotted", "lapsed"])
    assert due_back() == [2_300_00]
    with reading() as session:
        assert balance(session, "bank", "", "USD") == 4 * 2_300_00
