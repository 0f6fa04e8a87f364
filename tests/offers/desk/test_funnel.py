"""The funnel: what is counted without knowing anyone, beside what the records say."""

from datetime import timedelta
from fractions import Fraction

from app.core import clock
from app.core.database import reading, transaction
from app.offers.desk.funnel.counting import count, forget_counts, save_counts
from app.offers.desk.funnel.reading import funnel
from app.offers.desk.models import Stage
from app.offers.drafting import find_offer
from tests import make
from tests.exports.test_trail import browser


def test_every_step_is_counted_on_its_day(database, monkeypatch):
    forget_counts()
    now = clock.now()
    with clock.at(now - timedelta(days=3)), transaction() as session:
        offer_id = make.open_offer(session).id
        make.paid_pledge(session)
        late = make.pledge(session, email="wei@example.org", legal_name="Wei Chan")
    with clock.at(now - timedelta(days=1)), transaction() as session:
        make.pay(session, late.request, make.usd(300))
    with transaction() as session:
        make.pay(session, late.request, make.usd(2000))
        auditor = make.staff(session, "auditor")
    for _ in range(4):
        count(offer_id, Stage.SEEN)
    assert browser(auditor, monkeypatch).get(f"/offers/{make.SLUG}").status_code == 200
    count(offer_id, Stage.STARTED)
    count(offer_id + 99, Stage.SEEN)  # of no offer: nothing is kept of it
    save_counts()
    save_counts()
    with reading() as session:
        found = funnel(session, find_offer(session, make.SLUG), 7)
    assert found.sums == {"seen": 5, "started": 1, "confirmed": 2, "paid": 2}
    assert [(day.counts["confirmed"], day.counts["paid"]) for day in found.days[3:]] == [(2, 1), (0, 0), (0, 0), (0, 1)]
    assert (found.part("seen"), found.part("started"), found.part("paid")) == (None, Fraction(1, 5), 1)
    shown = browser(auditor, monkeypatch).get(f"/desk/offers/{make.SLUG}/funnel?days=7").text
    assert "Began the form 1" in shown and "20%" in shown and "<svg" in shown


def test_pages_count_and_no_database_is_no_reason_to_fail_them(database, monkeypatch):
    forget_counts()
    monkeypatch.setattr("app.offers.desk.funnel.counting._saved_at", float("inf"))  # not by itself
    with transaction() as session:
        offer_id = make.open_offer(session).id
    count(offer_id, Stage.SEEN)
    with monkeypatch.context() as broken:
        broken.setattr("app.offers.desk.funnel.counting.transaction", lambda: 1 / 0)
        save_counts()
    save_counts()
    with reading() as session:
        assert funnel(session, find_offer(session, make.SLUG), 7).sums["seen"] == 1
