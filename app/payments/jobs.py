"""What the worker does for payments: jobs by name, and acts by the clock."""

from app.core.jobs import Act, Periodic
from app.payments.cards.booking import FEE_JOB
from app.payments.cards.evidence.sending import send_job as send_evidence_job
from app.payments.cards.evidence.sending import sweep_evidence
from app.payments.cards.evidence.submitting import SEND_JOB as SEND_EVIDENCE_JOB
from app.payments.cards.hearing.handling import handle_event
from app.payments.cards.hearing.taking import HANDLE_JOB, forget_payloads
from app.payments.cards.identity import checking  # noqa: F401  (hears of identity checks)
from app.payments.cards.identity.redacting import JOB as REDACT_JOB
from app.payments.cards.identity.redacting import redact_job, sweep_redactions
from app.payments.cards.payouts.explaining import sweep_payouts
from app.payments.cards.returning.asking import SEND_JOB
from app.payments.cards.returning.batching import BEGIN_JOB, begin_next
from app.payments.cards.returning.sending import send_job, sweep_refunds
from app.payments.cards.running.noticing import announce_next
from app.payments.cards.running.preparing import NOTICE_JOB
from app.payments.cards.saving import DETACH_JOB, detach_job
from app.payments.cards.sending import RESOLVE_JOB, RETRY_JOB, book_fee_job, resolve_job, retry_job, sweep

JOBS: dict[str, Act] = {
    REDACT_JOB: redact_job,
    NOTICE_JOB: announce_next,
    HANDLE_JOB: handle_event,
    RESOLVE_JOB: resolve_job,
    RETRY_JOB: retry_job,
    FEE_JOB: book_fee_job,
    DETACH_JOB: detach_job,
    SEND_JOB: send_job,
    BEGIN_JOB: begin_next,
    SEND_EVIDENCE_JOB: send_evidence_job,
}
PERIODIC = [
    Periodic("cards.sweep", "* * * * *", sweep),
    Periodic("cards.sweep_refunds", "*/10 * * * *", sweep_refunds),
    Periodic("cards.sweep_evidence", "*/10 * * * *", sweep_evidence),
    Periodic("cards.sweep_redactions", "*/10 * * * *", sweep_redactions),
    Periodic("cards.sweep_payouts", "23 * * * *", sweep_payouts),
    Periodic("cards.forget_payloads", "47 * * * *", forget_payloads),
]
