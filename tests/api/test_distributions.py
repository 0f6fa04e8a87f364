"""Distributions over the API: looked at, proposed by the hash of their list, approved by another, read part by part."""

from sqlalchemy import select

from app.core import clock
from app.core.database import transaction
from app.payments.payouts.batches.models import PayoutBatch
from tests import make
from tests.api.conftest import problem
from tests.distributions.making import draft, file, patronage
from tests.payments.payouts.test_batches import IBANS, paid_to


def test_a_distribution_is_looked_at_proposed_approved_and_read(program):
    organizer, treasurer, auditor = program("organizer"), program("treasurer"), program("auditor")
    with transaction() as session:
        maya, wei = make.member(session), make.member(session, "wei@example.org", "Wei Chen")
        paid_to(session, maya, IBANS[0])
        terms = patronage(currency="EUR", pools=(("work", 1),))
        drafted = draft(session, terms, file(f"{maya.number},work,1", f"{wei.number},work,3")).id
        said = terms.as_data() | {"pools": [{"business": "work", "weight": 1}], "basis": None}
        lines = f"{maya.number},work,1", f"{wei.number},work,3"
    text = "\n".join(["member_number,business,amount", *lines, ""])
    seen = auditor.get(f"/distribution-drafts/{drafted}").json()
    again = treasurer.post("/distribution-drafts", said | {"basis": text}, 201).json()
    assert again | {"draft_id": drafted} == seen
    wrong = treasurer.post("/distribution-drafts", said | {"basis": text + "99,work,1\n"}, 422).json()
    assert [each["field"] for each in wrong["errors"]] == ["basis.4"]
    treasurer.post("/distribution-drafts", said, 422)
    auditor.post("/distribution-drafts", said | {"basis": text}, 403)
    assert (seen["members"], seen["sums"]["amount"]) == (2, {"minor": 1_000_00, "currency": "EUR"})
    place = f"/distribution-drafts/{drafted}/proposal"
    assert problem(treasurer.post(place, {"list_sha256": "0" * 64}, 409)) == "ListChanged"
    auditor.post(place, {"list_sha256": seen["list_sha256"]}, 403)
    proposal = treasurer.post(place, {"list_sha256": seen["list_sha256"]}, 201).json()
    organizer.post(f"/approvals/{proposal['id']}/approval", {"reason": "as resolved"})
    [declared] = auditor.every("/distributions")
    assert (declared["list_sha256"], declared["reversed"]) == (seen["list_sha256"], False)
    parts = auditor.every(f"/distributions/{declared['id']}/parts?limit=1")
    assert [part["sums"]["paid"]["minor"] for part in parts] == [75_00, 225_00]
    assert sum(part["sums"]["amount"]["minor"] for part in parts) == declared["sums"]["amount"]["minor"]
    auditor.get("/distributions/99/parts", 404)
    owed = auditor.every("/payout-batches/owed?currency=EUR&limit=1")
    assert [(each["amount"]["minor"], each["waits"] is None) for each in owed] == [(75_00, True), (225_00, False)]
    batch = {"format": "sepa", "currency": "EUR", "execute_on": clock.today().isoformat(), "reason": "as declared"}
    payer = {"scheme": "iban", "holder": "The co-operative", "number": IBANS[1]}
    assert treasurer.post("/payout-batches/proposals", batch, 422).json()["errors"][0]["field"] == "payer"
    refused = treasurer.post("/payout-batches/proposals", batch | {"payer": payer | {"number": "DE00"}}, 422).json()
    assert [each["field"] for each in refused["errors"]] == ["payer.number"]
    proposed = treasurer.post("/payout-batches/proposals", batch | {"payer": payer}, 201).json()
    organizer.post(f"/approvals/{proposed['id']}/approval", {"reason": "all is owed"})
    with transaction() as session:
        assert session.scalars(select(PayoutBatch)).one().execute_on == clock.today()
    [batch] = auditor.every("/payout-batches")
    assert (batch["format"], batch["currency"], batch["execute_on"]) == ("sepa", "EUR", clock.today().isoformat())
