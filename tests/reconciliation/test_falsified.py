"""Lies about bank statements that an owner of the database can write behind the guards, each with its proof."""

import io

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.audit import seal_trail
from app.core.database import transaction
from app.ledger import journal
from app.ledger.manual.charting import open_account
from app.ledger.manual.writing import propose_entry
from app.ledger.sealing import seal_entries
from app.members.approvals.approving import decide
from app.members.models import Person
from app.payments.requesting import request_payment
from app.reconciliation.accounts import add_account
from app.reconciliation.models import BankLine
from app.reconciliation.posting import undo_match
from app.reconciliation.taking import take_file
from app.reconciliation.working import match_all
from tests import make
from tests.ledger.test_falsified import SEALED, found
from tests.ledger.test_proofs import failing
from tests.ledger.test_row_seals import seal_rows
from tests.reconciliation.files import OWN, Move, camt

BUCKET = "Every bank line is in exactly one bucket"
BOOKED = "Every match of a bank line is what its entry booked"
FOLLOWS = "Every bank statement begins where the one before ended"
CLOSED = "Every close of a month is as it was signed"
BY_HAND = "Every entry by hand has its evidence and two people"
CAUSE = "Every entry on the bank account has its cause"
REVERSED = "Every reversed receipt was taken off the books"
CASES = [
    ("bank_line", "UPDATE bank_line SET amount_cents = amount_cents + 1 WHERE id = 2", BUCKET),
    ("bank_line", "UPDATE bank_line SET amount_cents = amount_cents + 1 WHERE id = 2", FOLLOWS),
    ("bank_line", "UPDATE bank_line SET booked_on = '2026-01-01'", SEALED),
    ("bank_line_booked", "DELETE FROM bank_line_booked WHERE bank_line_id = 1", FOLLOWS),
    ("bank_statement", "UPDATE bank_statement SET opening_cents = 1, closing_cents = closing_cents + 1 "
     "WHERE previous_id IS NOT NULL", FOLLOWS),
    ("bank_match", "UPDATE bank_match SET amount_cents = amount_cents + 1", BOOKED),
    ("bank_match", "UPDATE bank_match SET subject = 'receipt:99'", SEALED),
    ("bank_match_end", "UPDATE bank_match_end SET entry_id = (SELECT min(id) FROM entry)", BOOKED),
    ("bank_match_end", "DELETE FROM bank_match_end", BUCKET),
    ("receipt_reversal", "DELETE FROM receipt_reversal", REVERSED),
    ("entry", "UPDATE entry SET nature = 'gift' WHERE nature = 'receipt'", CAUSE),
    ("bank_account", "UPDATE bank_account SET number = 'another'", SEALED),
    ("period_reconciliation", "WITH closing AS (INSERT INTO period_closing (until, reason, closed_at, closed_by, "
     "proposed_by) SELECT '2016-01-31', '', now(), id, id FROM person LIMIT 1 RETURNING id) INSERT INTO "
     "period_reconciliation (period_closing_id, facts, facts_sha256, explanations, reckoned_at) SELECT id, "
     """'{"until": "2016-01-31", "sections": {"bank": {"open": {}}}}', '', '{}', now() FROM closing""", CLOSED),
    ("period_items", "WITH closing AS (INSERT INTO period_closing (until, reason, closed_at, closed_by, proposed_by) "
     "SELECT '2016-01-31', '', now(), id, id FROM person LIMIT 1 RETURNING id) INSERT INTO period_items "
     "(period_closing_id, items, sha256) SELECT id, 1, repeat('0', 64) FROM closing", CLOSED),
    ("chart_account", "UPDATE chart_account SET title = 'another'", SEALED),
    ("manual_entry", "DELETE FROM manual_entry", BY_HAND),
    ("bank_import", "UPDATE bank_import SET known = 9", SEALED),
]  # fmt: skip


def test_every_lie_about_the_bank_is_found(database):
    with transaction() as session:
        add_account(session, OWN, "USD", "Main account", by=None)
        references = [
            request_payment(
                session, f"pledge:{n}", make.person(session, f"p{n}@example.org"), make.usd(2_300)
            ).reference
            for n in (1, 2)
        ]
        day = str(clock.today())
        for number, reference in enumerate(references):
            moves = [Move(2300_00, (reference,), day=day)]
            data = camt(moves, opening=number * 2300_00, currency="USD", day=day)
            take_file(session, io.BytesIO(data), "file", by=None)
        match_all(session)
        me = make.staff(session, "treasurer").id
        first = session.scalars(select(BankLine.id).order_by(BankLine.id)).first()
        undo_match(session, first, reason="by mistake", by=me)
        match_all(session)
        lines = []
        for kind, number, cents in (("other_expenses", "6100", 9_00), ("other_liabilities", "1900", -9_00)):
            open_account(session, kind, number, number, by=None)
            lines.append((kind, number, cents))
        said = {"evidence": "invoice", "form_key": "k", "by": session.get_one(Person, me), "reason": "rent"}
        proposal = propose_entry(session, clock.today(), "USD", lines, **said)
        decide(session, proposal.id, approve=True, by=make.staff(session, "organizer"), reason="seen")
    seal_rows()
    with transaction() as session:
        seal_entries(session)
        seal_trail(session)
    seal_rows()
    assert failing() == set()
    assert [(what, name) for table, what, name in CASES if not found(table, what, name)] == []


@pytest.mark.books_only
def test_money_that_nobody_explains_is_found(database):

    with transaction() as session:
        legs = (journal.Leg("bank", "", "USD", 5), journal.Leg("bank_fees", "", "USD", -5))
        journal.post(session, journal.Draft("x", "gift", clock.today(), legs), by=None)
    assert CAUSE in failing()
