"""Lies that an owner of the database can write behind the guards, each with the proof that finds it."""

import pytest
from sqlalchemy import text

from app.core import clock
from app.core.audit import seal_trail
from app.core.database import new_session, transaction
from app.core.rowseals import RowSeal
from app.ledger.sealing import seal_entries
from app.offers.pledging import withdraw_pledge
from app.payments.refunding import pay_refund, unpaid_refunds
from app.proofs import PROOFS
from app.worker import run_until_idle
from tests import make
from tests.distributions.making import declare, file, patronage, redeem
from tests.ledger.test_proofs import failing
from tests.ledger.test_row_seals import seal_rows

SEALED = "Every sealed row is as it was"
GUARDS = "The database's guards stand"
LOTS = "Every lot is what its entry booked"
NUMBERS = "No share's number is given twice"
RECEIPTS = "Every receipt is what its entry booked"
REFUNDS = "Every refund is what its entries booked"
OFFERS = "Every offer stands where its last move left it"
PLEDGES = "Every pledge stands where its last move left it"
ASKED = "Every pledge asks what its terms say"
FOR_WHOM = "Every pledge is for whom it was confirmed"
ALLOTTED = "Every allotted pledge has its lot"
SAYS = "Every certificate says what its lot says"
NAMES = "Every certificate names its holder as on record"
PARTS = "The parts of every distribution sum to what was declared"
DECLARED = "Every distribution is what its entry booked"
PAID_OUT = "Every payment of allocations is what its entries booked"
ISSUES = "Every issue's root is over its records"
NOTED = "Every act on record has its line in the audit trail"

EMPTY = "AS $$BEGIN RETURN NULL; END$$"
CASES = [
    ("lot", f"CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql {EMPTY}", GUARDS),
    ("lot", "DROP TRIGGER append_only ON lot", GUARDS),
    ("row_seal", "DELETE FROM row_seal", SEALED),
    ("seal", "DELETE FROM seal", SEALED),
    ("audit_seal", "DELETE FROM audit_seal", SEALED),
    ("account", "UPDATE account SET guarded = false WHERE kind = 'holder'", "Every account is kept as the chart says"),
    ("audit_line", "UPDATE audit_line SET reason = 'nothing' WHERE tag = 'role:granted'", SEALED),
    ("audit_line", "DELETE FROM audit_line WHERE tag = 'shares:allotted'", NOTED),
    # who is a member
    ("membership", "UPDATE membership SET entered_on = '2020-01-01'", SEALED),
    ("membership", "UPDATE membership SET person_id = 3 - person_id WHERE id < 3", NAMES),
    ("membership_end", "INSERT INTO membership_end VALUES (1, '2026-01-01', 'resignation', now(), NULL, '')", NOTED),
    ("membership_end", "INSERT INTO membership_end VALUES (1, '2020-01-01', 'resignation', '2020-01-01', NULL, '')",
     "Shares are allotted to members only"),
    ("particulars", "UPDATE particulars SET legal_name = 'Eve' WHERE id = 1", SEALED),
    ("particulars", "UPDATE particulars SET legal_name = 'Eve'", NAMES),
    ("role_grant", "UPDATE role_grant SET person_id = 1", SEALED),
    ("role_grant", "UPDATE role_grant SET person_id = 1", NOTED),
    ("role_grant", "INSERT INTO role_grant (person_id, role, granted_at, reason) VALUES (1, 'organizer', now(), 'x')",
     NOTED),
    # shares
    ("lot", "UPDATE lot SET allotted_on = '2020-01-01'", LOTS),
    ("lot", "UPDATE lot SET basis = 'gift'", SEALED),
    ("lot", "UPDATE lot SET basis = 'gift'", SAYS),
    ("lot", "UPDATE lot SET price_cents = price_cents + 1", LOTS),
    ("lot", "UPDATE lot SET shares = 1, price_cents = paid_cents WHERE id = 1", LOTS),
    ("lot", "UPDATE lot SET membership_id = 3 - membership_id", LOTS),
    ("share_class", "UPDATE share_class SET authorized_shares = 1", "No class is issued beyond its authorized shares"),
    ("share_class", "UPDATE share_class SET name = 'Preferred'", SAYS),
    ("share_numbers", "INSERT INTO share_numbers (lot_id, share_class_id, first_number, last_number, given_on, "
     "recorded_at) VALUES (1, 1, 1, 10, now(), now())", NUMBERS),
    ("share_numbering", "INSERT INTO share_numbering VALUES (1, now(), '', now(), NULL, NULL)", NUMBERS),
    # documents
    ("document", "UPDATE document SET person_id = 3 - person_id", NAMES),
    ("document", "UPDATE document SET filed_at = '2020-01-01'", SEALED),
    ("document", "UPDATE document SET filed_at = filed_at - interval '1 day'", SAYS),
    ("document", "UPDATE document SET source = 'certificate:lot:99' WHERE source = 'certificate:lot:1'", SAYS),
    ("document", "DELETE FROM document WHERE id = 1", NOTED),
    ("document", "UPDATE document SET version = 2 WHERE id = 1", "Every document's row says what its facts say"),
    ("document_emptied", "INSERT INTO document_emptied (document_id, erasure_request_id, emptied_at) "
     "VALUES (1, 1, now())", "Every document that is empty was emptied by a decision"),
    ("document_file", "INSERT INTO document_file (document_id, pdf_sha256, level, engine, made_at) "
     "VALUES (1, repeat('0', 64), 'B-T', '', now())", "The vault holds every document unaltered"),
    ("document_signature", "WITH asked AS (INSERT INTO document_signatory (document_id, place, person_id, asked_by, "
     "asked_at) VALUES (1, 0, 1, 1, now()) RETURNING id) INSERT INTO document_signature (signatory_id, signed_id, "
     "made_id, signed_at) SELECT id, 1, 2, now() FROM asked", "Every signature is in the version that it made"),
    ("document_leaf", "WITH issue AS (INSERT INTO document_issue (cause, kind, begun_at) "
     "VALUES ('offer:1', 'certificate', now()) RETURNING id) "
     "INSERT INTO document_leaf (document_id, issue_id, place) SELECT 1, id, 5 FROM issue", ISSUES),
    ("document_issue_seal", "WITH issue AS (INSERT INTO document_issue (cause, kind, begun_at) "
     "VALUES ('offer:1', 'certificate', now()) RETURNING id) INSERT INTO document_issue_seal (issue_id, count, "
     "root_sha256, signature, is_test, sealed_at) SELECT id, 0, repeat('0', 64), '', true, now() FROM issue", ISSUES),
    # money
    ("payment_request", "UPDATE payment_request SET amount_cents = amount_cents + 100", ASKED),
    ("payment_request", "UPDATE payment_request SET person_id = 3 - person_id WHERE person_id < 3", ASKED),
    ("receipt", "UPDATE receipt SET payment_request_id = 3 - payment_request_id WHERE id < 3", RECEIPTS),
    ("receipt", "UPDATE receipt SET payer_name = 'Eve'", SEALED),
    ("receipt", "UPDATE receipt SET received_on = '2026-01-01'", RECEIPTS),
    ("receipt", "UPDATE receipt SET amount_cents = amount_cents + CASE id WHEN 1 THEN 1 ELSE -1 END WHERE id < 3",
     RECEIPTS),
    ("receipt", "DELETE FROM receipt WHERE id = 1", RECEIPTS),
    ("refund", "UPDATE refund SET payment_request_id = 1", REFUNDS),
    ("refund", "UPDATE refund SET amount_cents = amount_cents + 1", REFUNDS),
    ("refund_payment", "UPDATE refund_payment SET paid_on = '2026-01-01'", REFUNDS),
    ("refund_payment", "DELETE FROM refund_payment", REFUNDS),
    # distributions
    ("distribution_part", "UPDATE distribution_part SET amount_cents = amount_cents + 1, cash_cents = cash_cents + 1 "
     "WHERE membership_id = 1", PARTS),
    ("distribution_part", "UPDATE distribution_part SET cash_cents = cash_cents - 1, "
     "retained_cents = retained_cents + 1", PARTS),
    ("distribution_part", "UPDATE distribution_part SET withheld_cents = 1 - withheld_cents", PARTS),
    ("distribution_part", "DELETE FROM distribution_part WHERE membership_id = 1", PARTS),
    ("distribution_line", "UPDATE distribution_line SET amount_cents = amount_cents + membership_id * 2 - 3", PARTS),
    ("distribution_line", "UPDATE distribution_line SET basis = basis + 1", SEALED),
    ("distribution", "UPDATE distribution SET declared_on = '2026-01-01'", DECLARED),
    ("distribution", "UPDATE distribution SET currency = 'EUR'", DECLARED),
    ("distribution", "UPDATE distribution SET terms = '{}'", SEALED),
    ("distribution_draft", "UPDATE distribution_draft SET terms = '{}'", SEALED),
    ("distribution_end", "INSERT INTO distribution_end VALUES (1, 1, '', now(), 3, 4)", DECLARED),
    ("allocation_redemption", "UPDATE allocation_redemption SET redeemed_on = '2026-01-01'", PAID_OUT),
    ("allocation_redemption", "UPDATE allocation_redemption SET paid_cents = paid_cents + 1", PAID_OUT),
    ("allocation_redemption_part", "UPDATE allocation_redemption_part SET amount_cents = amount_cents - 1", PAID_OUT),
    ("allocation_redemption_part", "DELETE FROM allocation_redemption_part WHERE membership_id = 1", PAID_OUT),
    ("allocation_redemption_end", "INSERT INTO allocation_redemption_end "
     "SELECT id, 1, '', now(), 3, 4 FROM allocation_redemption", PAID_OUT),
    ("payout", "UPDATE payout SET amount_cents = amount_cents + 1", "Payouts owed equal payouts payable in the books"),
    # offers
    ("offer_terms", "UPDATE offer_terms SET price_cents = price_cents + 1", ASKED),
    ("offer_terms", "UPDATE offer_terms SET price_cents = price_cents + 1", SEALED),
    ("offer", "UPDATE offer SET state = 'open'", OFFERS),
    ("offer", "UPDATE offer SET terms_id = 3 - terms_id", OFFERS),
    ("pledge", "UPDATE pledge SET shares = shares + 1", ASKED),
    ("pledge", "UPDATE pledge SET person_id = 2 WHERE id = 3", ASKED),
    ("pledge", "UPDATE pledge SET state = 'lapsed' WHERE id = 1", PLEDGES),
    ("pledge_move", "UPDATE pledge_move SET to_state = 'lapsed'", PLEDGES),
    ("pledge", "UPDATE pledge SET state = 'returned' WHERE state = 'allotted'", ALLOTTED),
    ("pledge", "UPDATE pledge SET holder_id = 1 WHERE id = (SELECT max(id) FROM pledge)", FOR_WHOM),
    ("collecting_window", "INSERT INTO collecting_window (offer_id, ends_at, set_at, reason) "
     "VALUES (1, now(), now(), '')", NOTED),
    ("early_closing", "INSERT INTO early_closing (offer_id, closes_at, announced_at, reason) "
     "VALUES (2, now(), now(), '')", NOTED),
    ("pledge_reconfirmation", "INSERT INTO pledge_reconfirmation (pledge_id, terms_id, reconfirmed_at, reconfirmed_by) "
     "SELECT id, terms_id, now(), person_id FROM pledge WHERE state = 'confirmed'", NOTED),
    # who is who, and what two people decided
    ("person_merge", "INSERT INTO person_merge (survivor_id, absorbed_id, merged_at, proposed_by, approved_by, reason) "
     "VALUES (1, 2, now(), 3, 4, '')", NOTED),
    ("person_bank_account", "INSERT INTO person_bank_account (person_id, scheme, recorded_at, usable_from) "
     "VALUES (1, 'iban', now(), now())", NOTED),
    ("officer", "INSERT INTO officer (person_id, office, entered_on, reason, recorded_at) "
     "VALUES (1, 'director', now(), '', now())", NOTED),
    ("proposal", "INSERT INTO proposal (act, subject, payload, reason, proposed_by, proposed_at, expires_at) "
     "VALUES ('offer:refund', 'offer:again', '{}', '', 3, now(), now())", NOTED),
]  # fmt: skip


@pytest.fixture
def books(database) -> None:
    """Two members with certificates, and in a second offer money that goes back and money that went back."""
    with transaction() as session:
        make.succeeded_offer(session)
        make.staff(session, "treasurer")
        make.open_offer(session, "again")
        for email in ("maya@example.org", "wei@example.org"):
            pledge = make.paid_pledge(session, "again", email)
            withdraw_pledge(session, pledge.public_id, by=pledge.person, reason="a move")
        first = unpaid_refunds(session)[0]
        pay_refund(session, first.id, paid_on=clock.today(), bank_reference="OUT-1", by=None)
        make.pledge(session, "again", "ada@example.org")
        redeem(session, declare(session, patronage(pools=(("work", 1),)), file("1,work,1", "2,work,2")), 500_000)
    assert run_until_idle() == []
    seal_rows()
    with transaction() as session:
        seal_entries(session)
        seal_trail(session)
    seal_rows()


def found(table: str, statement: str, name: str) -> bool:
    """Whether a proof finds what somebody writes who switches the guards off and on again; nothing of it stays."""
    with new_session() as session:
        always = session.scalars(
            text("SELECT tgname FROM pg_trigger WHERE tgrelid = CAST(:table AS regclass) AND tgenabled = 'A'"),
            {"table": table},
        ).all()
        session.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
        session.connection().exec_driver_sql(statement)
        session.execute(text(f"ALTER TABLE {table} ENABLE TRIGGER ALL"))
        for trigger in always if "DROP" not in statement else ():
            session.execute(text(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}"))
        proof = next(proof for proof in PROOFS if proof.name == name)
        wrong = proof.check(session).wrong
        session.rollback()
    return bool(wrong)


def test_every_lie_is_found(books):
    assert failing() == set()
    with transaction() as session:
        assert session.query(RowSeal).count() >= 3
    assert [(statement, name) for table, statement, name in CASES if not found(table, statement, name)] == []
    assert failing() == set()
