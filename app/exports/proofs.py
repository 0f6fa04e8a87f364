"""Proofs of the audit trail, which belongs to no room and is taken out of the house by this one."""

from sqlalchemy.orm import Session

from app.core.audit import TRAIL
from app.core.errors import N_
from app.core.sealing import broken_seals
from app.ledger.proofs import Finding, Proof


def _trail_holds(session: Session) -> Finding:
    return Finding(*broken_seals(session, TRAIL))


PROOFS = [Proof(N_("The audit trail's seals hold"), _trail_holds)]
