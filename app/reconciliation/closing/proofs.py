"""Proofs of closes: each is as it was signed, and what remained was explained."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import vault
from app.core.errors import N_
from app.ledger.proofs import Finding, Proof
from app.reconciliation.closing.keeping import read_items
from app.reconciliation.closing.models import PeriodItems, PeriodReconciliation
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
    kept = session.scalars(select(PeriodItems).order_by(PeriodItems.period_closing_id)).all()
    facts = {row.period_closing_id: row.facts for row in rows}
    wrong += [fault for row in kept if (fault := _fault(row, facts.get(row.period_closing_id, {})))]
    return Finding(f"{len(rows)} closes", wrong[:20])


def _fault(row: PeriodItems, facts: dict[str, Any]) -> str:
    """What is wrong with the items that were kept of a close; empty when they are what was signed."""
    filled: dict[str, dict[str, dict[str, Any]]] = {name: {} for name in facts.get("sections", {})}
    try:
        for section, bucket, item in read_items(row):
            sums = filled.setdefault(section, {}).setdefault(bucket, {"count": 0, "sums": {}})
            sums["count"] += 1
            if item.unit:
                sums["sums"][item.unit] = sums["sums"].get(item.unit, 0) + item.cents
    except (vault.Damaged, OSError, ValueError) as damage:
        return f"the items of the close up to {row.closing.until} cannot be read: {damage}"
    if filled != facts.get("sections"):
        return f"the items of the close up to {row.closing.until} are not what was signed"
    return ""


PROOFS = [Proof(N_("Every close of a month is as it was signed"), _closes_are_as_signed)]
