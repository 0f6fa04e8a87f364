"""Work on bank lines over the API: read, split, parked, explained, undone; each by the treasurer and told by name."""

from base64 import b64encode

from app.core import clock
from app.core.database import reading, transaction
from app.ledger.manual.writing import accounts_by_hand
from app.payments.requesting import request_payment
from app.reconciliation.working import match_all
from tests import make
from tests.api.conftest import problem
from tests.reconciliation.files import OWN, Move, camt

WHY = {"reason": "looked at"}


def test_a_line_is_read_split_parked_explained_and_undone(program):
    treasurer, auditor, organizer = program("treasurer"), program("auditor"), program("organizer")
    auditor.post("/bank/accounts", {"number": OWN, "currency": "USD"}, 403)
    wrong = treasurer.post("/bank/accounts", {"number": "...", "currency": "USD"}, 422).json()
    assert [each["field"] for each in wrong["errors"]] == ["number"]
    ours = treasurer.post("/bank/accounts", {"number": OWN, "currency": "USD", "title": "Main"}, 201).json()
    assert ours["title"] == "Main"
    with transaction() as session:
        ada = make.person(session, "ada@example.org", "Ada Lovelace")
        bo = make.person(session, "bo@example.org", "Bo Diddley")
        one = request_payment(session, "pledge:1", ada, make.usd(40)).reference
        two = request_payment(session, "pledge:2", bo, make.usd(60)).reference
    day = str(clock.today())
    moves = [Move(100_00, ("both of us",), day=day), Move(-5_00, ("fee",), day=day), Move(40_00, ("ada",), day=day)]
    file = b64encode(camt(moves, currency="USD", day=day)).decode()
    treasurer.post("/bank/imports", {"file_name": "day.xml", "file": file}, 201)
    with transaction() as session:
        match_all(session)
    third, fee, both = treasurer.every("/bank/lines")
    assert {third["state"], fee["state"], both["state"]} == {"open"}

    place = f"/bank/lines/{both['id']}"
    auditor.get(f"{place}/readings")
    auditor.post(f"{place}/parking", {"note": "mine"}, 403)
    assert problem(treasurer.post(f"{place}/parking/end", None, 409)) == "NotParked"
    parked = treasurer.post(f"{place}/parking", {"note": "whose is it?"}).json()
    assert (parked["state"], parked["note"]) == ("parked", "whose is it?")
    assert treasurer.post(f"{place}/parking/end", None).json()["state"] == "open"
    assert problem(treasurer.post(f"{place}/reading", {"reading": "RECEIPT:request:1:1"}, 409)) == "NoSuchReading"
    parts = [{"reference": one, "amount_cents": 40_00}, {"reference": "RF00", "amount_cents": 60_00}]
    refused = treasurer.post(f"{place}/split", {"parts": parts}, 422).json()
    assert [each["field"] for each in refused["errors"]] == ["parts.1.reference"]
    parts[1]["reference"] = two
    treasurer.post(f"{place}/split", {"parts": [parts[0]]}, 422)
    done = treasurer.post(f"{place}/split", {"parts": parts}, key="split").json()
    assert [each["amount"]["minor"] for each in done["matches"]] == [40_00, 60_00]
    assert treasurer.post(f"{place}/split", {"parts": parts}, key="split").json() == done
    assert problem(treasurer.post(f"{place}/split", {"parts": parts}, 409)) == "MatchedAlready"
    assert treasurer.get(f"{place}/readings").json() == []
    assert treasurer.post(f"{place}/undoing", WHY).json()["state"] == "open"
    assert problem(treasurer.post(f"{place}/undoing", WHY, 409)) == "NothingToUndo"

    said = {"account": "bank_fees:", "evidence": "statement of today", "reason": "the bank's fee"}
    refused = treasurer.post(f"/bank/lines/{fee['id']}/explanation", said | {"account": "moon:"}, 422).json()
    assert [each["field"] for each in refused["errors"]] == ["account"]
    readings = treasurer.get(f"/bank/lines/{third['id']}/readings").json()
    assert readings and all(each["why"] and each["parts"] for each in readings)
    treasurer.post(f"/bank/lines/{third['id']}/reading", {"reading": readings[0]["reading"]})
    assert treasurer.get(f"/bank/lines/{third['id']}").json()["state"] == "matched"
    treasurer.get("/bank/lines/999", 404)
    treasurer.post("/bank/answers", {"file_name": "a.xml", "answer": "%%%"}, 422)
    assert organizer.every("/bank/lines?state=open")


def test_a_line_is_explained_by_two_people(program):
    treasurer, organizer = program("treasurer"), program("organizer")
    treasurer.post("/bank/accounts", {"number": OWN, "currency": "USD"}, 201)
    day = str(clock.today())
    file = b64encode(camt([Move(-5_00, ("fee",), day=day)], currency="USD", day=day)).decode()
    treasurer.post("/bank/imports", {"file_name": "day.xml", "file": file}, 201)
    [fee] = treasurer.every("/bank/lines")
    with reading() as session:
        account = accounts_by_hand(session)[0].name
    said = {"account": account, "evidence": "statement of today", "reason": "the bank's fee"}
    proposal = treasurer.post(f"/bank/lines/{fee['id']}/explanation", said, 201).json()
    treasurer.post(f"/approvals/{proposal['id']}/approval", {"reason": "alone"}, 403)
    organizer.post(f"/approvals/{proposal['id']}/approval", {"reason": "seen"})
    assert treasurer.get(f"/bank/lines/{fee['id']}").json()["matches"][0]["what"] == "manual"
