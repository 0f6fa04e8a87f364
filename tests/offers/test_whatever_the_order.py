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
from app.offers.closing import cancel_offer, close_offer, settle_next
from app.offers.drafting import find_offer
from app.offers.models import Pledge
from app.offers.pledging import withdraw_pledge
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
    st.tuples(st.sampled_from(["close", "close late", "cancel", "settle"]), st.none(), st.none()),
)


class Story:
    """One offer with a few supporters, on which acts are tried one after the other."""

    def __init__(self) -> None:
        self.slug = f"story-{next(SLUGS)}"
        self.pledges: dict[int, int] = {}
        self.received = 0
        with transaction() as session:
            make.open_offer(session, self.slug, target_cents=150 * 23_00)

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
        close_offer(session, self.slug, by=None)

    def close_late(self, session, *_) -> None:
        with clock.at(clock.now() + timedelta(days=31)):
            close_offer(session, self.slug, by=None)

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


def check_ended(story: Story) -> None:
    """When the offer has come to rest nothing is held for it any more, and shares came only with the target."""
    with reading() as session:
        offer = find_offer(session, story.slug)
        pledges = session.query(Pledge).filter_by(offer_id=offer.id).all()
        paid = sum(pledge.amount_cents for pledge in pledges if pledge.state == "allotted")
        assert (paid >= offer.terms.target_cents) == (offer.state == "succeeded") or offer.state == "open"
        assert paid == 0 or offer.state in ("succeeded", "allotting")
        if offer.state in ("succeeded", "failed"):
            for pledge in pledges:
                held = balance(session, "subscriptions_held", f"request:{pledge.payment_request_id}", "USD")
                assert held == 0, f"{held} cents of a {pledge.state} pledge are still held"
                assert pledge.state != "confirmed"


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(bought=st.integers(0, 2), steps=st.lists(acts, min_size=2, max_size=12), ends=st.booleans())
def test_every_cent_that_arrived_is_accounted_for(database, bought, steps, ends):
    story = Story()
    for who in range(bought):
        story.attempt("buy", who, 100)
    for step in steps:
        story.attempt(*step)
    if ends:
        for act in ("close", "close late", "settle"):
            story.attempt(act, None, None)
        check_ended(story)
    check_books()
    with reading() as session:
        rows = session.execute(
            text("SELECT sum(r.amount_cents) FROM receipt r JOIN pledge p USING (payment_request_id) "
                 "JOIN offer ON offer.id = p.offer_id WHERE slug = :slug"),
            {"slug": story.slug},
        )  # fmt: skip
        assert int(rows.scalar_one() or 0) == story.received
