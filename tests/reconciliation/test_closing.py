"""Closing a month: every item in one bucket, what remains in words, two people, and nothing enters it afterwards."""

import io
from datetime import UTC, date, datetime, time, timedelta

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from app.core import clock
from app.core.database import reading, transaction
from app.core.errors import InvalidInput
from app.ledger.closing import ClosedAlready, ClosesTheFuture
from app.members.approvals.approving import OwnProposal, decide
from app.members.models import Person
from app.payments.receiving import record_receipt
from app.payments.requesting import request_payment
from app.reconciliation.accounts import add_account
from app.reconciliation.closing.reckoning import reckon
from app.reconciliation.closing.signing import ChangedSince, NotTheEndOfAMonth, closes, months_open, propose_close
from app.reconciliation.lines import open_lines
from app.reconciliation.matching.judging import Part, What, Why
from app.reconciliation.posting import post_match
from app.reconciliation.taking import take_file
from app.reconciliation.working import match_all, park_line
from tests import make
from tests.exports.test_trail import browser
from tests.reconciliation.files import OWN, Move, camt

END = clock.today().replace(day=1) - timedelta(days=1)
DAY = END - timedelta(days=4)


def at(day: date):
    return clock.at(datetime.combine(day, time(12), UTC))


def take(moves: list[Move], day: date = END, **more) -> None:
    with at(day), transaction() as session:
        data = camt(moves, currency="USD", day=str(day), number=f"S{day}", **more)
        take_file(session, io.BytesIO(data), f"{day}.xml", by=None)
    for _ in range(3):
        with transaction() as session:
            match_all(session)


def ask(session, number: int, dollars: int = 2_300):
    who = make.person(session, f"p{number}@example.org", f"Person {number}")
    return request_payment(session, f"pledge:{number}", who, make.usd(dollars))


def buckets(until: date = END) -> dict[str, tuple[int, int]]:
    """What the buckets hold in dollars: how many items and their sum in cents."""
    with reading() as session:
        return {
            f"{each.section.name}.{filled.bucket.name}": (filled.count, filled.sums.get("USD", 0))
            for each in reckon(session, until).compared
            for filled in each.filled
        }


@pytest.fixture
def month(database):
    """Last month: a payment with its line, one by hand without, and lines that nobody knows."""
    with at(DAY), transaction() as session:
        add_account(session, OWN, "USD", "Main account", by=None)
        requests = [ask(session, number) for number in range(3)]
        references = [each.reference for each in requests]
        record_receipt(session, make.bank_line(requests[1], make.usd(2_300), received_on=DAY), by=None)
    take(
        [Move(2300_00, reference=references[0], day=str(DAY)), Move(77_00, ("garden party",), day=str(END))],
        opening=500_00,
    )
    with transaction() as session:
        return make.staff(session, "treasurer"), make.staff(session, "organizer")


def test_a_month_is_closed_once_what_remains_is_explained_and_two_people_have_signed(month, monkeypatch):
    treasurer, organizer = month
    assert buckets() == {
        "bank.receipt": (1, 2300_00),
        "bank.open": (1, 77_00),
        "books.line": (1, 2300_00),
        "books.by_hand": (1, 2300_00),
        "books.before_statements": (1, 500_00),
    }
    words = dict.fromkeys(("bank.open", "books.by_hand"), "is asked for at the bank, by the 10th")
    with reading() as session:
        assert months_open(session)[0] == END
        assert reckon(session, END).bank == (("USD", 2877_00, 4600_00),)

    def propose(until: date = END, **more: str) -> int:
        with transaction() as session:
            said = words | {name.replace("__", "."): text for name, text in more.items()}
            return propose_close(session, until, said, by=session.get_one(Person, treasurer.id), reason="month end").id

    def sign(number: int, who: Person, approve: bool = True) -> None:
        with transaction() as session:
            decide(session, number, approve=approve, by=session.get_one(Person, who.id), reason="looked at")

    with pytest.raises(InvalidInput) as refused:
        propose(books__before_statements="?")
    assert list(refused.value.problems) == ["explain_books_before_statements"]
    for until, refusal in (
        (DAY, NotTheEndOfAMonth),
        (clock.today().replace(day=28) + timedelta(days=40), NotTheEndOfAMonth),
    ):
        with pytest.raises(refusal):
            propose(until)
    with pytest.raises(ClosesTheFuture):
        propose((clock.today().replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1))

    first = propose(books__before_statements="from before the books began")
    with pytest.raises(OwnProposal):
        sign(first, treasurer)
    with transaction() as session:
        park_line(session, session.scalars(open_lines()).one().id, "asked the bank", by=treasurer.id)
    with pytest.raises(ChangedSince):
        sign(first, organizer)
    sign(first, organizer, approve=False)
    second = propose(
        books__before_statements="from before the books began", bank__parked="the gardeners ask their bank"
    )

    page = browser(treasurer, monkeypatch)
    shown = page.get("/desk/closing").text
    assert "waits for another person" in shown
    assert "$77.00" in page.get(f"/desk/closing/bank/parked?until={END}").text
    assert page.get(f"/desk/closing/bank/nothing?until={END}").status_code == 404
    sign(second, organizer)

    with pytest.raises(ClosedAlready):
        propose()
    with reading() as session:
        (kept,) = closes(session)
        assert (kept.closing.until, kept.closing.proposed_by, kept.closing.closed_by) == (
            END,
            treasurer.id,
            organizer.id,
        )
        assert kept.explanations["bank.parked"] == "the gardeners ask their bank"
        assert kept.facts["sections"]["bank"]["parked"] == {"count": 1, "sums": {"USD": 77_00}}
        assert END not in months_open(session)
    assert set(buckets(clock.today())) == {
        "bank.parked",
        "books.by_hand",
        "books.before_statements",
        "books.no_statement",
    }, "what remains is carried on, what is settled is not told again"

    with transaction() as session:
        post_match(session, 2, [Part(What.FEE, "bank", 77_00)], Why.FEE, {}, certain=False, by=treasurer.id)
    now = buckets(clock.today())
    assert (now["bank.fee"], now["books.line"]) == ((1, 77_00), (1, 77_00)), "settled in the month that is open"
    assert "$77.00" in page.get(f"/desk/closing/bank/parked?until={END}").text, "the closed month stands as signed"

    report = page.get(f"/desk/closing/report?form=pdf&until={END}")
    said = " ".join(PdfReader(io.BytesIO(report.content)).pages[0].extract_text().split())
    assert "the gardeners ask their bank" in said and "$2,300.00" in said and kept.facts_sha256[:20] in said
    book = load_workbook(io.BytesIO(page.get(f"/desk/closing/report?form=xlsx&until={END}").content))
    assert book.sheetnames[0] == "Buckets" and len(book.sheetnames) == 6
    rows = list(book["Bank lines"].iter_rows(values_only=True, min_row=2))
    assert sorted((row[0], row[4]) for row in rows) == [("parked with a note", 77), ("payment received", 2300)]
    assert page.get("/desk/closing/report?form=pdf&until=2016-01-31").status_code == 404
    assert "Closed" in page.get("/desk/closing").text
