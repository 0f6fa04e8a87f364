"""Explaining a bank line by hand: one person names the evidence and an account of the chart, another approves."""

from typing import Any

from sqlalchemy.orm import Session

from app.core.errors import N_
from app.core.language import day, money
from app.ledger.manual.charting import account_of
from app.ledger.manual.writing import account_by_hand, keep_evidence, refuse_without_evidence
from app.members.approvals.about import About, row_of, tell_of
from app.members.approvals.approving import TwoPersonAct, propose, register
from app.members.approvals.models import Proposal
from app.members.approvals.saying import Told, Value, Words
from app.members.models import Person
from app.members.roles import Role
from app.reconciliation.lines import matches_of
from app.reconciliation.matching.judging import Part, What, Why
from app.reconciliation.models import BankLine
from app.reconciliation.posting import MatchedAlready, locked_line, post_match

ACT = "bank.explain"


def propose_explanation(
    session: Session, line_id: int, kind: str, subject: str, *, evidence: str, by: Person, reason: str
) -> Proposal:
    """Propose to book an open line on an account of the chart, as a manual entry with its evidence."""
    line = locked_line(session, line_id)
    if matches_of(session, line):
        raise MatchedAlready
    account_by_hand(session, kind, subject)
    refuse_without_evidence(evidence)
    payload = {
        "line": line_id,
        "account": f"{kind}:{subject}",
        "evidence": evidence.strip(),
        "reason": reason.strip(),
        "proposed_by": by.id,
    }
    return propose(session, ACT, subject=f"bank-line:{line_id}", payload=payload, by=by, reason=reason)


def _explain(session: Session, payload: dict[str, Any], by: int) -> None:
    line = locked_line(session, payload["line"])
    part = Part(What.MANUAL, f"account:{payload['account']}", line.amount_cents)
    (match,) = post_match(session, line.id, [part], Why.BY_PERSON, {}, certain=False, by=by)
    keep_evidence(session, match.entry_id, payload, by)


def _about(session: Session, number: str, lang: str) -> About | None:
    line = session.get(BankLine, row_of(number))
    if line is None:
        return None
    return About(f"{money(line.amount, lang)}, {day(line.booked_on, lang)}", f"/desk/bank/lines/{line.id}")


tell_of("bank-line", _about)


def _account(told: Told) -> Words:
    kind, _, subject = told.value.partition(":")
    return account_of(told.session, kind, subject).title


register(
    TwoPersonAct(
        ACT,
        N_("Explain a bank line"),
        (Role.TREASURER, Role.ORGANIZER),
        _explain,
        values=(Value("account", N_("Account"), _account), Value("evidence", N_("Evidence"))),
        unsaid=("line",),
    )
)
