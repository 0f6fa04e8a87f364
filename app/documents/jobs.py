"""What the worker does for documents: jobs by name, and acts by the clock."""

from app.ballots.records import RECORDS_JOB as BALLOT_RECORDS_JOB
from app.core.jobs import Act, Periodic
from app.distributions.redeeming.paying import STATEMENT_JOB as REDEMPTION_JOB
from app.distributions.telling import STATEMENT_JOB
from app.documents import acknowledging  # noqa: F401  (gives the documents that letters attach)
from app.documents.agreeing import file_agreements
from app.documents.balloting.filing import file_ballot_records
from app.documents.bulk.filing import JOB as CERTIFY_JOB
from app.documents.bulk.filing import PART_JOB, certify, file_part
from app.documents.bulk.sealing import JOB as TIMESTAMP_ISSUE_JOB
from app.documents.bulk.sealing import timestamp_issue
from app.documents.completing import finish_seals, prove_seal
from app.documents.confirming.filing import JOB as CONFIRM_JOB
from app.documents.confirming.filing import file_confirmation
from app.documents.converting.members import JOB as MEMBER_STATEMENTS_JOB
from app.documents.converting.members import file_statements
from app.documents.distributing import tell_member
from app.documents.emptying import JOB as SHRED_JOB
from app.documents.emptying import shred
from app.documents.filing import MAKE_JOB as MAKE_LONG_JOB
from app.documents.filing import file_certificate, make_long_file
from app.documents.moving import file_act
from app.documents.paying import file_receipt, file_refund
from app.documents.paying_by_card import file_card_receipt, file_card_refund
from app.documents.redeeming import tell_redeemed
from app.documents.seals.revocation import JOB as PROOF_JOB
from app.documents.seals.timestamping import JOB as TIMESTAMP_JOB
from app.documents.seals.timestamping import timestamp
from app.documents.stating import file_call, file_charge, file_loan
from app.payments.cards.booking import RECEIPT_JOB
from app.payments.cards.returning.recording import PAPER_JOB

JOBS: dict[str, Act] = {
    "documents.file_certificate": file_certificate,
    MAKE_LONG_JOB: make_long_file,
    CERTIFY_JOB: certify,
    CONFIRM_JOB: file_confirmation,
    PART_JOB: file_part,
    TIMESTAMP_ISSUE_JOB: timestamp_issue,
    STATEMENT_JOB: tell_member,
    TIMESTAMP_JOB: timestamp,
    PROOF_JOB: prove_seal,
    MEMBER_STATEMENTS_JOB: file_statements,
    "documents.file_receipt": file_receipt,
    "documents.file_refund": file_refund,
    RECEIPT_JOB: file_card_receipt,
    PAPER_JOB: file_card_refund,
    "documents.file_subscription": file_agreements,
    "documents.file_act": file_act,
    REDEMPTION_JOB: tell_redeemed,
    "documents.file_call": file_call,
    "documents.file_charge": file_charge,
    "documents.file_loan": file_loan,
    SHRED_JOB: shred,
    BALLOT_RECORDS_JOB: file_ballot_records,
}
PERIODIC = [
    Periodic("documents.finish_seals", "53 * * * *", finish_seals),
]
