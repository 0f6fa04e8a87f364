"""Manual entries: one person writes what no act of the product books, with its evidence; another approves it."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import audit, clock
from app.core.errors import N_, Refusal
from app.core.language import fill, translator
from app.core.money import Money
from app.ledger import journal
from app.ledger.chart import OWN_KINDS
from app.ledger.closing import refuse_closed
from app.ledger.manual.charting import Charted, account_of, chart
from app.ledger.manual.models import ManualEntry
from app.members.approvals.about import About, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words, day
from app.members.models import Person
from app.members.roles import Role

ACT, NATURE = "journal.manual", "manual entry"
ROLES = (Role.TREASURER, Role.ORGANIZER)
# Beside accounts of one's own: those whose balance no other record of the product must repeat.
FREE_KINDS = frozenset({"bank_fees", "opening", *OWN_KINDS})


class NotBalanced(Refusal):
    """Debits and credits differ."""

    message = N_("Debits and credits differ by {amount}. Nothing was written.")
    field = "debit_1"


class TooFewLines(Refusal):
    """An entry has two sides."""

    message = N_("An entry needs two lines at least, each with an account and an amount.")
    field = "account_1"


class EvidenceMissing(Refusal):
    """Somebody must be able to look it up."""

    message = N_("Name the evidence: the document, its date and where it is kept.")
    field = "evidence"


class NotByHand(Refusal):
    """The account follows from other records."""

    message = N_("Nothing is booked on “{title}” by hand: it follows from receipts, shares and other records.")
    field = "account_1"


class EntryInTheFuture(Refusal):
    """The books hold what has happened."""

    message = N_("{on} lies ahead. Write the entry when the day has come.")
    field = "on"


def accounts_by_hand(session: Session) -> list[Charted]:
    """The accounts of the chart on which entries may be written by hand."""
    return [each for each in chart(session) if each.kind in FREE_KINDS]


def account_by_hand(session: Session, kind: str, subject: str) -> Charted:
    """An account on which entries may be written by hand; raises `NoSuchAccount` and `NotByHand`."""
    found = account_of(session, kind, subject)
    if kind not in FREE_KINDS:
        raise NotByHand(title=found.title)
    return found


def propose_entry(
    session: Session,
    on: date,
    currency: str,
    lines: Sequence[tuple[str, str, int]],
    *,
    evidence: str,
    form_key: str,
    by: Person,
    reason: str,
) -> Proposal:
    """Propose an entry of lines (kind, subject, amount: debit positive) in one currency; refusals as above."""
    _refuse(session, on, currency, lines, evidence)
    payload = {
        "key": form_key,
        "on": on.isoformat(),
        "currency": currency,
        "lines": [list(line) for line in lines],
        "evidence": evidence.strip(),
        "reason": reason.strip(),
        "proposed_by": by.id,
    }
    return propose(session, ACT, subject=f"manual-entry:{form_key}", payload=payload, by=by, reason=reason)


def manual_entries(session: Session, most: int = 50) -> list[ManualEntry]:
    """The latest manual entries, the newest first."""
    return list(session.scalars(select(ManualEntry).order_by(ManualEntry.entry_id.desc()).limit(most)))


def keep_evidence(session: Session, entry_id: int, said: dict[str, Any], by: int) -> ManualEntry:
    """Keep why an entry was written by hand: `reason`, `evidence` and `proposed_by` of `said`, and who approved."""
    row = ManualEntry(
        entry_id=entry_id,
        reason=said["reason"],
        evidence=said["evidence"],
        proposed_by=said["proposed_by"],
        approved_by=by,
        booked_at=clock.now(),
    )
    session.add(row)
    session.flush()
    audit.record(session, audit.Tag.ENTRY_WRITTEN, f"entry:{entry_id}", by=by, reason=said["reason"])
    return row


def refuse_without_evidence(evidence: str) -> None:
    """Raise `EvidenceMissing` unless something is said."""
    if len(evidence.strip()) < 3:
        raise EvidenceMissing


def _refuse(session: Session, on: date, currency: str, lines: Sequence[tuple[str, str, int]], evidence: str) -> None:
    if on > clock.today():
        raise EntryInTheFuture(on=on)
    refuse_closed(session, on)
    if len(lines) < 2 or not all(amount for _, _, amount in lines):
        raise TooFewLines
    for kind, subject, _ in lines:
        account_by_hand(session, kind, subject)
    rest = sum(amount for _, _, amount in lines)
    if rest:
        raise NotBalanced(amount=Money(abs(rest), currency))
    refuse_without_evidence(evidence)


def _write(session: Session, payload: dict[str, Any], by: int) -> None:
    lines = [(str(kind), str(subject), int(amount)) for kind, subject, amount in payload["lines"]]
    on, currency = date.fromisoformat(payload["on"]), payload["currency"]
    _refuse(session, on, currency, lines, payload["evidence"])
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for kind, subject, amount in lines:
        sums[kind, subject] += amount
    legs = tuple(journal.Leg(kind, subject, currency, amount) for (kind, subject), amount in sums.items() if amount)
    if len(legs) < 2:
        raise TooFewLines
    draft = journal.Draft(f"manual:{payload['key']}", NATURE, on, legs)
    keep_evidence(session, journal.post(session, draft, by=by), payload, by)


tell_of(
    "manual-entry", lambda _session, _name, lang: About(translator(lang)(N_("Entries by hand")), "/desk/books/entries")
)


def _lines(told: Told) -> Words:
    currency = told.payload["currency"]
    sides = (
        (
            account_of(told.session, kind, subject).title,
            N_("debit {amount}") if amount > 0 else N_("credit {amount}"),
            amount,
        )
        for kind, subject, amount in told.value
    )
    return [
        f"{title}: {fill(side, {'amount': Money(abs(amount), currency)}, told.lang)}" for title, side, amount in sides
    ]


_VALUES = (Value("on", N_("Day"), day), Value("lines", N_("Lines"), _lines), Value("evidence", N_("Evidence")))
register(
    TwoPersonAct(
        ACT,
        N_("Write an entry into the journal by hand"),
        ROLES,
        _write,
        values=_VALUES,
        unsaid=("key", "currency"),
    )
)
