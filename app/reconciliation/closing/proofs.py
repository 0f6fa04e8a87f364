"""Proofs of closes: each is as it was signed, and what remained was explained."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.errors import N_
from app.ledger.proofs import Finding, Proof
from app.reconciliation.closing.models import PeriodReconciliation
from app.reconciliation.closing.reckoning import fingerprint
from app.reconciliation.closing.sections import SECTIONS
from app.reconciliation.closing.signing import place_of

_REMAINS = {(section.name, bucket.name) for section in SECTIONS for bucket in section.buckets if bucket.remains}


def _closes_are_as_signed(session: Session) -> Finding:
    wrong = []
    rows = session.scalars(select(PeriodReconciliation).order_by(PeriodReconciliation.period_closing_id)).all()
    for row in rows:
        until = row.closing.until.isoformat()
        if fingerprint(row.facts) != row.facts_sha256 or row.facts["until"] != until:
            wrong.append(f"the close up to {until} is not what was signed")
        wrong += [
            f"the close up to {until} says nothing of {place_of(section, bucket)}"
            for section, buckets in row.facts["sections"].items()
            for bucket in buckets
            if (section, bucket) in _REMAINS and not row.explanations.get(place_of(section, bucket))
        ]
    return Finding(f"{len(rows)} closes", wrong[:20])


PROOFS = [Proof(N_("Every close of a month is as it was signed"), _closes_are_as_signed)]
