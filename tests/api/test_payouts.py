"""Payouts over the API: paid, ordered, ended and ordered anew; distributions reversed and redeemed by two."""

from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditLine, Tag
from app.core.database import reading, transaction
from tests import make
from tests.api.conftest import problem
from tests.distributions.making import draft, file, patronage
from tests.payments.payouts.test_batches import IBANS, paid_to
from tests.reconciliation.files import OWN as OURS

WHY = {"reason": "as resolved"}


def declared(program):
    """Patronage, 70 % of it retained, that is declared by two people: its id."""
    organizer, treasurer = program("organizer"), program("treasurer")
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        paid_to(session, maya, IBANS[0])
        paid_to(session, wei, IBANS[1])
        terms = patronage(currency="EUR", pools=(("work", 1),))
        drafted = draft(session, terms, file(f"{maya.number},work,1", f"{wei.number},work,3")).id
    seen = treasurer.get(f"/distribution-drafts/{drafted}").json()["list_sha256"]
    proposal = treasurer.post(f"/distribution-drafts/{drafted}/proposal", {"list_sha256": seen}, 201).json()
    organizer.post(f"/approvals/{proposal['id']}/approval", WHY)
    return organizer, treasurer, treasurer.every("/distributions")[0]["id"]


def test_payouts_are_ordered_ended_ordered_anew_and_paid_once(program):
    organizer, treasurer, _ = declared(program)
    auditor = program("auditor")
    owed = auditor.every("/payouts?limit=1")
    assert [each["amount"]["minor"] for each in owed] == [75_00, 225_00]
    payer = {"scheme": "iban", "holder": "The co-operative", "number": OURS}
    batch = WHY | {"format": "sepa", "currency": "EUR", "execute_on": clock.today().isoformat(), "payer": payer}
    proposed = treasurer.post("/payout-batches/proposals", batch, 201).json()
    organizer.post(f"/approvals/{proposed['id']}/approval", WHY)
    [ordered] = auditor.every("/payout-batches")
    place = f"/payout-batches/{ordered['id']}"
    auditor.get(f"{place}/file", 403)
    sent = treasurer.get(f"{place}/file")
    assert IBANS[0].encode() in sent.content and sent.headers["cache-control"] == "no-store"
    one, _ = auditor.every(f"{place}/orders?limit=1")
    assert (one["attempt"], one["paid_on"], one["ended"]) == (1, None, None)
    auditor.post(f"{place}/orders/{one['id']}/end", WHY, 403)
    treasurer.post(f"/payout-batches/{ordered['id'] + 1}/orders/{one['id']}/end", WHY, 404)
    ended = treasurer.post(f"{place}/orders/{one['id']}/end", {"reason": "account closed"}).json()
    assert ended["ended"] == "account closed"
    paid = {"paid_on": clock.today().isoformat(), "bank_reference": "line 7"}
    assert treasurer.post(f"{place}/payment", paid, key="paid").json() == {"orders": 1}
    assert treasurer.post(f"{place}/payment", paid, key="paid").json() == {"orders": 1}
    [left] = auditor.every("/payouts")
    alone = {"paid_on": clock.today().isoformat(), "bank_reference": "line 8"}
    treasurer.post(f"/payouts/{left['id']}/payment", alone)
    treasurer.post(f"/payouts/{left['id']}/payment", alone | {"bank_reference": "line 9"}, 409)
    assert auditor.every("/payouts") == []


def test_a_distribution_is_redeemed_reversed_and_told_to_the_tax_office(program):
    organizer, treasurer, number = declared(program)
    auditor = program("auditor")
    some = WHY | {"percent_ppm": 500_000, "payable_on": clock.today().isoformat(), "member": 1}
    treasurer.post(f"/distributions/{number}/redemptions", some | {"percent_ppm": 0}, 422)
    treasurer.post(f"/distributions/{number}/redemptions", some | {"member": 99}, 422)
    auditor.post(f"/distributions/{number}/redemptions", some, 403)
    proposal = treasurer.post(f"/distributions/{number}/redemptions", some, 201).json()
    organizer.post(f"/approvals/{proposal['id']}/approval", WHY)
    assert [each["amount"]["minor"] for each in auditor.every("/payouts")] == [75_00, 225_00, 87_50]
    assert problem(treasurer.post(f"/distributions/{number}/reversal", WHY, 409))
    [paid] = auditor.every(f"/distributions/{number}/redemptions")
    assert (paid["paid"]["minor"], paid["reversed"]) == (87_50, False)
    undone = treasurer.post(f"/allocation-redemptions/{paid['id']}/reversal", WHY, 201).json()
    organizer.post(f"/approvals/{undone['id']}/approval", WHY)
    assert auditor.every(f"/distributions/{number}/redemptions")[0]["reversed"]
    back = treasurer.post(f"/distributions/{number}/reversal", WHY, 201).json()
    organizer.post(f"/approvals/{back['id']}/approval", WHY)
    assert auditor.every("/distributions")[0]["reversed"] and auditor.every("/payouts") == []
    auditor.get(f"/tax-summary?year={clock.today().year}", 403)
    summary = treasurer.get(f"/tax-summary?year={clock.today().year}")
    assert summary.headers["content-type"].startswith("text/csv")
    with reading() as session:
        assert len(session.scalars(select(AuditLine).where(AuditLine.tag == Tag.TAX_SUMMARY_READ)).all()) == 1
