"""Bank statements over the API: taken in once and whole, or refused by the line; lines are listed by their state."""

from base64 import b64encode

from sqlalchemy import select

from app.core import clock
from app.core.audit import AuditLine, Tag
from app.core.database import reading, transaction
from app.payments.requesting import request_payment
from app.reconciliation.accounts import add_account
from app.reconciliation.working import match_all, park_line
from tests import make
from tests.api.conftest import problem
from tests.reconciliation.files import OWN, Move, camt


def sent(content: bytes, **more: object) -> dict[str, object]:
    return {"file_name": "day.xml", "file": b64encode(content).decode(), **more}


def test_a_statement_is_taken_once_and_its_lines_are_read_by_their_state(program):
    treasurer, auditor = program("treasurer"), program("auditor")
    with transaction() as session:
        account = add_account(session, OWN, "USD", "Main account", by=None).id
        asked = request_payment(session, "pledge:1", make.person(session, "ada@example.org"), make.usd(2_300))
        reference = asked.reference
    day = str(clock.today())
    moves = [Move(2_300_00, (reference,), day=day), Move(7_00, ("who knows",), day=day)]
    good = camt(moves, currency="USD", day=day)
    wrong = treasurer.post("/bank/imports", sent(camt(moves, currency="USD", day=day, closing=1)), 422).json()
    assert wrong["detail"].startswith("Line ") and "is missing. Nothing of this file" in wrong["detail"]
    assert [each["field"] for each in wrong["errors"]] == ["file"]
    assert problem(treasurer.post("/bank/imports", sent(b"") | {"file": "%%%"}, 422)) == "InvalidInput"
    assert problem(treasurer.post("/bank/imports", sent(b"day,amount\n"), 422)) == "NoFormat"
    treasurer.post("/bank/imports", sent(b"day,amount\n", account_id=account + 1), 404)
    auditor.post("/bank/imports", sent(good), 403)
    assert auditor.every("/bank/imports") == auditor.every("/bank/lines") == []

    taken = treasurer.post("/bank/imports", sent(good), 201, key="same").json()
    assert (taken["lines"], taken["known"], taken["pending"]) == (2, 0, 0)
    assert treasurer.post("/bank/imports", sent(good), 201, key="same").json() == taken
    assert problem(treasurer.post("/bank/imports", sent(good), 409)) == "TakenAlready"
    assert auditor.every("/bank/imports") == [taken]
    [ours] = auditor.every("/bank/accounts")
    assert (ours["number"], ours["closing"]["minor"]) == (OWN, 2_307_00)
    with transaction() as session:
        match_all(session)
    other, paid = auditor.every("/bank/lines?limit=1")
    assert (paid["state"], paid["matches"][0]["what"], paid["matches"][0]["certain"]) == ("matched", "receipt", True)
    assert (other["state"], other["text"], other["note"]) == ("open", "who knows", None)
    with transaction() as session:
        park_line(session, other["id"], "asked the bank", by=make.person(session, "treasurer@example.org").id)
    assert auditor.every("/bank/lines?state=open") == []
    [parked] = auditor.every("/bank/lines?state=parked")
    assert (parked["id"], parked["note"]) == (other["id"], "asked the bank")
    assert [each["id"] for each in auditor.every("/bank/lines?state=matched")] == [paid["id"]]
    program("maya@example.org").get("/bank/lines", 403)
    with reading() as session:
        assert len(session.scalars(select(AuditLine).where(AuditLine.tag == Tag.BANK_IMPORTED)).all()) == 1
