"""All refunds of an offer that failed go back to their cards after one approval, however often a worker dies."""

from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.database import reading, transaction
from app.core.settings import settings
from app.members.approvals.approving import decide, undecided
from app.offers.closing import close_offer
from app.payments.cards.returning.batching import batch_of, begin_next
from app.payments.cards.returning.models import ProcessorRefund
from app.payments.cards.returning.sending import send_refund
from app.payments.requesting import instalments_of
from app.worker import run_until_idle
from tests import make
from tests.documents.test_downloading import browser

PURPOSE = f"offer:{make.SLUG}"
PEOPLE = ("maya@example.org", "wei@example.org", "ana@example.org")


def test_one_approval_sends_everything_that_was_due_then_and_nothing_twice(cards, monkeypatch):
    monkeypatch.setenv("COSTAKE_SETTLE_BATCH", "2")
    settings.cache_clear()
    with transaction() as session:
        make.open_offer(session, collecting_days=10)
        made = [make.pledge(session, email=email, shares=10).request for email in PEOPLE]
        parts = {request.id: instalments_of(session, request)[0].id for request in made}
        make.pledge(session, email="bank@example.org", shares=10)
    for request_id, part in parts.items():
        cards.save(request_id)
        cards.charge(part)
    with clock.at(clock.now() + timedelta(days=31)), transaction() as session:
        make.settle(session, close_offer(session, make.SLUG, by=None))
    with transaction() as session:
        assert (batch_of(session, PURPOSE).due, batch_of(session, PURPOSE).amount) == (3, make.usd(690))
        organizer, treasurer = make.staff(session, "organizer"), make.staff(session, "treasurer")
    desk = browser("organizer@example.org")
    address = f"/desk/offers/{make.SLUG}/charges"
    page = desk.get(address).text
    assert "Propose to send them all" in page and "$690.00" in page
    csrf = page.partition('name="csrf" value="')[2].partition('"')[0]
    assert desk.post(f"{address}/refunds", data={"csrf": csrf, "reason": "it failed"}).status_code == 303
    with transaction() as session:
        (proposal,) = undecided(session)
        assert proposal.payload["amount_cents"] == 690_00 and proposal.proposed_by == organizer.id
        decide(session, proposal.id, approve=True, by=treasurer, reason="right")
        last = proposal.payload["last_id"]
    with transaction() as session:  # a worker dies after its first part: the job runs again from where it began
        begin_next(session, PURPOSE, 0, last, treasurer.id)
    with reading() as session:
        for identifier in session.scalars(select(ProcessorRefund.id)).all():
            send_refund(identifier)
    assert run_until_idle() == []
    assert sorted(each.amount_refunded for each in cards.own_charges()) == [230_00] * 3
    with reading() as session:
        now = batch_of(session, PURPOSE)
        assert (now.due, now.under_way, now.gone) == (0, 0, 3)
    assert "Propose to send them all" not in desk.get(address).text
    assert "No refund is due." in desk.get("/desk/refunds").text
