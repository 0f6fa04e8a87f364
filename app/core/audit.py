"""The audit trail: who did what, when, and why; one line an act, written in the act's own transaction."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.core import clock
from app.core.appendonly import append_only
from app.core.bulk import write_rows
from app.core.database import Base
from app.core.origin import origin
from app.core.sealing import BlockSeal, Chain, TransactionId, as_line, seal_rows


class Tag(StrEnum):
    """Everything that is ever audited, as `subject:act`."""

    SIGNED_IN = "session:opened"
    SIGNED_OUT = "session:revoked"
    SECOND_FACTOR_ADDED = "second-factor:added"
    SECOND_FACTOR_PASSED = "second-factor:passed"
    SECOND_FACTOR_REFUSED = "second-factor:refused"
    SECOND_FACTOR_REMOVED = "second-factor:removed"
    RECOVERY_CODES_MADE = "recovery-codes:made"
    ACCOUNT_CONNECTED = "account:connected"
    ACCOUNT_DISCONNECTED = "account:disconnected"
    PLATFORM_USER_PROVED = "person:platform-user-proved"
    PLATFORM_LIST_IMPORTED = "platform-list:imported"
    ROLE_GRANTED = "role:granted"
    ROLE_ENDED = "role:ended"
    ROLE_SUSPENDED = "role:suspended"
    PROPOSED = "proposal:made"
    APPROVED = "proposal:approved"
    DECLINED = "proposal:refused"
    TOKEN_ISSUED = "token:issued"  # noqa: S105  (a tag)
    TOKEN_REVOKED = "token:revoked"  # noqa: S105  (a tag)
    LETTER_POSTED = "letter:posted"
    PARTICULARS_RECORDED = "person:particulars-recorded"
    CONTACT_RECORDED = "person:contact-recorded"
    PRIVATE_RECORDED = "person:private-recorded"
    MEANS_DECLARED = "person:means-declared"
    BANK_ACCOUNT_RECORDED = "person:bank-account-recorded"
    BANK_ACCOUNT_READ = "person:bank-account-read"
    OFFICER_ENTERED = "officer:entered"
    OFFICER_LEFT = "officer:left"
    UPLOAD_TAKEN = "upload:taken"
    UPLOAD_READ = "upload:read"
    REPRESENTATIVE_APPOINTED = "person:representative-appointed"
    REPRESENTATIVE_ENDED = "person:representative-ended"
    PERSONS_MERGED = "person:merged"
    PERSONS_UNMERGED = "person:unmerged"
    DEATH_RECORDED = "person:death-recorded"
    HEIR_RECORDED = "person:heir-recorded"
    IDENTITY_CHECKED = "person:identity-checked"
    IDENTITY_REDACTED = "person:identity-redacted"
    MEMBERSHIP_APPLIED = "membership:applied"
    MEMBERSHIP_REFUSED = "membership:refused"
    MEMBER_ENTERED = "member:entered"
    MEMBER_RESIGNED = "member:resigned"
    MEMBER_EXPELLED = "member:expelled"
    MEMBER_DIED = "member:died"
    MEETING_PLANNED = "meeting:planned"
    BALLOT_DRAFTED = "ballot:drafted"
    BALLOT_CHANGED = "ballot:changed"
    BALLOT_AMENDED = "ballot:amended"
    BALLOT_ITEM_WITHDRAWN = "ballot:item-withdrawn"
    BALLOT_MOVED = "ballot:moved"
    ELECTORATE_FROZEN = "ballot:electorate-frozen"
    ROLL_CORRECTED = "ballot:roll-corrected"
    VOTE_CAST = "ballot:vote-cast"
    VOTE_CHANGED = "ballot:vote-changed"
    TELLER_KEY_MADE = "ballot:teller-key-made"
    TELLER_KEY_USED = "ballot:teller-key-used"
    TOOK_PART = "ballot:took-part"
    SECRET_VOTE_CHANGED = "ballot:secret-vote-changed"  # noqa: S105  (a tag)
    URNS_EMPTIED = "ballot:urns-emptied"
    ENVELOPE_NOTED = "ballot:envelope-noted"
    BOX_PUT_IN = "ballot:box-put-in"
    PAPERS_OPENED = "ballot:papers-opened"
    PAPER_BALLOT_ENTERED = "ballot:paper-entered"
    BALLOT_COUNTED = "ballot:counted"
    RESULT_CERTIFIED = "ballot:certified"
    OBJECTION_RAISED = "ballot:objection-raised"
    BALLOT_BUNDLED = "ballot:bundled"
    PROXY_APPOINTED = "proxy:appointed"
    PROXY_ACCEPTED = "proxy:accepted"
    PROXY_DECLINED = "proxy:declined"
    PROXY_ENDED = "proxy:ended"
    TOPIC_ADDED = "topic:added"
    DELEGATION_GIVEN = "delegation:given"
    DELEGATION_ACCEPTED = "delegation:accepted"
    DELEGATION_DECLINED = "delegation:declined"
    DELEGATION_ENDED = "delegation:ended"
    DELEGATION_USED = "delegation:used"
    DELEGATION_UNUSED = "delegation:unused"
    MOTION_PROPOSED = "motion:proposed"
    MOTION_CHANGED = "motion:changed"
    MOTION_MOVED = "motion:moved"
    MOTION_SUPPORTED = "motion:supported"
    MOTION_SUPPORT_TAKEN_BACK = "motion:support-taken-back"
    MOTION_ANSWERED = "motion:answered"
    MOTION_BALLOTED = "motion:balloted"
    COMMENT_POSTED = "motion:comment-posted"
    COMMENT_CHANGED = "motion:comment-changed"
    COMMENT_WITHDRAWN = "motion:comment-withdrawn"
    DISCUSSION_MODERATED = "motion:moderated"
    MODERATION_APPEALED = "motion:appealed"
    APPEAL_DECIDED = "motion:appeal-decided"
    MODERATOR_ENTERED = "moderator:entered"
    MODERATOR_LEFT = "moderator:left"
    MOTION_RULES_WRITTEN = "motion:rules-written"
    MINUTES_WRITTEN = "ballot:minutes-written"
    MINUTES_SIGNED = "ballot:minutes-signed"
    OFFER_DRAFTED = "offer:drafted"
    OFFER_CHANGED = "offer:changed"
    OFFER_OPENED = "offer:opened"
    OFFER_TERMS_REPLACED = "offer:terms-replaced"
    OFFER_CLOSING_ANNOUNCED = "offer:closing-announced"
    OFFER_CLOSED = "offer:closed"
    OFFER_RESULT_APPROVED = "offer:result-approved"
    OFFER_WINDOW_SET = "offer:window-set"
    OFFER_ALLOTTED = "offer:allotted"
    OFFER_REFUNDED = "offer:refunded"
    OFFER_CANCELLED = "offer:cancelled"
    OFFER_PRESENTED = "offer:presented"
    UPDATE_POSTED = "offer:update-posted"
    UPDATE_CORRECTED = "offer:update-corrected"
    QUESTION_ASKED = "question:asked"
    QUESTION_ANSWERED = "question:answered"
    QUESTION_HIDDEN = "question:hidden"
    QUESTION_SHOWN = "question:shown"
    PLEDGE_MADE = "pledge:made"
    PLEDGE_CONFIRMED = "pledge:confirmed"
    PLEDGE_RECONFIRMED = "pledge:reconfirmed"
    PLEDGE_WITHDRAWN = "pledge:withdrawn"
    PLEDGE_CHANGED = "pledge:changed"
    GIFT_MADE = "gift:made"
    GIFT_CONFIRMED = "gift:confirmed"
    GIFT_TAKEN_BACK = "gift:taken-back"
    FUND_ASKED = "fund:asked"
    FUND_REQUEST_ENDED = "fund:request-ended"
    FUND_MATCHED = "fund:matched"
    PLEDGE_NOTED = "pledge:noted"
    PLEDGES_EXPORTED = "pledges:exported"
    PLEDGES_IMPORTED = "pledges:imported"
    REMINDERS_STARTED = "reminders:started"
    HOLDERS_IMPORTED = "holders:imported"
    MEMBER_LEFT_BEFORE = "member:left-before"
    RECEIPT_RECORDED = "receipt:recorded"
    CARD_PAID = "card-payment:recorded"
    CARD_SAVED = "card:saved"
    CARD_ENDED = "card:ended"
    PARKED = "parked:found"
    PARKED_DONE = "parked:done"
    CHARGE_RUN_PREPARED = "charge-run:prepared"
    CHARGE_RUN_MOVED = "charge-run:moved"
    SHARES_ALLOTTED = "shares:allotted"
    SHARES_MOVED = "shares:moved"
    REFUND_DUE = "refund:due"
    REFUND_PAID = "refund:paid"
    DISPUTE_OPENED = "dispute:opened"
    DISPUTE_MOVED = "dispute:moved"
    DISPUTE_SETTLED = "dispute:settled"
    EVIDENCE_ASKED = "dispute:evidence-asked"
    EVIDENCE_SENT = "dispute:evidence-sent"
    EVIDENCE_REFUSED = "dispute:evidence-refused"
    REFUND_SENT = "refund:sent-to-card"
    REFUND_FOUND = "refund:found-at-processor"
    REFUND_WENT = "refund:went-to-card"
    REFUND_CAME_BACK = "refund:came-back"
    PROCESSOR_PAYOUT_BOOKED = "processor-payout:booked"
    PROCESSOR_PAYOUT_MOVED = "processor-payout:moved"
    PROCESSOR_PAYOUT_CHECKED = "processor-payout:checked"
    PAYOUT_DUE = "payout:due"
    PAYOUT_PAID = "payout:paid"
    PAYOUTS_ORDERED = "payout-batch:ordered"
    PAYOUT_FILE_READ = "payout-batch:file-read"
    PAYOUT_ORDER_ENDED = "payout-order:ended"
    PAYOUT_RETURNED = "payout-order:returned"
    DISTRIBUTION_DRAFTED = "distribution:drafted"
    DISTRIBUTION_DECLARED = "distribution:declared"
    DISTRIBUTION_REVERSED = "distribution:reversed"
    ALLOCATIONS_REDEEMED = "distribution:allocations-redeemed"
    ALLOCATIONS_RESTORED = "distribution:allocations-restored"
    TAX_SUMMARY_READ = "distribution:tax-summary-read"
    TRANSFER_ASKED = "transfer:asked"
    TRANSFER_AGREED = "transfer:agreed"
    TRANSFER_ENDED = "transfer:ended"
    WITHDRAWAL_ASKED = "withdrawal:asked"
    WITHDRAWAL_ENDED = "withdrawal:ended"
    CLASS_TERMS_WRITTEN = "share-class:terms-written"
    CLASS_NUMBERED = "share-class:numbered"
    CLASS_PRICE_WRITTEN = "share-class:price-written"
    CLASS_LIMIT_SET = "share-class:limit-set"
    REDEMPTION_RULE_WRITTEN = "share-class:redemption-rule-written"
    SHARES_CHARGED = "shares:charged"
    SHARES_RELEASED = "shares:released"
    SHARES_CALLED = "shares:called"
    SHARES_CALL_WITHDRAWN = "share-class:call-withdrawn"
    LOAN_TAKEN = "loan:taken"
    LOAN_INSTALMENT_DUE = "loan:instalment-due"
    LOAN_REVERSED = "loan:reversed"
    PERIOD_CLOSED = "books:period-closed"
    CONVERSION_STARTED = "conversion:started"
    CONVERSION_DAY_SET = "conversion:day-set"
    CONVERSION_STEP_MET = "conversion:step-met"
    CONVERSION_STEP_CONTESTED = "conversion:step-contested"
    CONVERSION_ANSWERED = "conversion:answered"
    CONVERSION_STATEMENTS_STARTED = "conversion:statements-started"
    DUTY_YEAR_SET = "duty:year-set"
    DUTY_DONE = "duty:done"
    DUTY_REOPENED = "duty:reopened"
    EXIT_OFFERED = "exit:offered"
    EXIT_ACCEPTED = "exit:accepted"
    FILING_PACK_EXPORTED = "conversion:pack-exported"
    EXCHANGE_DRAFTED = "exchange:drafted"
    EXCHANGE_APPROVED = "exchange:approved"
    EXCHANGE_HALTED = "exchange:halted"
    EXCHANGE_EXECUTED = "exchange:executed"
    RECEIPT_REVERSED = "receipt:reversed"
    BANK_ACCOUNT_ADDED = "bank:account-added"
    BANK_IMPORTED = "bank:imported"
    BANK_MATCHED = "bank:matched"
    BANK_MATCH_UNDONE = "bank:match-undone"
    BANK_LINE_PARKED = "bank:line-parked"
    DOCUMENT_FILED = "document:filed"
    DOCUMENT_READ = "document:read"
    DOCUMENT_CORRECTED = "document:corrected"
    DOCUMENT_TIMESTAMPED = "document:timestamped"
    DOCUMENT_PROVED = "document:seal-proved"
    SIGNATURE_ASKED = "document:signature-asked"
    DOCUMENT_SIGNED = "document:signed"
    DOCUMENTS_ISSUED = "document-issue:sealed"
    DOCUMENTS_TIMESTAMPED = "document-issue:timestamped"
    CONSENT_GIVEN = "person:consent-given"
    CONSENT_WITHDRAWN = "person:consent-withdrawn"
    PERSONAL_FILE_ASKED = "person:file-asked"
    PERSONAL_FILE_READ = "person:file-read"
    ERASURE_ASKED = "person:erasure-asked"
    ERASURE_GRANTED = "person:erased"
    ERASURE_REFUSED = "person:erasure-refused"
    REGISTER_INSPECTED = "register:inspected"
    CLOSE_EXPORTED = "period:exported"
    CHART_WRITTEN = "chart:written"
    ENTRY_WRITTEN = "entry:written"
    PAYOUT_ANSWER_TAKEN = "payout:answer-taken"
    BOOKS_EXPORTED = "books:exported"
    REGISTER_EXPORTED = "register:exported"
    REGISTER_EXTRACTED = "register:extracted"
    TRAIL_EXPORTED = "audit:exported"
    KEYS_ROTATED = "keys:rotated"
    LAW_ADAPTED = "law:adapted"
    LAW_CONFIRMED = "law:confirmed"


class AuditLine(Base):
    """One act. `actor_id` is a person, or null for the system; details carry no personal data.

    `door` and `network` say where it came from, as coarsely as `app.core.origin` does.
    """

    __tablename__ = "audit_line"
    __table_args__ = (Index(None, "subject"), Index(None, "actor_id"), Index(None, "at"), Index(None, "xact"))

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor_id: Mapped[int | None]
    tag: Mapped[str] = mapped_column(String)
    subject: Mapped[str] = mapped_column(String)
    reason: Mapped[str | None] = mapped_column(String)
    details: Mapped[dict[str, Any]] = mapped_column(JSONB)
    door: Mapped[str | None] = mapped_column(String)
    network: Mapped[str | None] = mapped_column(String)
    xact: Mapped[str] = mapped_column(TransactionId, server_default=text("pg_current_xact_id()"))


class AuditSeal(BlockSeal, Base):
    """A block of audit lines sealed together: its hash covers theirs and the previous seal's."""

    __tablename__ = "audit_seal"


for _table in (AuditLine, AuditSeal):
    append_only(_table.__table__)  # type: ignore[arg-type]

SEALED = (
    AuditLine.id,
    AuditLine.at,
    AuditLine.actor_id,
    AuditLine.tag,
    AuditLine.subject,
    AuditLine.reason,
    AuditLine.details,
    AuditLine.door,
    AuditLine.network,
)
TRAIL = Chain(seals=AuditSeal, rows=select(*SEALED).order_by(AuditLine.id), xact=AuditLine.xact, line=as_line)


def record(
    session: Session, tag: Tag, subject: str, *, by: int | None, reason: str | None = None, **details: Any
) -> None:
    """Write the line of an act: `subject` is `kind:id`, `by` the person's id or None for the system."""
    where = origin()
    line = AuditLine(at=clock.now(), actor_id=by, tag=tag.value, subject=subject, reason=reason, details=details)
    if where is not None:
        line.door, line.network = where
    session.add(line)


def record_many(
    session: Session, lines: Iterable[tuple[Tag, str, dict[str, Any]]], *, by: int | None, reason: str | None = None
) -> None:
    """Write the lines of one act on many subjects at once: tag, subject and details of each."""
    where = origin()
    door, network = where if where is not None else (None, None)
    shared: dict[str, Any] = {"at": clock.now(), "actor_id": by, "reason": reason, "door": door, "network": network}
    rows = [shared | {"tag": tag.value, "subject": subject, "details": details} for tag, subject, details in lines]
    write_rows(session, AuditLine, rows)


def seal_trail(session: Session) -> AuditSeal | None:
    """Seal every line whose transaction is over and that is not sealed yet; None when there is none."""
    made: AuditSeal | None = seal_rows(session, TRAIL)
    return made
