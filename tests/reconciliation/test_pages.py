"""The treasurer's pages: an account, a file, the work list ticked line by line, a split, and nobody urged meanwhile."""

import os
import re
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from app.core import clock
from app.core.database import reading, transaction
from app.payments.requesting import held, request_payment
from app.reconciliation.mapping.keeping import forget_tables
from app.reconciliation.mapping.models import BankTable
from app.reconciliation.urging import LinesUnmatched, StatementsOld, bank_is_behind
from app.reconciliation.working import match_all
from tests import make
from tests.exports.test_trail import browser
from tests.reconciliation.files import OWN, Move, camt


def send(page: TestClient, path: str, form: str, **fields: str) -> str:
    """Fill in a form of the page at a path and send it; the text of what follows."""
    files = {"file": ("camt.xml", fields.pop("file"))} if "file" in fields else None
    text = page.get(path).text
    token = re.search(r'name="csrf" value="([^"]+)"', text)[1]
    headers = {"Origin": str(page.base_url)}
    return page.post(form, data={"csrf": token, **fields}, files=files, headers=headers).text


@pytest.fixture
def treasurer(database, monkeypatch) -> TestClient:
    with transaction() as session:
        person = make.staff(session, "treasurer")
    return browser(person, monkeypatch)


def test_the_treasurer_takes_a_file_and_works_the_list(treasurer, monkeypatch):
    with transaction() as session:
        rows = [
            request_payment(session, f"pledge:{n}", make.person(session, f"p{n}@example.org", name), make.usd(2_300))
            for n, name in ((1, "Ada Lovelace"), (2, "Grace Hopper"))
        ]
        first, second = [row.reference for row in rows]
        ids = [row.id for row in rows]
        assert bank_is_behind(session) is None, "where no account is kept, nothing is waited for"
    said = send(treasurer, "/desk/bank", "/desk/bank/accounts", number=OWN, currency="USD", title="Main <b>")
    assert "The account is added." in said and "Main &lt;b&gt;" in said
    day = str(clock.today())
    moves = [
        Move(2300_00, reference=first, day=day),
        Move(2500_00, (f"{second} and a gift",), day=day, name="Grace <script>"),
        Move(40_00, ("what is this",), day=day, name="Zoe", iban="NL91ABNA0417164300"),
    ]
    said = send(treasurer, "/desk/bank", "/desk/bank/files", file=camt(moves, currency="USD", day=day))
    assert "Imported: 3 new lines" in said
    with transaction() as session:
        match_all(session)
        assert isinstance(bank_is_behind(session), LinesUnmatched)
    page = treasurer.get("/desk/bank/lines").text
    assert "2 lines wait" in page and "$200.00 more than is open" in page and "Grace &lt;script&gt;" in page
    with monkeypatch.context() as few:
        few.setattr("app.reconciliation.routes.AT_ONCE", 1)
        assert "/desk/bank/lines?after=2" in treasurer.get("/desk/bank/lines").text
        assert "Zoe" in treasurer.get("/desk/bank/lines?after=2").text
    chosen = re.search(r'name="confirmed" value="([^"]+)"', page)[1]
    if shots := os.environ.get("SHOTS"):
        for name in ("", "/lines", "/lines/3"):
            with open(f"{shots}/page{name.replace('/', '-')}.html", "w") as file:
                file.write(treasurer.get(f"/desk/bank{name}").text)
    assert "Confirmed: 1 lines." in send(treasurer, "/desk/bank/lines", "/desk/bank/lines", confirmed=chosen)
    assert "was judged anew" in send(treasurer, "/desk/bank/lines/3", "/desk/bank/lines/3/reading", reading="no")
    assert "Write a note" in send(treasurer, "/desk/bank/lines/3", "/desk/bank/lines/3/parking", note=" ")
    assert "The line is parked." in send(treasurer, "/desk/bank/lines/3", "/desk/bank/lines/3/parking", note="asked")
    assert "not matched" in send(treasurer, "/desk/bank/lines/3", "/desk/bank/lines/3/undoing", reason="x")
    with reading() as session:
        assert [held(session, session.get_one(type(rows[0]), each)).minor for each in ids] == [2300_00, 2300_00]
        assert bank_is_behind(session) is None
        with clock.at(clock.now() + timedelta(hours=13)):
            assert isinstance(bank_is_behind(session), StatementsOld)
    assert "The match is undone" in send(treasurer, "/desk/bank/lines/1", "/desk/bank/lines/1/undoing", reason="a slip")
    split = {"reference_1": first, "amount_1": "1,300.00", "reference_2": second, "amount_2": "1000"}
    assert "Confirmed: 1 lines." in send(treasurer, "/desk/bank/lines/1", "/desk/bank/lines/1/split", **split)
    assert "payment received" in treasurer.get("/desk/bank/lines/1").text


def test_a_table_is_shown_mended_and_taken_in_and_the_next_one_is_known(treasurer):
    send(treasurer, "/desk/bank", "/desk/bank/accounts", number=OWN, currency="EUR", title="Main")
    day, before = clock.today(), clock.today() - timedelta(days=1)
    head = "Datum;Wer;Verwendungszweck;Was;Saldo\n"
    table = f"{head}{before:%d.%m.%Y};M\u00fcller;Gru\u00df;5,00;105,00\n{day:%d.%m.%Y};Ada;?;x;115,00\n".encode(
        "latin-1"
    )
    said = send(treasurer, "/desk/bank", "/desk/bank/files", file=table)
    assert "Choose the column of amounts" in said and "Table of the bank" in said
    address = re.search(r'action="(/desk/bank/tables/[0-9]+)"', said)[1]
    chosen = {
        "account_id": "1", "encoding": "windows-1252", "delimiter": "semicolon", "day": "%d.%m.%Y", "mark": ",",
        "skip": "0", "column_booked": "Datum", "column_amount": "Was", "column_balance": "Saldo",
        "column_counterparty": "Wer", "texts": "Verwendungszweck",
    }  # fmt: skip
    said = send(treasurer, address, address, act="preview", **chosen)
    assert "\u201cx\u201d is not an amount in EUR" in said and "M\u00fcller" in said, "the other line is shown"
    assert "is not an amount" in send(treasurer, address, address, **chosen), "nothing is taken in part"
    mended = table.replace(b"?;x", b"?;10,00")
    said = send(treasurer, "/desk/bank", "/desk/bank/files", file=mended)
    address = re.search(r'action="(/desk/bank/tables/[0-9]+)"', said)[1]
    said = send(treasurer, address, address, act="preview", **chosen)
    assert "An import would bring 2 new lines" in said and "\u20ac115.00" in said
    if shots := os.environ.get("SHOTS"):
        with open(f"{shots}/table.html", "w") as file:
            file.write(said)
    assert "Imported: 2 new lines" in send(treasurer, address, address, **chosen)
    assert treasurer.get(address).status_code == 410
    later = head.encode() + f"{day:%d.%m.%Y};Ada;x;1,00;117,00\n".encode()
    said = send(treasurer, "/desk/bank", "/desk/bank/files", file=later)
    assert "is missing between them" in said and 'value="Was" selected' in said, "read as it was saved; a gap is named"
    with clock.at(clock.now() + timedelta(hours=25)), transaction() as session:
        forget_tables(session)
        assert session.scalar(select(func.count(BankTable.id))) == 0
