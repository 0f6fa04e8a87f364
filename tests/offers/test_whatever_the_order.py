"""Whatever people do and in whatever order: every cent that arrived is held, is capital, goes back or went back."""

from datetime import timedelta
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import Refusal
from app.ledger.journal import balance
from app.offers.closing import cancel_offer, close_offer
from app.offers.drafting import find_offer
from app.offers.models import OfferState, Oversubscription, Pledge
from app.offers.pledging import withdraw_pledge
from app.offers.result.deciding import allot_offer, end_windows, extend_window, refund_offer
from app.offers.result.settling import collect_next, settle_next
from app.payments.refunding import pay_refund, unpaid_refunds
from tests import make

SLUGS = count(1)
supporters = st.integers(0, 3)
acts = st.one_of(
    st.tuples(st.just("pledge"), supporters, st.sampled_from([10, 50, 100])),
    st.tuples(st.just("buy"), supporters, st.sampled_from([50, 100])),
    st.tuples(st.just("pay"), supporters, st.sampled_from([1, 230_00, 1_150_00, 2_300_00, 2_300_01])),
    st.tuples(st.just("pay"), supporters, st.integers(1, 5_000_00)),
    st.tuples(st.just("withdraw"), supporters, st.none()),
    st.tuples(st.just("repay"), st.none(), st.none()),
    st.tuples(
        st.sampled_from(["close", "close late", "cancel", "settle", "collect", "allot", "extend", "give up"]),
        st.none(),
        st.none(),
    ),
)
CAP_SHARES = 250
kinds = st.fixed_dictionaries({
    "oversubscription": st.sampled_from([way.value for way in Oversubscription]),
    "collecting_days": st.sampled_from([0, 10]),
    "minimum_cents": st.sampled_from([None, 50 * 23_00]),
})  # fmt: skip


class Story:
    """One offer with a few supporters, on which acts are tried one after the other."""

    def __init__(self, kind: dict) -> None:
        self.slug = f"story-{next(SLUGS)}"
        self.pledges: dict[int, int] = {}
        self.received = 0
        with transaction() as session:
            make.open_offer(
                session, self.slug, target_cents=150 * 23_00, cap_cents=CAP_SHARES * 23_00,
                lottery_seed_from="the lottery of Ohio", **kind,
            )  # fmt: skip

    def attempt(self, act: str, who: int | None, what: int | None) -> None:
        try:
            with transaction() as session:
                getattr(self, act.replace(" ", "_"))(session, who, what)
        except Refusal:
            return
        if act == "buy":
            self.received += what * 23_00
        if act == "pay" and who in self.pledges:
            self.received += what

    def pledge(self, session, who: int, shares: int) -> None:
        self.pledges[who] = make.pledge(session, self.slug, f"supporter{who}@example.org", shares).id

    def buy(self, session, who: int, shares: int) -> None:
        made = make.paid_pledge(session, self.slug, f"supporter{who}@example.org", shares)
        self.pledges[who] = made.id

    def pay(self, session, who: int, minor: int) -> None:
        if who in self.pledges:
            make.pay(session, session.get_one(Pledge, self.pledges[who]).request, make.usd(0, minor))

    def withdraw(self, session, who: int, _) -> None:
        if who in self.pledges:
            pledge = session.get_one(Pledge, self.pledges[who])
            withdraw_pledge(session, pledge.public_id, by=pledge.person, reason="")

    def repay(self, session, *_) -> None:
        for refund in unpaid_refunds(session)[:1]:
            pay_refund(session, refund.id, paid_on=clock.today(), bank_reference=f"OUT-{refund.id}", by=None)

    def close(self, session, *_) -> None:
        close_offer(session, self.slug, by=None, seed="4 8 15 16 23 42")

    def close_late(self, session, *_) -> None:
        with clock.at(clock.now() + timedelta(days=31)):
            close_offer(session, self.slug, by=None, seed="4 8 15 16 23 42")

    def collect(self, session, *_) -> None:
        collect_next(session, find_offer(session, self.slug).id, after=0)

    def allot(self, session, *_) -> None:
        allot_offer(session, self.slug, by=None, reason="enough is paid")

    def extend(self, session, *_) -> None:
        until = clock.now() + timedelta(days=60)
        extend_window(session, self.slug, until, by=None, reason="a bank was closed")

    def give_up(self, session, *_) -> None:
        with clock.at(clock.now() + timedelta(days=100)):
            end_windows(session)
            offer = find_offer(session, self.slug)
            if offer.state == OfferState.SHORT:
                refund_offer(session, self.slug, by=None, reason="no hope")
            else:
                allot_offer(session, self.slug, by=None, reason="enough is paid")

    def cancel(self, session, *_) -> None:
        cancel_offer(session, self.slug, by=None, reason="the seller withdrew")

    def settle(self, session, *_) -> None:
        offer = find_offer(session, self.slug)
        settle_next(session, offer.id, {"allotting": "succeeded"}.get(offer.state, "failed"))


_MONEY = """
    SELECT account.kind, coalesce(-sum(posting.amount), 0) FROM posting JOIN account ON account.id = account_id
    WHERE unit = 'USD' GROUP BY account.kind
"""
_SAID = """
    SELECT (SELECT coalesce(sum(amount_cents), 0) FROM receipt),
           (SELECT coalesce(sum(amount_cents), 0) FROM refund JOIN refund_payment ON refund_id = refund.id),
           (SELECT coalesce(sum(amount_cents), 0) FROM refund),
           (SELECT coalesce(sum(shares), 0) FROM lot)
"""


def check_books() -> None:
    with reading() as session:
        money = {kind: int(amount) for kind, amount in session.execute(text(_MONEY))}
        received, repaid, refunds, shares = (int(value) for value in session.execute(text(_SAID)).one())
        held, payable = money.get("subscriptions_held", 0), money.get("refunds_payable", 0)
        capital = money.get("share_capital", 0)
        assert received == held + capital + payable + repaid
        assert -money.get("bank", 0) == received - repaid
        assert payable == refunds - repaid
        assert capital == shares * 23_00 == balance(session, "unissued", "A", "SHARE:A") * 23_00


def check_cap(story: Story) -> None:
    """Never more is allotted than the cap, nor to anyone than they pledged, and not before the minimum is paid."""
    with reading() as session:
        offer = find_offer(session, story.slug)
        pledges = session.query(Pledge).filter_by(offer_id=offer.id).all()
        allotted = [pledge for pledge in pledges if pledge.state == "allotted"]
        assert sum(pledge.due_shares for pledge in allotted) <= CAP_SHARES
        assert all(0 < pledge.due_shares <= pledge.shares for pledge in allotted)
        assert not allotted or offer.state in ("succeeded", "allotting")


def check_ended(story: Story) -> None:
    """When the offer has come to rest nothing is held for it any more, and shares came only with the minimum."""
    with reading() as session:
        offer = find_offer(session, story.slug)
        assert offer.state in ("succeeded", "failed", "cancelled")
        pledges = session.query(Pledge).filter_by(offer_id=offer.id).all()
        paid = sum(pledge.due.minor for pledge in pledges if pledge.state == "allotted")
        assert (paid >= offer.terms.minimum.minor) == (offer.state == "succeeded")
        for pledge in pledges:
            held = balance(session, "subscriptions_held", f"request:{pledge.payment_request_id}", "USD")
            assert held == 0, f"{held} cents of a {pledge.state} pledge are still held"
            assert pledge.state != "confirmed"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=kinds, bought=st.integers(0, 3), steps=st.lists(acts, min_size=2, max_size=12), ends=st.booleans())
def test_every_cent_that_arrived_is_accounted_for(database, kind, bought, steps, ends):
    story = Story(kind)
    for who in range(bought):
        story.attempt("buy", who, 100)
    for step in steps:
        story.attempt(*step)
    if ends:
        for act in ("close", "close late", "settle", "collect", "give up", "settle"):
            story.attempt(act, None, None)
        check_ended(story)
    check_books()
    check_cap(story)
    with reading() as session:
        rows = session.execute(
            text("SELECT sum(r.amount_cents) FROM receipt r JOIN pledge p USING (payment_request_id) "
                 "JOIN offer ON offer.id = p.offer_id WHERE slug = :slug"),
            {"slug": story.slug},
        )  # fmt: skip
        assert int(rows.scalar_one() or 0) == story.received
